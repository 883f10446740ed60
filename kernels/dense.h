/* The use of scores by the dense ops, signflip and correlation: maxima, counts, lists, maps.
 *
 *   1. A file that includes this one defines VX_FLOAT_SCORES if its scores are floats. Their keys are the vx_ordered
 *      bits of the value, with 0 for -0. Otherwise scores are ints, and their own keys.
 *   2. Float scores are compared as floats, which is exact and saves the conversion. Bounds come as keys, and are
 *      converted to floats instead.
 *   3. Dimension 0 of a launch divides the relabellings, and dimension 1 the strips of voxels. A group works on its
 *      rows of relabellings in one strip at a time: strips g, g + groups, ... Groups of the same strips are neighbours,
 *      so that they find the data in a cache.
 *   4. Local memory has the running maxima of the group's rows, and the bounds beyond which a score is examined: a new
 *      maximum, supra-threshold, or near |r| = 1. A group begins with the maxima that other groups have found so far,
 *      so that after the first few strips few scores are beyond. One branch for VX_P relabellings then decides, and
 *      only the rare path uses atomics. Maxima do not depend on the order.
 *   5. In groups of several items the bounds are updated between strips, because reading bounds while other items raise
 *      them would be a race. */
#ifndef VX_DENSE_H
#define VX_DENSE_H

#include "common.h"
#include "height.h"
#include "near.h"

#define VX_ITEM (VX_VEC * VX_COLS)
#define VX_STRIP (VX_ITEM * VX_WG)

/* The keys of the infinities. Every score is between them. */
#define VX_KEY_MAX 0x7f800000
#define VX_KEY_MIN vx_ordered((int)0xff800000)

#ifdef VX_FLOAT_SCORES
typedef float vx_score;
typedef vx_floats vx_scores;
#define vx_value(key) as_float(vx_ordered(key))
#define VX_FIXED_POINT 0

/* -1 is the key of -0. A driver may take value + 0.0f for value, so the key is replaced. */
static vx_ints vx_keys(vx_scores scores)
{
    const vx_ints negative_zero = -1, zero = 0;
    vx_ints keys = vx_ordered(vx_as_ints(scores));
    return keys == negative_zero ? zero : keys;
}

/* The x for which key(s) >= bound if and only if s >= x. For a bound above every score x is NaN, which no score
 * reaches. */
static vx_scores vx_least(vx_ints bound)
{
    const vx_ints first = VX_KEY_MIN;
    return vx_as_floats(vx_ordered(max(bound, first)));
}

/* The x for which key(s) <= bound if and only if s <= x. No score has the key of -0, but +0 would equal it. */
static vx_scores vx_most(vx_ints bound)
{
    const vx_ints zero = -1, below = -2, last = VX_KEY_MAX;
    return vx_as_floats(vx_ordered(min(bound == zero ? below : bound, last)));
}
#else
typedef int vx_score;
typedef vx_ints vx_scores;
#define vx_keys(scores) (scores)
#define vx_value(key) (key)
#define VX_FIXED_POINT 1
#define vx_least(bound) (bound)
#define vx_most(bound) (bound)
#endif

#if VX_WG == 1
#define vx_raise(place, key) (*(place) = max(*(place), key))
#define vx_lower(place, key) (*(place) = min(*(place), key))
#else
#define vx_raise(place, key) atomic_max(place, key)
#define vx_lower(place, key) atomic_min(place, key)
#endif

/* What the items of a group share. Rare functions get all that they need from here. The memory is an argument of the
 * kernel, because PoCL 3.1 corrupts its own memory where a local variable is passed to functions. */
typedef struct vx_group {
    vx_dense_args args;
    int first, rows; /* the group's relabellings */
    __global int *score, *list_voxel;
    __global float *height, *list_height;
    volatile __global int *list_size;
    int high[VX_ROWS], low[VX_ROWS];         /* the running maxima of each row */
    vx_score above[VX_ROWS], below[VX_ROWS]; /* scores beyond them are examined */
} vx_group;
typedef char vx_group_fits[sizeof(vx_group) <= VX_GROUP_BYTES(VX_ROWS) ? 1 : -1];

/* The scores of one item under VX_P relabellings. */
typedef struct vx_block {
    vx_scores s[VX_P][VX_COLS];
} vx_block;

/* A work-item's view of a launch. */
typedef struct vx_item {
    vx_dense_args args;
    int padded; /* Vt: voxels in full tiles */
    int first, rows; /* the group's relabellings */
    int voxel; /* the item's first in the slab */
    vx_ints count[VX_COLS];
    __local vx_group *group;
    __global const int *count_high, *count_low;
    __global uint *counts;
} vx_item;

