#include "outcome/figures.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/relabelling.h"
#include "univariate/correlation.h"
#include "univariate/effect_size.h"
#include "univariate/flip_count.h"
#include "univariate/leave_one_out.h"
#include "univariate/percent.h"
#include "univariate/summary.h"
#include "univariate/t_test.h"
#include "univariate/wilcoxon.h"

#include <math.h>

/* One outcome under one effect, on its way. */
typedef struct vx_outcome_figure_work {
    const vx_outcome_options *options;
    const vx_outcome *outcome;
    const vx_effect *effect;
    const vx_result *result;
    int64_t element;
    const double *change; /* of the group's participants, on the scale that is tested */
    double *value;        /* of the test */
    vx_outcome_test *test;
    vx_tails tails;
} vx_outcome_figure_work;

static double map_value(const vx_result *result, vx_quantity quantity, int64_t element)
{
    const vx_map *map = vx_result_map(result, quantity);
    return map ? (double)map->value[element] : NAN;
}

static void put_interval(double *value, vx_outcome_column low, vx_interval interval)
{
    value[low] = interval.low;
    value[low + 1] = interval.high;
}

/* The values of one session among the participants of the effect, or their changes in the outcome's own units. */
static void gather(const vx_outcome_figure_work *w, int session, double *to)
{
    for (int64_t i = 0; i < w->effect->n; i++)
        to[i] = w->outcome->value[session][w->effect->row[i]];
}

static vx_status describe(const double *y, int64_t n, double *value, vx_outcome_column first, vx_error *error)
{
    vx_summary s;
    vx_status status = vx_summary_of(y, n, &s, error);
    if (!status) {
        const double figure[] = {s.mean, s.sd, s.median, s.min, s.max};
        for (size_t i = 0; i < sizeof figure / sizeof *figure; i++)
            value[first + i] = figure[i];
    }
    return status;
}

/* Baseline, follow-up, and what is said of changes in the outcome's own units. */
static vx_status describe_sessions(const vx_outcome_figure_work *w, double *before, double *after, double *change,
                                   vx_error *error)
{
    const int64_t n = w->effect->n;
    double own[5];
    vx_percent percent;
    gather(w, 1, after);
    vx_status status = describe(after, n, w->value, VX_OUTCOME_FOLLOWUP_MEAN, error);
    if (status || !w->outcome->value[0])
        return status;
    gather(w, 0, before);
    status = describe(before, n, w->value, VX_OUTCOME_BASELINE_MEAN, error);
    if (status || w->effect->kind != VX_MEAN)
        return status;
    for (int64_t i = 0; i < n; i++)
        change[i] = after[i] - before[i];
    if ((status = describe(change, n, own, 0, error)) ||
        (status = vx_percent_of(before, after, n, w->tails, w->options->alpha, &percent, error)))
        return status;
    for (int i = 1; i < 5; i++)
        w->value[VX_OUTCOME_CHANGE_SD + i - 1] = own[i];
    w->value[VX_OUTCOME_PERCENT] = percent.mean_of_percentages;
    w->value[VX_OUTCOME_PERCENT_OF_MEANS] = percent.percentage_of_means;
    w->value[VX_OUTCOME_GMR] = percent.ratio;
    put_interval(w->value, VX_OUTCOME_GMR_LOW, percent.ratio_interval);
    return VX_OK;
}

static void estimate(const vx_outcome_figure_work *w)
{
    const bool mean = w->effect->kind == VX_MEAN;
    w->value[VX_OUTCOME_N] = (double)w->effect->n;
    w->value[VX_OUTCOME_CHANGE] = map_value(w->result, mean ? VX_MAP_MEAN : VX_MAP_SLOPE, w->element);
    w->value[VX_OUTCOME_SE] = map_value(w->result, VX_MAP_SE, w->element);
    w->value[VX_OUTCOME_CI_LOW] = map_value(w->result, VX_MAP_CI_LOW, w->element);
    w->value[VX_OUTCOME_CI_HIGH] = map_value(w->result, VX_MAP_CI_HIGH, w->element);
    w->value[VX_OUTCOME_T] = map_value(w->result, VX_MAP_T, w->element);
    w->value[VX_OUTCOME_DF] = w->effect->df;
    w->value[VX_OUTCOME_P_T] = vx_t_p(w->value[VX_OUTCOME_T], w->effect->df, w->tails);
    if (w->outcome->kind == VX_OUTCOME_REGION) {
        w->value[VX_OUTCOME_COVERAGE] = w->outcome->coverage;
        w->value[VX_OUTCOME_VOXELS] = (double)w->outcome->voxels;
    }
}

/* The sign vectors of the effect's relabellings, for series too long for all of them. The caller frees. */
static vx_status list_signs(const vx_outcome_figure_work *w, int8_t **sign, vx_sign_list *list, vx_error *error)
{
    const vx_inference_options *o = &w->options->inference;
    const size_t n = (size_t)w->effect->n;
    vx_relabellings *set = NULL;
    vx_relabelling relabelling = {0};
    size_t count;
    vx_status status = vx_relabellings_new(w->effect, o->permutations, o->seed, &set, error);
    if (!status)
        status = vx_relabelling_init(&relabelling, set, error);
    if (!status && !(*sign = vx_multiply((size_t)set->count, n, &count) ? vx_array(count, 1) : NULL))
        status = vx_fail_memory(error);
    for (uint64_t i = 0; !status && i < set->count; i++) {
        vx_relabellings_get(set, i, &relabelling);
        for (size_t k = 0; k < n; k++)
            (*sign)[i * n + k] = relabelling.sign[k];
    }
    if (!status)
        *list = (vx_sign_list){set->count, *sign};
    vx_relabelling_destroy(&relabelling);
    vx_relabellings_free(set);
    return status;
}

