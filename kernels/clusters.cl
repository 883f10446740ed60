/* clusters: the largest extent and mass among the connected components of every relabelling's supra-threshold voxels
 *
 * Separately for each tail, extent is the number of voxels of a component, and mass the sum of |t| - threshold over it
 * (Bullmore et al. 1999, IEEE TMI 18:32; t = sqrt(df) r / sqrt((1 - r)(1 + r))). Labelling is by union-find with atomic
 * minima, after Playne & Hawick 2018 (IEEE TPDS 29:1217) and Allegretti et al. 2019, on the list of voxels instead of
 * the volume.
 *
 * A group takes relabellings g, g + parallel, ... Its grid of labels is zero between relabellings:
 *   scatter     label[position] = entry + 1, parent[entry] = entry
 *   hook        joins each entry with those of its 13, 9 or 3 preceding neighbours that are listed in its own tail
 *   add         adds every entry to the size and mass of its root
 *   maxima      over the roots, for each tail; then the labels are cleared
 *
 * Memory    as in host/engine/op.h; sum[grid][entry] is a 64-bit number as two 32-bit words, low word first.
 * Launch    args.parallel groups of VX_WG items. An item takes entries lid, lid + VX_WG, ... No group waits for
 *           another.
 * Per entry about 13 reads of the grid, and as many of the lists. No volume is read.
 * Error     extent none; mass one unit of 2^-20 for each voxel, by rounding t to fixed point, beside the error of t
 *           (three roundings beyond that of r). The sum does not depend on the order.
 * Reference tests/ops/reference.h, vx_reference_clusters. */
#include "common.h"

#define PRECEDING 13

/* Other items may change parents meanwhile, so parents are read and written atomically. A group of one item need not do
 * so. */
#if VX_WG == 1
#define read_parent(parent, e) (parent)[e]
#define lower_parent(parent, e, to) vx_lower_plain(&(parent)[e], to)
static int vx_lower_plain(volatile __global int *place, int to)
{
    int old = *place;
    *place = min(old, to);
    return old;
}
#else
#define read_parent(parent, e) atomic_min(&(parent)[e], INT_MAX)
#define lower_parent(parent, e, to) atomic_min(&(parent)[e], to)
#endif

/* The data of one group. */
typedef struct vx_forest {
    int entries;
    __global const int *voxel, *position;
    __global const float *height;
    volatile __global int *parent, *size;
    volatile __global uint *sum;
    __global int *label;
} vx_forest;

/* The root of an entry. Parents only ever move towards it, so an entry may be attached to its grandparent. */
static int find_root(volatile __global int *parent, int e)
{
    int up = read_parent(parent, e);
    while (up != e) {
        int next = read_parent(parent, up);
        if (next != up)
            lower_parent(parent, e, next);
        e = up;
        up = next;
    }
    return e;
}

/* Joins the trees of two entries by attaching the larger root to the smaller. Where another item has attached that root
 * meanwhile, the entry that it was attached to is joined instead. */
static void join(volatile __global int *parent, int a, int b)
{
    for (;;) {
        a = find_root(parent, a);
        b = find_root(parent, b);
        if (a == b)
            return;
        int low = min(a, b), high = max(a, b);
        int old = lower_parent(parent, high, low);
        if (old == high)
            return;
        a = old;
        b = low;
    }
}

static void scatter(const vx_forest *f)
{
    for (int e = get_local_id(0); e < f->entries; e += VX_WG) {
        f->label[f->position[f->voxel[e]]] = e + 1;
        f->parent[e] = e;
        f->size[e] = 0;
        f->sum[2 * e] = 0;
        f->sum[2 * e + 1] = 0;
    }
}

/* Of the 27 places of a cube in the order of memory the first 13 precede its centre. Neighbours differ from it in at
 * most 1, 2 or 3 axes. */
