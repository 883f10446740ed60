/* Change as a percentage and as a ratio. With b the baseline and f the follow-up of n participants:
 *
 *     mean of percentages          100 / n sum_i (f_i - b_i) / b_i
 *     percentage of means          100 (mean f - mean b) / mean b
 *     geometric mean ratio (GMR)   exp(mean(log f - log b))
 *
 * The three differ: the first gives every participant the same weight, the second every unit of the measure. The first
 * is biased upwards by noise in b, and its size depends on which session is the baseline. The GMR is free of both
 * (Keene 1995, Stat. Med. 14:811). Its p is that of the t test of the log ratios, and its interval is the exponential
 * of theirs. */
#ifndef VX_UNIVARIATE_PERCENT_H
#define VX_UNIVARIATE_PERCENT_H

#include "base/error.h"
#include "univariate/interval.h"
#include "voxstat/model.h"

#include <math.h>
#include <stdint.h>

/* One participant's change as a percentage; NaN where the baseline is not positive, because the sign would then be
 * wrong or undefined. */
static inline double vx_percentage(double baseline, double followup)
{
    return baseline > 0.0 ? 100.0 * (followup - baseline) / baseline : NAN;
}

/* The percentages are NaN where a baseline is not positive. The GMR is NaN where any value is not positive. */
typedef struct vx_percent {
    double mean_of_percentages, percentage_of_means;
    double ratio, ratio_p;
    vx_interval ratio_interval;
} vx_percent;

/* Both have n >= 1 finite values, in the same order. Errors: VX_INTERNAL without memory. */
VX_MUST_USE vx_status vx_percent_of(const double *baseline, const double *followup, int64_t n, vx_tails tails,
                                    double alpha, vx_percent *percent, vx_error *error);

#endif
