/* Heights and masses of voxels, rounded the same way wherever they are used. */
#ifndef VX_ENGINE_MASS_H
#define VX_ENGINE_MASS_H

#include "args.h"

#include <math.h>
#include <stdint.h>

/* |t| = root_df |r| / sqrt((1 - |r|)(1 + |r|)) in float, at most VX_MASS_T_MAX: one rounding an operation, the same as
 * in the kernels. */
static inline float vx_height(float r, float root_df)
{
    float magnitude = fabsf(r), rest = (1.0f - magnitude) * (1.0f + magnitude);
    float t = rest > 0.0f ? root_df * magnitude / sqrtf(rest) : VX_MASS_T_MAX;
    return t < VX_MASS_T_MAX ? t : VX_MASS_T_MAX;
}

/* (|t| - threshold) * VX_MASS_ONE to nearest even, at least 0. */
static inline int64_t vx_mass_fixed(float r, float root_df, float threshold)
{
    float excess = vx_height(r, root_df) - threshold;
    return excess > 0.0f ? llrintf(excess * VX_MASS_ONE) : 0;
}

#endif
