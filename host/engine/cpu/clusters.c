/* clusters: the largest extent and the largest mass among the connected components of the listed voxels of every
 * relabelling, separately for each tail (Bullmore et al. 1999 for mass; Nichols & Holmes 2002 for the maximum over
 * clusters).
 *
 * The op works on the list and not on the volume. A thread takes one relabelling at a time, and has its own grid:
 *
 *     1. entry + 1 is scattered into a grid of labels that is zero elsewhere;
 *     2. every entry is joined to its 13, 9 or 3 preceding neighbours by union-find;
 *     3. sizes and masses are summed at the roots;
 *     4. the grid is cleared through the same list.
 *
 * Per entry: 3 + 13 reads or writes of the grid, and about as many of the entry arrays. Mass is a sum of 64-bit
 * fixed-point numbers, so it does not depend on the order. Plain reference: tests/ops/reference.h,
 * vx_reference_clusters. */
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"
#include "engine/mass.h"
#include "space/lattice.h"

#include <omp.h>
#include <string.h>

/* Path halving: every other entry on the way moves one step up. */
static int find_root(int32_t *parent, int entry)
{
    while (parent[entry] != entry)
        entry = parent[entry] = parent[parent[entry]];
    return entry;
}

/* The grid of labels, entry arrays and list of one relabelling. */
typedef struct vx_work {
    int32_t *label, *parent, *size;
    int64_t *sum;
    const int32_t *position, *voxel;
    const float *height;
    int entries;
} vx_work;

static void hook(const vx_work *work, const int *offset, int offsets)
{
    for (int e = 0; e < work->entries; e++) {
        const int32_t *here = work->label + work->position[work->voxel[e]];
        int root = find_root(work->parent, e);
        for (int o = 0; o < offsets; o++) {
            int other = here[offset[o]] - 1;
            if (other < 0 || (work->height[other] < 0) != (work->height[e] < 0)) /* tails never join */
                continue;
            other = find_root(work->parent, other);
            if (other < root)
                root = work->parent[root] = other;
            else
                work->parent[other] = root;
        }
    }
}

static void relabelling(const vx_clusters_args *args, const vx_work *work, const int *offset, int offsets,
                        int32_t extent[2], int64_t mass[2])
{
    for (int e = 0; e < work->entries; e++) {
        work->label[work->position[work->voxel[e]]] = e + 1;
        work->parent[e] = e;
        work->size[e] = 0;
        work->sum[e] = 0;
    }
    hook(work, offset, offsets);
    for (int tail = 0; tail < 2; tail++) {
        extent[tail] = 0;
        mass[tail] = 0;
    }
    for (int e = 0; e < work->entries; e++) {
        int root = find_root(work->parent, e), tail = work->height[e] < 0;
        work->size[root]++;
        work->sum[root] += vx_mass_fixed(fabsf(work->height[e]), args->threshold);
        if (work->size[root] > extent[tail])
            extent[tail] = work->size[root];
        if (work->sum[root] > mass[tail])
            mass[tail] = work->sum[root];
        work->label[work->position[work->voxel[e]]] = 0;
    }
}

vx_status vx_variant(vx_clusters)(const void *arguments, void *const data[VX_BUFFERS], int threads,
                                  vx_error *error)
{
    const vx_clusters_args *args = arguments;
    int offset[VX_NEIGHBOURS_MAX]; /* the first half precede */
    const int offsets = vx_neighbours(args->connectivity, args->stride_y, args->stride_z, offset) / 2;
    size_t capacity = (size_t)args->capacity;
    const int32_t *list_size = data[VX_B_LIST_SIZE];
    (void)error;

#pragma omp parallel num_threads(threads < args->parallel ? threads : args->parallel)
    {
        size_t grid = (size_t)omp_get_thread_num();
        vx_work work = {.label = (int32_t *)data[VX_B_LABEL] + grid * (size_t)args->grid_size,
                        .parent = (int32_t *)data[VX_B_PARENT] + grid * capacity,
                        .size = (int32_t *)data[VX_B_SIZE] + grid * capacity,
                        .sum = (int64_t *)data[VX_B_SUM] + grid * capacity,
                        .position = data[VX_B_POSITION]};
#pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < args->relabellings; p++) {
            work.voxel = (const int32_t *)data[VX_B_LIST_VOXEL] + (size_t)p * capacity;
            work.height = (const float *)data[VX_B_LIST_HEIGHT] + (size_t)p * capacity;
            work.entries = list_size[p] < args->capacity ? list_size[p] : args->capacity;
            relabelling(args, &work, offset, offsets, (int32_t *)data[VX_B_EXTENT] + 2 * (size_t)p,
                        (int64_t *)data[VX_B_MASS] + 2 * (size_t)p);
        }
    }
    return VX_OK;
}
