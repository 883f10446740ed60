/* sample: a volume brought to another grid of the same space
 *
 *     sampled(v) = the mean over the points p of voxel v that have data of f(p)
 *
 * f is trilinear or the cubic B-spline of `coefficient`. host/prepare/regrid.h has the definition, and kernels/sample.h
 * the order of the sums.
 *
 * Memory    as in host/engine/op.h; volumes have x fastest.
 * Launch    args.parallel groups of VX_WG items; a group takes consecutive new voxels, an item one at a time. Nobody
 *           waits. The kernel needs cl_khr_fp64.
 * Per point 9 values of the volume, or one and 64 coefficients, most of them from caches; per new voxel one write.
 * Error     none: the bits are those of the C op, since operations of doubles are rounded correctly.
 * Reference tests/ops/sample.c. */
#include "common.h"

#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#include "sample.h"

/* The new voxel (i, j, k). */
static float voxel(const vx_sample_args *args, const vx_sampled *s, __global const double *b, int i, int j, int k)
{
    double sum = 0;
    int values = 0, zeros = 0;
    for (int c = 0; c < args->points[2]; c++)
        for (int d = 0; d < args->points[1]; d++)
            for (int a = 0; a < args->points[0]; a++) {
                const double x = vx_sample_index(i, a, args->points[0]), y = vx_sample_index(j, d, args->points[1]);
                const double z = vx_sample_index(k, c, args->points[2]);
                vx_crossing at[3];
#pragma unroll
                for (int m = 0; m < 3; m++)
                    vx_cross(b[4 * m] * x + b[4 * m + 1] * y + b[4 * m + 2] * z + b[4 * m + 3], args->dim[m],
                             args->cubic, &at[m]);
                const int kind = vx_sample_kind_at(args, s, &at[0], &at[1], &at[2]);
                zeros += kind == VX_SAMPLE_ZERO;
                if (kind != VX_SAMPLE_DATA)
                    continue;
                values++;
                sum += args->cubic ? vx_sample_cubic(args, s->coefficient, &at[0], &at[1], &at[2])
                                   : vx_sample_linear(args, s, &at[0], &at[1], &at[2]);
            }
    return vx_sample_mean(sum, values, zeros, args->points[0] * args->points[1] * args->points[2]);
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
sample(const vx_sample_args args, __global const float *stored, __global const double *wide,
       __global const double *coefficient, __global const double *placement, __global float *sampled)
{
    const vx_sampled s = {stored, wide, coefficient, placement[12], placement[13]};
    const int voxels = args.to[0] * args.to[1] * args.to[2], share = (voxels - 1) / args.parallel + 1;
    const int first = min((int)get_group_id(0) * share, voxels), last = min(first + share, voxels);
    for (int v = first + (int)get_local_id(0); v < last; v += VX_WG) {
        const int row = v / args.to[0];
        sampled[v] = voxel(&args, &s, placement, v - row * args.to[0], row % args.to[1], row / args.to[1]);
    }
}
