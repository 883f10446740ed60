#include "report/outcomes.h"

#include "base/memory.h"
#include "results/change.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

bool vx_view_belongs(const vx_outcome_view *view, const vx_results_outcome *outcome)
{
    return outcome->kind == view->kind && same_text(outcome->modality, view->modality);
}

bool vx_outcome_is_planned(const vx_results_outcome *outcome)
{
    return outcome->family && *outcome->family && strcmp(outcome->family, "exploratory");
}

const char *vx_results_region_modality(const vx_results *results, size_t which)
{
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        bool first = outcome->kind == VX_OUTCOME_REGION;
        for (size_t k = 0; first && k < i; k++)
            first = !same_text(results->outcome[k].modality, outcome->modality);
        if (first && !which--)
            return outcome->modality;
    }
    return NULL;
}

/* The tests of the mean, family after family. A family is where its first outcome is. */
static void gather_rows(vx_outcome_view *view)
{
    const vx_results *results = view->results;
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        if (!vx_view_belongs(view, outcome) || outcome->effect_kind != VX_MEAN ||
            vx_outcome_is_planned(outcome) != view->planned)
            continue;
        size_t at = view->rows;
        while (at && !same_text(view->row[at - 1]->family, outcome->family))
            at--;
        at = at ? at : view->rows;
        memmove(view->row + at + 1, view->row + at, (view->rows - at) * sizeof *view->row);
        view->row[at] = outcome;
        view->rows++;
    }
}

/* The smallest corrected p of an outcome's tests; infinite where it was not tested. */
static double smallest_p(const vx_outcome_view *view, const vx_results_outcome *outcome)
{
    double smallest = INFINITY;
    for (size_t i = 0; i < view->results->outcomes; i++) {
        const vx_results_outcome *one = &view->results->outcome[i];
        if (vx_view_belongs(view, one) && !strcmp(one->name, outcome->name))
            smallest = fmin(smallest, one->value[VX_OUTCOME_P_FWE]);
    }
    return smallest;
}

/* Sorts the rows of every family; equal ones stay in their order. False without memory. */
static bool sort_families(vx_outcome_view *view)
{
    double *p = vx_array(view->rows + 1, sizeof *p);
    for (size_t i = 0; p && i < view->rows; i++) {
        const vx_results_outcome *row = view->row[i];
        const double own = smallest_p(view, row);
        size_t at = i;
        for (; at && p[at - 1] > own && same_text(view->row[at - 1]->family, row->family); at--) {
            p[at] = p[at - 1];
            view->row[at] = view->row[at - 1];
        }
        p[at] = own;
        view->row[at] = row;
    }
    const bool complete = p;
    free(p);
    return complete;
}

static void gather_covariates(vx_outcome_view *view)
{
    const vx_results *results = view->results;
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        bool known = !vx_view_belongs(view, outcome) || outcome->effect_kind != VX_SLOPE;
        for (size_t k = 0; !known && k < view->covariates; k++)
            known = !strcmp(view->covariate[k], outcome->effect);
        if (!known)
            view->covariate[view->covariates++] = outcome->effect;
    }
}

/* The two values of a participant; false where one is absent. Without a baseline, that is 0. */
static bool values_of(const vx_outcome_view *view, size_t row, int64_t i, double value[2])
{
    const vx_results_outcome *outcome = view->row[row];
    const double *before = outcome->session[VX_MEAN_BASELINE], *after = outcome->session[VX_MEAN_FOLLOWUP];
    value[0] = before ? before[i] : 0;
    value[1] = after ? after[i] : NAN;
    return isfinite(value[0]) && isfinite(value[1]);
}

static bool has_percent(const vx_outcome_view *view, size_t row)
{
    double value[2];
    if (!view->row[row]->session[VX_MEAN_BASELINE])
        return false;
    for (int64_t i = 0; i < view->results->participants; i++)
        if (values_of(view, row, i, value) && !(value[0] > 0))
            return false;
    return view->row[row]->value[VX_OUTCOME_BASELINE_MEAN] > 0;
}

size_t vx_view_logarithms(const vx_outcome_view *view)
{
    size_t count = 0;
    for (size_t row = 0; row < view->rows; row++)
        count += view->row[row]->scale == VX_ON_LOG;
    return count;
}

