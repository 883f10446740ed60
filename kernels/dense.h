/* The use of scores by the dense ops, signflip and correlation: maxima, counts, lists, maps.
 *
 *   1. A file that includes this one defines VX_FLOAT_SCORES if its scores are floats. Their keys are the vx_ordered
 *      bits of the value + 0.0f, so that -0 is +0. Otherwise scores are ints, and their own keys.
 *   2. Float scores are compared as floats, which is exact and saves the conversion. Bounds come as keys, and are
 *      converted to floats instead.
 *   3. A launch has as many groups as keep the device busy. A group works on one strip at a time: group g takes strips
 *      g, g + groups, ...
 *   4. Local memory has the running maxima of the launch, and the bounds beyond which a score is examined: a new
 *      maximum, or near |r| = 1. After the first few strips almost no score is beyond them. One comparison of the
 *      largest of the vectors then decides, and only the rare path uses atomics.
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
#define vx_keys(scores) vx_ordered(vx_as_ints((scores) + 0.0f))
#define vx_value(key) as_float(vx_ordered(key))
#define VX_FIXED_POINT 0

/* The x for which key(s) >= bound if and only if s >= x. For a bound above every score x is NaN, which no score
 * reaches. */
static vx_scores vx_least(vx_ints bound)
{
    const vx_ints first = VX_KEY_MIN;
    return vx_as_floats(vx_ordered(max(bound, first)));
}

/* The x for which key(s) <= bound if and only if s <= x. -1 is the key of -0.0. No score has it, but +0.0 would equal
 * it. */
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

/* The running maxima of a group, and their bounds. */
typedef struct vx_maxima {
    int high[VX_BATCH_MAX], low[VX_BATCH_MAX], bound_high[VX_BATCH_MAX], bound_low[VX_BATCH_MAX];
} vx_maxima;

/* A work-item's view of a launch. */
typedef struct vx_item {
    vx_dense_args args;
    vx_score list_least, list_most; /* scores strictly between them are not listed */
    int padded; /* Vt: voxels in full tiles */
    int voxel; /* the item's first in the slab */
    vx_scores least[VX_COLS], most[VX_COLS]; /* VX_COUNT: the bounds of each voxel */
    vx_ints count[VX_COLS];
    __local vx_maxima *maxima;
    __global const int *count_high, *count_low;
    __global uint *counts;
    __global int *score, *list_voxel;
    __global float *height, *list_height;
    volatile __global int *list_size;
} vx_item;

static int vx_largest(vx_ints keys)
{
    int lane[VX_VEC], best;
    vx_store(keys, lane);
    best = lane[0];
    for (int l = 1; l < VX_VEC; l++)
        best = max(best, lane[l]);
    return best;
}

static int vx_smallest(vx_ints keys)
{
    return ~vx_largest(~keys); /* ~ reverses the order of ints */
}

static vx_floats vx_heights(const vx_dense_args *args, vx_ints keys)
{
    return vx_height(keys, VX_FIXED_POINT, args->scale, args->root_df);
}

static VX_RARE void vx_store_heights(const vx_dense_args *args, vx_ints keys, __global float *to)
{
    vx_store(vx_heights(args, keys), to);
}

/* Lists the voxels of one vector that are beyond a cut, with one addition to the list's length for each vector. */
static void vx_list(const vx_item *item, int p, vx_ints keys, int voxel)
{
    int lane[VX_VEC], chosen[VX_VEC], found = 0, slot;
    float height[VX_VEC];
    size_t list = (size_t)p * item->args.capacity;
    vx_store(keys, lane);
    for (int l = 0; l < VX_VEC; l++) {
        chosen[l] = (lane[l] > item->args.cut_high) | (lane[l] < item->args.cut_low);
        chosen[l] &= voxel + l < item->args.voxels;
        found += chosen[l];
    }
    if (found == 0)
        return;
    vx_store(vx_heights(&item->args, keys), height);
    slot = atomic_add(&item->list_size[p], found);
    for (int l = 0; l < VX_VEC && slot < item->args.capacity; l++)
        if (chosen[l]) {
            item->list_voxel[list + slot] = item->args.voxel0 + voxel + l;
            item->list_height[list + slot] = height[l];
            slot++;
        }
}

/* The largest and the smallest score of each lane. */
static void vx_range(const vx_scores *s, vx_scores *top, vx_scores *bottom)
{
    *top = s[0];
    *bottom = s[0];
#pragma unroll
    for (int c = 1; c < VX_COLS; c++) {
        *top = s[c] > *top ? s[c] : *top;
        *bottom = s[c] < *bottom ? s[c] : *bottom;
    }
}

/* Updates the bounds of relabelling p. */
static void vx_bound(const vx_item *item, int p)
{
    item->maxima->bound_high[p] = min(item->maxima->high[p], item->args.near_high);
    item->maxima->bound_low[p] = max(item->maxima->low[p], item->args.near_low);
}

/* Whether any of the item's scores under relabelling p is beyond the bounds. The caller then computes those near
 * |r| = 1 again, and calls vx_note. */
