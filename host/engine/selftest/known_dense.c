/* Known answers of the dense ops: three tiny problems worked by hand.
 *
 * Comments at the problems work out the scores. Plain loops derive the maxima, counts and lists from a table of
 * scores. */
#include "engine/selftest/known.h"

#include <math.h>
#include <string.h>

enum { NUISANCE_MAX = 3 };
enum { N = 4, VOXELS = 3, PS_MAX = 4, CAPACITY = 4, FIRST = 100 /* voxel0: the slab lies within a mask */ };

/* A problem of a dense op with 4 rows and 3 voxels. Y and the others are ints or floats, as the op takes them. */
typedef struct vx_known {
    vx_op op;
    const char *name;
    int nuisance, relabellings;
    double y[VOXELS][N];
    const void *relabelling; /* flip or W, one relabelling after the other */
    size_t relabelling_size;
    double score[PS_MAX][VOXELS];
    double count_high[VOXELS], count_low[VOXELS]; /* some scores are equal to them: ties count */
    double cut_high, cut_low; /* some scores are equal to them: ties are not listed */
    float scale;              /* r of a score */
    double near;              /* scores beyond it are perfect fits here: 1 - r^2 = 0, 1 / 0 = infinity */
} vx_known;

/* The first group has three rows and the second has one: the bits of rows 0, 1, 2, and of row 3. */
static const uint8_t flips[4][2] = {{0, 0}, {2, 1}, {6, 0}, {7, 1}};

static const vx_known signflip = {
    .op = VX_OP_SIGNFLIP,
    .name = "signflip",
    .relabellings = 4,
    .relabelling = flips,
    .relabelling_size = sizeof flips,
    .y = {{1, 2, 3, 1}, {-5, 1, 1, 1}, {2, -2, 2, -2}},
    /*   1+2+3+1, -5+1+1+1,  2-2+2-2;   rows 1 and 3 flipped: 1-2+3-1, -5-1+1-1, 2+2+2+2 = 8, a perfect fit;
     *   rows 1 and 2: 1-2-3+1, -5-1-1+1, 2+2-2-2;   all rows: the first line with the opposite sign */
    .score = {{7, -2, 0}, {1, -6, INFINITY}, {-3, -6, 0}, {-7, 2, 0}},
    .count_high = {7, 2, INFINITY},
    .count_low = {-7, -6, 0},
    .cut_high = 7,
    .cut_low = -6,
    .scale = 0.125f, /* |u| <= 8 */
    .near = 7,
};

static const float plain_rows[3][N] = {{.5, .5, -.5, -.5}, {.5, -.5, .5, -.5}, {-.5, -.5, .5, .5}};

static const vx_known correlation = {
    .op = VX_OP_CORRELATION,
    .name = "correlation",
    .relabellings = 3,
    .relabelling = plain_rows,
    .relabelling_size = sizeof plain_rows,
    .y = {{.5, .5, -.5, -.5}, {.5, -.5, .5, -.5}, {1, 0, 0, 0}},
    /* a row with itself: 4 / 4 = 1, a perfect fit; with the other row: (1 - 1 - 1 + 1) / 4 = 0; with (1, 0, 0, 0): its
     * first entry */
    .score = {{INFINITY, 0, .5}, {0, INFINITY, .5}, {-INFINITY, 0, -.5}},
    .count_high = {INFINITY, INFINITY, .5},
    .count_low = {-INFINITY, -.5, -.5},
    .cut_high = .5,
    .cut_low = -.5,
    .scale = 1,
    .near = .75,
};

/* Rows of a Hadamard matrix over 2 are orthonormal: a, b, c, d take turns as the regressor and its three nuisances. */
/* clang-format off */
#define A {.5, .5, .5, .5}
#define B {.5, .5, -.5, -.5}
#define C {.5, -.5, .5, -.5}
#define D {.5, -.5, -.5, .5}
/* clang-format on */
static const float nuisance_rows[3][4][N] = {{A, B, C, D}, {C, A, B, D}, {{-.5, -.5, -.5, -.5}, B, C, D}};

static const vx_known partial = {
    .op = VX_OP_CORRELATION,
    .name = "correlation with nuisance",
    .nuisance = 3,
    .relabellings = 3,
    .relabelling = nuisance_rows,
    .relabelling_size = sizeof nuisance_rows,
    .y = {{1, 0, 0, 0}, {33. / 64, 31. / 64, 33. / 64, 31. / 64}, B},
    /* (1, 0, 0, 0): d = 1/2 and every q = 1/2, so r = (1/2) / sqrt(1 - 3/4) = 1. The second voxel is A + C / 32. With
     * the regressor A, the nuisance C leaves A. With the regressor C, the nuisance A leaves C / 32, which is
     * little. Both are perfect fits. B is a nuisance in every relabelling, so nothing is left and r = 0. */
    .score = {{1, INFINITY, 0}, {1, INFINITY, 0}, {-1, -INFINITY, 0}},
    .count_high = {1, INFINITY, 1},
    .count_low = {-1, -INFINITY, 0},
    .cut_high = .5,
    .cut_low = -.5,
    .scale = 1,
    .near = 1, /* so that the first voxel is not computed again */
};

