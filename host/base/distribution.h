/* Distributions, through niftilib's nifticdf (CDFLIB: Brown, Lovato & Russell 1994).
 *
 * Threads may call these functions at any time, but do not become faster by it: nifticdf keeps its variables between
 * calls, so a lock lets one call in after the other. */
#ifndef VX_BASE_DISTRIBUTION_H
#define VX_BASE_DISTRIBUTION_H

/* nifticdf loses quantiles of p below 1e-150 or so: it ends its search early, and gives 0 or 1e154. */
#define VX_QUANTILE_P_MIN 1e-100

/* t that a Student variable of `df` exceeds with probability p, VX_QUANTILE_P_MIN <= p < 1. */
double vx_t_quantile_upper(double p, double df);
/* Probability that a Student variable of `df` exceeds t. */
double vx_t_upper(double t, double df);
/* The standard normal value with the same one-sided p, sign kept. */
double vx_z_from_t(double t, double df);

#endif
