/* The use of the scores of one relabelling in one strip of voxels, by the dense ops: maxima, counts, lists, maps.
 *
 * Nearly every strip has no new maximum, no supra-threshold voxel and none near |r| = 1. The maximum and the minimum of
 * the strip are therefore compared first with the nearest bounds, and one branch, rarely taken, leads to the other
 * steps. Every thread keeps its own running maxima of the batch, which are merged at the end in any order.
 *
 * Per voxel and relabelling, for the maximum only: no bytes, and two operations. */
#ifndef VX_ENGINE_CPU_EPILOGUE_H
#define VX_ENGINE_CPU_EPILOGUE_H

#include "engine/backend.h"
#include "engine/cpu/simd.h"
#include "height.h"

#include <string.h>

/* A strip is four vectors: enough work between two branches, and few enough accumulators a relabelling for the
 * registers. */
enum { VX_STRIP = 4, VX_STRIP_LANES = VX_STRIP * VX_LANES, VX_STRIPS = VX_TILE / VX_STRIP_LANES };

/* The results of a launch. */
typedef struct vx_dense_output {
    vx_dense_args args;
    int32_t *high, *low;
    const int32_t *count_high, *count_low;
    uint32_t *counts;
    int32_t *score, *list_voxel, *list_size;
    float *height, *list_height;
} vx_dense_output;

static inline vx_dense_output vx_dense_output_of(const vx_dense_args *args, void *const *data)
{
    vx_dense_args own = *args;
    if (own.near_high == 0 && own.near_low == 0) {
        own.near_high = INT32_MAX;
        own.near_low = INT32_MIN;
    }
    return (vx_dense_output){
        .args = own,
        .high = data[VX_B_HIGH],
        .low = data[VX_B_LOW],
        .count_high = data[VX_B_COUNT_HIGH],
        .count_low = data[VX_B_COUNT_LOW],
        .counts = data[VX_B_COUNTS],
        .score = data[VX_B_SCORE],
        .list_voxel = data[VX_B_LIST_VOXEL],
        .height = data[VX_B_HEIGHT],
        .list_height = data[VX_B_LIST_HEIGHT],
        .list_size = data[VX_B_LIST_SIZE],
    };
}

/* One thread's running maxima, and the bounds beyond which a score is examined: a new maximum, supra-threshold, or near
 * |r| = 1. */
typedef struct vx_maxima {
    int32_t high[VX_BATCH_MAX], low[VX_BATCH_MAX];
    int32_t bound_high[VX_BATCH_MAX], bound_low[VX_BATCH_MAX];
} vx_maxima;

static inline void vx_maxima_init(vx_maxima *maxima, const vx_dense_output *to)
{
    for (int p = 0; p < to->args.relabellings; p++) {
        maxima->high[p] = maxima->bound_high[p] = INT32_MIN;
        maxima->low[p] = maxima->bound_low[p] = INT32_MAX;
    }
}

static inline void vx_maxima_merge(const vx_maxima *maxima, const vx_dense_output *to)
{
#pragma omp critical(vx_maxima)
    for (int p = 0; p < to->args.relabellings; p++) {
        if (maxima->high[p] > to->high[p])
            to->high[p] = maxima->high[p];
        if (maxima->low[p] < to->low[p])
            to->low[p] = maxima->low[p];
    }
}

/* A file defines VX_FIXED_POINT before it includes this one: 1 for an op of fixed point, 0 for one of float scores. */
static inline __attribute__((always_inline)) float vx_height_of(const vx_dense_output *to, int32_t score)
{
    return vx_height(score, VX_FIXED_POINT, to->args.scale, to->args.root_df);
}

/* Appends the supra-threshold voxels among `score` to the relabelling's list, with one reservation for all. */
static inline void vx_list_append(const vx_dense_output *to, const int32_t *score, uint64_t hits, int voxel, int p)
{
    size_t row = (size_t)p;
    int left = to->args.voxels - voxel; /* lanes past the last voxel are never listed */
    if (left < 64)
        hits &= left > 0 ? (UINT64_C(1) << left) - 1 : 0;
    if (!hits)
        return;
    int slot = __atomic_fetch_add(&to->list_size[row], __builtin_popcountll(hits), __ATOMIC_RELAXED);
    for (; hits && slot < to->args.capacity; hits &= hits - 1, slot++) {
        int lane = __builtin_ctzll(hits);
        to->list_voxel[row * (size_t)to->args.capacity + (size_t)slot] = to->args.voxel0 + voxel + lane;
        to->list_height[row * (size_t)to->args.capacity + (size_t)slot] = vx_height_of(to, score[lane]);
    }
}

