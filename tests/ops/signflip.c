/* The op signflip on every backend, exactly: its sums are integers. Near |r| = 1 there are five roundings. */
#include "base/random.h"
#include "dense.h"

/* Kinds of data: see make_data. */
typedef enum signflip_data { RANDOM, TIES, NEGATIVE, DATA_KINDS } signflip_data;

/* k[n][voxels]: unit vectors in fixed point with S bits. TIES: every |k| is the same, so many relabellings tie.
 * NEGATIVE: every sum stays below 0, so that a lane of zeros past the last voxel would be the maximum. */
static int32_t *make_data(const dense_case *shape, signflip_data kind)
{
    int bits = 30 - (int)ceil(log2(sqrt(shape->n)));
    int32_t *k = words((size_t)shape->n * (size_t)shape->voxels, 0);
    for (int v = 0; v < shape->voxels; v++) {
        double row[64], length = 0;
        for (int i = 0; i < shape->n; i++) {
            row[i] = vx_normal(1, (uint64_t)v, (uint32_t)i, VX_STREAM_TEST);
            row[i] = kind == TIES ? copysign(1, row[i]) : kind == NEGATIVE ? -fabs(row[i]) - 0.1 : row[i];
            length += row[i] * row[i];
        }
        for (int i = 0; i < shape->n; i++)
            k[i * shape->voxels + v] = (int32_t)lrint(ldexp(row[i] / sqrt(length), bits));
    }
    return k;
}

static int *make_signs(const dense_case *shape, signflip_data kind)
{
    int *sign = vx_array((size_t)shape->relabellings * (size_t)shape->n, sizeof *sign);
    for (int p = 0; p < shape->relabellings; p++)
        for (int i = 0; i < shape->n; i++)
            sign[p * shape->n + i] =
                p && kind != NEGATIVE && vx_philox(2, (uint64_t)p, (uint32_t)i, VX_STREAM_TEST).word[0] % 2 ? -1 : 1;
    return sign;
}

/* flip[P][groups], a bit a row, interleaved. */
static uint8_t *make_flips(const vx_dense_args *args, const int *sign, size_t *bytes)
{
    uint8_t *flip = vx_array_zero((size_t)args->relabellings * (size_t)args->groups, 1);
    for (int p = 0; p < args->relabellings; p++)
        for (int i = 0; i < args->n; i++)
            if (sign[p * args->n + i] < 0)
                flip[p * args->groups + i / args->width] |= (uint8_t)(1 << i % args->width);
    void *stored = interleaved(flip, args->relabellings, (size_t)args->groups, 1, bytes);
    free(flip);
    return stored;
}

/* Sums must be the same. 1 / sqrt(a / b) rounds a, b, their quotient, the root and its reciprocal: with e = 2^-24 by
 * (1 + 1 + 1) / 2 + 1 + 1 = 3.5 e to first order, and the reference by another e. A device that does not round exactly
 * may be off by 2.5 units of 2 e in a quotient and by 3 in a root (OpenCL C 1.2, table 7.1): 1 + 2.5 + 6 + 5 e, and the
 * other e. */
static void check_scores_near(const vx_backend *backend, const int32_t *score, const int32_t *expected, size_t count)
{
    double bound = (backend->info.exact_division ? 4.6 : 15.6) * 0x1p-24;
    for (size_t i = 0; i < count; i++) {
        double found = vx_reference_unordered(score[i]), wanted = vx_reference_unordered(expected[i]);
        if (!vx_reference_is_near(expected[i]))
            assert_int_equal(score[i], expected[i]);
        else if (found != wanted && !(fabs(found - wanted) <= bound * fabs(wanted)))
            fail_msg("1 / sqrt(1 - r^2) = %.9g, found %.9g", wanted, found);
    }
}

/* The backend's own map, [P][voxels]. */
static int32_t *store(vx_backend *backend, const dense_case *shape, const vx_dense_args *args, const int32_t *any,
                      op_data *host)
{
    vx_dense_args storing = *args;
    size_t count = (size_t)shape->relabellings * (size_t)shape->voxels, lanes = tiled(shape->voxels);
    int32_t *score = words(count, 0);
    storing.flags = VX_STORE;
    dense_results(shape, any, host);
    must_run(backend, VX_OP_SIGNFLIP, &storing, host);
    for (int p = 0; p < shape->relabellings; p++)
        memcpy(score + p * shape->voxels, (int32_t *)host->data[VX_B_SCORE] + (size_t)p * lanes,
               (size_t)shape->voxels * sizeof *score);
    free_results(host);
    return score;
}

