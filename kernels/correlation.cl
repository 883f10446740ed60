/* correlation: r[p][v] = d / sqrt(1 - sum_j q_j^2),  d = w_0 . y[v],  q_j = w_j . y[v],  w_j = W[p][j]
 *
 * The partial correlation of a permuted regressor with the data, given the nuisance regressors (Freedman & Lane 1983 as
 * in Winkler et al. 2014, NeuroImage 92, section "Permutation strategies"). y[v] is the nuisance residual of voxel v
 * scaled to unit length, w_0 the permuted unit residual of the regressor, and w_1..w_k the permuted orthonormal basis
 * of the nuisance space. Without nuisance r = d. Where the nuisance leaves little of the data, near.h computes r.
 *
 * Memory    Y[tile][i][lane], W[p][j][i], score[p][v]; see args.h and dense.h.
 * Launch    persistent groups of VX_WG items; an item holds VX_COLS vectors of voxels against VX_P relabellings.
 * Per voxel and relabelling   2 n (1 + k) operations. Y is read from memory once a launch, and from the nearest cache
 *           once for every VX_P relabellings; W comes from a cache.
 * Error     each dot product of unit vectors errs by at most n 2^-24 (Higham 2002, section 3.1: n roundings of terms
 *           with sum |w_i y_i| <= 1). With nuisance the division and the root add two roundings where the device rounds
 *           them correctly. The order of operations is fixed, so the bits do not depend on the form.
 * Reference tests/ops/reference.h, vx_reference_correlation. */
#define VX_FLOAT_SCORES
#include "dense.h"

/* The dot products of one item's vectors with VX_P rows, `step` floats apart. Rows past the last repeat it. The sums
 * are a local array of this function, because they would otherwise be in memory and not in registers. */
static void dot_products(__global const float *y, __global const float *w, size_t step, int last, int n,
                         vx_floats product[VX_P][VX_COLS])
{
    __global const float *row[VX_P];
    vx_floats sum[VX_P][VX_COLS];
#pragma unroll
    for (int q = 0; q < VX_P; q++) {
        row[q] = w + min(q, last) * step;
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0.0f;
    }
    for (int i = 0; i < n; i++) {
        vx_floats data[VX_COLS];
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            data[c] = vx_load(y + (size_t)i * VX_TILE + c * VX_VEC);
#pragma unroll
        for (int q = 0; q < VX_P; q++) {
            vx_floats weight = row[q][i];
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                sum[q][c] = fma(weight, data[c], sum[q][c]);
        }
    }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            product[q][c] = sum[q][c];
}

/* Divides d by the length that the nuisance leaves of the data under the same relabelling, and raises |r| (args.h). */
static void divide_out(__global const float *y, __global const float *w, size_t step, int last, int n, int nuisance,
                       vx_floats d[VX_P][VX_COLS])
{
    const float rounding = VX_R_ROUNDING(n, nuisance);
    vx_floats sum[VX_P][VX_COLS], product[VX_P][VX_COLS];
    for (int q = 0; q < VX_P; q++)
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0.0f;
    for (int j = 1; j <= nuisance; j++) {
        dot_products(y, w + (size_t)j * n, step, last, n, product);
        for (int q = 0; q < VX_P; q++)
            for (int c = 0; c < VX_COLS; c++)
                sum[q][c] = fma(product[q][c], product[q][c], sum[q][c]);
    }
    for (int q = 0; q < VX_P; q++)
        for (int c = 0; c < VX_COLS; c++) {
            const vx_floats beyond = 2.0f, most = VX_RAISED_MOST, least = VX_LITTLE_LEFT(rounding);
            vx_floats rest = 1.0f - sum[q][c], size = fabs(d[q][c]) / sqrt(rest);
            vx_floats raised = size + rounding * sum[q][c] / rest;
            raised = raised < most ? raised : most;
            size = size > raised ? size : raised;
            d[q][c] = copysign(rest > least ? size : beyond, d[q][c]);
        }
}

/* One vector of the item's scores, after those near |r| = 1 have been computed again. y begins at the vector, w at the
 * relabelling. */
static VX_RARE vx_floats look_closer(const vx_dense_args *args, __global const float *y, __global const float *w,
                                     vx_floats r)
{
    float lane[VX_VEC];
    vx_store(r, lane);
    for (int l = 0; l < VX_VEC; l++)
        if (vx_is_near(args, lane[l]))
            lane[l] = vx_value(vx_near_correlation(args, y + l, w));
    return vx_load(lane);
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
correlation(const vx_dense_args args, __global const float *Y, __global const float *W, __global int *high,
            __global int *low, __global const int *count_high, __global const int *count_low, __global uint *counts,
            __global int *score, __global float *height, __global int *list_voxel, __global float *list_height,
            __global int *list_size)
{
    __local vx_maxima maxima;
    vx_item item = vx_begin(&args, &maxima, count_high, count_low, counts, score, height, list_voxel,
                           list_height, list_size);
    size_t step = (size_t)(1 + args.nuisance) * args.n;
    for (int strip = get_group_id(0); strip * VX_STRIP < item.padded; strip += get_num_groups(0)) {
        if (!vx_strip_begin(&item, strip))
            continue;
        __global const float *y = Y + (size_t)(item.voxel / VX_TILE) * args.n * VX_TILE + item.voxel % VX_TILE;
        for (int p = 0; p < args.relabellings; p += VX_P) {
            int last = min(VX_P, args.relabellings - p) - 1;
            vx_floats r[VX_P][VX_COLS];
            dot_products(y, W + p * step, step, last, args.n, r);
            if (args.nuisance > 0)
                divide_out(y, W + p * step, step, last, args.n, args.nuisance, r);
#if VX_WG > 1 /* without unrolling, r is in the nearest cache, and the code stays small */
#pragma unroll
#endif
            for (int q = 0; q < VX_P; q++)
                if (q <= last) {
                    if (vx_is_rare(&item, p + q, r[q])) {
#pragma unroll
                        for (int c = 0; c < VX_COLS; c++)
                            r[q][c] = look_closer(&item.args, y + c * VX_VEC, W + (p + q) * step, r[q][c]);
                        vx_note(&item, p + q, r[q]);
                    }
                    vx_take(&item, p + q, r[q]);
                }
        }
        vx_strip_end(&item);
    }
    vx_end(&item, high, low);
}
