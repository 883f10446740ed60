/* Trilinear interpolation of volumes at positions in mm. */
#ifndef VX_REPORT_DRAW_SAMPLE_H
#define VX_REPORT_DRAW_SAMPLE_H

#include "voxstat/image.h"

#include <stdbool.h>

/* A volume, with the inverse of its affine, from mm to voxel indices. */
typedef struct vx_sampler {
    const float *data; /* x fastest; not owned */
    int64_t dim[3];
    double inverse[3][4];
} vx_sampler;

vx_sampler vx_sampler_new(const vx_grid *grid, const float *data);

/* Whether the voxels of both have the same positions. */
bool vx_sampler_aligned(const vx_sampler *one, const vx_sampler *other);

/* A position in the voxels of a grid, which serves all aligned volumes. */
typedef struct vx_spot {
    int64_t low[3];    /* the first of the eight voxels around it */
    double share[3];   /* of the way to the next one */
    bool near, within; /* some, or all, of the eight are in the grid */
} vx_spot;

void vx_spot_find(const vx_sampler *sampler, const double mm[3], vx_spot *spot);

/* The trilinear interpolation of the eight voxels around a position; voxels outside the grid count as `outside`. */
double vx_sample(const vx_sampler *sampler, const double mm[3], double outside);
double vx_sample_spot(const vx_sampler *sampler, const vx_spot *spot, double outside);

/* The value of the nearest voxel, or `outside`. */
double vx_sample_nearest(const vx_sampler *sampler, const double mm[3], double outside);

/* The share of the voxels of `mask` (> 0, on `grid`) at which the image `data` on `other` is finite and not zero. */
double vx_sample_overlap(const vx_grid *grid, const float *mask, const vx_grid *other, const float *data);

#endif
