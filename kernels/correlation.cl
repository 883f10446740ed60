/* correlation: r[p][v] = d / sqrt(1 - sum_j q_j^2),  d = w_0 . y[v],  q_j = w_j . y[v],  w_j = W[p][j]
 *
 * The partial correlation of a permuted regressor with the data, given the nuisance regressors (Freedman & Lane 1983 as
 * in Winkler et al. 2014, NeuroImage 92, section "Permutation strategies"). y[v] is the nuisance residual of voxel v
 * scaled to unit length, w_0 the permuted unit residual of the regressor, and w_1..w_k the permuted orthonormal basis
 * of the nuisance space. Without nuisance r = d. Where the nuisance leaves little of the data, near.h computes r.
 *
 * Programs  VX_VARIANT 0 is without nuisance, and needs fewer registers; VX_VARIANT 1 is with nuisance.
 * Memory    Y[tile][i][lane], W[p][j][i] interleaved, score[p][v]; see args.h and dense.h.
 * Launch    groups of VX_WG items, each with some relabellings of some strips (dense.h); an item holds VX_COLS vectors
 *           of voxels against VX_P relabellings.
 * Per voxel and relabelling   2 n (1 + k) operations. A group reads Y from memory once, and from the nearest cache once
 *           for every VX_P relabellings. A vector load takes the weights of VX_P relabellings from a cache.
 * Error     each dot product of unit vectors errs by at most n 2^-24 (Higham 2002, section 3.1: n roundings of terms
 *           with sum |w_i y_i| <= 1). With nuisance the division and the root add two roundings where the device rounds
 *           them correctly. The order of operations is fixed, so the bits do not depend on the form.
 * Reference tests/ops/reference.h, vx_reference_correlation. */
#define VX_FLOAT_SCORES
#include "dense.h"

/* The weights of VX_P relabellings for one row of the data. */
typedef VX_JOIN(float, VX_P) weight_vector;
typedef union weights {
    weight_vector vector;
    float relabelling[VX_P];
} weights;

/* The dot products of one item's vectors with VX_P rows of weights. The sums are a local array of this function,
 * because they would otherwise be in memory and not in registers. */
static void dot_products(__global const float *restrict y, __global const float *restrict w, int n,
                         vx_floats product[VX_P][VX_COLS])
{
    vx_floats sum[VX_P][VX_COLS];
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0.0f;
#if VX_WG > 1 /* unrolled further, the loads take registers that other code needs */
#pragma unroll 2
#endif
    for (int i = 0; i < n; i++, y += VX_TILE, w += VX_INTERLEAVE) {
        const weights weight = {.vector = *(__global const weight_vector *)w};
        vx_floats data[VX_COLS];
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            data[c] = vx_floats_at(y + c * VX_VEC);
#pragma unroll
        for (int q = 0; q < VX_P; q++)
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                sum[q][c] = fma((vx_floats)weight.relabelling[q], data[c], sum[q][c]);
    }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            product[q][c] = sum[q][c];
}

/* The number of weights of a relabelling. */
static size_t weights_of(const vx_dense_args *args)
{
    return (size_t)(VX_VARIANT > 0 ? 1 + args->nuisance : 1) * args->n;
}

#if VX_VARIANT > 0
/* The sums of the squares q_j^2 of the nuisance's dot products. w begins at the relabelling. */
static void sum_squares(__global const float *y, __global const float *w, int n, int nuisance,
                        vx_floats square[VX_P][VX_COLS])
{
    vx_floats sum[VX_P][VX_COLS], product[VX_P][VX_COLS];
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0.0f;
    for (int j = 1; j <= nuisance; j++) {
        dot_products(y, w + (size_t)j * n * VX_INTERLEAVE, n, product);
#pragma unroll
        for (int q = 0; q < VX_P; q++)
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                sum[q][c] = fma(product[q][c], product[q][c], sum[q][c]);
    }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            square[q][c] = sum[q][c];
}

/* Divides d by the length that the nuisance leaves of the data under the same relabelling, and raises |r| (args.h). */
static void divide_out(int n, int nuisance, vx_floats square[VX_P][VX_COLS], vx_floats d[VX_P][VX_COLS])
{
    const float rounding = VX_R_ROUNDING(n, nuisance);
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++) {
            const vx_floats beyond = 2.0f, most = VX_RAISED_MOST, least = VX_LITTLE_LEFT(rounding);
            vx_floats rest = 1.0f - square[q][c], size = fabs(d[q][c]) / sqrt(rest);
            vx_floats raised = size + rounding * square[q][c] / rest;
            raised = raised < most ? raised : most;
            size = size > raised ? size : raised;
            d[q][c] = copysign(rest > least ? size : beyond, d[q][c]);
        }
}
#endif

/* Takes an item's rows beyond the bounds into maxima and lists, after those scores near |r| = 1 have been computed
 * again. y begins at the item, w at the first relabelling. */
static VX_RARE vx_block examine(__local vx_group *group, int row, int voxel, __global const float *y,
                                __global const float *w, vx_block block)
{
    const vx_dense_args args = group->args;
    for (int q = 0; q < VX_P && row + q < group->rows; q++) {
        if (!vx_any(vx_beyond(group, row + q, block.s[q])))
            continue;
        for (int c = 0; c < VX_COLS; c++) {
            vx_lanes lanes = {.floats = block.s[q][c]};
            for (int l = 0; l < VX_VEC; l++)
                if (vx_is_near(&args, lanes.value[l]))
                    lanes.value[l] = vx_value(vx_near_correlation(&args, y + c * VX_VEC + l, w + q));
            vx_note(group, row + q, voxel + c * VX_VEC, lanes.floats);
            block.s[q][c] = lanes.floats;
        }
    }
    return block;
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
correlation(const vx_dense_args args, __local vx_group *group, __global const float *restrict Y,
            __global const float *restrict W, __global int *restrict high, __global int *restrict low,
            __global const int *restrict count_high,
            __global const int *restrict count_low, __global uint *restrict counts, __global int *restrict score,
            __global float *restrict height, __global int *restrict list_voxel, __global float *restrict list_height,
            __global int *restrict list_size)
{
    vx_item item = vx_begin(&args, group, high, low, count_high, count_low, counts, score, height, list_voxel,
                            list_height, list_size);
    for (int strip = get_group_id(1); strip * VX_STRIP < item.padded; strip += get_num_groups(1)) {
        if (!vx_strip_begin(&item, strip))
            continue;
        __global const float *y = Y + vx_data_place(&args, item.voxel);
        for (int row = 0; row < item.rows; row += VX_P) {
            __global const float *w = W + VX_WEIGHT_PLACE(item.first + row, weights_of(&args), 0);
            vx_block r;
#if VX_VARIANT > 0 /* squares first: then two sets of sums are in registers at the same time, and not three */
            vx_floats square[VX_P][VX_COLS];
            sum_squares(y, w, args.n, args.nuisance, square);
#endif
            dot_products(y, w, args.n, r.s);
#if VX_VARIANT > 0
            divide_out(args.n, args.nuisance, square, r.s);
#endif
            if (vx_is_rare(group, row, &r))
                r = examine(group, row, item.voxel, y, w, r);
            vx_take(&item, row, &r);
        }
        vx_strip_end(&item);
    }
    vx_end(&item, high, low);
}
