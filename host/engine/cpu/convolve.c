/* convolve: an array convolved along one of its axes. LANES lines are convolved at the same time, from a copy that has
 * zeros before and behind them. kernels/args.h has the equation and the order of the sums.
 *
 * Per element: reach products and 2 reach additions, in double. Error: none beside their rounding. Plain reference:
 * tests/ops/convolve.c. */
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"

#include <omp.h>
#include <string.h>

enum { LANES = 16, VECTORS = LANES / (VX_LANES / 2) };
typedef double vx_doubles __attribute__((vector_size(4 * VX_LANES), may_alias));

/* Convolves the lines in `padded`, which has `reach` zeros before and behind each. */
static void convolve(const vx_convolve_args *args, const double *taps, const vx_doubles (*padded)[VECTORS],
                     vx_doubles (*convolved)[VECTORS])
{
    for (int64_t j = 0; j < args->length; j++) {
        const vx_doubles(*before)[VECTORS] = padded + args->reach + j, (*behind)[VECTORS] = before;
        vx_doubles sum[VECTORS];
        for (int v = 0; v < VECTORS; v++)
            sum[v] = before[0][v];
        for (int t = 1; t <= args->reach; t++) {
            before--;
            behind++;
#pragma GCC unroll 8
            for (int v = 0; v < VECTORS; v++)
                sum[v] += taps[t] * (before[0][v] + behind[0][v]);
        }
        memcpy(convolved[j], sum, sizeof sum);
    }
}

/* Copies lines that begin at `base`. Tiles of LANES lines beside each other are copied as vectors. */
static void take_lines(const vx_convolve_args *args, const double *from, const int64_t base[LANES], int lines,
                       bool beside, double (*restrict padded)[LANES])
{
    for (int64_t j = 0; j < args->length && beside; j++)
        memcpy(padded[j], from + base[0] + j * args->stride, sizeof *padded);
    for (int64_t j = 0; j < args->length && !beside; j++)
        for (int l = 0; l < lines; l++)
            padded[j][l] = from[base[l] + j * args->stride];
}

static void give_lines(const vx_convolve_args *args, const double (*restrict convolved)[LANES],
                       const int64_t base[LANES], int lines, bool beside, double *to)
{
    for (int64_t j = 0; j < args->length && beside; j++)
        memcpy(to + base[0] + j * args->stride, convolved[j], sizeof *convolved);
    for (int64_t j = 0; j < args->length && !beside; j++)
        for (int l = 0; l < lines; l++)
            to[base[l] + j * args->stride] = convolved[j][l];
}

/* Whether all bits are 0: lines of zeros, as outside the head, stay so. */
static bool is_empty(const double (*line)[LANES], int64_t length)
{
    vx_ints bits[VECTORS], any = {0};
    int all = 0;
    for (int64_t j = 0; j < length; j++) {
        memcpy(bits, line[j], sizeof bits);
        for (int v = 0; v < VECTORS; v++)
            any |= bits[v];
    }
    for (int l = 0; l < VX_LANES; l++)
        all |= any[l];
    return !all;
}

/* Convolves the lines that begin at `base`. */
static void convolve_lines(const vx_convolve_args *args, void *const data[VX_BUFFERS], const int64_t base[LANES],
                           int lines, double (*padded)[LANES])
{
    double(*middle)[LANES] = padded + args->reach, (*convolved)[LANES] = middle + args->length + args->reach;
    const bool beside = lines == LANES && base[LANES - 1] - base[0] == LANES - 1;
    take_lines(args, data[VX_B_FROM], base, lines, beside, middle);
    if (is_empty((const double(*)[LANES])middle, args->length))
        memcpy(convolved, middle, (size_t)args->length * sizeof *convolved);
    else
        convolve(args, data[VX_B_TAPS], (const vx_doubles(*)[VECTORS])padded, (vx_doubles(*)[VECTORS])convolved);
    give_lines(args, (const double(*)[LANES])convolved, base, lines, beside, data[VX_B_TO]);
}

vx_status vx_variant(vx_convolve)(const void *arguments, void *const data[VX_BUFFERS], int threads, vx_error *error)
{
    const vx_convolve_args *args = arguments;
    const int64_t inner = args->stride, lines = args->outer * inner, tiles = (lines + LANES - 1) / LANES;
    const size_t rows = 2 * ((size_t)args->length + (size_t)args->reach);
    double(*scratch)[LANES] = vx_array_zero(rows * (size_t)threads, sizeof *scratch);
    if (!scratch)
        return vx_fail_memory(error);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t first = tile * LANES;
        const int count = lines - first < LANES ? (int)(lines - first) : LANES;
        int64_t base[LANES];
        for (int l = 0; l < count; l++)
            base[l] = (first + l) / inner * args->length * inner + (first + l) % inner;
        convolve_lines(args, data, base, count, scratch + rows * (size_t)omp_get_thread_num());
    }
    free(scratch);
    return VX_OK;
}
