/* signflip: u[p][v] = sum_i e_i[p] k_i[v], e = +1 or -1, in 32-bit fixed point. The sums are exact, so their order does
 * not matter and ties are exact. |u| <= sqrt(n) 2^S + n / 2 < 2^31 for S = 30 - ceil(log2 sqrt n).
 *
 * Memory: Y[tiles][n][VX_TILE] int32, flip[P][groups] uint8, interleaved (args.h).
 *
 *     1. For every strip of voxels and every group of `width` rows, a table holds all 2^width signed sums. Each row
 *        doubles the table.
 *     2. A relabelling is the sum of one row of each group's table: ceil(n / width) loads instead of n multiplications.
 *     3. The tables stay in the nearest caches (64 KB a tile for 14 participants in 2 groups of 7).
 *
 * Per voxel and relabelling: ceil(n / width) loads of 4 bytes, and one addition less. Error: none. Plain reference:
 * tests/ops/reference.h, vx_reference_signflip. */
#define VX_FIXED_POINT 1
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/epilogue.h"
#include "near.h"

#include <omp.h>
#include <string.h>

typedef vx_ints vx_row[VX_STRIP];

/* All signed sums of `rows` rows of k: table[s] takes row i negative where bit i of s is set. */
static void tabulate(int rows, const int32_t *k, vx_row *table)
{
    for (int v = 0; v < VX_STRIP; v++)
        table[0][v] = vx_splat(0);
    for (int i = 0; i < rows; i++) {
        const vx_ints *row = (const vx_ints *)(k + (size_t)i * VX_TILE);
        vx_row *minus = table + ((size_t)1 << i);
        for (int s = 0; s < 1 << i; s++) {
            for (int v = 0; v < VX_STRIP; v++) {
                minus[s][v] = table[s][v] - row[v];
                table[s][v] += row[v];
            }
        }
    }
}

/* Computes scores near |r| = 1 again, and notes the strip (epilogue.h). */
static __attribute__((noinline)) void look_closer(const vx_dense_output *to, const int32_t *k, int voxel, int p,
                                                  vx_maxima *maxima, vx_ints score[VX_STRIP])
{
    int32_t *lane = (int32_t *)score;
    for (uint64_t near = vx_near_lanes(to, score); near; near &= near - 1) {
        int l = __builtin_ctzll(near);
        lane[l] = vx_near_signflip(&to->args, k + l, lane[l]);
    }
    vx_scores_note(to, maxima, score, voxel, p);
}

/* Evaluates all relabellings of one strip of k. Callers give `groups` and `counting` as constants, so that the compiler
 * unrolls the loop over groups and removes the counting. Counts stay in registers. */
static inline __attribute__((always_inline)) void strip(const vx_dense_args *args, const vx_dense_output *to,
                                                        const vx_row *table, const int32_t *k, const uint8_t *flip,
                                                        int voxel, vx_maxima *maxima, int groups, bool counting)
{
    const int relabellings = args->relabellings, width = args->width;
    vx_ints count_high[VX_STRIP] = {0}, count_low[VX_STRIP] = {0}, count[VX_STRIP] = {0};
    if (counting) {
        for (int v = 0; v < VX_STRIP; v++) {
            count_high[v] = ((const vx_ints *)(to->count_high + voxel))[v];
            count_low[v] = ((const vx_ints *)(to->count_low + voxel))[v];
            count[v] = ((const vx_ints *)(to->counts + voxel))[v];
        }
    }
    for (int first = 0; first < relabellings; first += VX_INTERLEAVE, flip += groups * VX_INTERLEAVE) {
        const int last = relabellings - first < VX_INTERLEAVE ? relabellings : first + VX_INTERLEAVE;
        const uint8_t *at = flip;
        for (int p = first; p < last; p++, at++) {
            vx_ints u[VX_STRIP];
#pragma GCC unroll 4
            for (int v = 0; v < VX_STRIP; v++)
                u[v] = table[at[0]][v];
#pragma GCC unroll 8
            for (int g = 1; g < groups; g++) {
                const vx_row *row = table + ((size_t)g << width) + at[g * VX_INTERLEAVE];
#pragma GCC unroll 4
                for (int v = 0; v < VX_STRIP; v++)
                    u[v] += (*row)[v];
            }
            if (__builtin_expect(vx_scores_rare(maxima, u, p), 0)) {
                vx_ints copy[VX_STRIP]; /* the address of `u` would keep it in memory */
                memcpy(copy, u, sizeof copy);
                look_closer(to, k, voxel, p, maxima, copy);
                memcpy(u, copy, sizeof copy);
            }
            if (counting) {
#pragma GCC unroll 4
                for (int v = 0; v < VX_STRIP; v++)
                    count[v] -= (u[v] >= count_high[v]) + (u[v] <= count_low[v]);
            }
        }
    }
    if (counting)
        for (int v = 0; v < VX_STRIP; v++)
            ((vx_ints *)(to->counts + voxel))[v] = count[v];
}

static void tile(const vx_dense_args *args, const vx_dense_output *to, const int32_t *k, const uint8_t *flip, int voxel,
                 vx_row *table, vx_maxima *maxima)
{
    const bool counting = args->flags & VX_COUNT;
    for (int s = 0; s < VX_STRIPS; s++, k += VX_STRIP_LANES, voxel += VX_STRIP_LANES) {
        for (int g = 0; g < args->groups; g++) {
            int first = g * args->width, rows = args->n - first < args->width ? args->n - first : args->width;
            tabulate(rows, k + (size_t)first * VX_TILE, table + ((size_t)g << args->width));
        }
        if (args->groups == 2 && counting)
            strip(args, to, table, k, flip, voxel, maxima, 2, true);
        else if (args->groups == 2)
            strip(args, to, table, k, flip, voxel, maxima, 2, false);
        else
            strip(args, to, table, k, flip, voxel, maxima, args->groups, counting);
    }
}

vx_status vx_variant(vx_signflip)(const void *arguments, void *const data[VX_BUFFERS], int threads,
                                  vx_error *error)
{
    const vx_dense_args *args = arguments;
    const vx_dense_output to = vx_dense_output_of(args, data);
    const int32_t *k = data[VX_B_Y];
    const uint8_t *flip = data[VX_B_W];
    size_t rows = (size_t)args->groups << args->width;
    vx_row *tables = vx_array((size_t)threads * rows, sizeof *tables); /* one a thread */
    if (!tables)
        return vx_fail_memory(error);

#pragma omp parallel num_threads(threads)
    {
        vx_row *table = tables + (size_t)omp_get_thread_num() * rows;
        vx_maxima maxima;
        vx_maxima_init(&maxima, &to);
#pragma omp for schedule(dynamic, 8) nowait
        for (int t = 0; t < args->tiles; t++)
            tile(args, &to, k + (size_t)t * (size_t)args->n * VX_TILE, flip, t * VX_TILE, table, &maxima);
        vx_maxima_merge(&maxima, &to);
    }
    free(tables);
    return VX_OK;
}
