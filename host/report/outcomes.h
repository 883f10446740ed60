/* The outcomes that one picture shows, and their figures on an axis that all of them share.
 *
 * A vx_outcome_view owns its arrays; vx_outcome_view_destroy releases it. It borrows the results. */
#ifndef VX_REPORT_OUTCOMES_H
#define VX_REPORT_OUTCOMES_H

#include "results/results.h"

/* What the axis of the change is in. Regions of one modality have one unit, and markers have many. */
typedef enum vx_change_axis {
    VX_AXIS_PERCENT, /* of the mean baseline; of an outcome on the log scale, the geometric mean ratio minus 1; on the
                      * other scales, of what these divide by. Every outcome has baselines above 0 */
    VX_AXIS_UNITS,   /* the outcomes' own */
    VX_AXIS_SD       /* standard deviations of the change */
} vx_change_axis;

/* The outcomes of a kind and modality: those of planned families, or the others. */
typedef struct vx_outcome_view {
    const vx_results *results;
    vx_outcome_kind kind;
    const char *modality;                  /* null for markers */
    bool planned;                          /* every family is planned */
    const vx_results_outcome **row;        /* rows: the test of the mean; outcomes of a family follow each other, those
                                            * that are not planned by the smallest corrected p of their tests */
    size_t rows;
    const char **covariate;                /* covariates: their names */
    size_t covariates;
    vx_change_axis axis;
    char axis_words[160], axis_label[80];
} vx_outcome_view;

/* Errors: VX_INTERNAL if memory runs out. */
vx_status vx_outcome_view_init(const vx_results *results, vx_outcome_kind kind, const char *modality, bool planned,
                               vx_outcome_view *view, vx_error *error);
void vx_outcome_view_destroy(vx_outcome_view *view);

/* The modality of the first region after the `which` first modalities, in the order of the results; null: no more. */
const char *vx_results_region_modality(const vx_results *results, size_t which);

/* Whether an outcome is of the view's kind and modality. */
bool vx_view_belongs(const vx_outcome_view *view, const vx_results_outcome *outcome);

bool vx_outcome_is_planned(const vx_results_outcome *outcome);

/* The test of a row's outcome under a covariate; null: no such test. */
const vx_results_outcome *vx_view_under(const vx_outcome_view *view, size_t row, const char *covariate);

/* The same, or the test of the mean where `covariate` is null; and its corrected p, infinite where it was not
 * tested. */
const vx_results_outcome *vx_view_test(const vx_outcome_view *view, size_t row, const char *covariate);
double vx_view_corrected(const vx_outcome_view *view, size_t row, const char *covariate);

/* Whether a row is among the `count` with the smallest corrected p; of equal ones, the first. */
bool vx_view_is_among(const vx_outcome_view *view, size_t row, const char *covariate, size_t count);

/* Whether row `row` is the first of its family. */
bool vx_view_opens_family(const vx_outcome_view *view, size_t row);

/* The estimate of a row's mean with its 95 % interval, on the axis; NaN where it is absent. */
typedef struct vx_shown_change {
    double estimate, low, high;
} vx_shown_change;
vx_shown_change vx_view_change(const vx_outcome_view *view, size_t row);

/* Writes the change of every participant on the axis: results->participants values, NaN where one is absent. */
void vx_view_changes(const vx_outcome_view *view, size_t row, double *change);
/* The same on the scale that was tested (vx_outcome_scale). */
void vx_view_tested_changes(const vx_outcome_view *view, size_t row, double *change);

/* The number of rows that were tested on the log scale. */
size_t vx_view_logarithms(const vx_outcome_view *view);

/* The unit of a row's change on the axis; "" where it has none, or none that is known. */
const char *vx_view_unit(const vx_outcome_view *view, size_t row);

/* Words for the axis, and a short label for small plots of changes. */
const char *vx_view_axis_words(const vx_outcome_view *view);
const char *vx_view_axis_label(const vx_outcome_view *view);

/* The columns of the correlation that the run tested: Spearman's or Pearson's. */
typedef struct vx_correlation_columns {
    const char *symbol;
    vx_outcome_column r, low, high, p_matrix;
} vx_correlation_columns;
const vx_correlation_columns *vx_results_correlation(const vx_results *results);

#endif
