/* Included by every kernel: exact arithmetic and the shape of a work-item.
 *
 * The same source serves processors and GPUs. These build options differ (host/engine/op.c):
 *
 *   VX_VEC   voxels in one vector: 16, 8, 4 or 2 as the device's registers hold; 1 for plain scalars
 *   VX_COLS  vectors that a work-item holds; VX_VEC * VX_COLS divides VX_TILE
 *   VX_P     relabellings worked on in registers at the same time; VX_P divides VX_INTERLEAVE
 *   VX_WG    work-items in a group: 1 on CPU devices, which run the items of a group one after the other
 *   VX_ROWS  dense ops: the largest number of relabellings of a group; VX_INTERLEAVE divides VX_ROWS
 *   VX_VARIANT  which of the op's programs this is (host/engine/op.h)
 *
 * Float results have the same bits in every form: no contraction, explicit fma, one accumulator for each sum, and terms
 * in ascending order. */
#ifndef VX_COMMON_H
#define VX_COMMON_H

#include "args.h"

#pragma OPENCL FP_CONTRACT OFF

/* For code that rarely runs. It becomes a separate function, so that the loop around it stays small and its registers
 * are not taken from that loop. Its arguments are values or pointers to global and local memory: the address of a
 * private variable would move that variable from registers to memory. */
#ifndef VX_RARE
#define VX_RARE __attribute__((noinline))
#endif

/* After this, every item sees all that any item has written. */
#if VX_WG == 1
#define vx_sync()
#else
#define vx_sync() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#endif

/* For the stages of a long kernel, whose state is in local memory. From the size of a group ptxas derives how many
 * groups a unit should hold, and so a number of registers. It then spills what inlined stages keep from the kernel's
 * beginning to its end. A function of its own keeps nothing for the others. Elsewhere stages are inlined. */
#if defined(__NVPTX__) || defined(__NV_CL_C_VERSION)
#define VX_STAGE __attribute__((noinline))
#else
#define VX_STAGE
#endif

#define VX_JOIN_(a, b) a##b
#define VX_JOIN(a, b) VX_JOIN_(a, b)

/* Whether a comparison holds in any lane, by halves. Compilers make one test of this, but one branch a lane of
 * any(). */
static int vx_any_2(int2 x)
{
    return x.x | x.y;
}

static int vx_any_4(int4 x)
{
    return vx_any_2(x.lo | x.hi);
}

static int vx_any_8(int8 x)
{
    return vx_any_4(x.lo | x.hi);
}

static int vx_any_16(int16 x)
{
    return vx_any_8(x.lo | x.hi);
}

#if VX_VEC == 1
typedef int vx_ints;
typedef float vx_floats;
#define vx_load(from) (*(from))
#define vx_store(value, to) (*(to) = (value))
#define vx_any(condition) (condition)
#define vx_as_ints(value) as_int(value)
#define vx_as_floats(value) as_float(value)
#define vx_to_floats(value) convert_float(value)
#else
typedef VX_JOIN(int, VX_VEC) vx_ints;
typedef VX_JOIN(float, VX_VEC) vx_floats;
#define vx_load(from) VX_JOIN(vload, VX_VEC)(0, from)
#define vx_store(value, to) VX_JOIN(vstore, VX_VEC)(value, 0, to)
#define vx_any(condition) VX_JOIN(vx_any_, VX_VEC)(condition)
#define vx_as_ints(value) VX_JOIN(as_int, VX_VEC)(value)
#define vx_as_floats(value) VX_JOIN(as_float, VX_VEC)(value)
#define vx_to_floats(value) VX_JOIN(convert_float, VX_VEC)(value)
#endif

/* The vector at a place of global memory that is a multiple of its size, as every vector of a tile is. */
#define vx_ints_at(place) (*(__global vx_ints *)(place))
#define vx_floats_at(place) (*(__global vx_floats *)(place))

/* The lanes of a private vector. */
typedef union vx_lanes {
    vx_ints ints;
    vx_floats floats;
    int number[VX_VEC];
    float value[VX_VEC];
} vx_lanes;

#endif
