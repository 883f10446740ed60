/* convolve: an array of doubles convolved along one of its axes by a symmetric kernel, for smoothing by a Gaussian
 *
 *     to[o][j][i] = from[o][j][i] + sum_{t = 1 to reach} w[t] (from[o][j - t][i] + from[o][j + t][i])
 *
 * The weights are those of prepare/smooth.h. kernels/args.h has the order of the sums.
 *
 * Memory    from, to[outer][length][stride], the last index fastest; taps[1 + reach] has w, of which w[0] is not read.
 * Launch    args.parallel groups of VX_WG items; a group takes consecutive vectors of VX_VEC elements. Nobody waits.
 *           The kernel needs cl_khr_fp64.
 * Per element 2 reach + 1 reads, nearly all of them from caches, one write, 2 reach additions and reach products.
 * Error     none: the bits are those of the C op, since additions and products of doubles are rounded correctly.
 * Reference tests/ops/convolve.c. */
#include "common.h"

#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#if VX_VEC == 1
typedef double vx_doubles;
#define load(from, at) (from)[at]
#define store(value, to, at) ((to)[at] = (value))
#else
typedef VX_JOIN(double, VX_VEC) vx_doubles;
#define load(from, at) VX_JOIN(vload, VX_VEC)(0, (from) + (at))
#define store(value, to, at) VX_JOIN(vstore, VX_VEC)(value, 0, (to) + (at))
#endif

/* The sums of VX_VEC elements from `at` on, which all have `before` elements before them in their line and `behind`
 * behind them, as far as the kernel reaches. */
static vx_doubles sums(const vx_convolve_args *args, __global const double *taps, __global const double *from, int at,
                       int before, int behind)
{
    const int both = min(before, behind);
    vx_doubles sum = load(from, at);
    for (int t = 1; t <= both; t++)
        sum += taps[t] * (load(from, at - t * args->stride) + load(from, at + t * args->stride));
    for (int t = both + 1; t <= before; t++)
        sum += taps[t] * (load(from, at - t * args->stride) + 0.0);
    for (int t = both + 1; t <= behind; t++)
        sum += taps[t] * (0.0 + load(from, at + t * args->stride));
    return sum;
}

#if VX_VEC > 1
static double one_sum(const vx_convolve_args *args, __global const double *taps, __global const double *from, int at)
{
    const int place = at / args->stride % args->length;
    double sum = from[at];
    for (int t = 1; t <= args->reach; t++)
        sum += taps[t] * ((t <= place ? from[at - t * args->stride] : 0.0) +
                          (t < args->length - place ? from[at + t * args->stride] : 0.0));
    return sum;
}
#endif

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
convolve(const vx_convolve_args args, __global const double *taps, __global const double *from, __global double *to)
{
    const int elements = args.outer * args.length * args.stride, vectors = (elements - 1) / VX_VEC + 1;
    const int share = (vectors - 1) / args.parallel + 1;
    const int first = min((int)get_group_id(0) * share, vectors), last = min(first + share, vectors);
    for (int vector = first + (int)get_local_id(0); vector < last; vector += VX_WG) {
        const int at = vector * VX_VEC, line = at / args.stride, place = line % args.length;
        const int before = min(args.reach, place), behind = min(args.reach, args.length - 1 - place);
#if VX_VEC == 1
        store(sums(&args, taps, from, at, before, behind), to, at);
#else
        const int beside = at - line * args.stride + VX_VEC <= args.stride; /* lines beside each other, at one place */
        const int inside = args.stride == 1 && before == args.reach && place + VX_VEC - 1 + args.reach < args.length;
        if (beside || inside)
            store(sums(&args, taps, from, at, before, behind), to, at);
        else
            for (int i = at; i < min(at + VX_VEC, elements); i++)
                to[i] = one_sum(&args, taps, from, i);
#endif
    }
}
