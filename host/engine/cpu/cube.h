/* The 27 places of the cube around a voxel as bits of an int, x fastest, and how sets of them are connected. Each lane
 * of a vector has the set of one voxel. planes.h has the same for a plane of each place. */
#ifndef VX_ENGINE_CPU_CUBE_H
#define VX_ENGINE_CPU_CUBE_H

#include "engine/cpu/simd.h"

/* The voxel itself is bit 13; lower bits lie at lower places. */
enum {
    VX_CUBE = 27,
    VX_CENTRE = 13,
    VX_BEFORE = (1 << VX_CENTRE) - 1,
    VX_X_LOW = 01111111111, /* x = -1; also in the slice above the cube, so that no bits come back from it */
    VX_X_HIGH = 0444444444, /* x = +1 */
    VX_Y_LOW = 07007007007,
    VX_Y_HIGH = 0700700700
};

/* Sets of the cube with all places that touch them. The caller clears the bits above the cube. */
static inline __attribute__((always_inline)) vx_ints vx_spread(vx_ints set, int connectivity)
{
#define VX_SPREAD_X(s) ((s) | ((s) << 1 & ~VX_X_LOW) | ((s) >> 1 & ~VX_X_HIGH))
#define VX_SPREAD_Y(s) ((s) | ((s) << 3 & ~VX_Y_LOW) | ((s) >> 3 & ~VX_Y_HIGH))
#define VX_SPREAD_Z(s) ((s) | (s) << 9 | (s) >> 9)
    vx_ints x = VX_SPREAD_X(set), y = VX_SPREAD_Y(set), xy = VX_SPREAD_Y(x);
    if (connectivity == 26)
        return VX_SPREAD_Z(xy);
    if (connectivity == 18)
        return xy | VX_SPREAD_Z(x) | VX_SPREAD_Z(y);
    return x | y | VX_SPREAD_Z(set);
}

/* In every lane: the lowest of each set of the neighbours `near` that is connected within `before`. */
static inline __attribute__((always_inline)) vx_ints vx_representatives(vx_ints near, vx_ints before, int connectivity)
{
    vx_ints lowest = vx_splat(0);
    while (vx_above(near, vx_splat(0))) {
        vx_ints set = near & -near, last;
        lowest |= set;
        do {
            last = set;
            set = vx_spread(set, connectivity) & before;
        } while (vx_above(set, last));
        near &= ~set;
    }
    return lowest;
}

#endif
