/* tfce: the largest threshold-free cluster enhancement of every relabelling, separately for each tail
 *
 * Smith & Nichols 2009, NeuroImage 44:83, eq. 1, with the integral in closed form: kernels/args.h has the equations and
 * the order of addition. A group takes maps g, g + parallel, ..., and the requested tails of each map:
 *   scatter     puts heights into the padded grid
 *   enhance     sums up: a single item sweeps over all voxels by descending height (tfce_sweep.h); several items find
 *               the merge tree from the saddles (tfce_tree.h), and sum its arcs in parallel (tfce_arcs.h)
 *
 * Memory    as in host/engine/op.h, with begin_map of tfce_map.h for the work buffer. The grid of heights is followed
 *           by that of labels, whose first slice is always empty and also serves as the slice behind the heights.
 * Launch    args.parallel groups of VX_WG items. No group waits for another. The kernel needs cl_khr_fp64.
 * Per voxel of the tail 26 reads of the grid, and 8 bytes read and written in each of six or seven passes of the sort.
 * Error     none beside that of the heights (three roundings beyond that of r) where power is 3 or a step is given;
 *           else that of pow.
 * Reference tests/ops/tfce.c. */
#include "common.h"

#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#if VX_WG == 1
#include "tfce_sweep.h"
#else
#include "tfce_arcs.h"
#endif

/* Before each tail. */
static void clear_tail(VX_SHARED vx_tfce_map *m)
{
#if VX_WG > 1
    for (int d = get_local_id(0); d < DIGITS; d += VX_WG)
        m->tally[d] = 0;
    for (int w = get_local_id(0); w < DIGITS * BALLOT; w += VX_WG)
        m->ballot[w] = 0;
    if (get_local_id(0) == 0)
        m->saddles = 0;
#endif
    if (get_local_id(0) == 0) {
        m->maxima = 0;
        m->entries = m->args.voxels;
    }
}

/* After all maps. */
VX_STAGE static void clear_grid(const VX_SHARED vx_tfce_map *m)
{
    for (int v = get_local_id(0); v < m->args.voxels; v += VX_WG)
        m->height[m->position[v]] = (m->height + m->args.grid_size)[m->position[v]] = 0;
}

__kernel __attribute__((reqd_work_group_size(VX_WG, 1, 1))) void
tfce(const vx_tfce_args args, __global const float *height, __global const int *position,
     __global const double *power, __global double *best, __global int *work)
{
    int lid = get_local_id(0), first = args.tails & 1 ? 0 : 1, last = args.tails & 2 ? 1 : 0;
    VX_SHARED vx_tfce_map m;
    if (lid == 0) {
        m.args = args;
        m.position = position;
        m.power = power;
        begin_map(&m, work);
    }
    vx_sync();
    for (int p = get_group_id(0); p < args.relabellings; p += args.parallel) {
        if (lid == 0) {
            m.map = height + (size_t)p * args.padded;
            m.largest = best[2 * p] = best[2 * p + 1] = 0;
        }
        vx_sync();
        if (args.step_relative == 2)
            find_largest(&m);
        for (int tail = first; tail <= last; tail++) {
            clear_tail(&m);
            scatter(&m, tail ? -1.0f : 1.0f);
            vx_sync();
            double found = enhance(&m);
            if (lid == 0)
                best[2 * p + tail] = found;
        }
    }
    clear_grid(&m);
}
