#include "univariate/summary.h"

#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

vx_status vx_summary_of(const double *y, int64_t n, vx_summary *summary, vx_error *error)
{
    double *sorted = vx_array((size_t)n, sizeof *sorted), square = 0.0;
    if (!sorted)
        return vx_fail_memory(error);
    memcpy(sorted, y, (size_t)n * sizeof *y);
    vx_sort_doubles(sorted, (size_t)n);
    vx_summary s = {.n = n, .min = sorted[0], .max = sorted[n - 1],
                    .median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0};
    for (int64_t i = 0; i < n; i++)
        s.mean += y[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        square += (y[i] - s.mean) * (y[i] - s.mean);
    s.sd = n > 1 ? sqrt(square / (double)(n - 1)) : NAN;
    *summary = s;
    free(sorted);
    return VX_OK;
}