/* The voxels of a strip near |r| = 1, one bit each. */
static inline uint64_t vx_near_lanes(const vx_dense_output *to, const vx_ints score[VX_STRIP])
{
    uint64_t near = 0;
    for (int v = 0; v < VX_STRIP; v++) {
        unsigned lanes =
            vx_above(score[v], vx_splat(to->args.near_high)) | vx_above(vx_splat(to->args.near_low), score[v]);
        near |= (uint64_t)lanes << (v * VX_LANES);
    }
    return near;
}

/* Stores the maps that the flags ask for, of relabelling p in the strip that starts at `voxel`. */
static __attribute__((noinline)) void vx_maps_store(const vx_dense_output *to, const vx_ints score[VX_STRIP], int voxel,
                                                    int p)
{
    const int32_t *lane = (const int32_t *)score;
    size_t at = (size_t)p * (size_t)to->args.map + (size_t)(to->args.map0 + voxel);
    if (to->args.flags & VX_STORE)
        memcpy(to->score + at, score, VX_STRIP * sizeof *score);
    if (to->args.flags & VX_HEIGHTS) {
        float *height = to->height + at;
        for (int l = 0; l < VX_STRIP_LANES; l++)
            height[l] = vx_height_of(to, lane[l]);
    }
}

/* Notes the scores of a strip for which vx_scores_rare is true. Those near |r| = 1 have been computed again before. */
static __attribute__((noinline)) void vx_scores_note(const vx_dense_output *to, vx_maxima *maxima,
                                                     const vx_ints score[VX_STRIP], int voxel, int p)
{
    const int32_t *lane = (const int32_t *)score;
    int32_t high = maxima->high[p], low = maxima->low[p];
    uint64_t records = 0, hits = 0;
    for (int v = 0; v < VX_STRIP; v++) {
        uint64_t record = vx_above(score[v], vx_splat(high)) | vx_above(vx_splat(low), score[v]);
        uint64_t hit = vx_above(score[v], vx_splat(to->args.cut_high)) | vx_above(vx_splat(to->args.cut_low), score[v]);
        records |= record << (v * VX_LANES);
        hits |= hit << (v * VX_LANES);
    }
    for (; records; records &= records - 1) {
        int32_t s = lane[__builtin_ctzll(records)];
        high = s > high ? s : high;
        low = s < low ? s : low;
    }
    maxima->high[p] = high;
    maxima->low[p] = low;
    high = high < to->args.near_high ? high : to->args.near_high;
    low = low > to->args.near_low ? low : to->args.near_low;
    if (to->args.flags & VX_COMPACT) {
        high = high < to->args.cut_high ? high : to->args.cut_high;
        low = low > to->args.cut_low ? low : to->args.cut_low;
        vx_list_append(to, lane, hits, voxel, p);
    }
    if (to->args.flags & (VX_STORE | VX_HEIGHTS)) {
        vx_maps_store(to, score, voxel, p);
        return; /* every score is beyond the initial bounds, so all strips come here */
    }
    maxima->bound_high[p] = high;
    maxima->bound_low[p] = low;
}

/* Whether a strip needs vx_scores_note. */
static inline __attribute__((always_inline)) bool vx_scores_rare(const vx_maxima *maxima, const vx_ints score[VX_STRIP],
                                                                 int p)
{
    vx_ints high = score[0], low = score[0];
#pragma GCC unroll 4
    for (int v = 1; v < VX_STRIP; v++) {
        high = vx_max(high, score[v]);
        low = vx_min(low, score[v]);
    }
    return vx_any_above(high, vx_splat(maxima->bound_high[p]), vx_splat(maxima->bound_low[p]), low);
}

#endif