static void hook(const vx_forest *f, const vx_clusters_args *args)
{
    const int axes = args->connectivity == 26 ? 3 : args->connectivity == 18 ? 2 : 1;
    for (int e = get_local_id(0); e < f->entries; e += VX_WG) {
        int here = f->position[f->voxel[e]];
        bool negative = f->height[e] < 0;
#if VX_WG == 1 /* x, y and z are then constants, which spares divisions: a third of the time on PoCL */
#pragma unroll
#endif
        for (int k = 0; k < PRECEDING; k++) {
            const int x = k % 3 - 1, y = k / 3 % 3 - 1, z = k / 9 - 1;
            if ((x != 0) + (y != 0) + (z != 0) > axes)
                continue;
            int other = f->label[here + z * args->stride_z + y * args->stride_y + x] - 1;
            if (other >= 0 && f->height[other] < 0 == negative)
                join(f->parent, e, other);
        }
    }
}

/* |t| - threshold in fixed point; not below 0, although rounding may place a voxel at the threshold below it. */
static ulong excess(const vx_clusters_args *args, float height)
{
    float above = fabs(height) - args->threshold;
    return above > 0.0f ? convert_ulong_rte(above * VX_MASS_ONE) : 0;
}

/* Adds sizes and masses at the roots. The carry of the low words replaces 64-bit atomics, which OpenCL 1.2 lacks. */
static void add(const vx_forest *f, const vx_clusters_args *args)
{
    for (int e = get_local_id(0); e < f->entries; e += VX_WG) {
        int root = find_root(f->parent, e);
        ulong mass = excess(args, f->height[e]);
        uint low = (uint)mass, high = (uint)(mass >> 32);
        atomic_inc(&f->size[root]);
        uint old = atomic_add(&f->sum[2 * root], low);
        high += old + low < old;
        if (high)
            atomic_add(&f->sum[2 * root + 1], high);
    }
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
clusters(const vx_clusters_args args, __global const int *position, __global const int *list_voxel,
         __global const float *list_height, __global const int *list_size, __global int *extent, __global long *mass,
         __global int *label, __global int *parent, __global int *size, __global uint *sum)
{
    __local int item_extent[2][VX_WG];
    __local long item_mass[2][VX_WG];
    int lid = get_local_id(0);
    size_t mine = (size_t)get_group_id(0) * args.capacity;
    vx_forest f = {.position = position,
                   .parent = parent + mine,
                   .size = size + mine,
                   .sum = sum + 2 * mine,
                   .label = label + (size_t)get_group_id(0) * args.grid_size};
    for (int p = get_group_id(0); p < args.relabellings; p += args.parallel) {
        f.entries = min(list_size[p], args.capacity);
        f.voxel = list_voxel + (size_t)p * args.capacity;
        f.height = list_height + (size_t)p * args.capacity;
        scatter(&f);
        barrier(CLK_GLOBAL_MEM_FENCE);
        hook(&f, &args);
        barrier(CLK_GLOBAL_MEM_FENCE);
        add(&f, &args);
        barrier(CLK_GLOBAL_MEM_FENCE);
        for (int tail = 0; tail < 2; tail++) {
            item_extent[tail][lid] = 0;
            item_mass[tail][lid] = 0;
        }
        for (int e = lid; e < f.entries; e += VX_WG) { /* the largest among the item's entries; the grid is cleared */
            const int tail = f.height[e] < 0;
            f.label[f.position[f.voxel[e]]] = 0;
            item_extent[tail][lid] = max(item_extent[tail][lid], f.size[e]); /* 0 except at a root */
            item_mass[tail][lid] = max(item_mass[tail][lid], (long)((ulong)f.sum[2 * e + 1] << 32 | f.sum[2 * e]));
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int tail = lid; tail < 2; tail += VX_WG) {
            int best_extent = 0;
            long best_mass = 0;
#pragma unroll 4 /* unrolled further, it takes registers that the loops above need */
            for (int i = 0; i < min(f.entries, VX_WG); i++) {
                best_extent = max(best_extent, item_extent[tail][i]);
                best_mass = max(best_mass, item_mass[tail][i]);
            }
            extent[2 * p + tail] = best_extent;
            mass[2 * p + tail] = best_mass;
        }
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    }
}
