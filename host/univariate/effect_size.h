/* Standardised mean differences of paired data and of one sample, with intervals.
 *
 *     d_z = mean / sd = t / sqrt(n)                                     (Cohen 1988, section 2.3.5)
 *     g   = J d_z,   J(df) = Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2))   (Hedges 1981, J. Educ. Stat. 6:107, eq. 6e)
 *
 * t has a noncentral t distribution with noncentrality delta = sqrt(n) E(mean) / sigma. The interval has the delta for
 * which t is the quantile 1 - alpha/2 and alpha/2, divided by sqrt(n) (Steiger & Fouladi 1997, in What If There Were No
 * Significance Tests?; Cumming & Finch 2001, Educ. Psychol. Meas. 61:532). That of g is J times it. */
#ifndef VX_UNIVARIATE_EFFECT_SIZE_H
#define VX_UNIVARIATE_EFFECT_SIZE_H

#include "univariate/interval.h"

/* J(df); 0 for df <= 1, where g has no finite expectation. */
double vx_hedges_correction(double df);

typedef struct vx_effect_size {
    double dz, g;
    vx_interval dz_interval, g_interval;
} vx_effect_size;

/* The largest |t| with an interval. Beyond it the series of nifticdf's noncentral t may take seconds. */
#define VX_EFFECT_SIZE_T_MAX 40.0

/* From a mean's t with `df` degrees of freedom. `norm` is sqrt(n), or with nuisance the `norm` of the effect.
 * Everything is NaN where t is not finite, and the intervals where |t| is above VX_EFFECT_SIZE_T_MAX. */
vx_effect_size vx_effect_size_of(double t, double df, double norm, double alpha);

#endif
