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

enum { LANES = 8 };

/* Convolves the lines in `padded`, which has `reach` zeros before and behind each. */
static void convolve(const vx_convolve_args *args, const double *taps, const double (*padded)[LANES],
                     double (*convolved)[LANES])
{
    for (int64_t j = 0; j < args->length; j++) {
        const double(*here)[LANES] = padded + args->reach + j;
        double sum[LANES];
        for (int l = 0; l < LANES; l++)
            sum[l] = here[0][l];
        for (int64_t t = 1; t <= args->reach; t++)
            for (int l = 0; l < LANES; l++)
                sum[l] += taps[t] * (here[-t][l] + here[t][l]);
        memcpy(convolved[j], sum, sizeof sum);
    }
}

/* Convolves the lines that begin at `base`. Lines of zeros, as outside the head, stay so. */
static void convolve_lines(const vx_convolve_args *args, void *const data[VX_BUFFERS], const int64_t base[LANES],
                           int lines, double (*padded)[LANES])
{
    const double *from = data[VX_B_FROM];
    double *to = data[VX_B_TO], (*convolved)[LANES] = padded + args->length + 2 * (int64_t)args->reach;
    bool empty = true;
    for (int64_t j = 0; j < args->length; j++)
        for (int l = 0; l < lines; l++) {
            const double value = from[base[l] + j * args->stride];
            padded[args->reach + j][l] = value;
            empty = empty && value == 0;
        }
    if (empty)
        memcpy(convolved, padded + args->reach, (size_t)args->length * sizeof *convolved);
    else
        convolve(args, data[VX_B_TAPS], (const double(*)[LANES])padded, convolved);
    for (int64_t j = 0; j < args->length; j++)
        for (int l = 0; l < lines; l++)
            to[base[l] + j * args->stride] = convolved[j][l];
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
