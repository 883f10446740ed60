/* Data and comparisons that the tests of one series share. */
#ifndef UNIVARIATE_FIXTURE_H
#define UNIVARIATE_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* In R:
 *     y   <- c(3.1,-0.7,2.2,5.4,1.3,-1.8,4.6,0.9,2.7,-0.2,3.8,1.1,6.3,-2.5)
 *     l   <- c(1.7,2.9,2.2,4.1,3.3,1.2,3.9,2.0,2.6,1.9,3.5,2.4,4.4,1.5)
 *     age <- c(60,72,65,70,58,66,74,61,69,63,71,59,68,64)     */
enum { N = 14 };
static const double changes[N] = {3.1, -0.7, 2.2, 5.4, 1.3, -1.8, 4.6, 0.9, 2.7, -0.2, 3.8, 1.1, 6.3, -2.5};
static const double level[N] __attribute__((unused)) = {1.7, 2.9, 2.2, 4.1, 3.3, 1.2, 3.9,
                                                        2.0, 2.6, 1.9, 3.5, 2.4, 4.4, 1.5};
static const double age[N] __attribute__((unused)) = {60, 72, 65, 70, 58, 66, 74, 61, 69, 63, 71, 59, 68, 64};

/* Within a relative error of `within`, and an absolute one for values near 0. */
static inline void near(double got, double expected, double within)
{
    if (!(fabs(got - expected) <= within * fmax(fabs(expected), 1e-3)))
        fail_msg("%.17g, expected %.17g", got, expected);
}

#endif
