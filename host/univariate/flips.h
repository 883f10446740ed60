/* The exact test of a mean by sign flips, and the interval that inverts it.
 *
 * Under the hypothesis "y is symmetric about m" each of the 2^n sign vectors s is as likely as the others. With
 *
 *     S_s(m) = sum_i s_i (y_i - m),      S(m) = sum_i (y_i - m)
 *
 * the p of the hypothesis is the share of sign vectors that are as extreme as the data, ties counted (Fisher 1935, The
 * Design of Experiments, section 21):
 *
 *     VX_POSITIVE    p(m) = #{s : S_s(m) >= S(m)} / 2^n
 *     VX_NEGATIVE    p(m) = #{s : -S_s(m) >= -S(m)} / 2^n
 *     VX_TWO_TAILS   p(m) = #{s : |S_s(m)| >= |S(m)|} / 2^n = min(1, 2 min(p_positive, p_negative))
 *
 * The interval is {m : p(m) >= alpha}. With F the participants whose sign is flipped, S_s(m) >= S(m) says
 * mean_F(y) <= m. So p(m) counts means of subsets, is monotone on either side of the mean, and the limits of the
 * interval are order statistics of the 2^n - 1 subset means (Hartigan 1969, J. Am. Stat. Assoc. 64:1303). The interval
 * has confidence of at least 1 - alpha for any symmetric distribution.
 *
 * A limit is -INFINITY or INFINITY where even the smallest p is not below alpha (two tails and 0.05: n <= 5), and where
 * the alternative has one side.
 *
 * Where n is above VX_FLIP_COUNT_MAX, the caller gives a list of sign vectors that stands for all of them. The first is
 * all +1, the data as observed. `count` then takes the place of 2^n.
 *
 * Sums within vx_tie_width of each other count as tied. Limits are rounded inwards to a multiple of a power of two of
 * that size (about 1e-11 of the data), so that a subset mean of 0 is reported as 0. y must be finite. A constant series
 * is no special case: its p is 1 at the constant and the smallest possible p elsewhere. */
#ifndef VX_UNIVARIATE_FLIPS_H
#define VX_UNIVARIATE_FLIPS_H

#include "base/error.h"
#include "univariate/interval.h"
#include "voxstat/model.h"

#include <stdint.h>

typedef struct vx_sign_list {
    uint64_t count;
    const int8_t *sign; /* count x n: +1 or -1; the first n are +1 */
} vx_sign_list;

/* One series and what its tests share. Members are private. They include scratch memory, so that one thread at a time
 * may use a vx_flips. */
typedef struct vx_flips {
    int64_t n;
    double *y;        /* n */
    double *shifted;  /* n */
    double *scratch;  /* of vx_flip_count; null with a list */
    uint64_t count;
    const int8_t *sign;
    double *sum, *balance; /* count: sum_i s_i y_i and sum_i s_i; null without a list */
} vx_flips;

/* Copies y (n >= 1); borrows the list, which must outlive *flips. `list` is null for all 2^n sign vectors.
 * Errors: VX_INTERNAL without memory, or without a list where n is above VX_FLIP_COUNT_MAX. */
VX_MUST_USE vx_status vx_flips_init(vx_flips *flips, const double *y, int64_t n, const vx_sign_list *list,
                                    vx_error *error);
void vx_flips_destroy(vx_flips *flips);

/* p(m). */
double vx_flips_p(const vx_flips *flips, double m, vx_tails tails);
/* {m : p(m) >= alpha}, 0 < alpha <= 0.5. */
vx_interval vx_flips_interval(const vx_flips *flips, double alpha, vx_tails tails);
/* p(0) of the series without participant `out`; NaN for n = 1. A list is restricted to the others. */
double vx_flips_p_without(const vx_flips *flips, int64_t out, vx_tails tails);

#endif
