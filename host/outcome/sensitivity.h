/* Sensitivity: the results of a run beside those of its alternatives, which prepare the images in another way and are
 * the same otherwise.
 *
 * A row is one result under one choice: of the complete mask or a search volume, at the place where p is smallest (the
 * element of vx_extreme_p), or of a region. p is that of the run's primary correction; of a region it is corrected over
 * its family. A row concludes that something rose, fell, did both (in different voxels), or nothing, by the voxels of a
 * significant p and the signs of their t; of a region, by its own. The conclusion changes where it differs from that of
 * the run as it is.
 *
 * A vx_sensitivity starts as zeros, and owns everything that it points to; vx_sensitivity_destroy releases it. */
#ifndef VX_OUTCOME_SENSITIVITY_H
#define VX_OUTCOME_SENSITIVITY_H

#include "atlas/regions.h"
#include "image/step.h"
#include "infer/quantity.h"
#include "outcome/outcome.h"
#include "prepare/scaling.h"

typedef enum vx_sensitivity_what { VX_OF_MASK, VX_OF_VOLUME, VX_OF_REGION } vx_sensitivity_what;

/* A set of flags; indexes vx_conclusion_names: "none", "rise", "fall", "both". */
typedef enum vx_conclusion {
    VX_CONCLUDES_NOTHING, VX_CONCLUDES_RISE = 1, VX_CONCLUDES_FALL = 2, VX_CONCLUDES_BOTH = 3
} vx_conclusion;

/* "mask", "volume" and "region"; null stands at the end of both. */
extern const char *const vx_sensitivity_what_names[], *const vx_conclusion_names[];

/* The figures of a row: columns of sensitivity.tsv and data sets of results.h5. Writers and readers iterate. */
typedef enum vx_sensitivity_column {
    VX_SENSITIVITY_N, VX_SENSITIVITY_VOXELS,
    VX_SENSITIVITY_ESTIMATE, VX_SENSITIVITY_SE, VX_SENSITIVITY_CI_LOW, VX_SENSITIVITY_CI_HIGH,
    VX_SENSITIVITY_T, VX_SENSITIVITY_P,
    VX_SENSITIVITY_X, VX_SENSITIVITY_Y, VX_SENSITIVITY_Z,
    VX_SENSITIVITY_CLUSTERS, VX_SENSITIVITY_CLUSTERS_BELOW, VX_SENSITIVITY_LARGEST,
    VX_SENSITIVITY_COLUMNS
} vx_sensitivity_column;

typedef struct vx_sensitivity_column_row {
    const char *name;        /* column, data set, key */
    const char *units;       /* null: those of the row */
    bool is_p, is_count;
    const char *label;       /* heading of a table */
    const char *description; /* a sentence for the data dictionary */
} vx_sensitivity_column_row;

const vx_sensitivity_column_row *vx_sensitivity_about(vx_sensitivity_column column);

/* Whose result a row is. The texts are copied. */
typedef struct vx_sensitivity_key {
    size_t choice;           /* 0: the run as it is */
    const char *modality, *effect;
    const char *units;       /* of the estimate (of a slope, per unit of its covariate); null: not known */
} vx_sensitivity_key;

typedef struct vx_sensitivity_row {
    size_t choice;
    char *modality, *effect, *units;
    vx_sensitivity_what what;
    char *name;              /* of the region or search volume; null: the mask */
    char *place;             /* region of the atlas where p is smallest; null: none */
    double value[VX_SENSITIVITY_COLUMNS]; /* NaN where a figure does not exist */
    vx_conclusion conclusion;
    bool compared, changes;  /* with the same result of the run as it is, if this is another one */
} vx_sensitivity_row;

/* What a choice did to the images of a modality. */
typedef struct vx_sensitivity_preparation {
    size_t choice;
    char *modality, *units;
    int64_t voxels;          /* of its mask */
    vx_step *step;           /* steps: of the first image; their data are gone */
    size_t steps;
    vx_scaling scaling;
} vx_sensitivity_preparation;

typedef struct vx_sensitivity {
    char **choice;           /* choices: names; the first is VX_CHOICE_AS_RUN */
    size_t choices;
    vx_sensitivity_row *row; /* rows: those of one result follow each other, as run first, once finished */
    size_t rows;
    vx_sensitivity_preparation *preparation; /* preparations: of every choice, for the modalities that it changes */
    size_t preparations;
} vx_sensitivity;

#define VX_CHOICE_AS_RUN "as run"

void vx_sensitivity_destroy(vx_sensitivity *sensitivity);

/* Each adds one element; all fail with VX_INTERNAL where memory is short. `volume` is the name of the search volume, or
 * null for the complete mask; `atlas` null: no place is named. p below `alpha` are significant; of no correction
 * (VX_P_UNCORRECTED) none is. */
vx_status vx_sensitivity_add_choice(vx_sensitivity *sensitivity, const char *name, vx_error *error);
vx_status vx_sensitivity_add_result(vx_sensitivity *sensitivity, const vx_sensitivity_key *key, const char *volume,
                                    const vx_result *result, const vx_space *space, const vx_regions *atlas,
                                    vx_quantity primary, double alpha, vx_error *error);
vx_status vx_sensitivity_add_region(vx_sensitivity *sensitivity, const vx_sensitivity_key *key,
                                    const vx_outcome_test *test, double alpha, vx_error *error);
vx_status vx_sensitivity_add_preparation(vx_sensitivity *sensitivity, size_t choice, const char *modality,
                                         const char *units, int64_t voxels, const vx_step *step, size_t steps,
                                         const vx_scaling *scaling, vx_error *error);

/* Orders the rows and compares them. Regions that nobody planned are left out where no choice finds them significant.
 * Errors: VX_INTERNAL where memory is short. */
vx_status vx_sensitivity_finish(vx_sensitivity *sensitivity, bool planned, vx_error *error);

#endif
