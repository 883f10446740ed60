/* The registry of the figures of an outcome: columns of regions.tsv and markers.tsv, data sets of results.h5, and
 * entries of the data dictionary. Writers, readers and the report iterate over it. A new figure is a row here and the
 * line that computes it. */
#ifndef VX_OUTCOME_COLUMNS_H
#define VX_OUTCOME_COLUMNS_H

#include <stdbool.h>

typedef enum vx_outcome_column {
    VX_OUTCOME_N, VX_OUTCOME_COVERAGE, VX_OUTCOME_VOXELS,
    VX_OUTCOME_BASELINE_MEAN, VX_OUTCOME_BASELINE_SD, VX_OUTCOME_BASELINE_MEDIAN, VX_OUTCOME_BASELINE_LOW,
    VX_OUTCOME_BASELINE_HIGH,
    VX_OUTCOME_FOLLOWUP_MEAN, VX_OUTCOME_FOLLOWUP_SD, VX_OUTCOME_FOLLOWUP_MEDIAN, VX_OUTCOME_FOLLOWUP_LOW,
    VX_OUTCOME_FOLLOWUP_HIGH,
    VX_OUTCOME_CHANGE, VX_OUTCOME_SE, VX_OUTCOME_CI_LOW, VX_OUTCOME_CI_HIGH,
    VX_OUTCOME_CHANGE_SD, VX_OUTCOME_CHANGE_MEDIAN, VX_OUTCOME_CHANGE_LOW, VX_OUTCOME_CHANGE_HIGH,
    VX_OUTCOME_PERCENT, VX_OUTCOME_PERCENT_OF_MEANS, VX_OUTCOME_GMR, VX_OUTCOME_GMR_LOW, VX_OUTCOME_GMR_HIGH,
    VX_OUTCOME_T, VX_OUTCOME_DF, VX_OUTCOME_P_T,
    VX_OUTCOME_P_EXACT, VX_OUTCOME_CI_EXACT_LOW, VX_OUTCOME_CI_EXACT_HIGH,
    VX_OUTCOME_P_WILCOXON, VX_OUTCOME_HL, VX_OUTCOME_HL_LOW, VX_OUTCOME_HL_HIGH,
    VX_OUTCOME_DZ, VX_OUTCOME_DZ_LOW, VX_OUTCOME_DZ_HIGH, VX_OUTCOME_G, VX_OUTCOME_G_LOW, VX_OUTCOME_G_HIGH,
    VX_OUTCOME_R, VX_OUTCOME_R_LOW, VX_OUTCOME_R_HIGH,
    VX_OUTCOME_RHO, VX_OUTCOME_RHO_LOW, VX_OUTCOME_RHO_HIGH, VX_OUTCOME_P_RHO,
    VX_OUTCOME_P_FWE, VX_OUTCOME_P_STEPDOWN, VX_OUTCOME_P_HOLM, VX_OUTCOME_P_FDR,
    VX_OUTCOME_P_MATRIX, VX_OUTCOME_P_MATRIX_RHO,
    VX_OUTCOME_LOO_P_MIN, VX_OUTCOME_LOO_P_MAX, VX_OUTCOME_LOO_LOW, VX_OUTCOME_LOO_HIGH,
    VX_OUTCOME_NOPVC_BASELINE, VX_OUTCOME_NOPVC_FOLLOWUP, VX_OUTCOME_NOPVC_CHANGE, VX_OUTCOME_NOPVC_CI_LOW,
    VX_OUTCOME_NOPVC_CI_HIGH, VX_OUTCOME_NOPVC_T, VX_OUTCOME_NOPVC_P, VX_OUTCOME_NOPVC_P_FWE,
    VX_OUTCOME_GTM_BASELINE, VX_OUTCOME_GTM_FOLLOWUP, VX_OUTCOME_GTM_CHANGE, VX_OUTCOME_GTM_CI_LOW,
    VX_OUTCOME_GTM_CI_HIGH, VX_OUTCOME_GTM_T, VX_OUTCOME_GTM_P, VX_OUTCOME_GTM_P_FWE,
    VX_OUTCOME_COLUMNS
} vx_outcome_column;

/* What a figure is measured in. */
typedef enum vx_outcome_unit {
    VX_UNIT_NONE,     /* counts, p, t, r, ratios */
    VX_UNIT_OUTCOME,  /* the outcome's own units */
    VX_UNIT_ESTIMATE, /* the outcome's own, or logarithms of them; of a slope, per unit of the covariate */
    VX_UNIT_PERCENT
} vx_outcome_unit;

/* Which effects and outcomes a figure exists for; a set of flags. Figures beside the others exist only where some
 * outcome has such values (outcome/beside.h): tables leave their columns out otherwise. */
enum { VX_FOR_MEAN = 1, VX_FOR_SLOPE = 2, VX_FOR_REGION = 4, VX_FOR_MARKER = 8, VX_FOR_BESIDE = 16 };

typedef struct vx_outcome_column_row {
    const char *name;        /* column, data set, key */
    vx_outcome_unit unit;
    int where;               /* VX_FOR_ flags: the effects and the outcomes that have it */
    bool is_p;
    const char *label;       /* heading of a table */
    const char *description; /* a sentence for the data dictionary, with its source */
} vx_outcome_column_row;

const vx_outcome_column_row *vx_outcome_about(vx_outcome_column column);

#endif
