#include "univariate/expected.h"

#include "base/distribution.h"

#include <math.h>
#include <stdbool.h>

vx_expected vx_expected_of(vx_rate observed, double df, vx_rate expected, double alpha)
{
    bool valid = observed.se > 0.0 && expected.se >= 0.0 && observed.weeks > 0.0 && expected.weeks > 0.0 && df > 0.0 &&
                 isfinite(observed.change) && isfinite(expected.change);
    if (!valid)
        return (vx_expected){NAN, NAN, NAN, NAN, NAN, {NAN, NAN}, NAN};
    double f = observed.weeks / expected.weeks;
    vx_expected e = {.expected = f * expected.change, .expected_se = f * expected.se, .p = NAN};
    e.difference = observed.change - e.expected;
    e.se = hypot(observed.se, e.expected_se);
    e.df = df * pow(e.se / observed.se, 4.0);
    double half = vx_t_quantile_upper(alpha / 2.0, e.df) * e.se, t = e.difference / e.se;
    e.interval = (vx_interval){e.difference - half, e.difference + half};
    if (expected.change != 0.0)
        e.p = vx_t_upper(expected.change < 0.0 ? t : -t, e.df);
    return e;
}

double vx_equivalence_p(double estimate, double se, double df, vx_interval bounds)
{
    if (!(bounds.low < bounds.high) || !(se > 0.0) || isnan(estimate) || !(df > 0.0))
        return NAN;
    return fmax(vx_t_upper((estimate - bounds.low) / se, df), vx_t_upper((bounds.high - estimate) / se, df));
}
