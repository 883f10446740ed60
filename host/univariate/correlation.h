/* Intervals of correlations. With `df` the degrees of freedom of the correlation's t (n - 2, less the nuisance):
 *
 *     Pearson    tanh(atanh r -+ z_{1 - alpha/2} / sqrt(df - 1))                       (Fisher 1921, Metron 1:3)
 *     Spearman   tanh(atanh rho -+ z_{1 - alpha/2} sqrt((1 + rho^2 / 2) / (df - 1)))   (Bonett & Wright 2000,
 *                                                                                       Psychometrika 65:23)
 *
 * df - 1 is n - 3 without nuisance. With nuisance the intervals are of the partial correlation (Fisher 1924, Metron
 * 3:329). At df <= 1 the interval is [-1, 1]. At |r| = 1 it is the point r. All are NaN where r is NaN. */
#ifndef VX_UNIVARIATE_CORRELATION_H
#define VX_UNIVARIATE_CORRELATION_H

#include "univariate/interval.h"
#include "voxstat/model.h"

vx_interval vx_correlation_interval(double r, double df, vx_correlation kind, double alpha);

#endif
