/* The description of one series: mean, SD, median and range. */
#ifndef VX_UNIVARIATE_SUMMARY_H
#define VX_UNIVARIATE_SUMMARY_H

#include "base/error.h"

#include <stdint.h>

typedef struct vx_summary {
    int64_t n;
    double mean, sd; /* sd with the divisor n - 1; NaN for n = 1 */
    double median, min, max;
} vx_summary;

/* y has n >= 1 finite values. Errors: VX_INTERNAL without memory. */
VX_MUST_USE vx_status vx_summary_of(const double *y, int64_t n, vx_summary *summary, vx_error *error);

#endif
