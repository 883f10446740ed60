/* How a baseline b and a follow-up f become one value (vx_change of voxstat/image.h). Everything is computed in double.
 *
 *     difference   f - b
 *     percent      100 (f - b) / b
 *     log ratio    log f - log b          so that exp of a mean is the geometric mean ratio (Keene 1995, Stat Med 14:811)
 *     symmetric    2 (f - b) / (f + b)    the difference over the mean of both, which no session decides alone */
#ifndef VX_IMAGE_CHANGE_H
#define VX_IMAGE_CHANGE_H

#include "voxstat/image.h"

#include <math.h>

static inline double vx_change_of(vx_change change, double b, double f)
{
    switch (change) {
    case VX_CHANGE_PERCENT: return 100 * (f - b) / b;
    case VX_CHANGE_LOG_RATIO: return log(f / b);
    case VX_CHANGE_SYMMETRIC: return 2 * (f - b) / (f + b);
    case VX_CHANGE_DIFFERENCE: break;
    }
    return f - b;
}

/* The session, 0 or 1, whose value is not above `least`, so that there is no such change; -1 where there is one. Of the
 * symmetric change the mean of both has to be above it; the lower value is named. NaN is left to others. */
static inline int vx_change_fault(vx_change change, double b, double f, double least)
{
    switch (change) {
    case VX_CHANGE_PERCENT: return b <= least ? 0 : -1;
    case VX_CHANGE_LOG_RATIO: return b <= least ? 0 : f <= least ? 1 : -1;
    case VX_CHANGE_SYMMETRIC: return (b + f) / 2 <= least ? f < b : -1;
    case VX_CHANGE_DIFFERENCE: break;
    }
    return -1;
}

/* The least share of an image's global mean that a value must exceed to be divided by, or to have a logarithm. */
#define VX_CHANGE_LEAST 0.01

#endif
