#include "univariate/flips.h"

#include "base/memory.h"
#include "univariate/flip_count.h"

#include <math.h>

vx_status vx_flips_init(vx_flips *flips, const double *y, int64_t n, const vx_sign_list *list, vx_error *error)
{
    vx_flips f = {.n = n};
    if (!list && n > VX_FLIP_COUNT_MAX)
        return vx_fail(error, VX_INTERNAL, "%lld participants have too many sign flips to count all; at most %d",
                       (long long)n, VX_FLIP_COUNT_MAX);
    f.y = vx_array((size_t)n, sizeof *f.y);
    f.shifted = vx_array((size_t)n, sizeof *f.shifted);
    bool ready = f.y && f.shifted;
    if (!list) {
        f.scratch = vx_array((size_t)vx_flip_count_scratch(n), sizeof *f.scratch);
        ready = ready && f.scratch;
    } else {
        f.count = list->count;
        f.sign = list->sign;
        f.sum = vx_array_zero(list->count, sizeof *f.sum);
        f.balance = vx_array_zero(list->count, sizeof *f.balance);
        ready = ready && f.sum && f.balance;
    }
    if (!ready) {
        vx_flips_destroy(&f);
        return vx_fail_memory(error);
    }
    for (int64_t i = 0; i < n; i++)
        f.y[i] = y[i];
    for (uint64_t s = 0; s < f.count; s++)
        for (int64_t i = 0; i < n; i++) {
            f.sum[s] += f.sign[s * (uint64_t)n + (uint64_t)i] * y[i];
            f.balance[s] += f.sign[s * (uint64_t)n + (uint64_t)i];
        }
    *flips = f;
    return VX_OK;
}

void vx_flips_destroy(vx_flips *flips)
{
    if (!flips)
        return;
    free(flips->y);
    free(flips->shifted);
    free(flips->scratch);
    free(flips->sum);
    free(flips->balance);
    *flips = (vx_flips){0};
}

/* The sum that a flip must reach to be as extreme as `sum` is. */
static double extreme(double sum, vx_tails tails)
{
    return tails == VX_TWO_TAILS ? fabs(sum) : tails == VX_NEGATIVE ? -sum : sum;
}

/* The share of all 2^n flips of `n` values, which sum to `sum`. The sums of all flips are symmetric about 0. `size` is
 * the sum of the sizes of the numbers that the values were computed from. */
static double share_of_all(const double *value, int64_t n, double sum, double size, vx_tails tails, double *scratch)
{
    double count = (double)vx_flip_count(value, n, extreme(sum, tails) - vx_tie_width(size), scratch);
    return fmin(1.0, ldexp(tails == VX_TWO_TAILS ? 2.0 * count : count, -(int)n));
}

/* The same of the listed flips: flip s has the sum S_s = sum_i s_i y_i - m sum_i s_i, less the part of participant
 * `out` where that is not negative. */
static double share_of_list(const vx_flips *f, int64_t out, double m, double size, vx_tails tails)
{
    uint64_t reach = 0;
    double bound = 0.0, leave = out < 0 ? 0.0 : f->y[out] - m;
    int64_t column = out < 0 ? 0 : out;
    for (uint64_t s = 0; s < f->count; s++) {
        double sum = f->sum[s] - m * f->balance[s] - f->sign[s * (uint64_t)f->n + (uint64_t)column] * leave;
        if (s == 0)
            bound = extreme(sum, tails) - vx_tie_width(size);
        reach += extreme(sum, tails) >= bound;
    }
    return (double)reach / (double)f->count;
}

/* p(m) of the participants other than `out`, or of all where `out` is negative. */
static double p_of(const vx_flips *f, int64_t out, double m, vx_tails tails)
{
    int64_t n = 0;
    double sum = 0.0, size = 0.0;
    for (int64_t i = 0; i < f->n; i++)
        if (i != out) {
            f->shifted[n] = f->y[i] - m;
            sum += f->shifted[n++];
            size += fabs(f->y[i]) + fabs(m);
        }
    if (n == 0)
        return NAN;
    return f->sign ? share_of_list(f, out, m, size, tails) : share_of_all(f->shifted, n, sum, size, tails, f->scratch);
}

double vx_flips_p(const vx_flips *flips, double m, vx_tails tails)
{
    return p_of(flips, -1, m, tails);
}

double vx_flips_p_without(const vx_flips *flips, int64_t out, vx_tails tails)
{
    return p_of(flips, out, 0.0, tails);
}

/* The multiple of `step` closest to `outside` whose p is at least alpha. p is 1 at `inside` and monotone between the
 * two, so that bisection finds it. */
static double limit(const vx_flips *f, double inside, double outside, double step, double alpha, vx_tails tails)
{
    double side = outside < inside ? -1.0 : 1.0;
    if (vx_flips_p(f, outside, tails) >= alpha)
        return side * INFINITY;
    double accepted = inside;
    while (fabs(accepted - outside) > step / 2.0) {
        double middle = accepted + (outside - accepted) / 2.0;
        if (vx_flips_p(f, middle, tails) >= alpha)
            accepted = middle;
        else
            outside = middle;
    }
    double rounded = side * step * ceil(side * accepted / step); /* outwards, by less than a step */
    if (vx_flips_p(f, rounded, tails) < alpha)
        rounded = side * step * floor(side * accepted / step);
    return side < 0.0 ? fmin(inside, rounded) : fmax(inside, rounded);
}

vx_interval vx_flips_interval(const vx_flips *flips, double alpha, vx_tails tails)
{
    double low = flips->y[0], high = flips->y[0], mean = 0.0;
    for (int64_t i = 0; i < flips->n; i++) {
        low = fmin(low, flips->y[i]);
        high = fmax(high, flips->y[i]);
        mean += flips->y[i] / (double)flips->n;
    }
    double size = fmax(fabs(low), fabs(high)), range = size > 0.0 ? high - low + size : 1.0;
    /* Ties of sums move a limit by half their vx_tie_width, which is at most that of 2 n sizes: one step is more. */
    double step = exp2(ceil(log2(vx_tie_width((double)flips->n * (size + range)))));
    vx_interval interval = {-INFINITY, INFINITY};
    if (tails != VX_NEGATIVE)
        interval.low = limit(flips, tails == VX_POSITIVE ? high : mean, low - range, step, alpha, tails);
    if (tails != VX_POSITIVE)
        interval.high = limit(flips, tails == VX_NEGATIVE ? low : mean, high + range, step, alpha, tails);
    return interval;
}
