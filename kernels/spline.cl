/* spline: the values of an array become coefficients of cubic B-splines along one of its axes
 *
 * Unser 1999, IEEE Signal Process Mag 16(6):22, box 2: a recursion forth and one back along every line. kernels/args.h
 * has the equations and the order of the sums.
 *
 * Memory    coefficient[outer][length][stride], the last index fastest: the values on entry, the coefficients on exit.
 *           start[length].
 * Launch    args.parallel groups of VX_WG items; a group takes consecutive lines, an item one at a time. Nobody waits.
 *           The kernel needs cl_khr_fp64.
 * Per element three reads and two writes, half of them from caches, four products and three additions.
 * Error     none: the bits are those of the C op, since operations of doubles are rounded correctly.
 * Reference tests/ops/spline.c. */
#include "common.h"

#pragma OPENCL EXTENSION cl_khr_fp64 : enable

/* The coefficients of the line of `length` elements, `stride` apart, that begins at s. */
static void filter(int length, size_t stride, __global const double *start, __global double *s)
{
    const int end = length - 1;
    double sum = s[0] + start[end] * s[end * stride];
    for (int k = 1; k < end; k++)
        sum += start[k] * s[k * stride];
    double before = s[0] = VX_SPLINE_GAIN * sum / start[0];
    for (int k = 1; k < end; k++)
        before = s[k * stride] = VX_SPLINE_GAIN * s[k * stride] + VX_SPLINE_POLE * before;
    const double last = VX_SPLINE_GAIN * s[end * stride] + VX_SPLINE_POLE * before;
    double behind = VX_SPLINE_POLE / (VX_SPLINE_POLE * VX_SPLINE_POLE - 1) * (last + VX_SPLINE_POLE * before);
    s[end * stride] = behind;
    for (int k = end - 1; k >= 0; k--)
        behind = s[k * stride] = VX_SPLINE_POLE * (behind - s[k * stride]);
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
spline(const vx_spline_args args, __global const double *start, __global double *coefficient)
{
    const int lines = args.outer * args.stride, share = (lines - 1) / args.parallel + 1;
    const int first = min((int)get_group_id(0) * share, lines), last = min(first + share, lines);
    for (int line = first + (int)get_local_id(0); line < last; line += VX_WG) {
        const int outer = line / args.stride, inner = line - outer * args.stride;
        filter(args.length, args.stride, start, coefficient + (size_t)outer * args.length * args.stride + inner);
    }
}
