/* The cases of a dense op, and the results expected from given scores. Shared by signflip.c and correlation.c. */
#ifndef VX_TESTS_OPS_DENSE_H
#define VX_TESTS_OPS_DENSE_H

#include "backends.h"

/* The shape of a problem. */
typedef struct dense_case {
    int n, nuisance, voxels, relabellings, voxel0, capacity;
} dense_case;

static const dense_case dense_cases[] = {
    {2, 0, 1, 1, 0, 4},         /* the minimum */
    {3, 1, 63, 2, 7, 63},       /* one lane less than a tile */
    {4, 0, 64, 16, 0, 64},      /* one tile */
    {5, 2, 65, 33, 1000, 65},   /* a lane more than a tile; relabellings no multiple of a block */
    {14, 0, 1000, 100, 64, 30}, /* lists that overflow */
    {14, 1, 777, 70, 0, 1},
    {13, 3, 300, 50, 3, 300},
    {40, 0, 200, 31, 0, 200},
    {40, 2, 129, 1024, 5, 2},   /* a full batch */
};
enum { DENSE_CASES = sizeof dense_cases / sizeof *dense_cases };

/* Words that a run must leave alone where it has nothing to write. */
enum { UNTOUCHED = 0x5a5a5a5a };

static inline int32_t *words(size_t count, int32_t value)
{
    int32_t *array = vx_array(count, sizeof *array);
    for (size_t i = 0; i < count; i++)
        array[i] = value;
    return array;
}

static inline size_t tiled(int voxels)
{
    return ((size_t)voxels + VX_TILE - 1) / VX_TILE * VX_TILE;
}

/* Fresh results: maxima that the first relabelling's own cannot beat, counts of 3 already there, lists untouched. */
static inline void dense_results(const dense_case *shape, const int32_t *score, op_data *host)
{
    size_t lanes = tiled(shape->voxels), batch = (size_t)shape->relabellings;
    size_t entries = batch * (size_t)shape->capacity;
    int32_t *high = words(batch, INT32_MIN), *low = words(batch, INT32_MAX);
    int32_t *count_high = words(lanes, INT32_MAX), *count_low = words(lanes, INT32_MIN);
    high[0] = INT32_MAX - 1;
    low[0] = INT32_MIN + 1;
    for (int v = 0; v < shape->voxels; v++) { /* the last relabelling's own scores: ties count, on both sides */
        count_high[v] = score[(size_t)(shape->relabellings - 1) * (size_t)shape->voxels + (size_t)v];
        count_low[v] = v % 3 ? -count_high[v] : count_high[v];
    }
    void *data[] = {[VX_B_HIGH] = high,
                    [VX_B_LOW] = low,
                    [VX_B_COUNT_HIGH] = count_high,
                    [VX_B_COUNT_LOW] = count_low,
                    [VX_B_COUNTS] = words(lanes, 3),
                    [VX_B_SCORE] = words(batch * lanes, UNTOUCHED),
                    [VX_B_LIST_VOXEL] = words(entries, UNTOUCHED),
                    [VX_B_HEIGHT] = words(batch * lanes, UNTOUCHED),
                    [VX_B_LIST_HEIGHT] = words(entries, UNTOUCHED),
                    [VX_B_LIST_SIZE] = words(batch, 0)};
    size_t size[] = {[VX_B_HIGH] = batch,         [VX_B_LOW] = batch,
                     [VX_B_COUNT_HIGH] = lanes,   [VX_B_COUNT_LOW] = lanes,
                     [VX_B_COUNTS] = lanes,       [VX_B_SCORE] = batch * lanes,
                     [VX_B_HEIGHT] = batch * lanes, [VX_B_LIST_VOXEL] = entries,
                     [VX_B_LIST_HEIGHT] = entries, [VX_B_LIST_SIZE] = batch};
    for (int b = VX_B_HIGH; b <= VX_B_LIST_SIZE; b++) {
        host->data[b] = data[b];
        host->bytes[b] = size[b] * sizeof(int32_t);
    }
}

static inline void free_results(op_data *host)
{
    for (int b = VX_B_HIGH; b <= VX_B_LIST_SIZE; b++)
        free(host->data[b]);
}

static inline void check_maxima(const dense_case *shape, const int32_t *score, const op_data *host)
{
    const int32_t *high = host->data[VX_B_HIGH], *low = host->data[VX_B_LOW];
    for (int p = 0; p < shape->relabellings; p++) {
        int32_t top = p ? INT32_MIN : INT32_MAX - 1, bottom = p ? INT32_MAX : INT32_MIN + 1;
        for (int v = 0; v < shape->voxels; v++) {
            int32_t s = score[p * shape->voxels + v];
            top = s > top ? s : top;
            bottom = s < bottom ? s : bottom;
        }
        assert_int_equal(high[p], top);
        assert_int_equal(low[p], bottom);
    }
}

static inline void check_counts(const dense_case *shape, const int32_t *score, bool counted, const op_data *host)
{
    const int32_t *high = host->data[VX_B_COUNT_HIGH], *low = host->data[VX_B_COUNT_LOW];
    const int32_t *counts = host->data[VX_B_COUNTS];
    for (int v = 0; v < shape->voxels; v++) {
        int32_t count = 3;
        for (int p = 0; counted && p < shape->relabellings; p++) {
            int32_t s = score[p * shape->voxels + v];
            count += (s >= high[v]) + (s <= low[v]);
        }
        assert_int_equal(counts[v], count);
    }
}

