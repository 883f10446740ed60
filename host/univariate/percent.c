#include "univariate/percent.h"

#include "base/memory.h"
#include "univariate/t_test.h"

#include <math.h>
#include <stdbool.h>

vx_status vx_percent_of(const double *baseline, const double *followup, int64_t n, vx_tails tails, double alpha,
                        vx_percent *percent, vx_error *error)
{
    vx_percent p = {NAN, NAN, NAN, NAN, {NAN, NAN}};
    double *logs = vx_array((size_t)n, sizeof *logs), percentages = 0.0, before = 0.0, change = 0.0;
    bool positive_baseline = true, positive = true;
    if (!logs)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < n; i++) {
        double b = baseline[i], f = followup[i];
        positive_baseline = positive_baseline && b > 0.0;
        positive = positive && b > 0.0 && f > 0.0;
        percentages += vx_percentage(b, f);
        before += b;
        change += f - b;
        logs[i] = positive ? log(f / b) : 0.0;
    }
    if (positive_baseline) {
        p.mean_of_percentages = percentages / (double)n;
        p.percentage_of_means = 100.0 * change / before;
    }
    if (positive) {
        vx_t_test test = vx_t_test_of(logs, n, tails, alpha);
        p.ratio = exp(test.mean);
        p.ratio_p = test.p;
        p.ratio_interval = (vx_interval){exp(test.interval.low), exp(test.interval.high)};
    }
    *percent = p;
    free(logs);
    return VX_OK;
}
