/* Known answers: four tiny problems worked by hand.
 *
 * Comments at the problems work out the scores. Plain loops derive the maxima, counts and lists from a table of scores.
 * All numbers are exact in float, so answers are compared with ==. Only the heights of the dense ops have a
 * tolerance. */
#include "engine/selftest/selftest.h"

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

static vx_status expect(const char *what, int index, long long found, long long wanted, vx_error *error)
{
    return found == wanted
               ? VX_OK
               : vx_fail(error, VX_DEVICE, "%s %d came out as %lld instead of %lld", what, index, found, wanted);
}

/* A buffer of an op and its initial content; null data: zeros. */
typedef struct vx_start {
    int place;
    const void *data;
    size_t bytes;
} vx_start;

/* Makes the buffers. New buffers are zero already, but Oclgrind takes memory for uninitialised where nothing was
 * uploaded. */
static vx_status start(vx_backend *backend, const vx_start *all, size_t count, vx_buffer **buffers, vx_error *error)
{
    static const int32_t zeros[PS_MAX * VX_TILE];
    for (size_t i = 0; i < count; i++) {
        vx_buffer **buffer = &buffers[all[i].place];
        const void *data = all[i].data ? all[i].data : zeros;
        if (!all[i].data && all[i].bytes > sizeof zeros)
            return vx_fail(error, VX_INTERNAL, "the self-test wants %zu zeros", all[i].bytes);
        vx_status status = backend->buffer_new(backend, all[i].bytes, buffer, error);
        if (status == VX_OK)
            status = backend->upload(backend, 0, *buffer, 0, data, all[i].bytes, error);
        if (status != VX_OK)
            return status;
    }
    return VX_OK;
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
    const vx_start all[] = {
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
    return start(backend, all, sizeof all / sizeof *all, buffers, error);
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
        status = expect("a score of relabelling", p, found->score[p][v], key(k->op, score), error);
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
        status = expect("the largest score of relabelling", p, found->high[p], key(k->op, high), error);
    if (status == VX_OK)
        status = expect("the smallest score of relabelling", p, found->low[p], key(k->op, low), error);
    return status == VX_OK ? expect("the length of list", p, found->size[p], size, error) : status;
}

static vx_status dense(vx_backend *backend, const vx_known *k, vx_error *error)
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
        status = expect("the count of voxel", v, found.count[v], count, error);
    }
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status == VX_OK ? VX_OK : vx_error_prefix(error, status, "%s", k->name);
}

/* A grid of 4 x 3 x 3 voxels, padded by one on every side. Relabelling 0 lists, as (x, y, z) height:
 *
 *     (0,0,0) 9    (1,0,0) 9       face neighbours: one cluster for every connectivity
 *     (1,1,1) 9                    touches (1,0,0) by an edge: joins for 18 and 26
 *     (2,2,0) 9                    touches (1,1,1) by a corner: joins for 26
 *     (3,0,2) 16                   touches no other voxel: another cluster
 *     (2,0,0) -9                   touches (1,0,0), but is in the other tail: another cluster
 *
 * The threshold is 8, so the excess is 8 for the height 16 and 1 for the others. For every connectivity the largest
 * mass is 8, that of a cluster which is not the largest; in the negative tail it is 1. Relabelling 1 lists nothing.
 * Relabelling 2 lists (2,0,0) 9 and (0,0,0) 9, which are two clusters. A label of (1,0,0) that relabelling 0 had left
 * would join them. */
enum { NX = 4, NY = 3, NZ = 3, ENTRIES = 6, PS = 3 };

typedef struct vx_components {
    int32_t extent[PS][2];
    int64_t mass[PS][2];
} vx_components;

