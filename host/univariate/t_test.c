#include "univariate/t_test.h"

#include "base/distribution.h"

#include <math.h>

double vx_t_p(double t, double df, vx_tails tails)
{
    if (isnan(t))
        return NAN;
    if (tails == VX_TWO_TAILS)
        return fmin(1.0, 2.0 * vx_t_upper(fabs(t), df));
    return vx_t_upper(tails == VX_NEGATIVE ? -t : t, df);
}

vx_t_test vx_t_test_of(const double *y, int64_t n, vx_tails tails, double alpha)
{
    vx_t_test test = {.sd = NAN, .se = NAN, .df = (double)(n - 1), .t = NAN, .p = NAN, .interval = {NAN, NAN}};
    double square = 0.0, size = 0.0;
    for (int64_t i = 0; i < n; i++) {
        test.mean += y[i] / (double)n;
        size = fmax(size, fabs(y[i]));
    }
    for (int64_t i = 0; i < n; i++)
        square += (y[i] - test.mean) * (y[i] - test.mean);
    if (n < 2)
        return test;
    test.sd = sqrt(square / test.df);
    if (test.sd <= vx_tie_width(size))
        test.sd = 0.0;
    test.se = test.sd / sqrt((double)n);
    if (test.sd == 0.0)
        return test;
    double half = vx_t_quantile_upper(alpha / 2.0, test.df) * test.se;
    test.t = test.mean / test.se;
    test.p = vx_t_p(test.t, test.df, tails);
    test.interval = (vx_interval){test.mean - half, test.mean + half};
    return test;
}
