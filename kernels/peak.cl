/* peak: what a device does fastest, with which the bench compares the ops
 *
 *   peak_arithmetic   x[c] = x[c] * factor + term, `steps` times for each of CHAINS independent vectors in registers
 *   peak_memory       sum[i] = a[i] + 0.5 b[i] through memory (the triad of STREAM: McCalpin 1995)
 *
 * Memory    array[3][floats]: sum, a, b. peak_arithmetic writes the sum of an item's chains to array[item].
 * Launch    groups of VX_WG items. Those of peak_memory take strips of STRIP floats in turn, and `floats` is a multiple
 *           of STRIP. An item of peak_arithmetic works alone.
 * Per step  CHAINS * VX_VEC multiply-adds and no memory; per float of the triad 12 bytes and a multiply-add.
 * Error     one rounding of the triad; fma in the chains, which tend to term / (1 - factor).
 * Reference tests/ops/peak.c. */
#include "common.h"

#define CHAINS 12 /* two fmas a clock of a latency of 4 to 6 clocks */

/* Vectors of one item in a strip: one after the other on CPU devices, else beside those of the other items. */
#if VX_WG == 1
#define REPEAT 64
#else
#define REPEAT 4
#endif
#define STRIP (VX_VEC * VX_WG * REPEAT)

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
peak_arithmetic(const int steps, const float factor, const float term, __global float *array)
{
    vx_floats x[CHAINS];
    float lane[VX_VEC];
#pragma unroll
    for (int c = 0; c < CHAINS; c++)
        x[c] = (float)c;
    for (int step = 0; step < steps; step++)
#pragma unroll
        for (int c = 0; c < CHAINS; c++)
            x[c] = fma(x[c], (vx_floats)factor, (vx_floats)term);
#pragma unroll
    for (int c = 1; c < CHAINS; c++)
        x[0] += x[c];
    vx_store(x[0], lane);
    array[get_group_id(0) * VX_WG + get_local_id(0)] = lane[0];
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
peak_memory(const int floats, __global float *array)
{
    const vx_floats factor = 0.5f;
    __global float *a = array + floats, *b = a + floats;
    for (int strip = get_group_id(0) * STRIP; strip < floats; strip += get_num_groups(0) * STRIP)
#pragma unroll
        for (int r = 0; r < REPEAT; r++) {
            const int i = strip + (r * VX_WG + (int)get_local_id(0)) * VX_VEC;
            vx_store(vx_load(a + i) + factor * vx_load(b + i), array + i);
        }
}
