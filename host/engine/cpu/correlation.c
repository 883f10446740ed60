/* correlation: r[p][v] = d / sqrt(1 - sum_j q_j^2), d = x_p . y_v and q_j = z_jp . y_v (Freedman & Lane 1983 in the
 * form of Winkler et al. 2014, "Permutation inference for the general linear model", with unit vectors). Without
 * nuisance r is Pearson's correlation.
 *
 * Memory: Y[tiles][n][VX_TILE] float, W[P][1 + k][n] float, interleaved (args.h).
 *
 *     1. A thread takes a tile and evaluates all relabellings of the batch on it. The tile stays in the nearest cache,
 *        and W in the next.
 *     2. Registers hold accumulators of several relabellings by several vectors, so that an fma needs half a load.
 *     3. A dot product has one accumulator, with i ascending. The bits are therefore the same in any order of tiles,
 *        and the same as those of the OpenCL kernel.
 *
 * Per voxel and relabelling: (1 + k) n fma, and a square root and a division where k > 0. |error of a dot product of
 * unit vectors| <= n 2^-24. Plain reference: tests/ops/reference.h, vx_reference_correlation. */
#define VX_FIXED_POINT 0
#include "engine/cpu/cpu.h"
#include "engine/cpu/epilogue.h"
#include "near.h"

#include <string.h>

/* Relabellings at a time; BLOCK divides VX_INTERLEAVE. BLOCK x VX_STRIP accumulators leave some registers for a row of
 * the tile and a broadcast weight. */
enum { BLOCK = VX_LANES == 16 ? 4 : 2 };

/* The dot products of BLOCK rows of W with one strip. */
static inline __attribute__((always_inline)) void dots(int n, const float *y, const float *w,
                                                       vx_floats dot[BLOCK][VX_STRIP])
{
    vx_floats sum[BLOCK][VX_STRIP] = {0};
    for (int i = 0; i < n; i++) {
        const vx_floats *row = (const vx_floats *)(y + (size_t)i * VX_TILE);
#pragma GCC unroll 4
        for (int b = 0; b < BLOCK; b++) {
            vx_floats weight = w[(size_t)i * VX_INTERLEAVE + (size_t)b] - (vx_floats){0};
#pragma GCC unroll 4
            for (int v = 0; v < VX_STRIP; v++)
                sum[b][v] = vx_fma(weight, row[v], sum[b][v]);
        }
    }
#pragma GCC unroll 4
    for (int b = 0; b < BLOCK; b++)
#pragma GCC unroll 4
        for (int v = 0; v < VX_STRIP; v++)
            dot[b][v] = sum[b][v];
}

/* d / sqrt(1 - sum of squares), raised by its rounding bound; 2 where the nuisance leaves little (args.h). */
static inline vx_floats partial(vx_floats d, vx_floats squares, float rounding)
{
    const vx_floats none = {0}, most = none + VX_RAISED_MOST, beyond = none + 2.0f;
    vx_ints sign = (vx_ints)d & INT32_MIN;
    vx_floats rest = 1.0f - squares, size = (vx_floats)((vx_ints)d ^ sign) / vx_sqrt(rest);
    vx_floats raised = size + rounding * squares / rest;
    raised = vx_either(raised < most, raised, most);
    size = vx_either(size > raised, size, raised);
    size = vx_either(rest > none + VX_LITTLE_LEFT(rounding), size, beyond);
    return (vx_floats)((vx_ints)size | sign);
}

/* Ordered bits. Adding zero turns -0 into +0, as their bits differ. */
static inline vx_ints ordered(vx_floats r)
{
    vx_ints bits = (vx_ints)(r + 0.0f);
    return vx_ordered(bits);
}

