/* Heights and masses of voxels, rounded the same way wherever they are used. */
#ifndef VX_ENGINE_MASS_H
#define VX_ENGINE_MASS_H

#include "args.h"

#include <math.h>
#include <stdint.h>

/* |t| of a score in float, at most VX_MASS_T_MAX: one rounding an operation, the same as in the kernels (args.h). */
static inline float vx_height(int32_t score, int fixed_point, float scale, float root_df)
{
    union {
        int32_t bits;
        float value;
    } s = {.bits = vx_ordered(score) & INT32_MAX};
    float r = fixed_point ? fabsf((float)score * scale) : s.value, rest = (1.0f - r) * (1.0f + r);
    if (s.bits >= VX_NEAR_BITS)
        r = rest = (s.value - 1.0f) * (s.value + 1.0f);
    float t = rest > 0.0f ? root_df * r / sqrtf(rest) : VX_MASS_T_MAX;
    return t < VX_MASS_T_MAX ? t : VX_MASS_T_MAX;
}

/* (|t| - threshold) * VX_MASS_ONE to nearest even, at least 0. */
static inline int64_t vx_mass_fixed(float height, float threshold)
{
    float excess = height - threshold;
    return excess > 0.0f ? llrintf(excess * VX_MASS_ONE) : 0;
}

#endif
