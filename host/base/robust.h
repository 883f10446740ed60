/* The centre and spread of values some of which may be wrong. */
#ifndef VX_BASE_ROBUST_H
#define VX_BASE_ROBUST_H

#include <stdbool.h>
#include <stdint.h>

/* The median, and the median absolute deviation times 1.4826, which estimates the SD of normal data. NaN values are
 * skipped. False without memory. */
bool vx_robust(const double *value, int64_t n, double *centre, double *spread);

#endif