/* Computes scores near |r| = 1 again, and notes the strip (epilogue.h). */
static __attribute__((noinline)) void look_closer(const vx_dense_output *to, const float *y, const float *w, int voxel,
                                                  int p, vx_maxima *maxima, vx_ints score[VX_STRIP])
{
    int32_t *lane = (int32_t *)score;
    size_t elements = (1 + (size_t)to->args.nuisance) * (size_t)to->args.n;
    for (uint64_t near = vx_near_lanes(to, score); near; near &= near - 1) {
        int l = __builtin_ctzll(near);
        lane[l] = vx_near_correlation(&to->args, y + l, w + VX_WEIGHT_PLACE(p, elements, 0));
    }
    vx_scores_note(to, maxima, score, voxel, p);
}

static inline __attribute__((always_inline)) void strip(const vx_dense_args *args, const vx_dense_output *to,
                                                        const float *y, const float *w, int voxel, vx_maxima *maxima,
                                                        bool counting)
{
    const vx_ints *count_high = (const vx_ints *)(to->count_high + voxel);
    const vx_ints *count_low = (const vx_ints *)(to->count_low + voxel);
    vx_ints *counts = (vx_ints *)(to->counts + voxel);
    size_t n = (size_t)args->n, rows = 1 + (size_t)args->nuisance;
    const float rounding = VX_R_ROUNDING(args->n, args->nuisance);
    int last = args->relabellings - 1;

    for (int p = 0; p <= last; p += BLOCK) {
        const float *row = w + VX_WEIGHT_PLACE(p, rows * n, 0);
        vx_floats r[BLOCK][VX_STRIP];
        dots(args->n, y, row, r);
        if (args->nuisance) {
            vx_floats squares[BLOCK][VX_STRIP] = {0}, q[BLOCK][VX_STRIP];
            for (int j = 1; j <= args->nuisance; j++) {
                row += n * VX_INTERLEAVE;
                dots(args->n, y, row, q);
                for (int b = 0; b < BLOCK; b++)
                    for (int v = 0; v < VX_STRIP; v++)
                        squares[b][v] = vx_fma(q[b][v], q[b][v], squares[b][v]);
            }
            for (int b = 0; b < BLOCK; b++)
                for (int v = 0; v < VX_STRIP; v++)
                    r[b][v] = partial(r[b][v], squares[b][v], rounding);
        }
#pragma GCC unroll 4
        for (int b = 0; b < BLOCK; b++) {
            if (p + b > last)
                break;
            vx_ints score[VX_STRIP];
#pragma GCC unroll 4
            for (int v = 0; v < VX_STRIP; v++)
                score[v] = ordered(r[b][v]);
            if (__builtin_expect(vx_scores_rare(maxima, score, p + b), 0)) {
                vx_ints copy[VX_STRIP]; /* the address of `score` would keep it in memory */
                memcpy(copy, score, sizeof copy);
                look_closer(to, y, w, voxel, p + b, maxima, copy);
                memcpy(score, copy, sizeof copy);
            }
            if (counting) {
#pragma GCC unroll 4
                for (int v = 0; v < VX_STRIP; v++)
                    counts[v] -= (score[v] >= count_high[v]) + (score[v] <= count_low[v]);
            }
        }
    }
}

vx_status vx_variant(vx_correlation)(const void *arguments, void *const data[VX_BUFFERS], int threads,
                                     vx_error *error)
{
    const vx_dense_args *args = arguments;
    const vx_dense_output to = vx_dense_output_of(args, data);
    const float *y = data[VX_B_Y], *w = data[VX_B_W];
    (void)error;

#pragma omp parallel num_threads(threads)
    {
        vx_maxima maxima;
        vx_maxima_init(&maxima, &to);
#pragma omp for schedule(dynamic, 8) nowait
        for (int tile = 0; tile < args->tiles; tile++) {
            for (int s = 0; s < VX_STRIPS; s++) {
                int lane = s * VX_STRIP_LANES;
                const float *from = y + (size_t)tile * (size_t)args->n * VX_TILE + lane;
                if (args->flags & VX_COUNT)
                    strip(args, &to, from, w, tile * VX_TILE + lane, &maxima, true);
                else
                    strip(args, &to, from, w, tile * VX_TILE + lane, &maxima, false);
            }
        }
        vx_maxima_merge(&maxima, &to);
    }
    return VX_OK;
}