static inline void check_scores(const dense_case *shape, const int32_t *score, bool stored, const op_data *host)
{
    const int32_t *map = host->data[VX_B_SCORE];
    int lanes = (int)tiled(shape->voxels);
    for (int p = 0; p < shape->relabellings; p++)
        for (int v = 0; v < (stored ? shape->voxels : lanes); v++)
            assert_int_equal(map[p * lanes + v], stored ? score[p * shape->voxels + v] : UNTOUCHED);
}

/* The heights of an op's scores. On devices that round exactly they are the floats of height.h. On every device they
 * are t to 8 units of 2^-24: half a unit each for 1 - r, 1 + r and their product, which are under the root, and one
 * each for root, product and quotient, or 3, 1 and 2.5 on a GPU (OpenCL C 1.2, table 7.1). */
typedef struct dense_heights {
    bool fixed_point, exact;
    float scale, root_df;
} dense_heights;

static inline void check_height(const dense_heights *h, int32_t score, float found)
{
    double t = vx_reference_t(h->fixed_point, h->scale, h->root_df, score);
    if (fabs(fabs((double)found) - t) > 8 * 0x1p-24 * t || (found < 0) != (score < 0 && t > 0))
        fail_msg("a height of %.9g instead of %.9g", (double)found, t);
    if (h->exact)
        assert_true(found == vx_reference_height(h->fixed_point, h->scale, h->root_df, score));
}

static inline void check_heights(const dense_case *shape, const int32_t *score, bool stored, const dense_heights *h,
                                 const op_data *host)
{
    const int32_t *bits = host->data[VX_B_HEIGHT];
    const float *map = host->data[VX_B_HEIGHT];
    int lanes = (int)tiled(shape->voxels);
    for (int p = 0; p < shape->relabellings; p++)
        for (int v = 0; v < (stored ? shape->voxels : lanes); v++)
            if (stored)
                check_height(h, score[p * shape->voxels + v], map[p * lanes + v]);
            else
                assert_int_equal(bits[p * lanes + v], UNTOUCHED);
}

/* The list of relabelling p: true length, no entry twice, none that does not belong, none past its end. */
static inline void check_list(const dense_case *shape, const int32_t *score, int cut_high, int cut_low, int p,
                              const dense_heights *h, const op_data *host)
{
    size_t row = (size_t)p * (size_t)shape->capacity;
    const int32_t *voxel = (const int32_t *)host->data[VX_B_LIST_VOXEL] + row;
    const int32_t *bits = (const int32_t *)host->data[VX_B_LIST_HEIGHT] + row;
    const float *listed = (const float *)host->data[VX_B_LIST_HEIGHT] + row;
    int32_t size = 0;
    bool *seen = vx_array_zero((size_t)shape->voxels, sizeof *seen);
    for (int v = 0; v < shape->voxels; v++)
        size += score[v] > cut_high || score[v] < cut_low;
    assert_int_equal(((int32_t *)host->data[VX_B_LIST_SIZE])[p], size);
    for (int e = 0; e < shape->capacity; e++) {
        if (e >= size) {
            assert_int_equal(voxel[e], UNTOUCHED);
            assert_int_equal(bits[e], UNTOUCHED);
            continue;
        }
        int v = voxel[e] - shape->voxel0;
        assert_in_range(v, 0, shape->voxels - 1);
        assert_false(seen[v]);
        seen[v] = true;
        check_height(h, score[v], listed[e]);
        assert_true(score[v] > cut_high || score[v] < cut_low);
    }
    free(seen);
}

static inline void check_lists(const dense_case *shape, const int32_t *score, bool listed, int cut_high, int cut_low,
                               const dense_heights *h, const op_data *host)
{
    const int32_t *voxel = host->data[VX_B_LIST_VOXEL], *sizes = host->data[VX_B_LIST_SIZE];
    for (int row = 0; !listed && row < shape->relabellings; row++) {
        assert_int_equal(sizes[row], 0);
        for (int e = 0; e < shape->capacity; e++)
            assert_int_equal(voxel[row * shape->capacity + e], UNTOUCHED);
    }
    for (int p = 0; listed && p < shape->relabellings; p++)
        check_list(shape, score + (size_t)p * (size_t)shape->voxels, cut_high, cut_low, p, h, host);
}

static inline int compare_words(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Cuts that leave a twentieth of the scores above and a twentieth below. */
static inline void cuts(const int32_t *score, size_t count, int *cut_high, int *cut_low)
{
    int32_t *sorted = vx_array(count, sizeof *sorted);
    memcpy(sorted, score, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_words);
    *cut_low = sorted[count / 20];
    *cut_high = sorted[count - 1 - count / 20];
    free(sorted);
}

/* Runs the op under every combination of the flags that store, count and list, then with heights alone and with all,
 * and compares all its outputs with those expected from `score`. host holds Y and W. */
static inline void check_flags(vx_backend *backend, vx_op op, const dense_case *shape, const int32_t *score,
                               const vx_dense_args *settings, op_data *host)
{
    const int all = VX_STORE | VX_COUNT | VX_COMPACT;
    const dense_heights heights = {op == VX_OP_SIGNFLIP, backend->info.exact_division, settings->scale,
                                   settings->root_df};
    for (int i = 0; i <= all + 2; i++) {
        vx_dense_args args = *settings;
        args.flags = i <= all ? i : i == all + 1 ? VX_HEIGHTS : all | VX_HEIGHTS;
        dense_results(shape, score, host);
        must_run(backend, op, &args, host);
        check_maxima(shape, score, host);
        check_counts(shape, score, args.flags & VX_COUNT, host);
        check_scores(shape, score, args.flags & VX_STORE, host);
        check_heights(shape, score, args.flags & VX_HEIGHTS, &heights, host);
        check_lists(shape, score, args.flags & VX_COMPACT, args.cut_high, args.cut_low, &heights, host);
        free_results(host);
    }
}

#endif