/* The place in Y of a voxel's first row. */
static size_t vx_data_place(const vx_dense_args *args, int voxel)
{
    return (size_t)(voxel / VX_TILE) * args->n * VX_TILE + voxel % VX_TILE;
}

static int vx_largest(vx_ints keys)
{
    vx_lanes lanes = {.ints = keys};
    int best = lanes.number[0];
#pragma unroll
    for (int l = 1; l < VX_VEC; l++)
        best = max(best, lanes.number[l]);
    return best;
}

static int vx_smallest(vx_ints keys)
{
    return ~vx_largest(~keys); /* ~ reverses the order of ints */
}

/* Lists the voxels of one vector that are beyond a cut, with one addition to the list's length for each vector. */
static void vx_list(__local const vx_group *group, int row, int voxel, vx_ints keys)
{
    const int p = group->first + row, capacity = group->args.capacity;
    int chosen[VX_VEC], found = 0, slot;
    size_t list = (size_t)p * capacity;
    vx_lanes score = {.ints = keys}, height;
    for (int l = 0; l < VX_VEC; l++) {
        chosen[l] = (score.number[l] > group->args.cut_high) | (score.number[l] < group->args.cut_low);
        chosen[l] &= voxel + l < group->args.voxels;
        found += chosen[l];
    }
    if (found == 0)
        return;
    height.floats = vx_height(keys, VX_FIXED_POINT, group->args.scale, group->args.root_df);
    slot = atomic_add(&group->list_size[p], found);
    for (int l = 0; l < VX_VEC && slot < capacity; l++)
        if (chosen[l]) {
            group->list_voxel[list + slot] = group->args.voxel0 + voxel + l;
            group->list_height[list + slot] = height.value[l];
            slot++;
        }
}

/* Updates the bounds of a row. */
static void vx_bound(__local vx_group *group, int row)
{
    int high = min(group->high[row], group->args.near_high), low = max(group->low[row], group->args.near_low);
    if (group->args.flags & VX_COMPACT) {
        high = min(high, group->args.cut_high);
        low = max(low, group->args.cut_low);
    }
    group->above[row] = vx_value(max(high, VX_KEY_MIN));
    group->below[row] = vx_value(min(low, VX_KEY_MAX));
}

/* The lanes in which any of an item's scores of a row is beyond the bounds. */
static vx_ints vx_beyond(__local const vx_group *group, int row, const vx_scores *s)
{
    vx_scores top = s[0], bottom = s[0];
#pragma unroll
    for (int c = 1; c < VX_COLS; c++) {
        top = s[c] > top ? s[c] : top;
        bottom = s[c] < bottom ? s[c] : bottom;
    }
    return (top > group->above[row]) | (bottom < group->below[row]);
}

/* Whether the caller must examine the block: compute its scores near |r| = 1 again, and call vx_note for each vector of
 * a row beyond the bounds. The bounds of rows past the last relabelling are such that none is. */
static bool vx_is_rare(__local const vx_group *group, int row, const vx_block *block)
{
    vx_ints beyond = vx_beyond(group, row, block->s[0]);
#pragma unroll
    for (int q = 1; q < VX_P; q++)
        beyond |= vx_beyond(group, row + q, block->s[q]);
    return vx_any(beyond);
}

static bool vx_is_near(const vx_dense_args *args, vx_score s)
{
    return s > vx_value(args->near_high) || s < vx_value(args->near_low);
}

/* Takes one vector of a row into the maxima and the list. */
static void vx_note(__local vx_group *group, int row, int voxel, vx_scores s)
{
    const vx_ints keys = vx_keys(s);
    vx_raise(&group->high[row], vx_largest(keys));
    vx_lower(&group->low[row], vx_smallest(keys));
#if VX_WG == 1
    vx_bound(group, row);
#endif
    if (group->args.flags & VX_COMPACT)
        vx_list(group, row, voxel, keys);
}

/* Stores the block's maps of scores and heights. */
static VX_RARE void vx_store_maps(__local const vx_group *group, int row, int voxel, vx_block block)
{
    const vx_dense_args args = group->args;
    size_t map = (size_t)(group->first + row) * args.map + args.map0 + voxel;
    for (int q = 0; q < VX_P && row + q < group->rows; q++, map += args.map)
        for (int c = 0; c < VX_COLS; c++) {
            const vx_ints keys = vx_keys(block.s[q][c]);
            if (args.flags & VX_STORE)
                vx_ints_at(group->score + map + c * VX_VEC) = keys;
            if (args.flags & VX_HEIGHTS)
                vx_floats_at(group->height + map + c * VX_VEC) =
                    vx_height(keys, VX_FIXED_POINT, args.scale, args.root_df);
        }
}

/* Counts the scores of a block from a row on. The bounds of the voxels come from a cache, so that they take no
 * registers elsewhere. */
