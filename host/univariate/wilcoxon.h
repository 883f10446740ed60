/* Wilcoxon's signed-rank test, the Hodges-Lehmann estimate and its interval.
 *
 * |y_i| are ranked with mid-ranks r_i, and W = sum of r_i over y_i > 0. Under symmetry about 0 each r_i is in W with
 * probability 1/2, independently of the others. The distribution of W given the ranks, ties included, is the
 * convolution of these n steps: exact, without enumeration (Streitberg & Roehmel 1986, Stat. Software Newsl. 12:10). It
 * is symmetric about sum r_i / 2.
 *
 *     VX_POSITIVE    p = P(W >= w)
 *     VX_NEGATIVE    p = P(W <= w)
 *     VX_TWO_TAILS   p = min(1, 2 min(P(W >= w), P(W <= w)))
 *
 * Zeros, by choice:
 *     VX_ZEROS_DROPPED   zeros leave before the ranking (Wilcoxon 1945, Biometrics Bull. 1:80)
 *     VX_ZEROS_PRATT     zeros are ranked with the others and leave afterwards (Pratt 1959, J. Am. Stat. Assoc. 54:655)
 *
 * The Hodges-Lehmann estimate is the median of the M = n (n + 1) / 2 Walsh averages (y_i + y_j) / 2, i <= j (Hodges &
 * Lehmann 1963, Ann. Math. Stat. 34:598). The interval is from the k-th smallest Walsh average to the k-th largest one,
 * k being the smallest number with P(W <= k) >= alpha / 2 for untied ranks 1, ..., n. For untied y it holds the m,
 * other than Walsh averages, for which the test of y - m has p >= alpha. With ties and zeros the closed interval still
 * has confidence of at least 1 - alpha (Noether 1967, J. Am. Stat. Assoc. 62:184). Limits are infinite where k is 0
 * (two tails and 0.05: n <= 5), and where the alternative has one side; alpha then takes the place of alpha / 2.
 *
 * Up to VX_WILCOXON_EXACT_MAX values p and the interval are exact. Above it they take the normal distribution with the
 * same mean and variance sum r_i^2 / 4, with a continuity correction of half a step; `exact` says which it was.
 *
 * |y| within vx_tie_width of each other are tied, and |y| within it of 0 are zero. y must be finite. */
#ifndef VX_UNIVARIATE_WILCOXON_H
#define VX_UNIVARIATE_WILCOXON_H

#include "base/error.h"
#include "univariate/interval.h"
#include "voxstat/model.h"

#include <stdint.h>

enum { VX_WILCOXON_EXACT_MAX = 200 };

typedef enum vx_zeros { VX_ZEROS_DROPPED, VX_ZEROS_PRATT } vx_zeros;

typedef struct vx_wilcoxon {
    int64_t ranked;  /* values that are not zero */
    double w, p;     /* p is 1 where all values are zero */
    bool exact;
    double estimate; /* Hodges-Lehmann, of all values, zeros included */
    vx_interval interval;
} vx_wilcoxon;

/* y has n >= 1 values. Errors: VX_INTERNAL without memory. */
VX_MUST_USE vx_status vx_wilcoxon_of(const double *y, int64_t n, vx_zeros zeros, double alpha, vx_tails tails,
                                     vx_wilcoxon *test, vx_error *error);

#endif