static vx_status run_clusters(vx_backend *backend, int connectivity, vx_components *found, vx_error *error)
{
    static const int at[ENTRIES][3] = {{2, 2, 0}, {0, 0, 0}, {2, 0, 0}, {1, 1, 1}, {3, 0, 2}, {1, 0, 0}};
    static const float heights[ENTRIES] = {9, 9, -9, 9, 16, 9};
    const int stride_y = NX + 2, stride_z = (NX + 2) * (NY + 2), grid_size = stride_z * (NZ + 2);
    const vx_clusters_args args = {.relabellings = PS,
                                   .capacity = ENTRIES,
                                   .parallel = 1,
                                   .grid_size = grid_size,
                                   .stride_y = stride_y,
                                   .stride_z = stride_z,
                                   .connectivity = connectivity,
                                   .threshold = 8};
    int32_t position[NX * NY * NZ], voxel[PS][ENTRIES] = {0}, size[PS] = {ENTRIES, 0, 2};
    float height[PS][ENTRIES] = {0};
    vx_buffer *buffers[VX_BUFFERS] = {0};
    for (int v = 0; v < NX * NY * NZ; v++)
        position[v] = (v / (NX * NY) + 1) * stride_z + (v / NX % NY + 1) * stride_y + v % NX + 1;
    for (int e = 0; e < ENTRIES; e++) {
        voxel[0][e] = (at[e][2] * NY + at[e][1]) * NX + at[e][0];
        height[0][e] = heights[e];
    }
    for (int e = 0; e < 2; e++) {
        voxel[2][e] = voxel[0][2 - e];
        height[2][e] = 9;
    }
    const vx_start all[] = {
        {VX_B_POSITION, position, sizeof position},
        {VX_B_LIST_VOXEL, voxel, sizeof voxel},
        {VX_B_LIST_HEIGHT, height, sizeof height},
        {VX_B_LIST_SIZE, size, sizeof size},
        {VX_B_EXTENT, NULL, sizeof found->extent},
        {VX_B_MASS, NULL, sizeof found->mass},
        {VX_B_LABEL, NULL, (size_t)grid_size * 4},
        {VX_B_PARENT, NULL, ENTRIES * 4},
        {VX_B_SIZE, NULL, ENTRIES * 4},
        {VX_B_SUM, NULL, ENTRIES * 8},
    };
    vx_status status = start(backend, all, sizeof all / sizeof *all, buffers, error);
    if (status == VX_OK)
        status = backend->run(backend, 0, VX_OP_CLUSTERS, &args, buffers, error);
    if (status == VX_OK)
        status = backend->download(backend, 0, buffers[VX_B_EXTENT], 0, found->extent, sizeof found->extent, error);
    if (status == VX_OK)
        status = backend->download(backend, 0, buffers[VX_B_MASS], 0, found->mass, sizeof found->mass, error);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status;
}

static vx_status clusters(vx_backend *backend, int connectivity, vx_error *error)
{
    const int largest = connectivity == 26 ? 4 : connectivity == 18 ? 3 : 2;
    const int extent[PS][2] = {{largest, 1}, {0, 0}, {1, 0}}, mass[PS][2] = {{8, 1}, {0, 0}, {1, 0}};
    vx_components found = {0};
    vx_status status = run_clusters(backend, connectivity, &found, error);
    for (int p = 0; p < PS; p++)
        for (int tail = 0; tail < 2 && status == VX_OK; tail++) {
            status = expect("the extent of relabelling", p, found.extent[p][tail], extent[p][tail], error);
            if (status == VX_OK && found.mass[p][tail] != mass[p][tail] * (int64_t)VX_MASS_ONE)
                status = vx_fail(error, VX_DEVICE, "the mass of relabelling %d came out as %.6f instead of %d", p,
                                 (double)found.mass[p][tail] / (double)VX_MASS_ONE, mass[p][tail]);
        }
    return status == VX_OK ? VX_OK : vx_error_prefix(error, status, "clusters of %d neighbours", connectivity);
}

/* TFCE with E = 2, H = 2 of four voxels in a grid of 4 x 3 x 3, as (x, y, z) height:
 *
 *     (0,0,0) 16    a peak
 *     (1,0,0)  9    a saddle beside it
 *     (2,1,0) 16    a peak that touches the saddle by an edge: for 18 and 26
 *     (3,2,2) -9    alone in the other tail: integral of h^2 from 0 to 9, times three: 729
 *
 * At the first peak, three times the integral of 1^2 h^2 from 9 to 16 is 4096 - 729. Below 9 the peak is in a component
 * of 3 voxels, or of 2 with 6 neighbours, which adds 9 or 4 times 729. Relabelling 1 is 0 everywhere. Relabelling 2 is
 * the first with opposite signs. */
