#include "infer/pvalue.h"

#include "base/memory.h"
#include "base/sort.h"

#include <math.h>

vx_status vx_max_statistics_new(const vx_problem *problem, const vx_tally *tally, vx_tails tails,
                                vx_max_statistics *maxima, vx_error *error)
{
    const vx_relabellings *set = problem->relabellings;
    uint64_t count = set->count;
    int first = tails == VX_NEGATIVE ? 1 : 0, last = tails == VX_POSITIVE ? 0 : 1;
    vx_max_statistics m = {.count = count, .r = vx_array((size_t)count, sizeof(double))};
    if (tally->extent) {
        m.extent = vx_array_zero((size_t)count, sizeof(double));
        m.mass = vx_array_zero((size_t)count, sizeof(double));
    }
    if (tally->tfce)
        m.tfce = vx_array_zero((size_t)count, sizeof(double));
    if (!m.r || (tally->extent && (!m.extent || !m.mass)) || (tally->tfce && !m.tfce)) {
        vx_max_statistics_destroy(&m);
        return vx_fail_memory(error);
    }
    for (uint64_t i = 0; i < count; i++) {
        bool mirrored;
        uint64_t at = vx_relabellings_evaluated(set, i, &mirrored);
        m.r[i] = -INFINITY;
        for (int asked = first; asked <= last; asked++) {
            int tail = mirrored ? 1 - asked : asked; /* 0: positive, 1: negative */
            m.r[i] = fmax(m.r[i], tail ? -tally->low[at] : tally->high[at]);
            if (tally->tfce)
                m.tfce[i] = fmax(m.tfce[i], tally->tfce[at][tail]);
            if (!tally->extent)
                continue;
            m.extent[i] = fmax(m.extent[i], tally->extent[at][tail]);
            m.mass[i] = fmax(m.mass[i], tally->mass[at][tail]);
        }
    }
    *maxima = m;
    return VX_OK;
}

void vx_max_statistics_destroy(vx_max_statistics *maxima)
{
    if (!maxima)
        return;
    free(maxima->r);
    free(maxima->extent);
    free(maxima->mass);
    free(maxima->tfce);
    *maxima = (vx_max_statistics){0};
}

double vx_p_from_maxima(const double *sorted, uint64_t count, double observed, double tolerance)
{
    uint64_t below = 0, end = count; /* bisection for the first maximum that reaches the observed value */
    while (below < end) {
        uint64_t middle = below + (end - below) / 2;
        if (sorted[middle] >= observed - tolerance)
            end = middle;
        else
            below = middle + 1;
    }
    return (double)(count - below) / (double)count;
}

void vx_exceedance_bounds(const vx_problem *problem, vx_tails tails, const int32_t *score, int32_t *high, int32_t *low)
{
    for (int64_t v = 0; v < problem->voxels; v++) {
        double r = vx_score_r(problem, score[v]), tolerance = vx_score_tolerance(problem, r);
        double reach = (tails == VX_TWO_TAILS ? fabs(r) : tails == VX_POSITIVE ? r : -r) - tolerance;
        int32_t above = vx_r_score(problem, reach), below = vx_r_score(problem, -reach);
        /* A relabelling that is not evaluated is counted in the opposite tail of its mirror image. */
        bool both = tails == VX_TWO_TAILS || problem->relabellings->mirrored;
        high[v] = both || tails == VX_POSITIVE ? above : INT32_MAX;
        low[v] = both || tails == VX_NEGATIVE ? below : INT32_MIN;
    }
}

double vx_p_uncorrected(const vx_problem *problem, vx_tails tails, uint64_t exceed)
{
    /* A score within rounding of 0 reaches both bounds. Two-sided, the clamp keeps it from being counted twice. */
    const vx_relabellings *set = problem->relabellings;
    uint64_t total = tails == VX_TWO_TAILS ? set->evaluations : set->count;
    uint64_t counted = exceed < total ? exceed : total;
    return (double)counted / (double)total;
}

double vx_p_smallest(const vx_relabellings *relabellings, vx_tails tails)
{
    bool both = relabellings->mirrored && tails == VX_TWO_TAILS;
    return (both ? 2.0 : 1.0) / (double)(relabellings->exhaustive ? relabellings->distinct : relabellings->count);
}

double vx_p_times(double p, size_t times, uint64_t count)
{
    return fmin((double)times * (double)llround(p * (double)count) / (double)count, 1);
}

typedef struct ranked_p {
    double p;
    int64_t index;
} ranked_p;

static int by_p(const void *a, const void *b)
{
    return vx_compare(((const ranked_p *)a)->p, ((const ranked_p *)b)->p);
}

/* The p in ascending order, which the caller frees; null without memory. */
static ranked_p *rank_p(const double *p, int64_t m)
{
    ranked_p *ranked = vx_array((size_t)m, sizeof *ranked);
    for (int64_t i = 0; ranked && i < m; i++)
        ranked[i] = (ranked_p){p[i], i};
    if (ranked)
        qsort(ranked, (size_t)m, sizeof *ranked, by_p);
    return ranked;
}

vx_status vx_holm(const double *p, int64_t m, uint64_t count, double *adjusted, vx_error *error)
{
    ranked_p *ranked = rank_p(p, m);
    double largest = 0.0;
    if (!ranked)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < m; i++) {
        largest = fmax(largest, vx_p_times(ranked[i].p, (size_t)(m - i), count));
        adjusted[ranked[i].index] = largest;
    }
    free(ranked);
    return VX_OK;
}

vx_status vx_fdr(const double *p, int64_t m, double *q, vx_error *error)
{
    ranked_p *ranked = rank_p(p, m);
    double smallest = 1.0;
    if (!ranked)
        return vx_fail_memory(error);
    for (int64_t i = m; i-- > 0;) {
        smallest = fmin(smallest, ranked[i].p * (double)m / (double)(i + 1));
        q[ranked[i].index] = smallest;
    }
    free(ranked);
    return VX_OK;
}
