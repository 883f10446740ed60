/* Counts the sign flips whose sum reaches a bound, over all 2^n of them, without enumeration:
 *
 *     #{s in {-1, +1}^n : sum_i s_i y_i >= bound}
 *
 * A sum over n values is one over the first half of them plus one over the second. The signed sums of each half are
 * sorted, and two pointers count the pairs that reach the bound: O(2^(n/2)) instead of O(2^n) (Horowitz & Sahni 1974,
 * J. ACM 21:277). The count is exact where the y are integers below 2^53 / n; else sums are rounded, and the caller
 * lowers the bound by what rounding may cost. */
#ifndef VX_UNIVARIATE_FLIP_COUNT_H
#define VX_UNIVARIATE_FLIP_COUNT_H

#include <stdint.h>

/* The largest n. The lists of both halves then fit into a processor's cache. */
enum { VX_FLIP_COUNT_MAX = 24 };

/* The number of doubles of `scratch` below. */
static inline int64_t vx_flip_count_scratch(int64_t n)
{
    return INT64_C(4) << (n + 1) / 2;
}

/* y has n values, 1 <= n <= VX_FLIP_COUNT_MAX. */
uint64_t vx_flip_count(const double *y, int64_t n, double bound, double *scratch);

#endif
