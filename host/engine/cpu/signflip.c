/* signflip: u[p][v] = sum_i e_i[p] k_i[v], e = +1 or -1, in 32-bit fixed point: the sums are exact, so their order is of
 * no matter and ties are ties. |u| <= sqrt(n) 2^S + n / 2 < 2^31 for S = 30 - ceil(log2 sqrt n).
 *
 * Y[tiles][n][VX_TILE] int32, flip[P][groups] uint8. For every strip of voxels and every group of `width` rows all
 * 2^width signed sums are tabulated, each row doubling the table. A relabelling is then one row of each group's
 * table, added up: ceil(n / width) loads instead of n multiplications, from a table that stays in the nearest cache.
 *
 * Per voxel and relabelling: ceil(n / width) loads of 4 bytes and as many additions, less one. Error: none. Plain
 * reference: tests/ops/reference.h, vx_reference_signflip. */
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/epilogue.h"

#include <omp.h>

/* A strip is half a tile: its tables of 14 participants, 2 groups of 7, take 32 KB. */
enum { STRIP_LANES = 32, STRIP = STRIP_LANES / VX_LANES, STRIPS = VX_TILE / STRIP_LANES };

typedef vx_ints vx_row[STRIP];

/* All signed sums of `rows` rows of k: table[s] takes row i negative where bit i of s is set. */
static void tabulate(int rows, const int32_t *k, vx_row *table)
{
    for (int v = 0; v < STRIP; v++)
        table[0][v] = vx_splat(0);
    for (int i = 0; i < rows; i++) {
        const vx_ints *row = (const vx_ints *)(k + (size_t)i * VX_TILE);
        vx_row *minus = table + ((size_t)1 << i);
        for (int s = 0; s < 1 << i; s++) {
            for (int v = 0; v < STRIP; v++) {
                minus[s][v] = table[s][v] - row[v];
                table[s][v] += row[v];
            }
        }
    }
}

static inline __attribute__((always_inline)) void strip(const vx_signflip_args *args, const vx_results *to,
                                                        const vx_row *table, const uint8_t *flip, int voxel,
                                                        vx_maxima *maxima, int counting)
{
    vx_ints count_high[STRIP], count_low[STRIP], count[STRIP];
    if (counting) {
        for (int v = 0; v < STRIP; v++) {
            count_high[v] = ((const vx_ints *)(to->count_high + voxel))[v];
            count_low[v] = ((const vx_ints *)(to->count_low + voxel))[v];
            count[v] = ((const vx_ints *)(to->counts + voxel))[v];
        }
    }
    for (int p = 0; p < args->relabellings; p++, flip += args->groups) {
        vx_ints u[STRIP];
#pragma GCC unroll 8
        for (int v = 0; v < STRIP; v++)
            u[v] = table[flip[0]][v];
        for (int g = 1; g < args->groups; g++) {
            const vx_row *row = table + ((size_t)g << args->width) + flip[g];
#pragma GCC unroll 8
            for (int v = 0; v < STRIP; v++)
                u[v] += (*row)[v];
        }
        if (counting) {
#pragma GCC unroll 8
            for (int v = 0; v < STRIP; v++)
                count[v] -= (u[v] >= count_high[v]) + (u[v] <= count_low[v]);
        }
        vx_scores_take(to, maxima, u, STRIP, voxel, p);
    }
    if (counting)
        for (int v = 0; v < STRIP; v++)
            ((vx_ints *)(to->counts + voxel))[v] = count[v];
}

static void tile(const vx_signflip_args *args, const vx_results *to, const int32_t *k, const uint8_t *flip, int voxel,
                 vx_row *table, vx_maxima *maxima)
{
    for (int s = 0; s < STRIPS; s++, k += STRIP_LANES, voxel += STRIP_LANES) {
        for (int g = 0; g < args->groups; g++) {
            int first = g * args->width, rows = args->n - first < args->width ? args->n - first : args->width;
            tabulate(rows, k + (size_t)first * VX_TILE, table + ((size_t)g << args->width));
        }
        if (args->flags & VX_COUNT)
            strip(args, to, table, flip, voxel, maxima, 1);
        else
            strip(args, to, table, flip, voxel, maxima, 0);
    }
}

vx_status vx_variant(vx_signflip)(const vx_signflip_args *args, void *const *data, int threads, vx_error *error)
{
    const vx_results to = vx_results_of(args, data);
    const int32_t *k = data[VX_Y];
    const uint8_t *flip = data[VX_W];
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
