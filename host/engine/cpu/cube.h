/* The 27 places of the cube around a voxel as bits of an int, x fastest: which of them precede the voxel in a sweep by
 * descending height, and whether these are connected without it. Each lane of a vector has one voxel. */
#ifndef VX_ENGINE_CPU_CUBE_H
#define VX_ENGINE_CPU_CUBE_H

#include "engine/cpu/simd.h"

#include <string.h>

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

/* A connected part of `near`: one neighbour on every axis, which touch each other for 18 and 26. Without such a
 * neighbour, or for 6, it is the lowest one. */
static inline __attribute__((always_inline)) vx_ints vx_seed(vx_ints near, int connectivity)
{
    enum { X = 1 << (VX_CENTRE - 1), Y = 1 << (VX_CENTRE - 3), Z = 1 << (VX_CENTRE - 9) };
    vx_ints lowest = near & -near;
    if (connectivity == 6)
        return lowest;
    vx_ints faces = near & (X | Y | Z);
    faces |= near & ~((faces & X) << 2 | (faces & Y) << 6 | (faces & Z) << 18) & (X << 2 | Y << 6 | Z << 18);
    return faces | (lowest & (faces == 0));
}

/* The neighbours `near` of every lane that are not connected within `before` to some of them. Two spreads reach nearly
 * all connected ones, so that the loop mostly ends at its first test, which the processor predicts. */
static inline __attribute__((always_inline)) vx_ints vx_apart(vx_ints near, vx_ints before, int connectivity)
{
    vx_ints set = vx_spread(vx_seed(near, connectivity), connectivity) & before;
    for (;;) {
        vx_ints next = vx_spread(set, connectivity) & before, left = near & ~next;
        if (!(vx_above(left, vx_splat(0)) & vx_above(next, set)))
            return left;
        set = next;
    }
}

/* The lowest of each set of the neighbours `near` that is connected within `before`. */
static inline __attribute__((always_inline)) int32_t vx_representatives(int32_t near, int32_t before, int connectivity)
{
    int32_t lowest = 0;
    while (near) {
        int32_t set = near & -near, last;
        lowest |= set;
        do {
            last = set;
            set = vx_spread(vx_splat(set), connectivity)[0] & before;
        } while (set != last);
        near &= ~set;
    }
    return lowest;
}

/* The neighbours that precede the voxels at VX_LANES places: the higher ones, and those of equal height at a lower
 * place. A neighbour of the other tail compares as negative. */
static inline __attribute__((always_inline)) vx_ints vx_preceding(const int32_t *here, long stride_y, long stride_z,
                                                                  vx_ints size, vx_ints sign)
{
    vx_ints before = vx_splat(0);
#pragma GCC unroll 9
    for (int row = 0; row < 9; row++) {
        const int32_t *middle = here + (row % 3 - 1) * stride_y + (row / 3 - 1) * stride_z;
#pragma GCC unroll 3
        for (int x = 0; x < 3; x++) {
            int bit = 3 * row + x;
            vx_ints there;
            if (bit == VX_CENTRE)
                continue;
            memcpy(&there, middle + x - 1, sizeof there);
            before = vx_or_above(before, there ^ sign, size - vx_splat(bit < VX_CENTRE), 1 << bit);
        }
    }
    return before;
}

#endif
