/* tfce: the largest threshold-free cluster enhancement of every relabelling, separately for each tail (Smith & Nichols
 * 2009, NeuroImage 44:83, eq. 1):
 *
 *     TFCE(v) = integral over 0 < h <= h_v of e_v(h)^E h^H dh
 *
 * e is piecewise constant, so the integral is a sum of E-th powers of sizes times differences of h^(H + 1). A sweep by
 * descending height finds the largest with three numbers for each component (kernels/args.h: vx_tfce_args, which also
 * has the order of addition).
 *
 * A thread takes one tail of one map at a time:
 *
 *     scatter   puts heights into the padded grid
 *     link      finds the neighbours that precede each voxel, as planes of bits (planes.h). Where the neighbours are
 *               connected within the 3 x 3 x 3 cube around the voxel, they are in one component already, and the voxel
 *               merges nothing. The few other voxels are noted as saddles. Voxels along x that are of one component
 *               with the highest of them form a hill, and each hill leads on to a higher one
 *     resolve   follows these to local maxima, which identify components
 *     sort      by descending height. It is stable, so that ties stay in the order of the grid
 *     sweep     joins voxels to components, and merges components at saddles
 *
 * Only the first two touch the grid, in its order. The sweep's arrays have the length of the number of maxima: about
 * one in 250 voxels of a map with a FWHM of 5 voxels, which has as many hills as one in 6, and one saddle in 100 (26
 * neighbours). Plain reference: tests/ops/tfce_reference.h. */
#include "engine/cpu/tfce_link.h"
#include "engine/cpu/tfce_sort.h"
#include "engine/cpu/tfce_sweep.h"

#include "base/memory.h"

#include <omp.h>

/* Puts the heights of one tail into the grid, as bits, and 0 elsewhere. */
static void scatter(vx_tfce_map *map, const float *height, int tail)
{
    const int voxels = map->args->voxels;
    const vx_ints sign = vx_splat(tail ? INT32_MIN : 0);
    for (int v = 0; v < voxels; v += VX_LANES) {
        vx_ints h;
        memcpy(&h, height + v, sizeof h); /* maps are padded to full tiles */
        h = vx_max(h ^ sign, vx_splat(0));
        const int32_t *to = map->position + v;
        if (v + VX_LANES <= voxels && to[VX_LANES - 1] - to[0] == VX_LANES - 1) {
            memcpy(map->height + to[0], &h, sizeof h);
        } else {
            for (int lane = 0; lane < VX_LANES && v + lane < voxels; lane++)
                map->height[to[lane]] = h[lane];
        }
    }
}

/* The largest height in the tested tails. */
static double top_of(const vx_tfce_args *args, const float *height)
{
    float top = 0;
    for (int v = 0; v < args->voxels; v++) {
        const float h = height[v] < 0 ? (args->tails & 2 ? -height[v] : 0) : args->tails & 1 ? height[v] : 0;
        top = h > top ? h : top;
    }
    return (double)top;
}

/* The largest enhancement of one tail. `top` is the largest height in the tested tails. */
static double tail_maximum(vx_tfce_map *map, const float *height, int tail, double top)
{
    const vx_tfce_args *args = map->args;
    map->voxels = map->saddles = map->hills = map->tops = 0;
    scatter(map, height, tail);
    switch (args->connectivity) {
    case 6: link_map(map, 6); break;
    case 18: link_map(map, 18); break;
    default: link_map(map, 26);
    }
    resolve(map);
    sort(map);
    if (!(args->step > 0))
        return sweep(map, 0);
    if (args->step_relative != 2)
        top = map->voxels ? (double)height_of(map->entry[0].height) : 0;
    const double dh = (double)args->step * (args->step_relative ? top : 1);
    return sweep(map, dh) * (dh * dh * (args->step_times ? dh : 1)); /* rounded as by every backend */
}

static void relabelling(vx_tfce_map *map, const float *height, double best[2])
{
    const double top = map->args->step > 0 && map->args->step_relative == 2 ? top_of(map->args, height) : 0;
    for (int tail = 0; tail < 2; tail++)
        best[tail] = map->args->tails >> tail & 1 ? tail_maximum(map, height, tail, top) : 0;
}

/* Cuts part `index` of the work buffer into its arrays. */
static vx_tfce_map map_of(const vx_tfce_args *args, void *const *data, size_t index)
{
    size_t grid = (VX_TFCE_GRID_WORDS * (size_t)args->grid_size + 1) / 2 * 2, padded = (size_t)args->padded;
    vx_tfce_map map = {.args = args, .position = data[VX_B_POSITION], .power = data[VX_B_POWER]};
    int differ = args->connectivity == 26 ? 3 : args->connectivity == 18 ? 2 : 1;
    for (int bit = 0; bit < VX_CUBE; bit++) {
        int x = bit % 3 - 1, y = bit / 3 % 3 - 1, z = bit / 9 - 1, axes = (x != 0) + (y != 0) + (z != 0);
        map.offset[bit] = x + y * args->stride_y + z * args->stride_z;
        if (axes > 0 && axes <= differ)
            map.neighbours |= 1 << bit;
    }
    map.first = map.offset[VX_CUBE - 1];
    map.words = (args->grid_size - map.first + 63) / 64;
    map.window = 3 * reach_of(&map) + VX_WORDS;
    map.height = (int32_t *)data[VX_B_WORK] + index * (grid + VX_TFCE_VOXEL_WORDS * padded);
    map.entry = (vx_sorted_voxel *)(map.height + grid);
    map.voxel = (int32_t *)map.entry;
    map.spare = map.entry + padded;
    map.saddle = (vx_saddle *)(map.spare + padded);
    map.maximum = (int32_t *)(map.saddle + padded);
    map.root = map.maximum + padded;
    map.next = map.root + padded;
    return map;
}

/* Gives the map its planes, which have empty words in front and, for what lies ahead, behind, and its components. */
static bool map_allocate(vx_tfce_map *map)
{
    const size_t words = (size_t)(map->words + reach_of(map) + 3 * VX_WORDS), window = (size_t)map->window;
    map->planes = vx_array_zero(2 * words + VX_CENTRE * window, sizeof *map->planes);
    map->voxels_before = vx_array_zero(2 * words, sizeof *map->voxels_before);
    map->component = vx_array((size_t)map->args->voxels, sizeof *map->component);
    if (!map->planes || !map->voxels_before || !map->component)
        return false;
    map->in = map->planes + VX_WORDS;
    map->start = map->planes + words;
    map->lower = map->start + words;
    map->hills_before = map->voxels_before + words;
    return true;
}

vx_status vx_variant(vx_tfce)(const void *arguments, void *const data[VX_BUFFERS], int threads, vx_error *error)
{
    const vx_tfce_args *args = arguments;
    int failed = 0;
#pragma omp parallel num_threads(threads < args->parallel ? threads : args->parallel) reduction(| : failed)
    {
        vx_tfce_map map = map_of(args, data, (size_t)omp_get_thread_num());
        const bool ready = map_allocate(&map);
        failed = !ready;
#pragma omp for schedule(dynamic, 1)
        for (int p = 0; p < args->relabellings; p++)
            if (ready)
                relabelling(&map, (const float *)data[VX_B_HEIGHT] + (size_t)p * (size_t)args->padded,
                            (double *)data[VX_B_BEST] + 2 * (size_t)p);
        free(map.planes);
        free(map.voxels_before);
        free(map.component);
        memset(map.height, 0, VX_TFCE_GRID_WORDS * (size_t)args->grid_size * sizeof *map.height);
    }
    return failed ? vx_fail_memory(error) : VX_OK;
}