/* The int of a score (args.h); 1 / 0 is a score near |r| = 1. */
static int32_t key(vx_op op, double score)
{
    float value = (float)score + 0.0f;
    int32_t bits;
    if (op == VX_OP_SIGNFLIP && isfinite(score))
        return (int32_t)score;
    memcpy(&bits, &value, sizeof bits);
    return vx_ordered(bits);
}

/* The results of a dense op. */
typedef struct vx_found {
    int32_t high[PS_MAX], low[PS_MAX], size[PS_MAX], voxel[PS_MAX][CAPACITY];
    float listed[PS_MAX][CAPACITY], height[PS_MAX][VX_TILE];
    int32_t score[PS_MAX][VX_TILE];
    uint32_t count[VX_TILE];
} vx_found;

static vx_status put_dense(vx_backend *backend, const vx_known *k, vx_buffer **buffers, vx_error *error)
{
    int32_t high[PS_MAX], low[PS_MAX], count_high[VX_TILE], count_low[VX_TILE];
    union {
        int32_t i;
        float f;
    } y[N][VX_TILE];
    size_t ps = (size_t)k->relabellings;
    const size_t size = k->op == VX_OP_SIGNFLIP ? 1 : sizeof(float), elements = k->relabelling_size / (ps * size);
    char weights[VX_INTERLEAVE * (1 + NUISANCE_MAX) * N * sizeof(float)] = {0};
    for (size_t p = 0; p < ps; p++)
        for (size_t e = 0; e < elements; e++)
            memcpy(weights + VX_WEIGHT_PLACE(p, elements, e) * size,
                   (const char *)k->relabelling + (p * elements + e) * size, size);
    for (int lane = 0; lane < VX_TILE; lane++) {
        int v = lane < VOXELS ? lane : VOXELS - 1;
        for (int i = 0; i < N; i++)
            if (k->op == VX_OP_SIGNFLIP)
                y[i][lane].i = (int32_t)k->y[v][i];
            else
                y[i][lane].f = (float)k->y[v][i];
        count_high[lane] = key(k->op, k->count_high[v]);
        count_low[lane] = key(k->op, k->count_low[v]);
    }
    for (int p = 0; p < PS_MAX; p++) {
        high[p] = INT32_MIN;
        low[p] = INT32_MAX;
    }
    const vx_known_buffer all[] = {
        {VX_B_Y, y, sizeof y},
        {VX_B_W, weights, VX_INTERLEAVE * elements * size},
        {VX_B_HIGH, high, ps * 4},
        {VX_B_LOW, low, ps * 4},
        {VX_B_COUNT_HIGH, count_high, sizeof count_high},
        {VX_B_COUNT_LOW, count_low, sizeof count_low},
        {VX_B_COUNTS, NULL, VX_TILE * 4},
        {VX_B_SCORE, NULL, ps * VX_TILE * 4},
        {VX_B_HEIGHT, NULL, ps * VX_TILE * 4},
        {VX_B_LIST_VOXEL, NULL, ps * CAPACITY * 4},
        {VX_B_LIST_HEIGHT, NULL, ps * CAPACITY * 4},
        {VX_B_LIST_SIZE, NULL, ps * 4},
    };
    return vx_known_start(backend, all, sizeof all / sizeof *all, buffers, error);
}

static vx_status run_dense(vx_backend *backend, const vx_known *k, vx_buffer **buffers, vx_error *error)
{
    const vx_dense_args args = {.n = N,
                                .nuisance = k->nuisance,
                                .groups = 2,
                                .width = 3,
                                .voxels = VOXELS,
                                .tiles = 1,
                                .voxel0 = FIRST,
                                .relabellings = k->relabellings,
                                .flags = VX_STORE | VX_COUNT | VX_COMPACT | VX_HEIGHTS,
                                .cut_high = key(k->op, k->cut_high),
                                .cut_low = key(k->op, k->cut_low),
                                .near_high = key(k->op, k->near),
                                .near_low = k->near > 0 ? key(k->op, -k->near) : 0,
                                .capacity = CAPACITY,
                                .map = VX_TILE,
                                .scale = k->scale,
                                .root_df = 1};
    return backend->run(backend, 0, k->op, &args, buffers, error);
}

