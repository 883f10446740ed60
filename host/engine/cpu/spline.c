/* spline: values become coefficients of cubic B-splines along one axis. LANES lines are filtered at the same time, in a
 * copy, because each step of a line waits for the one before it. kernels/args.h has the equations and the order of the
 * sums.
 *
 * Per element: four products and three additions, in double. Error: none beside their rounding. Plain reference:
 * tests/ops/spline.c. */
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"

#include <omp.h>
#include <string.h>

enum { LANES = 32 };

static void filter(int64_t length, const double *start, double (*s)[LANES])
{
    const int64_t end = length - 1;
    double sum[LANES];
    for (int l = 0; l < LANES; l++)
        sum[l] = s[0][l] + start[end] * s[end][l];
    for (int64_t k = 1; k < end; k++)
        for (int l = 0; l < LANES; l++)
            sum[l] += start[k] * s[k][l];
    for (int l = 0; l < LANES; l++)
        s[0][l] = VX_SPLINE_GAIN * sum[l] / start[0];
    for (int64_t k = 1; k <= end; k++)
        for (int l = 0; l < LANES; l++)
            s[k][l] = VX_SPLINE_GAIN * s[k][l] + VX_SPLINE_POLE * s[k - 1][l];
    for (int l = 0; l < LANES; l++)
        s[end][l] = VX_SPLINE_POLE / (VX_SPLINE_POLE * VX_SPLINE_POLE - 1) *
                    (s[end][l] + VX_SPLINE_POLE * s[end - 1][l]);
    for (int64_t k = end - 1; k >= 0; k--)
        for (int l = 0; l < LANES; l++)
            s[k][l] = VX_SPLINE_POLE * (s[k + 1][l] - s[k][l]);
}

/* Filters `lines` lines, `apart` from each other. */
static void filter_lines(const vx_spline_args *args, const double *start, double *value, int64_t apart, int lines,
                         double (*copy)[LANES])
{
    for (int64_t k = 0; k < args->length; k++)
        for (int l = 0; l < lines; l++)
            copy[k][l] = value[k * args->stride + l * apart];
    filter(args->length, start, copy);
    for (int64_t k = 0; k < args->length; k++)
        for (int l = 0; l < lines; l++)
            value[k * args->stride + l * apart] = copy[k][l];
}

vx_status vx_variant(vx_spline)(const void *arguments, void *const data[VX_BUFFERS], int threads, vx_error *error)
{
    const vx_spline_args *args = arguments;
    const bool beside = args->stride > 1; /* lines beside each other, else one after the other */
    const int64_t across = beside ? args->stride : args->outer, tiles = (across + LANES - 1) / LANES;
    const int64_t apart = beside ? 1 : args->length, blocks = beside ? args->outer : 1;
    double(*copy)[LANES] = vx_array_zero((size_t)args->length * (size_t)threads, sizeof *copy);
    if (!copy)
        return vx_fail_memory(error);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t tile = 0; tile < blocks * tiles; tile++) {
        const int64_t first = tile % tiles * LANES;
        double *value = (double *)data[VX_B_COEFFICIENT] + tile / tiles * args->length * args->stride + first * apart;
        filter_lines(args, data[VX_B_START], value, apart, across - first < LANES ? (int)(across - first) : LANES,
                     copy + args->length * omp_get_thread_num());
    }
    free(copy);
    return VX_OK;
}
