/* signflip: u[p][v] = sum_i e_i[p] k_i[v],  e_i = -1 where the bit of row i is set in flip[p], else +1
 *
 * The sum of unit-normalised changes k in fixed point under sign flips (Winkler et al. 2014, NeuroImage 92:
 * exchangeability by sign flipping). Sums of ints are exact and do not depend on the order. t is monotone in u:
 *
 *     t = u sqrt((n - 1) / (n - u^2))
 *
 *   1. The rows are in groups of `width`. For every strip, an item makes a table of all signed sums of each group.
 *      Entry 0 is the sum, and each further bit subtracts 2 k (doubling). A relabelling is then one addition for each
 *      group.
 *   2. Where tables of 2^width entries do not fit into local memory, the host asks for several parts of `bits` rows for
 *      each group. bits = 0 means no tables but plain additions, for any n.
 *
 * Memory    Y[tile][i][lane], flip[p][g], score[p][v]; table[part][entry][item][c] of vectors in local memory, with a
 *           separate table for each item; see args.h and dense.h.
 * Launch    persistent groups of VX_WG items; an item holds VX_COLS vectors of voxels.
 * Per voxel and relabelling   n / bits additions, and as many reads of local memory (2 n operations without tables);
 *           2^bits additions for each part and launch make the tables; Y is read once.
 * Error     none.
 * Reference tests/ops/reference.h, vx_reference_signflip. */
#include "dense.h"

#define STRIDE (VX_WG * VX_COLS) /* vectors from one entry of an item's table to the next */

/* The signed sums of rows first..first + bits - 1 of one group. Rows from `end` on count as 0. */
static void make_table(__global const int *y, int first, int end, int bits, __local vx_ints *table)
{
    for (int c = 0; c < VX_COLS; c++, y += VX_VEC, table++) {
        vx_ints sum = 0;
        for (int i = first; i < min(first + bits, end); i++)
            sum += vx_load(y + (size_t)i * VX_TILE);
        table[0] = sum;
        for (int b = 0; b < bits; b++) {
            vx_ints k = 0;
            if (first + b < end)
                k = vx_load(y + (size_t)(first + b) * VX_TILE);
            for (int entry = 0; entry < 1 << b; entry++)
                table[((1 << b) + entry) * STRIDE] = table[entry * STRIDE] - k - k;
        }
    }
}

static void make_tables(__global const int *y, const vx_dense_args *args, int bits, __local vx_ints *table)
{
    for (int g = 0; g < args->groups; g++)
        for (int shift = 0; shift < args->width; shift += bits, table += STRIDE << bits)
            make_table(y, g * args->width + shift, min((g + 1) * args->width, args->n), bits, table);
}

/* u of one item under VX_P relabellings. Rows of flip past the last repeat it. The sums are a local array of this
 * function, so that they stay in registers. */
static void add_from_tables(const vx_dense_args *args, int bits, __local const vx_ints *table,
                            __global const uchar *flip, int last, vx_ints u[VX_P][VX_COLS])
{
    const int mask = (1 << bits) - 1;
    __global const uchar *row[VX_P];
    vx_ints sum[VX_P][VX_COLS];
#pragma unroll
    for (int q = 0; q < VX_P; q++) {
        row[q] = flip + min(q, last) * args->groups;
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0;
    }
    for (int g = 0; g < args->groups; g++)
        for (int shift = 0; shift < args->width; shift += bits, table += STRIDE << bits)
#pragma unroll
            for (int q = 0; q < VX_P; q++) {
                __local const vx_ints *entry = table + ((row[q][g] >> shift) & mask) * STRIDE;
#pragma unroll
                for (int c = 0; c < VX_COLS; c++)
                    sum[q][c] += entry[c];
            }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            u[q][c] = sum[q][c];
}

/* The same without tables. */
static void add_plainly(const vx_dense_args *args, __global const int *y, __global const uchar *flip, int last,
                        vx_ints u[VX_P][VX_COLS])
{
    __global const uchar *row[VX_P];
    vx_ints sum[VX_P][VX_COLS];
#pragma unroll
    for (int q = 0; q < VX_P; q++) {
        row[q] = flip + min(q, last) * args->groups;
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0;
    }
    for (int g = 0, i = 0; g < args->groups; g++)
        for (int bit = 0; bit < args->width && i < args->n; bit++, i++) {
            vx_ints k[VX_COLS];
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                k[c] = vx_load(y + (size_t)i * VX_TILE + c * VX_VEC);
#pragma unroll
            for (int q = 0; q < VX_P; q++) {
                int negate = -((row[q][g] >> bit) & 1); /* 0 or all ones: (k ^ -1) + 1 = -k */
#pragma unroll
                for (int c = 0; c < VX_COLS; c++)
                    sum[q][c] += (k[c] ^ negate) - negate;
            }
        }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            u[q][c] = sum[q][c];
}

/* One vector of the item's scores, after those near |r| = 1 have been computed again. y begins at the vector. */
static VX_RARE vx_ints look_closer(const vx_dense_args *args, __global const int *y, vx_ints u)
{
    int lane[VX_VEC];
    vx_store(u, lane);
    for (int l = 0; l < VX_VEC; l++)
        if (vx_is_near(args, lane[l]))
            lane[l] = vx_near_signflip(args, y + l, lane[l]);
    return vx_load(lane);
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
signflip(const vx_dense_args args, const int bits, __local vx_ints *tables, __global const int *Y,
         __global const uchar *W, __global int *high, __global int *low, __global const int *count_high,
         __global const int *count_low, __global uint *counts, __global int *score, __global float *height,
         __global int *list_voxel, __global float *list_height, __global int *list_size)
{
    __local vx_maxima maxima;
    vx_item item = vx_begin(&args, &maxima, count_high, count_low, counts, score, height, list_voxel,
                           list_height, list_size);
    __local vx_ints *table = tables + get_local_id(0) * VX_COLS;
    for (int strip = get_group_id(0); strip * VX_STRIP < item.padded; strip += get_num_groups(0)) {
        if (!vx_strip_begin(&item, strip))
            continue;
        __global const int *y = Y + (size_t)(item.voxel / VX_TILE) * args.n * VX_TILE + item.voxel % VX_TILE;
        if (bits > 0)
            make_tables(y, &args, bits, table);
        for (int p = 0; p < args.relabellings; p += VX_P) {
            int last = min(VX_P, args.relabellings - p) - 1;
            __global const uchar *flips = W + (size_t)p * args.groups;
            vx_ints u[VX_P][VX_COLS];
            if (bits > 0)
                add_from_tables(&args, bits, table, flips, last, u);
            else
                add_plainly(&args, y, flips, last, u);
#if VX_WG > 1 /* without unrolling, u is in the nearest cache, and the code stays small */
#pragma unroll
#endif
            for (int q = 0; q < VX_P; q++)
                if (q <= last) {
                    if (vx_is_rare(&item, p + q, u[q])) {
#pragma unroll
                        for (int c = 0; c < VX_COLS; c++)
                            u[q][c] = look_closer(&item.args, y + c * VX_VEC, u[q][c]);
                        vx_note(&item, p + q, u[q]);
                    }
                    vx_take(&item, p + q, u[q]);
                }
        }
        vx_strip_end(&item);
    }
    vx_end(&item, high, low);
}