static vx_status get_dense(vx_backend *backend, const vx_known *k, vx_buffer **buffers, vx_found *found,
                           vx_error *error)
{
    size_t ps = (size_t)k->relabellings;
    const struct {
        int place;
        void *to;
        size_t bytes;
    } all[] = {
        {VX_B_HIGH, found->high, ps * 4},
        {VX_B_LOW, found->low, ps * 4},
        {VX_B_COUNTS, found->count, sizeof found->count},
        {VX_B_SCORE, found->score, ps * sizeof *found->score},
        {VX_B_HEIGHT, found->height, ps * sizeof *found->height},
        {VX_B_LIST_SIZE, found->size, ps * 4},
        {VX_B_LIST_VOXEL, found->voxel, ps * sizeof *found->voxel},
        {VX_B_LIST_HEIGHT, found->listed, ps * sizeof *found->listed},
    };
    vx_status status = VX_OK;
    for (size_t i = 0; i < sizeof all / sizeof *all && status == VX_OK; i++)
        status = backend->download(backend, 0, buffers[all[i].place], 0, all[i].to, all[i].bytes, error);
    return status;
}

/* |t| = r / sqrt(1 - r^2) with the sign of r, to 8 units of 2^-24: three are roundings, and the others are for the root
 * and division of a GPU. A perfect fit has the largest height. */
static bool is_height(const vx_known *k, double score, float found)
{
    double r = fabs(score) * (double)k->scale, t = r < 1 ? r / sqrt(1 - r * r) : (double)VX_MASS_T_MAX;
    return fabs((double)found - copysign(t, score)) <= 8 * 0x1p-24 * t;
}

/* Checks all results of relabelling p except the counts. */
static vx_status check_relabelling(const vx_known *k, int p, const vx_found *found, vx_error *error)
{
    double high = k->score[p][0], low = high;
    int size = 0;
    vx_status status = VX_OK;
    for (int v = 0; v < VOXELS && status == VX_OK; v++) {
        double score = k->score[p][v];
        status = vx_known_expect("a score of relabelling", p, found->score[p][v], key(k->op, score), error);
        if (status == VX_OK && !is_height(k, score, found->height[p][v]))
            status = vx_fail(error, VX_DEVICE, "a height of relabelling %d came out as %.9g", p,
                             (double)found->height[p][v]);
        high = fmax(high, score);
        low = fmin(low, score);
        if (score <= k->cut_high && score >= k->cut_low)
            continue;
        int entry = 0; /* the order of a list is arbitrary */
        while (entry < CAPACITY &&
               (found->voxel[p][entry] != FIRST + v || !is_height(k, score, found->listed[p][entry])))
            entry++;
        if (entry == CAPACITY && status == VX_OK)
            status = vx_fail(error, VX_DEVICE, "voxel %d is missing from list %d", v, p);
        size++;
    }
    if (status == VX_OK)
        status = vx_known_expect("the largest score of relabelling", p, found->high[p], key(k->op, high), error);
    if (status == VX_OK)
        status = vx_known_expect("the smallest score of relabelling", p, found->low[p], key(k->op, low), error);
    return status == VX_OK ? vx_known_expect("the length of list", p, found->size[p], size, error) : status;
}

static vx_status check_dense(vx_backend *backend, const vx_known *k, vx_error *error)
{
    vx_buffer *buffers[VX_BUFFERS] = {0};
    vx_found found = {0};
    vx_status status = put_dense(backend, k, buffers, error);
    if (status == VX_OK)
        status = run_dense(backend, k, buffers, error);
    if (status == VX_OK)
        status = get_dense(backend, k, buffers, &found, error);
    for (int p = 0; p < k->relabellings && status == VX_OK; p++)
        status = check_relabelling(k, p, &found, error);
    for (int v = 0; v < VOXELS && status == VX_OK; v++) {
        int count = 0;
        for (int p = 0; p < k->relabellings; p++)
            count += (k->score[p][v] >= k->count_high[v]) + (k->score[p][v] <= k->count_low[v]);
        status = vx_known_expect("the count of voxel", v, found.count[v], count, error);
    }
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status == VX_OK ? VX_OK : vx_error_prefix(error, status, "%s", k->name);
}

vx_status vx_known_signflip(vx_backend *backend, vx_error *error)
{
    return check_dense(backend, &signflip, error);
}

vx_status vx_known_correlation(vx_backend *backend, vx_error *error)
{
    return check_dense(backend, &correlation, error);
}

vx_status vx_known_nuisance(vx_backend *backend, vx_error *error)
{
    return check_dense(backend, &partial, error);
}
