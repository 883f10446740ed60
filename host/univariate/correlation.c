#include "univariate/correlation.h"

#include "base/distribution.h"

#include <math.h>

vx_interval vx_correlation_interval(double r, double df, vx_correlation kind, double alpha)
{
    if (isnan(r) || fabs(r) >= 1.0)
        return (vx_interval){r, r};
    if (df <= 1.0)
        return (vx_interval){-1.0, 1.0};
    double variance = (kind == VX_SPEARMAN ? 1.0 + r * r / 2.0 : 1.0) / (df - 1.0);
    double half = vx_z_quantile_upper(alpha / 2.0) * sqrt(variance);
    return (vx_interval){tanh(atanh(r) - half), tanh(atanh(r) + half)};
}
