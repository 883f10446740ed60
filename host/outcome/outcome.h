/* Outcomes: what a trial measures in every participant besides voxels.
 *
 * An outcome is the mean of a region in one modality, or a marker such as total tau in the fluid. Outcomes are elements
 * of spaces of names, so the models, the relabellings and the inference are those of voxels. To these come the
 * statistics of one series (host/univariate/) and the corrections over a family (infer/family.h).
 *
 * A vx_outcome_tests owns its arrays; vx_outcome_tests_free releases it. It borrows the outcomes. */
#ifndef VX_OUTCOME_OUTCOME_H
#define VX_OUTCOME_OUTCOME_H

#include "image/change.h"
#include "outcome/beside.h"
#include "outcome/columns.h"
#include "univariate/wilcoxon.h"
#include "voxstat/voxstat.h"

typedef enum vx_outcome_kind { VX_OUTCOME_REGION, VX_OUTCOME_MARKER } vx_outcome_kind;

/* The scale on which the change of an outcome is tested. Its values stay in their own units. */
typedef enum vx_outcome_scale {
    VX_ON_LINEAR,
    VX_ON_LOG,       /* natural logarithms of the values, which are above 0 */
    VX_ON_PERCENT,   /* changes in percent of the baseline, which is above 0 */
    VX_ON_SYMMETRIC, /* differences over the mean of baseline and follow-up, which is above 0 */
} vx_outcome_scale;

typedef struct vx_outcome {
    vx_outcome_kind kind;
    const char *name, *family;
    const char *modality;       /* of a region; null for a marker */
    const char *units;          /* of the values; null: not known */
    vx_outcome_scale scale;
    double coverage;            /* of a region: the share that lies in the modality's mask */
    int64_t voxels;             /* of a region: those of the mask that count */
    int64_t n;                  /* participants with every session, and with every value of nuisance */
    const int64_t *participant; /* n: their indices in the study, ascending */
    const double *value[2];     /* per session: n, in the outcome's own units; [0] is null for one session */
    const double *beside[VX_BESIDES][2]; /* of a region: its values in other forms, likewise; [1] is null without */
    const vx_regressor *adjust; /* one more nuisance, of n values: that of its modality; null: none */
} vx_outcome;

/* One outcome under one effect: a line of regions.tsv or markers.tsv. */
typedef struct vx_outcome_test {
    const vx_outcome *outcome;
    const char *effect;                /* its name; owned by the vx_outcome_tests */
    vx_effect_kind kind;
    double value[VX_OUTCOME_COLUMNS];  /* NaN where a figure does not exist */
    int64_t most_influential;          /* index in the study of whom the estimate hangs on most; -1: not computed */
} vx_outcome_test;

typedef struct vx_outcome_tests {
    vx_outcome_test *test;    /* the outcomes in their order, and of each the mean first, then every covariate */
    size_t tests;
    char **effect;            /* names */
    size_t effects;
    vx_plan *plan;            /* of every effect: its relabellings */
    vx_plan refused;          /* the first for which the device had too little memory; 0 device_bytes_refused: none */
} vx_outcome_tests;

typedef struct vx_outcome_options {
    vx_model_options model;
    vx_inference_options inference; /* permutations, seed and tails */
    const vx_study *study;          /* covariates and nuisance of every participant */
    vx_zeros zeros;                 /* of Wilcoxon's test */
    double alpha;                   /* intervals have confidence 1 - alpha */
    int threads;
} vx_outcome_options;

/* Tests every outcome under every effect. Outcomes of one modality and family, and the markers of one family, are
 * corrected together. Relabelling i moves the participants in the same way in all of them. Values beside those of
 * regions are tested likewise, by themselves.
 * Errors: those of vx_model_new and vx_infer, with the outcome's name in front; VX_INPUT for an outcome without
 * variance. */
vx_status vx_outcomes_test(vx_device *device, const vx_outcome *outcome, size_t outcomes,
                           const vx_outcome_options *options, vx_outcome_tests **tests, vx_error *error);
void vx_outcome_tests_free(vx_outcome_tests *tests);

#endif
