#include "univariate/effect_size.h"

#include "base/distribution.h"

#include <math.h>

double vx_hedges_correction(double df)
{
    return df > 1.0 ? exp(lgamma(df / 2.0) - lgamma((df - 1.0) / 2.0)) / sqrt(df / 2.0) : 0.0;
}

/* The delta for which a noncentral t exceeds `t` with probability p. That probability increases with delta. `about` is
 * near the answer and `width` is the size of its error: the answer is bracketed first and then found by false position
 * with Illinois weights (Dowell & Jarratt 1971, BIT 11:168). */
static double noncentrality(double t, double df, double p, double about, double width)
{
    double low = about - width, high = about + width;
    double below = vx_noncentral_t_upper(t, df, low) - p, above = vx_noncentral_t_upper(t, df, high) - p;
    for (; below > 0.0; below = vx_noncentral_t_upper(t, df, low) - p)
        low -= width;
    for (; above < 0.0; above = vx_noncentral_t_upper(t, df, high) - p)
        high += width;
    double delta = about, last = INFINITY;
    for (int side = 0; fabs(delta - last) > 1e-9 * width && high - low > 1e-9 * width;) {
        last = delta;
        delta = (low * above - high * below) / (above - below);
        double at = vx_noncentral_t_upper(t, df, delta) - p;
        if (at == 0.0)
            break;
        if (at < 0.0) {
            low = delta;
            below = at;
            above /= side < 0 ? 2.0 : 1.0; /* the other end did not move twice in succession */
            side = -1;
        } else {
            high = delta;
            above = at;
            below /= side > 0 ? 2.0 : 1.0;
            side = 1;
        }
    }
    return delta;
}

vx_effect_size vx_effect_size_of(double t, double df, double norm, double alpha)
{
    if (!isfinite(t) || !(df >= 1.0))
        return (vx_effect_size){NAN, NAN, {NAN, NAN}, {NAN, NAN}};
    double j = vx_hedges_correction(df);
    vx_interval d = {NAN, NAN};
    if (fabs(t) <= VX_EFFECT_SIZE_T_MAX) {
        double width = sqrt(1.0 + t * t / (2.0 * df)), far = vx_z_quantile_upper(alpha / 2.0) * width;
        d.low = noncentrality(t, df, alpha / 2.0, t - far, width) / norm;
        d.high = noncentrality(t, df, 1.0 - alpha / 2.0, t + far, width) / norm;
    }
    return (vx_effect_size){t / norm, j * t / norm, d, {j * d.low, j * d.high}};
}
