/* An observed change against an expected one from elsewhere, and equivalence.
 *
 * The observed change c has the standard error se_c with df_c degrees of freedom. The expected change e with standard
 * error se_e belongs to an interval of w_e weeks, and is scaled to the w_c weeks of the study, as if it were linear in
 * time:
 *
 *     difference    D = c - f e,   f = w_c / w_e
 *     se_D^2        = se_c^2 + (f se_e)^2
 *     df_D          = df_c (se_D^2 / se_c^2)^2                      (Welch 1947, Biometrika 34:28)
 *     interval      D -+ t_{1 - alpha/2, df_D} se_D
 *
 * df_D is that of Welch and Satterthwaite, in which the external standard error counts as known: external sources are
 * large next to a trial's arm, and tables of them seldom say their degrees of freedom. Where se_e is 0 this is the
 * plain t test against a constant; where se_e is all there is, it is the normal one.
 *
 * p is one-sided, for "less of the expected change than expected": D > 0 where a decline is expected (e < 0), D < 0
 * where a rise is (e > 0). The result cannot tell a drug from time or from another population.
 *
 * Equivalence is shown at level alpha where both one-sided tests reject, which is where the 1 - 2 alpha interval lies
 * between the bounds (two one-sided tests, TOST: Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657). */
#ifndef VX_UNIVARIATE_EXPECTED_H
#define VX_UNIVARIATE_EXPECTED_H

#include "univariate/interval.h"

/* A change with its standard error. */
typedef struct vx_rate {
    double change, se, weeks;
} vx_rate;

typedef struct vx_expected {
    double expected, expected_se; /* scaled to the weeks of the study */
    double difference, se, df;
    vx_interval interval;
    double p; /* NaN where the expected change is 0 and has no direction */
} vx_expected;

/* se > 0 for the observed change, se >= 0 for the expected one, weeks > 0 for both; else every member is NaN, as it is
 * where a number is NaN. */
vx_expected vx_expected_of(vx_rate observed, double df, vx_rate expected, double alpha);

/* The larger p of the two one-sided tests of low < estimate < high: small where the estimate is equivalent. NaN where
 * low >= high, or se is not positive. */
double vx_equivalence_p(double estimate, double se, double df, vx_interval bounds);

#endif
