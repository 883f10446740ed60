/* Known answers of clusters and TFCE: a few voxels of a small grid, worked by hand in the comments. */
#include "engine/selftest/known.h"

static const int neighbours[] = {6, 18, 26};

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
    const vx_known_buffer all[] = {
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
    vx_status status = vx_known_start(backend, all, sizeof all / sizeof *all, buffers, error);
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

static vx_status check_clusters(vx_backend *backend, int connectivity, vx_error *error)
{
    const int largest = connectivity == 26 ? 4 : connectivity == 18 ? 3 : 2;
    const int extent[PS][2] = {{largest, 1}, {0, 0}, {1, 0}}, mass[PS][2] = {{8, 1}, {0, 0}, {1, 0}};
    vx_components found = {0};
    vx_status status = run_clusters(backend, connectivity, &found, error);
    for (int p = 0; p < PS; p++)
        for (int tail = 0; tail < 2 && status == VX_OK; tail++) {
            status = vx_known_expect("the extent of relabelling", p, found.extent[p][tail], extent[p][tail], error);
            if (status == VX_OK && found.mass[p][tail] != mass[p][tail] * (int64_t)VX_MASS_ONE)
                status = vx_fail(error, VX_DEVICE, "the mass of relabelling %d came out as %.6f instead of %d", p,
                                 (double)found.mass[p][tail] / (double)VX_MASS_ONE, mass[p][tail]);
        }
    return status == VX_OK ? VX_OK : vx_error_prefix(error, status, "clusters of %d neighbours", connectivity);
}

vx_status vx_known_clusters(vx_backend *backend, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t c = 0; c < sizeof neighbours / sizeof *neighbours && !status; c++)
        status = check_clusters(backend, neighbours[c], error);
    return status;
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
    const vx_known_buffer all[] = {
        {VX_B_HEIGHT, height, sizeof height},
        {VX_B_POSITION, position, sizeof position},
        {VX_B_POWER, power, sizeof power},
        {VX_B_BEST, NULL, PS * sizeof *best},
        {VX_B_WORK, zeros, ((size_t)grid_size * VX_TFCE_GRID_WORDS + TFCE_PADDED * VX_TFCE_VOXEL_WORDS + 1) / 2 * 8},
    };
    vx_status status = vx_known_start(backend, all, sizeof all / sizeof *all, buffers, error);
    if (status == VX_OK)
        status = backend->run(backend, 0, VX_OP_TFCE, &args, buffers, error);
    if (status == VX_OK)
        status = backend->download(backend, 0, buffers[VX_B_BEST], 0, best, PS * sizeof *best, error);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status;
}

static vx_status check_tfce(vx_backend *backend, int connectivity, vx_error *error)
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

vx_status vx_known_tfce(vx_backend *backend, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t c = 0; c < sizeof neighbours / sizeof *neighbours && !status; c++)
        status = check_tfce(backend, neighbours[c], error);
    return status;
}