static bool vx_is_rare(const vx_item *item, int p, const vx_scores *s)
{
    vx_scores top, bottom;
    vx_range(s, &top, &bottom);
    return vx_any((top > vx_value(item->maxima->bound_high[p])) | (bottom < vx_value(item->maxima->bound_low[p])));
}

static bool vx_is_near(const vx_dense_args *args, vx_score s)
{
    return s > vx_value(args->near_high) || s < vx_value(args->near_low);
}

static void vx_note(const vx_item *item, int p, const vx_scores *s)
{
    vx_scores top, bottom;
    vx_range(s, &top, &bottom);
    vx_raise(&item->maxima->high[p], vx_largest(vx_keys(top)));
    vx_lower(&item->maxima->low[p], vx_smallest(vx_keys(bottom)));
#if VX_WG == 1
    vx_bound(item, p);
#endif
}

/* Counts, lists and stores the item's scores under relabelling p. */
static void vx_take(vx_item *item, int p, const vx_scores *s)
{
    if (item->args.flags & VX_COUNT) {
        const vx_ints one = 1, none = 0;
#pragma unroll
        for (int c = 0; c < VX_COLS; c++) {
            item->count[c] += s[c] >= item->least[c] ? one : none;
            item->count[c] += s[c] <= item->most[c] ? one : none;
        }
    }
    if (item->args.flags & VX_COMPACT) {
        vx_scores top, bottom;
        vx_range(s, &top, &bottom);
        if (vx_any((top >= item->list_least) | (bottom <= item->list_most)))
#pragma unroll
            for (int c = 0; c < VX_COLS; c++)
                if (vx_any((s[c] >= item->list_least) | (s[c] <= item->list_most)))
                    vx_list(item, p, vx_keys(s[c]), item->voxel + c * VX_VEC);
    }
    if (item->args.flags & VX_STORE) {
        __global int *map = item->score + (size_t)p * item->args.map + item->args.map0 + item->voxel;
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            vx_store(vx_keys(s[c]), map + c * VX_VEC);
    }
    if (item->args.flags & VX_HEIGHTS) {
        __global float *map = item->height + (size_t)p * item->args.map + item->args.map0 + item->voxel;
#pragma unroll
        for (int c = 0; c < VX_COLS; c++)
            vx_store_heights(&item->args, vx_keys(s[c]), map + c * VX_VEC);
    }
}

/* Initialises an item before its first strip, with the op's results as in op.h, and resets the group's maxima. */
static vx_item vx_begin(const vx_dense_args *args, __local vx_maxima *maxima, __global const int *count_high,
                        __global const int *count_low, __global uint *counts, __global int *score,
                        __global float *height, __global int *list_voxel, __global float *list_height,
                        __global int *list_size)
{
    vx_item item = {
        .args = *args,
        .list_least = vx_value(max(args->cut_high, VX_KEY_MIN)),
        .list_most = vx_value(min(args->cut_low, VX_KEY_MAX)),
        .padded = args->tiles * VX_TILE,
        .maxima = maxima,
        .count_high = count_high,
        .count_low = count_low,
        .counts = counts,
        .score = score,
        .list_voxel = list_voxel,
        .height = height,
        .list_height = list_height,
        .list_size = list_size,
    };
    if (args->near_high == 0 && args->near_low == 0) {
        item.args.near_high = VX_KEY_MAX;
        item.args.near_low = VX_KEY_MIN;
    }
    for (int p = get_local_id(0); p < args->relabellings; p += VX_WG) {
        maxima->high[p] = VX_KEY_MIN;
        maxima->low[p] = VX_KEY_MAX;
        vx_bound(&item, p);
    }
    return item;
}

/* Moves to a strip. False where the item has no voxels there. Every item of the group must call it. */
static bool vx_strip_begin(vx_item *item, int strip)
{
#if VX_WG > 1
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int p = get_local_id(0); p < item->args.relabellings; p += VX_WG)
        vx_bound(item, p);
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
    item->voxel = strip * VX_STRIP + (int)get_local_id(0) * VX_ITEM;
    if (item->voxel >= item->padded)
        return false;
    if (item->args.flags & VX_COUNT)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++) {
            item->least[c] = vx_least(vx_load(item->count_high + item->voxel + c * VX_VEC));
            item->most[c] = vx_most(vx_load(item->count_low + item->voxel + c * VX_VEC));
            item->count[c] = 0;
        }
    return true;
}

/* Leaves a strip. Its counts belong to this item only. */
static void vx_strip_end(const vx_item *item)
{
    if (item->args.flags & VX_COUNT)
#pragma unroll
        for (int c = 0; c < VX_COLS; c++) {
            __global int *counts = (__global int *)item->counts + item->voxel + c * VX_VEC;
            vx_store(vx_load(counts) + item->count[c], counts);
        }
}

/* Merges the group's maxima into those of the launch. */
static void vx_end(const vx_item *item, volatile __global int *high, volatile __global int *low)
{
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int p = get_local_id(0); p < item->args.relabellings; p += VX_WG) {
        atomic_max(&high[p], item->maxima->high[p]);
        atomic_min(&low[p], item->maxima->low[p]);
    }
}

#endif
