/* How a baseline b and a follow-up f become one value (vx_change):
 *
 *     difference   f - b
 *     percent      100 (f - b) / b
 *     log ratio    log(f / b)             exp of a mean is the geometric mean ratio (Keene 1995, Stat Med 14:811)
 *     symmetric    2 (f - b) / (f + b)    the difference over the mean of both
 *
 * The last three exist where what they divide by, or take the logarithm of, is above a least value. */
#ifndef VX_IMAGE_CHANGE_H
#define VX_IMAGE_CHANGE_H

#include "image/facts.h"
#include "image/mask.h"

#include <math.h>

typedef enum vx_change {
    VX_CHANGE_DIFFERENCE,
    VX_CHANGE_PERCENT,
    VX_CHANGE_LOG_RATIO,
    VX_CHANGE_SYMMETRIC,
} vx_change;

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

/* The session, 0 or 1, whose value is not above `least`, so that the change does not exist; -1 where it does. Of the
 * symmetric change the mean of both has to be above it, and the lower value is at fault. */
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

/* Marks, in no_change of the facts of the row's two images, the voxels without a change. The least value is a hundredth
 * of the lower of their global means (image/global.h). Voxels that are not finite or, without `keep_zeros`, zero in an
 * image are left to their own marks. Does nothing for differences. Errors: VX_INTERNAL where memory is short; VX_INPUT
 * for a row of other weights than -1 and +1, and, naming the image, for one without a global mean above 0. */
vx_status vx_change_mark(vx_change change, const vx_volume_row *row, const vx_loaded *volume, bool keep_zeros,
                         vx_facts *facts, vx_error *error);

/* The changes of two volumes at the candidates, rounded to float once; 0 where a change is not finite, which is where
 * vx_change_mark or the facts of the images have a mark. */
void vx_change_fill(vx_change change, const vx_loaded *volume, const vx_candidates *at, float *result);

#endif
