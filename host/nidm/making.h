/* A pack in the making, and the parts that make it: maps.c its files, model.c and inference.c the two halves of its
 * graph, in the order in which things came about. Once something has failed, what follows does nothing. */
#ifndef VX_NIDM_MAKING_H
#define VX_NIDM_MAKING_H

#include "nidm/nidm.h"
#include "nidm/pack.h"
#include "nidm/turtle.h"
#include "results/results.h"
#include "space/grid.h"

#define VX_NIDM_MASK "Mask.nii.gz"
#define VX_NIDM_GRAND_MEAN "GrandMean.nii.gz"
#define VX_NIDM_PARAMETER "ParameterEstimate.nii.gz"
#define VX_NIDM_RESIDUAL "ResidualMeanSquares.nii.gz"
#define VX_NIDM_CONTRAST "Contrast.nii.gz"
#define VX_NIDM_ERROR "ContrastStandardError.nii.gz"
#define VX_NIDM_T "TStatistic.nii.gz"
#define VX_NIDM_EXCURSION "ExcursionSet.nii.gz"
#define VX_NIDM_LABELS "ClusterLabels.nii.gz"
#define VX_NIDM_DESIGN "DesignMatrix.csv"
#define VX_NIDM_GRAPH "nidm.ttl"

typedef struct vx_making {
    const vx_results *results;
    const vx_results_modality *modality;
    const vx_results_effect *effect;
    vx_instrument instrument;
    int sign;              /* -1 where the alternative is a fall: NIDM's one tail is the upper one of a contrast, so the
                            * contrast is the effect negated, and so are its estimate and its t */
    char *contrast;        /* its name */
    vx_pack *pack;
    vx_turtle turtle;
    vx_grid grid;          /* with what the headers of the maps say of their space */
    float *t;              /* of the contrast, on the grid */
    double masked_median;  /* of the mean image */
    vx_status status;
    vx_error *error;
} vx_making;

void vx_make_maps(vx_making *making);
void vx_make_model(vx_making *making);
void vx_make_inference(vx_making *making);

/* That the node is in a file of the pack, and which; `format` as dct:format has it. */
void vx_make_file(vx_making *making, const char *name, const char *format);

/* A NIfTI map of the pack, in the coordinate space. */
void vx_make_map(vx_making *making, const char *role, const char *types, const char *label, const char *file);

#endif