static void put_leave_one_out(const vx_outcome_figure_work *w, const vx_leave_one_out *loo)
{
    w->value[VX_OUTCOME_LOO_P_MIN] = loo->p_min;
    w->value[VX_OUTCOME_LOO_P_MAX] = loo->p_max;
    w->value[VX_OUTCOME_LOO_LOW] = loo->estimate_min;
    w->value[VX_OUTCOME_LOO_HIGH] = loo->estimate_max;
    w->test->most_influential = loo->participant < 0 ? -1 : w->effect->participant[loo->participant];
}

/* A mean without nuisance: what takes flips and ranks of the changes themselves. */
static vx_status test_plain_mean(const vx_outcome_figure_work *w, vx_error *error)
{
    const int64_t n = w->effect->n;
    int8_t *sign = NULL;
    vx_sign_list list;
    vx_flips flips = {0};
    vx_wilcoxon wilcoxon;
    vx_status status = n > VX_FLIP_COUNT_MAX ? list_signs(w, &sign, &list, error) : VX_OK;
    if (!status)
        status = vx_flips_init(&flips, w->change, n, sign ? &list : NULL, error);
    if (status)
        goto cleanup;
    put_interval(w->value, VX_OUTCOME_CI_EXACT_LOW, vx_flips_interval(&flips, w->options->alpha, VX_TWO_TAILS));
    const vx_leave_one_out loo = vx_leave_one_out_mean(&flips, w->tails);
    put_leave_one_out(w, &loo);
    status = vx_wilcoxon_of(w->change, n, w->options->zeros, w->options->alpha, w->tails, &wilcoxon, error);
    w->value[VX_OUTCOME_P_WILCOXON] = status ? NAN : wilcoxon.p;
    if (!status) /* the interval has two sides, whatever the tails of p */
        status = vx_wilcoxon_of(w->change, n, w->options->zeros, w->options->alpha, VX_TWO_TAILS, &wilcoxon, error);
    if (!status) {
        w->value[VX_OUTCOME_HL] = wilcoxon.estimate;
        put_interval(w->value, VX_OUTCOME_HL_LOW, wilcoxon.interval);
    }
cleanup:
    vx_flips_destroy(&flips);
    free(sign);
    return status;
}

static vx_status test_with_regressors(const vx_outcome_figure_work *w, double *y, vx_error *error)
{
    vx_leave_one_out loo;
    for (int64_t i = 0; i < w->effect->n; i++)
        y[i] = w->change[w->effect->row[i]];
    vx_status status = vx_leave_one_out_effect(w->effect, y, w->tails, &loo, error);
    if (!status)
        put_leave_one_out(w, &loo);
    return status;
}

static void size_of_mean(const vx_outcome_figure_work *w)
{
    const vx_effect_size size =
        vx_effect_size_of(w->value[VX_OUTCOME_T], w->effect->df, w->effect->norm, w->options->alpha);
    w->value[VX_OUTCOME_DZ] = size.dz;
    w->value[VX_OUTCOME_G] = size.g;
    put_interval(w->value, VX_OUTCOME_DZ_LOW, size.dz_interval);
    put_interval(w->value, VX_OUTCOME_G_LOW, size.g_interval);
}

static void put_correlation(const vx_outcome_figure_work *w, const vx_outcome_group *g, int64_t effect,
                            vx_correlation c, vx_outcome_column column)
{
    const vx_result *result = g->result[c] ? g->result[c][effect] : NULL;
    if (!result)
        return;
    const double r = map_value(result, c == VX_PEARSON ? VX_MAP_R : VX_MAP_RHO, w->element);
    w->value[column] = r;
    put_interval(w->value, column + 1, vx_correlation_interval(r, result->effect->df, c, w->options->alpha));
}

vx_status vx_outcome_figures(const vx_outcome_options *o, const vx_outcome_group *g, int64_t element, int64_t effect,
                             vx_outcome_test *test, vx_error *error)
{
    const vx_correlation c = test->kind == VX_SLOPE ? o->model.correlation : VX_PEARSON;
    const vx_effect *of = &g->model[c]->effect[effect];
    const size_t n = (size_t)of->n;
    vx_status status = VX_OK;
    double *scratch = vx_array(3 * n, sizeof *scratch);
    const vx_outcome_figure_work w = {.options = o,
                                      .outcome = test->outcome,
                                      .effect = of,
                                      .result = g->result[c][effect],
                                      .element = element,
                                      .change = g->change + element * g->n,
                                      .value = test->value,
                                      .test = test,
                                      .tails = o->inference.tails};
    if (!scratch)
        return vx_fail_memory(error);
    estimate(&w);
    status = describe_sessions(&w, scratch, scratch + n, scratch + 2 * n, error);
    if (test->kind == VX_MEAN) {
        size_of_mean(&w);
    } else {
        put_correlation(&w, g, effect, VX_PEARSON, VX_OUTCOME_R);
        put_correlation(&w, g, effect, VX_SPEARMAN, VX_OUTCOME_RHO);
    }
    if (!status)
        status = test->kind == VX_MEAN && of->columns == 1 ? test_plain_mean(&w, error)
                                                               : test_with_regressors(&w, scratch, error);
    free(scratch);
    return status;
}
