#include "base/distribution.h"

#include <math.h>
#include <pthread.h>

#include <nifti1.h>
#include <nifticdf.h>

/* CDFLIB is a translation from Fortran, and nearly all its variables are static. */
static pthread_mutex_t cdflib_lock = PTHREAD_MUTEX_INITIALIZER;

static double cumulative(double value, int intent, double df)
{
    pthread_mutex_lock(&cdflib_lock);
    const double p = nifti_stat2cdf(value, intent, df, 0, 0);
    pthread_mutex_unlock(&cdflib_lock);
    return p;
}

static double quantile(double p, int intent, double df)
{
    pthread_mutex_lock(&cdflib_lock);
    const double value = nifti_cdf2stat(p, intent, df, 0, 0);
    pthread_mutex_unlock(&cdflib_lock);
    return value;
}

double vx_noncentral_t_upper(double t, double df, double delta)
{
    pthread_mutex_lock(&cdflib_lock);
    const double p = nifti_stat2rcdf(t, NIFTI_INTENT_TTEST_NONC, df, delta, 0);
    pthread_mutex_unlock(&cdflib_lock);
    return p;
}

double vx_z_quantile_upper(double p)
{
    return -quantile(p, NIFTI_INTENT_ZSCORE, 0);
}

double vx_z_upper(double z)
{
    return erfc(z * M_SQRT1_2) / 2.0;
}

/* Student's t and the normal are symmetric. The lower tail keeps the digits of a small p, which 1 - p would lose. */

double vx_t_quantile_upper(double p, double df)
{
    return -quantile(p, NIFTI_INTENT_TTEST, df);
}

double vx_t_upper(double t, double df)
{
    return cumulative(-t, NIFTI_INTENT_TTEST, df);
}

double vx_f_upper(double f, double df_above, double df_below)
{
    pthread_mutex_lock(&cdflib_lock);
    const double p = nifti_stat2rcdf(f, NIFTI_INTENT_FTEST, df_above, df_below, 0);
    pthread_mutex_unlock(&cdflib_lock);
    return p;
}

double vx_z_from_t(double t, double df)
{
    double tail = vx_t_upper(fabs(t), df);
    double z = tail > 0.0 ? -quantile(tail, NIFTI_INTENT_ZSCORE, 0) : 38.0; /* 38: p is below the smallest double */
    return copysign(z, t);
}
