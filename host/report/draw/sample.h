/* Volumes at any place in mm: trilinear interpolation. */
#ifndef VX_REPORT_DRAW_SAMPLE_H
#define VX_REPORT_DRAW_SAMPLE_H

#include "voxstat/image.h"

#include <stdbool.h>

/* From mm to voxel indices of a grid: the inverse of its affine. */
typedef struct vx_sampler {
    const float *data; /* x fastest; not owned */
    int64_t dim[3];
    double inverse[3][4];
} vx_sampler;

vx_sampler vx_sampler_new(const vx_grid *grid, const float *data);

/* Whether the voxels of both lie at the same places. */
bool vx_sampler_aligned(const vx_sampler *one, const vx_sampler *other);

/* A place among the voxels of a grid, found once for all volumes that are aligned. */
typedef struct vx_spot {
    int64_t low[3];    /* the first of the eight voxels around it */
    double share[3];   /* of the way to the next one */
    bool near, within; /* some of them, all of them lie in the grid */
} vx_spot;

void vx_spot_find(const vx_sampler *sampler, const double mm[3], vx_spot *spot);

/* Trilinear: the eight voxels around the place, weighted by nearness; voxels outside the grid are `outside`. */
double vx_sample(const vx_sampler *sampler, const double mm[3], double outside);
double vx_sample_spot(const vx_sampler *sampler, const vx_spot *spot, double outside);

/* The nearest voxel, or `outside`. */
double vx_sample_nearest(const vx_sampler *sampler, const double mm[3], double outside);

/* The share of the voxels of `mask` (> 0, on `grid`) at which the image `data` on `other` is finite and not zero. */
double vx_sample_overlap(const vx_grid *grid, const float *mask, const vx_grid *other, const float *data);

#endif