static void check_case(const dense_case *shape, signflip_data kind, int width)
{
    vx_dense_args args = {.n = shape->n,
                             .width = width,
                             .groups = (shape->n + width - 1) / width,
                             .voxels = shape->voxels,
                             .tiles = (int)tiled(shape->voxels) / VX_TILE,
                             .voxel0 = shape->voxel0,
                             .relabellings = shape->relabellings,
                             .capacity = shape->capacity,
                          .map = (int)tiled(shape->voxels),
                          .scale = (float)(ldexp(1, (int)ceil(log2(sqrt(shape->n))) - 30) / sqrt(shape->n)),
                          .root_df = (float)sqrt(shape->n - 1)};
    int32_t *k = make_data(shape, kind);
    int *sign = make_signs(shape, kind);
    args.near_high = (int32_t)(sqrt((double)VX_NEAR * shape->n) * ldexp(1, 30 - (int)ceil(log2(sqrt(shape->n)))));
    args.near_low = -args.near_high;
    int32_t *score = vx_reference_signflip(shape->n, shape->voxels, shape->relabellings, k, sign, args.near_high);
    op_data host = {.data = {[VX_B_Y] = tiles_of(k, shape->n, shape->voxels)},
                    .bytes = {[VX_B_Y] = tiled(shape->voxels) * (size_t)shape->n * sizeof *k}};
    host.data[VX_B_W] = make_flips(&args, sign, &host.bytes[VX_B_W]);
    size_t count = (size_t)shape->relabellings * (size_t)shape->voxels;
    int32_t *first = NULL; /* of the cpu */
    cuts(score, count, &args.cut_high, &args.cut_low);
    for (int b = 0; b < backend_count; b++) {
        int32_t *found = store(backends[b], shape, &args, score, &host);
        check_scores_near(backends[b], found, score, count);
        if (first && backends[b]->info.exact_division)
            assert_memory_equal(found, first, count * sizeof *found);
        check_flags(backends[b], VX_OP_SIGNFLIP, shape, found, &args, &host);
        if (first)
            free(found);
        else
            first = found;
    }
    free(first);
    free(host.data[VX_B_Y]);
    free(host.data[VX_B_W]);
    free(k);
    free(sign);
    free(score);
}

static void test_random(void **state)
{
    (void)state;
    for (int c = 0; c < DENSE_CASES; c++)
        check_case(&dense_cases[c], RANDOM, dense_cases[c].n > 14 ? 5 : dense_cases[c].n < 7 ? dense_cases[c].n : 7);
}

static void test_ties_and_negative(void **state)
{
    (void)state;
    for (signflip_data kind = TIES; kind < DATA_KINDS; kind++)
        for (int c = 2; c < 6; c++)
            check_case(&dense_cases[c], kind, 3);
}

/* The answer does not depend on how the rows are grouped; 8 is the widest that a byte holds. */
static void test_widths(void **state)
{
    (void)state;
    const dense_case shape = {9, 0, 70, 20, 0, 70};
    for (int width = 1; width <= 8; width++)
        check_case(&shape, RANDOM, width);
}

/* The matrix in two slabs of voxels, one launch each: maxima merge and lists go on where the first launch left them. */
static void test_voxel_slabs(void **state)
{
    (void)state;
    const dense_case full = {5, 0, 158, 12, 0, 158};
    const int first = 2 * VX_TILE;
    int32_t *k = make_data(&full, RANDOM), *tiles = tiles_of(k, full.n, full.voxels);
    int *sign = make_signs(&full, RANDOM);
    int32_t *score = vx_reference_signflip(full.n, full.voxels, full.relabellings, k, sign, INT32_MAX);
    vx_dense_args args = {.n = full.n,
                             .groups = 1,
                             .width = full.n,
                             .relabellings = full.relabellings,
                             .flags = VX_COMPACT,
                             .capacity = full.capacity,
                             .scale = 0x1p-28f / sqrtf(5), /* no |r| is above 1 */
                             .root_df = 2};
    cuts(score, (size_t)full.relabellings * (size_t)full.voxels, &args.cut_high, &args.cut_low);
    op_data host = {0};
    host.data[VX_B_W] = make_flips(&args, sign, &host.bytes[VX_B_W]);
    for (int b = 0; b < backend_count; b++) {
        dense_results(&full, score, &host);
        for (int slab = 0; slab < 2; slab++) {
            args.voxel0 = slab ? first : 0;
            args.voxels = slab ? full.voxels - first : first;
            args.tiles = (int)tiled(args.voxels) / VX_TILE;
            host.data[VX_B_Y] = tiles + args.voxel0 * full.n;
            host.bytes[VX_B_Y] = tiled(args.voxels) * (size_t)full.n * sizeof *tiles;
            must_run(backends[b], VX_OP_SIGNFLIP, &args, &host);
        }
        check_maxima(&full, score, &host);
        const dense_heights heights = {true, backends[b]->info.exact_division, args.scale, args.root_df};
        check_lists(&full, score, true, args.cut_high, args.cut_low, &heights, &host);
        free_results(&host);
    }
    free(host.data[VX_B_W]);
    free(k);
    free(tiles);
    free(sign);
    free(score);
}

/* n = 2, k = (3, 1): by hand, flips none, first, second, both give 4, -2, 2, -4. */
static void test_by_hand(void **state)
{
    (void)state;
    int32_t k[] = {3, 1}, expected[] = {4, -2, 2, -4};
    uint8_t flip[VX_INTERLEAVE] = {0, 1, 2, 3};
    vx_dense_args args = {.n = 2, .groups = 1, .width = 2, .voxels = 1, .tiles = 1, .relabellings = 4, .map = VX_TILE};
    dense_case shape = {2, 0, 1, 4, 0, 1};
    for (int b = 0; b < backend_count; b++) {
        op_data host = {.data = {[VX_B_Y] = tiles_of(k, 2, 1), [VX_B_W] = flip},
                        .bytes = {[VX_B_Y] = 2 * VX_TILE * 4, [VX_B_W] = sizeof flip}};
        dense_results(&shape, expected, &host);
        must_run(backends[b], VX_OP_SIGNFLIP, &args, &host);
        for (int p = 1; p < 4; p++) {
            assert_int_equal(((int32_t *)host.data[VX_B_HIGH])[p], expected[p]);
            assert_int_equal(((int32_t *)host.data[VX_B_LOW])[p], expected[p]);
        }
        free(host.data[VX_B_Y]);
        free_results(&host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_random),
                                       cmocka_unit_test(test_ties_and_negative), cmocka_unit_test(test_widths),
                                       cmocka_unit_test(test_voxel_slabs)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
