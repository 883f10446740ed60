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
 *   2. The device's local memory decides the width (host/engine/problem.c). Where it holds no tables, `tabled` is 0 and
 *      the rows are added one by one, for any n.
 *
 * Memory    Y[tile][i][lane], flip[p][g] interleaved, score[p][v]; table[group][entry][item][c] of vectors in local
 *           memory, with a separate table for each item; see args.h and dense.h.
 * Launch    groups of VX_WG items, each with some relabellings of some strips (dense.h); an item holds VX_COLS vectors
 *           of voxels.
 * Per voxel and relabelling   n / width additions, and as many reads of local memory (2 n operations without tables);
 *           2^width additions for each group of rows make the tables; a group reads Y once.
 * Error     none.
 * Reference tests/ops/reference.h, vx_reference_signflip. */
#include "dense.h"

#define STRIDE (VX_WG * VX_COLS) /* vectors from one entry of an item's table to the next */

/* The bits of VX_P relabellings for one group of rows. */
typedef VX_JOIN(uchar, VX_P) flip_vector;
typedef union flips {
    flip_vector vector;
    uchar relabelling[VX_P];
} flips;

static flips flips_at(__global const uchar *flip)
{
    const flips bits = {.vector = *(__global const flip_vector *)flip};
    return bits;
}

/* The signed sums of `rows` rows from y on. The table has entries for `width` rows. */
static void make_table(__global const int *y, int rows, __local vx_ints *table)
{
    for (int c = 0; c < VX_COLS; c++, y += VX_VEC, table++) {
        vx_ints sum = 0;
        for (int i = 0; i < rows; i++)
            sum += vx_ints_at(y + (size_t)i * VX_TILE);
        table[0] = sum;
        for (int b = 0; b < rows; b++) {
            const vx_ints k = vx_ints_at(y + (size_t)b * VX_TILE);
            for (int entry = 0; entry < 1 << b; entry++)
                table[((1 << b) + entry) * STRIDE] = table[entry * STRIDE] - k - k;
        }
    }
}

static void make_tables(__global const int *y, const vx_dense_args *args, __local vx_ints *table)
{
    for (int first = 0; first < args->n; first += args->width, table += STRIDE << args->width)
        make_table(y + (size_t)first * VX_TILE, min(args->width, args->n - first), table);
}

static void set_to_zero(vx_ints sum[VX_P][VX_COLS])
{
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            sum[q][c] = 0;
}

/* u of one item under VX_P relabellings. The sums are a local array of this function, so that they stay in
 * registers. */
static void add_from_tables(const vx_dense_args *args, __local const vx_ints *table,
                            __global const uchar *restrict flip, vx_ints u[VX_P][VX_COLS])
{
    vx_ints sum[VX_P][VX_COLS];
    set_to_zero(sum);
    for (int g = 0; g < args->groups; g++, flip += VX_INTERLEAVE, table += STRIDE << args->width) {
        const flips of = flips_at(flip);
#pragma unroll
        for (int q = 0; q < VX_P; q++) {
            __local const vx_ints *entry = table + of.relabelling[q] * STRIDE;
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                sum[q][c] += entry[c];
        }
    }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            u[q][c] = sum[q][c];
}

/* The same without tables. */
static void add_plainly(const vx_dense_args *args, __global const int *restrict y, __global const uchar *restrict flip,
                        vx_ints u[VX_P][VX_COLS])
{
    vx_ints sum[VX_P][VX_COLS];
    set_to_zero(sum);
    for (int g = 0, i = 0; g < args->groups; g++, flip += VX_INTERLEAVE) {
        const flips of = flips_at(flip);
        for (int bit = 0; bit < args->width && i < args->n; bit++, i++, y += VX_TILE) {
            vx_ints k[VX_COLS];
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                k[c] = vx_ints_at(y + c * VX_VEC);
#pragma unroll
            for (int q = 0; q < VX_P; q++) {
                int negate = -((of.relabelling[q] >> bit) & 1); /* 0 or all ones: (k ^ -1) + 1 = -k */
#pragma unroll
                for (int c = 0; c < VX_COLS; c++)
                    sum[q][c] += (k[c] ^ negate) - negate;
            }
        }
    }
#pragma unroll
    for (int q = 0; q < VX_P; q++)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            u[q][c] = sum[q][c];
}

/* Takes an item's rows beyond the bounds into maxima and lists, after those scores near |r| = 1 have been computed
 * again. */
static VX_RARE vx_block examine(__local vx_group *group, int row, int voxel, __global const int *Y, vx_block block)
{
    const vx_dense_args args = group->args;
    __global const int *y = Y + vx_data_place(&args, voxel);
    for (int q = 0; q < VX_P && row + q < group->rows; q++) {
        if (!vx_any(vx_beyond(group, row + q, block.s[q])))
            continue;
        for (int c = 0; c < VX_COLS; c++) {
            vx_lanes lanes = {.ints = block.s[q][c]};
            for (int l = 0; l < VX_VEC; l++)
                if (vx_is_near(&args, lanes.number[l]))
                    lanes.number[l] = vx_near_signflip(&args, y + c * VX_VEC + l, lanes.number[l]);
            vx_note(group, row + q, voxel + c * VX_VEC, lanes.ints);
            block.s[q][c] = lanes.ints;
        }
    }
    return block;
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
signflip(const vx_dense_args args, __local vx_group *group, const int tabled, __local vx_ints *tables,
         __global const int *restrict Y, __global const uchar *restrict W, __global int *restrict high,
         __global int *restrict low,
         __global const int *restrict count_high, __global const int *restrict count_low,
         __global uint *restrict counts, __global int *restrict score, __global float *restrict height,
         __global int *restrict list_voxel, __global float *restrict list_height, __global int *restrict list_size)
{
    vx_item item = vx_begin(&args, group, high, low, count_high, count_low, counts, score, height, list_voxel,
                            list_height, list_size);
    __local vx_ints *table = tables + get_local_id(0) * VX_COLS;
    for (int strip = get_group_id(1); strip * VX_STRIP < item.padded; strip += get_num_groups(1)) {
        if (!vx_strip_begin(&item, strip))
            continue;
        __global const int *y = Y + vx_data_place(&args, item.voxel);
        if (tabled)
            make_tables(y, &args, table);
        for (int row = 0; row < item.rows; row += VX_P) {
            __global const uchar *flip = W + VX_WEIGHT_PLACE(item.first + row, args.groups, 0);
            vx_block u;
            if (tabled)
                add_from_tables(&args, table, flip, u.s);
            else
                add_plainly(&args, y, flip, u.s);
            if (vx_is_rare(group, row, &u))
                u = examine(group, row, item.voxel, Y, u);
            vx_take(&item, row, &u);
        }
        vx_strip_end(&item);
    }
    vx_end(&item, high, low);
}
