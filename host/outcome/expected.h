/* The observed changes of regions and markers against external rates: "did not decline as expected".
 *
 * A table of expected changes is tab-separated, a row per region or marker:
 *
 *     region          name of the region or marker
 *     modality        of the region; needed where several modalities have it (optional column)
 *     change, se      expected change over interval_weeks, and its standard error; se may be 0
 *     unit            percent (or %) of baseline, or absolute: the outcome's own units
 *     interval_weeks  above 0
 *     source          where the rate comes from
 *     low, high       equivalence bounds of observed minus expected change over the study's interval (optional columns)
 *
 * Percentages are observed as their mean over participants, and absolute changes as the mean of follow-up minus
 * baseline, with se = sd / sqrt(n) and df = n - 1; nuisance is not removed. univariate/expected.h has the statistics. A
 * row that expects 0 with se 0 tests with its bounds whether the outcome is stable.
 *
 * A vx_expected_comparisons owns its memory, and borrows the outcomes; vx_expected_comparisons_free releases it. */
#ifndef VX_OUTCOME_EXPECTED_H
#define VX_OUTCOME_EXPECTED_H

#include "base/table.h"
#include "outcome/outcome.h"

/* The figures of a comparison: columns of expected.tsv and data sets of results.h5. Writers and readers iterate. */
typedef enum vx_expected_column {
    VX_EXPECTED_N,
    VX_EXPECTED_OBSERVED, VX_EXPECTED_OBSERVED_SE, VX_EXPECTED_OBSERVED_DF,
    VX_EXPECTED_RATE, VX_EXPECTED_RATE_SE, VX_EXPECTED_RATE_WEEKS, /* as in the table */
    VX_EXPECTED_EXPECTED, VX_EXPECTED_EXPECTED_SE,                 /* scaled to the study's interval */
    VX_EXPECTED_DIFFERENCE, VX_EXPECTED_SE, VX_EXPECTED_DF, VX_EXPECTED_CI_LOW, VX_EXPECTED_CI_HIGH, VX_EXPECTED_P,
    VX_EXPECTED_BOUND_LOW, VX_EXPECTED_BOUND_HIGH, VX_EXPECTED_P_EQUIVALENCE,
    VX_EXPECTED_COLUMNS
} vx_expected_column;

typedef struct vx_expected_column_row {
    const char *name;        /* column, data set, key */
    bool measured;           /* in the unit of the comparison */
    bool is_p;
    const char *label;       /* heading of a table */
    const char *description; /* a sentence for the data dictionary */
} vx_expected_column_row;

const vx_expected_column_row *vx_expected_about(vx_expected_column column);

typedef enum vx_expected_unit { VX_EXPECTED_PERCENT, VX_EXPECTED_ABSOLUTE } vx_expected_unit;

/* "percent" and "absolute", indexed by vx_expected_unit; null stands at the end. */
extern const char *const vx_expected_unit_names[];

typedef struct vx_expected_comparison {
    const vx_outcome *outcome;
    vx_expected_unit unit;
    const char *source;
    double value[VX_EXPECTED_COLUMNS]; /* NaN where a figure does not exist */
} vx_expected_comparison;

typedef struct vx_expected_comparisons {
    vx_table table;    /* the file; texts point into it */
    double weeks;      /* the study's interval */
    vx_expected_comparison *comparison; /* in the order of the table */
    size_t comparisons;
} vx_expected_comparisons;

/* Reads the table at `path`, which must outlive the result, and compares the outcomes with it. `weeks` is the interval
 * between the sessions of the study, which names the participants. Intervals have confidence 1 - alpha.
 * Errors (VX_INPUT, with the file, the line and the column or outcome): those of vx_table_read and vx_table_column; an
 * unknown column; a cell that is missing or no number; a negative se; an interval_weeks or `weeks` that is not above 0;
 * another unit; a bound without the other; low >= high; a name that no outcome has (with the nearest); a region of
 * several modalities without one; an outcome that stands twice or has one session; percentages of a baseline that is
 * not above 0; an absolute change of an outcome on the log scale. */
vx_status vx_expected_test(const char *path, double weeks, const vx_outcome *outcome, size_t outcomes,
                           const vx_study *study, double alpha, vx_expected_comparisons **comparisons,
                           vx_error *error);
void vx_expected_comparisons_free(vx_expected_comparisons *comparisons);

#endif