static vx_change_axis axis_of(const vx_outcome_view *view)
{
    bool percent = view->rows > 0;
    for (size_t row = 0; row < view->rows; row++)
        percent &= isnan(view->row[row]->value[VX_OUTCOME_CHANGE]) || has_percent(view, row);
    if (percent)
        return VX_AXIS_PERCENT;
    const bool one_unit = view->kind == VX_OUTCOME_REGION || view->rows == 1;
    return one_unit && !vx_view_logarithms(view) ? VX_AXIS_UNITS : VX_AXIS_SD;
}

/* Regions of a view share their scale and units; markers share an axis in units only where there is one of them. */
static const char *words_of_percent(const vx_outcome_view *view)
{
    const size_t logarithms = vx_view_logarithms(view);
    switch (view->row[0]->scale) {
    case VX_ON_PERCENT: return "change, % of each baseline";
    case VX_ON_SYMMETRIC: return "change, % of the mean of both sessions";
    default: break;
    }
    return !logarithms                ? "change, % of the mean baseline"
           : logarithms == view->rows ? "geometric mean ratio, change in %"
                                      : "change, % of the mean baseline (log: of the geometric mean)";
}

static void name_axis(vx_outcome_view *view)
{
    const bool paired = view->rows && view->row[0]->session[VX_MEAN_BASELINE];
    const char *units = view->rows ? vx_scale_units(view->row[0]->scale, view->row[0]->units) : NULL;
    const char *what = paired ? "change" : "mean";
    switch (view->axis) {
    case VX_AXIS_PERCENT:
        snprintf(view->axis_words, sizeof view->axis_words, "%s", words_of_percent(view));
        snprintf(view->axis_label, sizeof view->axis_label, "change, %%");
        break;
    case VX_AXIS_SD:
        snprintf(view->axis_words, sizeof view->axis_words, "%s, in standard deviations%s", what,
                 paired ? " of the change" : "");
        snprintf(view->axis_label, sizeof view->axis_label, "change, SD");
        break;
    case VX_AXIS_UNITS:
        snprintf(view->axis_words, sizeof view->axis_words, "%s, in %s", what,
                 units ? units : "the units of the values");
        snprintf(view->axis_label, sizeof view->axis_label, "change%s%.60s", units ? ", " : "", units ? units : "");
        break;
    }
}

vx_status vx_outcome_view_init(const vx_results *results, vx_outcome_kind kind, const char *modality, bool planned,
                               vx_outcome_view *view, vx_error *error)
{
    *view = (vx_outcome_view){.results = results, .kind = kind, .modality = modality, .planned = planned};
    view->row = vx_array(results->outcomes + 1, sizeof *view->row);
    view->covariate = vx_array(results->outcomes + 1, sizeof *view->covariate);
    if (!view->row || !view->covariate)
        return vx_fail_memory(error);
    gather_rows(view);
    if (!planned && !sort_families(view))
        return vx_fail_memory(error);
    gather_covariates(view);
    view->axis = axis_of(view);
    name_axis(view);
    return VX_OK;
}

void vx_outcome_view_destroy(vx_outcome_view *view)
{
    if (!view)
        return;
    free(view->row);
    free(view->covariate);
    *view = (vx_outcome_view){0};
}

const vx_results_outcome *vx_view_under(const vx_outcome_view *view, size_t row, const char *covariate)
{
    const vx_results *results = view->results;
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        if (vx_view_belongs(view, outcome) && outcome->effect_kind == VX_SLOPE && !strcmp(outcome->effect, covariate) &&
            !strcmp(outcome->name, view->row[row]->name))
            return outcome;
    }
    return NULL;
}

const vx_results_outcome *vx_view_test(const vx_outcome_view *view, size_t row, const char *covariate)
{
    return covariate ? vx_view_under(view, row, covariate) : view->row[row];
}

double vx_view_corrected(const vx_outcome_view *view, size_t row, const char *covariate)
{
    const vx_results_outcome *test = vx_view_test(view, row, covariate);
    return test && !isnan(test->value[VX_OUTCOME_P_FWE]) ? test->value[VX_OUTCOME_P_FWE] : INFINITY;
}

bool vx_view_is_among(const vx_outcome_view *view, size_t row, const char *covariate, size_t count)
{
    const double p = vx_view_corrected(view, row, covariate);
    size_t before = 0;
    for (size_t k = 0; k < view->rows && before < count; k++) {
        const double other = vx_view_corrected(view, k, covariate);
        before += other < p || (other == p && k < row);
    }
    return before < count;
}

bool vx_view_opens_family(const vx_outcome_view *view, size_t row)
{
    return !row || !same_text(view->row[row - 1]->family, view->row[row]->family);
}