enum { TFCE_VOXELS = 4, TFCE_PADDED = VX_TILE, TFCE_WORDS = 2048 };

static vx_status run_tfce(vx_backend *backend, int connectivity, double best[PS][2], vx_error *error)
{
    static const int32_t zeros[TFCE_WORDS];
    static const int at[TFCE_VOXELS][3] = {{0, 0, 0}, {1, 0, 0}, {2, 1, 0}, {3, 2, 2}};
    static const float heights[TFCE_VOXELS] = {16, 9, 16, -9};
    static const double power[TFCE_VOXELS + 1] = {0, 1, 4, 9, 16};
    const int stride_y = NX + 1, stride_z = (NX + 1) * (NY + 1), grid_size = stride_z * (NZ + 1);
    const vx_tfce_args args = {.relabellings = PS,
                               .voxels = TFCE_VOXELS,
                               .padded = TFCE_PADDED,
                               .tails = 3,
                               .parallel = 1,
                               .grid_size = grid_size,
                               .stride_y = stride_y,
                               .stride_z = stride_z,
                               .connectivity = connectivity,
                               .power = 3};
    int32_t position[TFCE_VOXELS];
    float height[PS][TFCE_PADDED] = {0};
    vx_buffer *buffers[VX_BUFFERS] = {0};
    for (int v = 0; v < TFCE_VOXELS; v++) {
        position[v] = (at[v][2] + 1) * stride_z + (at[v][1] + 1) * stride_y + at[v][0] + 1;
        height[0][v] = heights[v];
        height[2][v] = -heights[v];
    }
    const vx_start all[] = {
        {VX_B_HEIGHT, height, sizeof height},
        {VX_B_POSITION, position, sizeof position},
        {VX_B_POWER, power, sizeof power},
        {VX_B_BEST, NULL, PS * sizeof *best},
        {VX_B_WORK, zeros, ((size_t)grid_size * VX_TFCE_GRID_WORDS + TFCE_PADDED * VX_TFCE_VOXEL_WORDS + 1) / 2 * 8},
    };
    vx_status status = start(backend, all, sizeof all / sizeof *all, buffers, error);
    if (status == VX_OK)
        status = backend->run(backend, 0, VX_OP_TFCE, &args, buffers, error);
    if (status == VX_OK)
        status = backend->download(backend, 0, buffers[VX_B_BEST], 0, best, PS * sizeof *best, error);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status;
}

static vx_status tfce(vx_backend *backend, int connectivity, vx_error *error)
{
    const double peak = 4096 - 729 + (connectivity == 6 ? 4 : 9) * 729, alone = 729;
    const double wanted[PS][2] = {{peak, alone}, {0, 0}, {alone, peak}};
    double found[PS][2];
    vx_status status = run_tfce(backend, connectivity, found, error);
    for (int p = 0; p < PS; p++)
        for (int tail = 0; tail < 2 && status == VX_OK; tail++)
            if (found[p][tail] != wanted[p][tail])
                status = vx_fail(error, VX_DEVICE, "the maximum of relabelling %d came out as %.9g instead of %.9g", p,
                                 found[p][tail], wanted[p][tail]);
    return status == VX_OK ? VX_OK : vx_error_prefix(error, status, "TFCE of %d neighbours", connectivity);
}

vx_status vx_selftest_known(vx_backend *backend, unsigned ops, vx_error *error)
{
    static const int connectivity[] = {6, 18, 26};
    vx_status status = VX_OK;
    if (ops & 1 << VX_OP_RELABEL)
        status = vx_selftest_relabel(backend, error);
    if (!status && ops & 1 << VX_OP_SIGNFLIP)
        status = dense(backend, &signflip, error);
    if (!status && ops & 1 << VX_OP_CORRELATION && !(status = dense(backend, &correlation, error)))
        status = dense(backend, &partial, error);
    for (int c = 0; c < 3 && !status && ops & 1 << VX_OP_CLUSTERS; c++)
        status = clusters(backend, connectivity[c], error);
    for (int c = 0; c < 3 && !status && ops & 1 << VX_OP_TFCE; c++)
        status = tfce(backend, connectivity[c], error);
    return status;
}
