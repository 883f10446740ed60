/* The mass of one supra-threshold voxel, rounded the same way wherever it is added up. */
#ifndef VX_ENGINE_MASS_H
#define VX_ENGINE_MASS_H

#include "args.h"

#include <math.h>
#include <stdint.h>

/* (min(|t|, VX_MASS_T_MAX) - threshold) * VX_MASS_ONE to nearest even, at least 0, with t = root_df r / sqrt((1 - r)(1
 * + r)) in float: one rounding an operation, the same as in kernels/clusters.cl. */
static inline int64_t vx_mass_fixed(float r, float root_df, float threshold)
{
    float magnitude = fabsf(r), rest = (1.0f - magnitude) * (1.0f + magnitude);
    float t = rest > 0.0f ? root_df * magnitude / sqrtf(rest) : VX_MASS_T_MAX;
    float excess = (t < VX_MASS_T_MAX ? t : VX_MASS_T_MAX) - threshold;
    return excess > 0.0f ? llrintf(excess * VX_MASS_ONE) : 0;
}

#endif