static void vx_count(vx_item *item, int row, const vx_block *block)
{
    const vx_ints one = 1, none = 0;
#pragma unroll
    for (int c = 0; c < VX_COLS; c++) {
        const int voxel = item->voxel + c * VX_VEC;
        const vx_scores least = vx_least(vx_ints_at(item->count_high + voxel));
        const vx_scores most = vx_most(vx_ints_at(item->count_low + voxel));
#pragma unroll
        for (int q = 0; q < VX_P; q++)
            if (row + q < item->rows) {
                item->count[c] += block->s[q][c] >= least ? one : none;
                item->count[c] += block->s[q][c] <= most ? one : none;
            }
    }
}

/* Counts and stores the item's scores from a row on. */
static void vx_take(vx_item *item, int row, const vx_block *block)
{
    if (item->args.flags & VX_COUNT)
        vx_count(item, row, block);
    if (item->args.flags & (VX_STORE | VX_HEIGHTS))
        vx_store_maps(item->group, row, item->voxel, *block);
}

/* The group's maxima and bounds begin with the maxima of the launch so far. Rows past the last relabelling get bounds
 * that no score passes. */
static void vx_rows_begin(__local vx_group *group, int first, int rows, volatile __global int *high,
                          volatile __global int *low)
{
    for (int row = get_local_id(0); row < VX_INTERLEAVED(rows); row += VX_WG) {
        group->high[row] = row < rows ? atomic_max(&high[first + row], VX_KEY_MIN) : 0;
        group->low[row] = row < rows ? atomic_min(&low[first + row], VX_KEY_MAX) : 0;
        group->above[row] = vx_value(VX_KEY_MAX);
        group->below[row] = vx_value(VX_KEY_MIN);
#if VX_WG == 1
        if (row < rows)
            vx_bound(group, row);
#endif
    }
}

/* Initialises an item and its group before the first strip, with the op's results as in op.h. */
static vx_item vx_begin(const vx_dense_args *args, __local vx_group *group, __global int *high, __global int *low,
                        __global const int *count_high, __global const int *count_low, __global uint *counts,
                        __global int *score, __global float *height, __global int *list_voxel,
                        __global float *list_height, __global int *list_size)
{
    const int blocks = VX_INTERLEAVED(args->relabellings) / VX_INTERLEAVE, groups = get_num_groups(0);
    const int most = (blocks + groups - 1) / groups * VX_INTERLEAVE, first = most * (int)get_group_id(0);
    vx_item item = {
        .args = *args,
        .padded = args->tiles * VX_TILE,
        .first = first,
        .rows = max(min(most, args->relabellings - first), 0),
        .group = group,
        .count_high = count_high,
        .count_low = count_low,
        .counts = counts,
    };
    if (args->near_high == 0 && args->near_low == 0) {
        item.args.near_high = VX_KEY_MAX;
        item.args.near_low = VX_KEY_MIN;
    }
    if (get_local_id(0) == 0) {
        group->args = item.args;
        group->first = first;
        group->rows = item.rows;
        group->score = score;
        group->height = height;
        group->list_voxel = list_voxel;
        group->list_height = list_height;
        group->list_size = list_size;
    }
    vx_rows_begin(group, first, item.rows, high, low);
    return item;
}

/* Moves to a strip. False where the item has no voxels there. Every item of the group must call it. */
static bool vx_strip_begin(vx_item *item, int strip)
{
#if VX_WG > 1
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int row = get_local_id(0); row < item->rows; row += VX_WG)
        vx_bound(item->group, row);
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    item->voxel = strip * VX_STRIP + (int)get_local_id(0) * VX_ITEM;
    if (item->voxel >= item->padded)
        return false;
    if (item->args.flags & VX_COUNT)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++) {
            item->count[c] = 0;
        }
    return true;
}

/* Leaves a strip. Groups with other relabellings add to the same counts where groups have several items. */
static void vx_strip_end(const vx_item *item)
{
    if (item->args.flags & VX_COUNT)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++) {
            __global uint *counts = item->counts + item->voxel + c * VX_VEC;
#if VX_WG == 1
            vx_ints_at(counts) += item->count[c];
#else
            vx_lanes count = {.ints = item->count[c]};
#pragma unroll
            for (int l = 0; l < VX_VEC; l++)
                if (count.number[l])
                    atomic_add(&counts[l], (uint)count.number[l]);
#endif
        }
}

/* Merges the group's maxima into those of the launch. */
static void vx_end(const vx_item *item, volatile __global int *high, volatile __global int *low)
{
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int row = get_local_id(0); row < item->rows; row += VX_WG) {
        atomic_max(&high[item->first + row], item->group->high[row]);
        atomic_min(&low[item->first + row], item->group->low[row]);
    }
}

#endif
