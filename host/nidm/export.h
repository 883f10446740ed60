/* The export of one pack. maps.c makes its files; model.c and inference.c write the two halves of its graph, in the
 * order of the analysis. After a failure, `status` is set and the remaining steps do nothing. */
#ifndef VX_NIDM_EXPORT_H
#define VX_NIDM_EXPORT_H

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

typedef struct vx_export {
    const vx_results *results;
    const vx_results_modality *modality;
    const vx_results_effect *effect;
    vx_instrument instrument;
    int sign;              /* -1 for a negative tail, else 1. NIDM only has the upper tail of a contrast, so the
                            * contrast, its estimate and its t are the effect's times `sign` */
    char *contrast;        /* name of the contrast */
    vx_pack *pack;
    vx_turtle turtle;
    vx_grid grid;          /* of the maps, with the space codes of their headers */
    float *t;              /* of the contrast, on the grid */
    double masked_median;  /* of the mean image */
    vx_status status;
    vx_error *error;
} vx_export;

void vx_export_maps(vx_export *export);
void vx_export_model(vx_export *export);
void vx_export_inference(vx_export *export);

/* Writes that the node is stored in the file `name` of the pack; `format` is a value of dct:format. */
void vx_export_file(vx_export *export, const char *name, const char *format);

/* Writes a node for a NIfTI map of the pack, in the coordinate space. */
void vx_export_map(vx_export *export, const char *role, const char *types, const char *label, const char *file);

#endif
