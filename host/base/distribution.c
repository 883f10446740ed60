#include "base/distribution.h"

#include <math.h>

#include <nifti1.h>
#include <nifticdf.h>

/* Both distributions are symmetric: working in the lower tail keeps the digits of a small p, which 1 - p would lose. */

double vx_t_quantile_upper(double p, double df)
{
    return -nifti_cdf2stat(p, NIFTI_INTENT_TTEST, df, 0, 0);
}

double vx_t_upper(double t, double df)
{
    return nifti_stat2cdf(-t, NIFTI_INTENT_TTEST, df, 0, 0);
}

double vx_z_from_t(double t, double df)
{
    double tail = vx_t_upper(fabs(t), df);
    double z = tail > 0.0 ? -nifti_cdf2stat(tail, NIFTI_INTENT_ZSCORE, 0, 0, 0) : 38.0; /* 38: p below any double */
    return copysign(z, t);
}
