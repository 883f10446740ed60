/* Student's test and interval of a mean:
 *
 *     t = mean / se,   se = sd / sqrt(n),   df = n - 1,   interval = mean -+ t_{1 - alpha/2, df} se     */
#ifndef VX_UNIVARIATE_T_TEST_H
#define VX_UNIVARIATE_T_TEST_H

#include "univariate/interval.h"
#include "voxstat/model.h"

#include <stdint.h>

/* Where n < 2, only the mean is a number. Where the values are constant within vx_tie_width, sd and se are 0, and t, p
 * and the interval are NaN. */
typedef struct vx_t_test {
    double mean, sd, se, df, t, p;
    vx_interval interval; /* two-sided, whatever the tails of p */
} vx_t_test;

/* y has n >= 1 finite values. */
vx_t_test vx_t_test_of(const double *y, int64_t n, vx_tails tails, double alpha);

/* The p of a t with `df` degrees of freedom; NaN for NaN. */
double vx_t_p(double t, double df, vx_tails tails);

#endif
