/* What every kernel reads first: exact arithmetic and the shape of a work-item.
 *
 * One source serves processors and GPUs; these build options tell them apart (host/engine/opencl/form.c):
 *
 *   VX_VEC   voxels in one vector: 16, 8 or 4 as the device's registers hold; 1 for plain scalars
 *   VX_COLS  vectors a work-item holds; VX_VEC * VX_COLS divides VX_TILE
 *   VX_P     relabellings worked on at once in registers
 *   VX_WG    work-items in a group: 1 on CPU devices, which run the items of a group one after the other
 *
 * Float results are the same bits whatever the form: no contraction, explicit fma, one accumulator a sum, terms in
 * ascending order. */
#ifndef VX_COMMON_H
#define VX_COMMON_H

#include "args.h"

#pragma OPENCL FP_CONTRACT OFF

#define VX_JOIN_(a, b) a##b
#define VX_JOIN(a, b) VX_JOIN_(a, b)

#if VX_VEC == 1
typedef int vx_ints;
typedef float vx_floats;
#define vx_load(from) (*(from))
#define vx_store(value, to) (*(to) = (value))
#define vx_any(condition) (condition)
#define vx_as_ints(value) as_int(value)
#define vx_as_floats(value) as_float(value)
#else
typedef VX_JOIN(int, VX_VEC) vx_ints;
typedef VX_JOIN(float, VX_VEC) vx_floats;
#define vx_load(from) VX_JOIN(vload, VX_VEC)(0, from)
#define vx_store(value, to) VX_JOIN(vstore, VX_VEC)(value, 0, to)
#define vx_any(condition) any(condition)
#define vx_as_ints(value) VX_JOIN(as_int, VX_VEC)(value)
#define vx_as_floats(value) VX_JOIN(as_float, VX_VEC)(value)
#endif

/* Ordered bits (args.h) of the infinities: every score lies between them. */
#define VX_KEY_MAX 0x7f800000
#define VX_KEY_MIN vx_ordered((int)0xff800000)

#endif