/* ---- the axis ---- */

/* A change on the scale that was tested; of one session, the value. */
static double tested_change(const vx_outcome_view *view, size_t row, const double value[2])
{
    static const vx_change change[] = {[VX_ON_LINEAR] = VX_CHANGE_DIFFERENCE, [VX_ON_LOG] = VX_CHANGE_LOG_RATIO,
                                       [VX_ON_PERCENT] = VX_CHANGE_PERCENT, [VX_ON_SYMMETRIC] = VX_CHANGE_SYMMETRIC};
    const vx_outcome_scale scale = view->row[row]->scale;
    if (!view->row[row]->session[VX_MEAN_BASELINE])
        return scale == VX_ON_LOG ? log(value[1]) : value[1];
    return vx_change_of(change[scale], value[0], value[1]);
}

void vx_view_tested_changes(const vx_outcome_view *view, size_t row, double *change)
{
    double value[2];
    for (int64_t i = 0; i < view->results->participants; i++)
        change[i] = values_of(view, row, i, value) ? tested_change(view, row, value) : NAN;
}

/* The SD of the changes on the scale that was tested. */
static double spread(const vx_outcome_view *view, size_t row)
{
    double sum = 0, square = 0, value[2];
    int64_t n = 0;
    for (int64_t i = 0; i < view->results->participants; i++)
        if (values_of(view, row, i, value)) {
            sum += tested_change(view, row, value);
            n++;
        }
    for (int64_t i = 0; i < view->results->participants; i++)
        if (values_of(view, row, i, value))
            square += pow(tested_change(view, row, value) - sum / (double)n, 2);
    return n > 1 ? sqrt(square / (double)(n - 1)) : NAN;
}

/* A change on the scale that was tested becomes one on the axis. */
static double on_axis(const vx_outcome_view *view, size_t row, double tested, double sd)
{
    const vx_results_outcome *outcome = view->row[row];
    const double baseline = outcome->value[VX_OUTCOME_BASELINE_MEAN];
    switch (view->axis) {
    case VX_AXIS_PERCENT:
        return outcome->scale == VX_ON_LOG         ? 100 * expm1(tested)
               : outcome->scale == VX_ON_PERCENT   ? tested
               : outcome->scale == VX_ON_SYMMETRIC ? 100 * tested
                                                   : 100 * tested / baseline;
    case VX_AXIS_SD: return tested / sd;
    case VX_AXIS_UNITS: break;
    }
    return tested;
}

vx_shown_change vx_view_change(const vx_outcome_view *view, size_t row)
{
    const double *value = view->row[row]->value, sd = view->axis == VX_AXIS_SD ? spread(view, row) : NAN;
    return (vx_shown_change){on_axis(view, row, value[VX_OUTCOME_CHANGE], sd),
                             on_axis(view, row, value[VX_OUTCOME_CI_LOW], sd),
                             on_axis(view, row, value[VX_OUTCOME_CI_HIGH], sd)};
}

void vx_view_changes(const vx_outcome_view *view, size_t row, double *change)
{
    const double sd = view->axis == VX_AXIS_SD ? spread(view, row) : NAN;
    vx_view_tested_changes(view, row, change);
    for (int64_t i = 0; i < view->results->participants; i++)
        change[i] = on_axis(view, row, change[i], sd);
}

const char *vx_view_unit(const vx_outcome_view *view, size_t row)
{
    const char *own = vx_scale_units(view->row[row]->scale, view->row[row]->units);
    return view->axis == VX_AXIS_PERCENT ? "%" : view->axis == VX_AXIS_SD ? "SD" : own ? own : "";
}

const char *vx_view_axis_words(const vx_outcome_view *view)
{
    return view->axis_words;
}

const char *vx_view_axis_label(const vx_outcome_view *view)
{
    return view->axis_label;
}

const vx_correlation_columns *vx_results_correlation(const vx_results *results)
{
    static const vx_correlation_columns pearson = {"r", VX_OUTCOME_R, VX_OUTCOME_R_LOW, VX_OUTCOME_R_HIGH,
                                                   VX_OUTCOME_P_MATRIX},
                                        spearman = {"rho", VX_OUTCOME_RHO, VX_OUTCOME_RHO_LOW, VX_OUTCOME_RHO_HIGH,
                                                    VX_OUTCOME_P_MATRIX_RHO};
    const char *option = vx_results_option(results, "correlation");
    return option && !strcmp(option, "spearman") ? &spearman : &pearson;
}
