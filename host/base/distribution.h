/* Distributions, by nifticdf of niftilib (CDFLIB: Brown, Lovato & Russell 1994).
 *
 * The functions are thread-safe, but calls run one at a time: nifticdf has static variables, which a lock protects. */
#ifndef VX_BASE_DISTRIBUTION_H
#define VX_BASE_DISTRIBUTION_H

/* The smallest p of a quantile. Below about 1e-150 nifticdf ends its search early and returns 0 or 1e154. */
#define VX_QUANTILE_P_MIN 1e-100

/* The t that a Student variable of `df` exceeds with probability p, VX_QUANTILE_P_MIN <= p < 1. */
double vx_t_quantile_upper(double p, double df);
/* The probability that a Student variable of `df` exceeds t. */
double vx_t_upper(double t, double df);
/* The probability that a noncentral t variable of `df` and noncentrality `delta` exceeds t: nifticdf's series (Lenth
 * 1989, algorithm AS 243), whose absolute error is about 1e-12. Its time grows with |delta| and |t|: milliseconds above
 * 100. */
double vx_noncentral_t_upper(double t, double df, double delta);
/* The probability that an F variable of these degrees of freedom (of its numerator and denominator) exceeds f. */
double vx_f_upper(double f, double df_above, double df_below);
/* The standard normal value that is exceeded with probability p, and the probability that z is exceeded. */
double vx_z_quantile_upper(double p);
double vx_z_upper(double z);
/* The standard normal value with the one-sided p of t, and the sign of t. */
double vx_z_from_t(double t, double df);

#endif
