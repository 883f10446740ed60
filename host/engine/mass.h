/* Masses of voxels, rounded the same way wherever they are used. */
#ifndef VX_ENGINE_MASS_H
#define VX_ENGINE_MASS_H

#include "args.h"

#include <math.h>
#include <stdint.h>

/* (|t| - threshold) * VX_MASS_ONE to nearest even, at least 0. */
static inline int64_t vx_mass_fixed(float height, float threshold)
{
    float excess = height - threshold;
    return excess > 0.0f ? llrintf(excess * VX_MASS_ONE) : 0;
}

#endif
