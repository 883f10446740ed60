/* Volumes at any place in mm: trilinear interpolation. */
#ifndef VX_REPORT_DRAW_SAMPLE_H
#define VX_REPORT_DRAW_SAMPLE_H

#include "voxstat/image.h"

/* From mm to voxel indices of a grid: the inverse of its affine. */
typedef struct vx_sampler {
    const float *data; /* x fastest; not owned */
    int64_t dim[3];
    double inverse[3][4];
} vx_sampler;

vx_sampler vx_sampler_new(const vx_grid *grid, const float *data);

/* Trilinear: the eight voxels around the place, weighted by nearness; voxels outside the grid are `outside`. */
double vx_sample(const vx_sampler *sampler, const double mm[3], double outside);

/* The nearest voxel, or `outside`. */
double vx_sample_nearest(const vx_sampler *sampler, const double mm[3], double outside);

/* The share of the voxels of `mask` (> 0, on `grid`) at which the image `data` on `other` is finite and not zero. */
double vx_sample_overlap(const vx_grid *grid, const float *mask, const vx_grid *other, const float *data);

#endif
