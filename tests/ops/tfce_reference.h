/* TFCE threshold by threshold, in double, written from Smith & Nichols 2009 (NeuroImage 44:83, eq. 1): slow and plain.
 * Maps are full nx x ny x nz grids, x fastest; the positive tail only (negate the map for the other). */
#ifndef VX_TESTS_OPS_TFCE_REFERENCE_H
#define VX_TESTS_OPS_TFCE_REFERENCE_H

#include "reference.h"

/* A neighbourhood system on a grid. */
typedef struct vx_reference_grid {
    int nx, ny, nz, connectivity;
} vx_reference_grid;

/* extent[v] = voxels in v's component of {level >= cut}; 0 where v is lower. */
static inline void vx_reference_extents(const vx_reference_grid *g, const double *level, double cut, int *extent)
{
    int voxels = g->nx * g->ny * g->nz, differ = g->connectivity == 26 ? 3 : g->connectivity == 18 ? 2 : 1;
    int *stack = vx_array((size_t)voxels, sizeof *stack);
    memset(extent, 0, (size_t)voxels * sizeof *extent);
    for (int start = 0; start < voxels; start++) {
        int size = 0;
        if (extent[start] || !(level[start] >= cut))
            continue;
        extent[start] = 1;
        stack[size++] = start;
        for (int done = 0; done < size; done++) {
            int v = stack[done], x = v % g->nx, y = v / g->nx % g->ny, z = v / g->nx / g->ny;
            for (int step = 0; step < 27; step++) {
                int dx = step % 3 - 1, dy = step / 3 % 3 - 1, dz = step / 9 - 1;
                int other = v + dx + g->nx * (dy + g->ny * dz);
                if (abs(dx) + abs(dy) + abs(dz) > differ || x + dx < 0 || x + dx >= g->nx || y + dy < 0 ||
                    y + dy >= g->ny || z + dz < 0 || z + dz >= g->nz || extent[other] || !(level[other] >= cut))
                    continue;
                extent[other] = 1;
                stack[size++] = other;
            }
        }
        for (int i = 0; i < size; i++)
            extent[stack[i]] = size;
    }
    free(stack);
}

static inline int vx_reference_descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* tfce[v] = sum over the distinct heights h_1 > h_2 > ... of e_v(h_k)^E (h_k^(H + 1) - h_{k+1}^(H + 1)) / (H + 1): e_v
 * is constant between two of them. */
static inline void vx_reference_tfce(const vx_reference_grid *g, double E, double H, const double *t, double *tfce)
{
    int voxels = g->nx * g->ny * g->nz;
    double *height = vx_array((size_t)voxels, sizeof *height);
    int *extent = vx_array((size_t)voxels, sizeof *extent);
    for (int v = 0; v < voxels; v++) {
        height[v] = t[v];
        tfce[v] = 0;
    }
    qsort(height, (size_t)voxels, sizeof *height, vx_reference_descending);
    for (int k = 0; k < voxels && height[k] > 0; k++) {
        double lower = k + 1 < voxels && height[k + 1] > 0 ? height[k + 1] : 0;
        if (lower == height[k])
            continue;
        double slice = (pow(height[k], H + 1) - pow(lower, H + 1)) / (H + 1);
        vx_reference_extents(g, t, height[k], extent);
        for (int v = 0; v < voxels; v++)
            tfce[v] += extent[v] ? pow(extent[v], E) * slice : 0;
    }
    free(height);
    free(extent);
}

/* The same by steps, as other tools do it: the sum over thresholds k dh, k = 1, 2, ..., of e_v(k dh)^E (k dh)^H. A
 * voxel is at or above k dh where t / dh >= k. */
static inline void vx_reference_tfce_steps(const vx_reference_grid *g, double E, double H, double dh, const double *t,
                                           double *tfce)
{
    int voxels = g->nx * g->ny * g->nz;
    double *level = vx_array((size_t)voxels, sizeof *level), top = 0;
    int *extent = vx_array((size_t)voxels, sizeof *extent);
    for (int v = 0; v < voxels; v++) {
        level[v] = t[v] / dh;
        top = fmax(top, level[v]);
        tfce[v] = 0;
    }
    for (int k = 1; k <= top; k++) {
        vx_reference_extents(g, level, k, extent);
        for (int v = 0; v < voxels; v++)
            tfce[v] += extent[v] ? pow(extent[v], E) * pow(k * dh, H) : 0;
    }
    free(level);
    free(extent);
}

#endif
