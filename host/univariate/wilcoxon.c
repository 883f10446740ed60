#include "univariate/wilcoxon.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "base/sort.h"
#include "model/ranks.h"

#include <math.h>

/* The distribution of W in half ranks, so that mid-ranks are integers: below[s] = P(2 W <= s), s = 0, ..., total. Where
 * it is normal, below is null. */
typedef struct signed_rank {
    int64_t total;    /* sum of 2 r */
    double deviation; /* SD of 2 W */
    double *below;
} signed_rank;

static vx_status signed_rank_init(signed_rank *d, const double *rank, int64_t n, bool exact, vx_error *error)
{
    *d = (signed_rank){0};
    double square = 0.0;
    for (int64_t i = 0; i < n; i++) {
        int64_t twice = (int64_t)(2.0 * rank[i]);
        d->total += twice;
        square += rank[i] * rank[i];
    }
    d->deviation = sqrt(square);
    if (!exact)
        return VX_OK;
    if (!(d->below = vx_array_zero((size_t)d->total + 1, sizeof *d->below)))
        return vx_fail_memory(error);
    int64_t reached = 0;
    d->below[0] = 1.0;
    for (int64_t i = 0; i < n; i++) {
        int64_t twice = (int64_t)(2.0 * rank[i]);
        reached += twice;
        for (int64_t s = reached; s >= 0; s--)
            d->below[s] = (d->below[s] + (s >= twice ? d->below[s - twice] : 0.0)) / 2.0;
    }
    for (int64_t s = 1; s <= d->total; s++)
        d->below[s] += d->below[s - 1];
    return VX_OK;
}

/* P(2 W <= s). */
static double signed_rank_below(const signed_rank *d, int64_t s)
{
    if (s < 0 || s >= d->total)
        return s < 0 ? 0.0 : 1.0;
    if (d->below)
        return d->below[s];
    return vx_z_upper(((double)d->total / 2.0 - (double)s - 1.0) / d->deviation);
}

static double signed_rank_p(const signed_rank *d, int64_t s, vx_tails tails)
{
    double low = signed_rank_below(d, s), high = signed_rank_below(d, d->total - s); /* symmetric */
    return tails == VX_POSITIVE ? high : tails == VX_NEGATIVE ? low : fmin(1.0, 2.0 * fmin(low, high));
}

/* The ranks of the values that are not zero, in `rank`, and W. Returns how many there are. `rank` and `scratch` have n
 * elements. */
static int64_t rank_sizes(const double *y, int64_t n, vx_zeros zeros, double *rank, vx_ranked *scratch, double *w)
{
    double width = 0.0;
    int64_t ranked = 0, count = 0;
    for (int64_t i = 0; i < n; i++)
        width = fmax(width, vx_tie_width(fabs(y[i])));
    for (int64_t i = 0; i < n; i++)
        if (fabs(y[i]) > width || zeros == VX_ZEROS_PRATT)
            rank[count++] = fabs(y[i]) > width ? fabs(y[i]) : 0.0;
    vx_midranks(rank, count, width, scratch);
    *w = 0.0;
    for (int64_t i = 0, at = 0; i < n; i++) {
        bool zero = fabs(y[i]) <= width;
        if (!zero) {
            rank[ranked] = rank[at];
            *w += y[i] > 0.0 ? rank[ranked] : 0.0;
            ranked++;
        }
        at += !zero || zeros == VX_ZEROS_PRATT;
    }
    return ranked;
}

static vx_status test_ranks(const double *y, int64_t n, vx_zeros zeros, vx_tails tails, vx_wilcoxon *test,
                            vx_error *error)
{
    vx_status status = VX_OK;
    signed_rank null = {0};
    double *rank = vx_array((size_t)n, sizeof *rank);
    vx_ranked *scratch = vx_array((size_t)n, sizeof *scratch);
    if (!rank || !scratch) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    test->ranked = rank_sizes(y, n, zeros, rank, scratch, &test->w);
    if ((status = signed_rank_init(&null, rank, test->ranked, test->exact, error)))
        goto cleanup;
    test->p = signed_rank_p(&null, (int64_t)(2.0 * test->w), tails);
cleanup:
    free(null.below);
    free(rank);
    free(scratch);
    return status;
}

/* The smallest k with P(W <= k) >= alpha for untied ranks 1, ..., n. */
static vx_status critical(int64_t n, bool exact, double alpha, int64_t *k, vx_error *error)
{
    signed_rank null = {0};
    vx_status status = VX_OK;
    double *rank = vx_array((size_t)n, sizeof *rank);
    if (!rank) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t i = 0; i < n; i++)
        rank[i] = (double)(i + 1);
    if ((status = signed_rank_init(&null, rank, n, exact, error)))
        goto cleanup;
    for (*k = 0; signed_rank_below(&null, 2 * *k) < alpha;)
        ++*k;
cleanup:
    free(null.below);
    free(rank);
    return status;
}

static vx_status estimate_shift(const double *y, int64_t n, double alpha, vx_tails tails, vx_wilcoxon *test,
                                vx_error *error)
{
    int64_t averages = n * (n + 1) / 2, k = 0, to = 0;
    vx_status status = critical(n, test->exact, tails == VX_TWO_TAILS ? alpha / 2.0 : alpha, &k, error);
    if (status)
        return status;
    double *walsh = vx_array((size_t)averages, sizeof *walsh);
    if (!walsh)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i; j < n; j++)
            walsh[to++] = (y[i] + y[j]) / 2.0;
    vx_sort_doubles(walsh, (size_t)averages);
    test->estimate = (walsh[(averages - 1) / 2] + walsh[averages / 2]) / 2.0;
    test->interval = (vx_interval){
        k > 0 && tails != VX_NEGATIVE ? walsh[k - 1] : -INFINITY,
        k > 0 && tails != VX_POSITIVE ? walsh[averages - k] : INFINITY,
    };
    free(walsh);
    return VX_OK;
}

vx_status vx_wilcoxon_of(const double *y, int64_t n, vx_zeros zeros, double alpha, vx_tails tails, vx_wilcoxon *test,
                         vx_error *error)
{
    *test = (vx_wilcoxon){.exact = n <= VX_WILCOXON_EXACT_MAX};
    vx_status status = test_ranks(y, n, zeros, tails, test, error);
    return status ? status : estimate_shift(y, n, alpha, tails, test, error);
}
