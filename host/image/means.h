/* Weighted means of images over regions of voxels, and the mean image. The matrix holds only weighted sums (changes),
 * so the images are read a second time for these. Keeping every session in memory instead would multiply its size. */
#ifndef VX_IMAGE_MEANS_H
#define VX_IMAGE_MEANS_H

#include "image/sources.h"

/* Voxels of a grid and their weights in a mean; not owned. */
typedef struct vx_voxel_set {
    const int64_t *index; /* linear grid indices */
    const float *weight;  /* null: 1 everywhere */
    int64_t voxels;
} vx_voxel_set;

/* Owned; vx_means_free releases it. */
typedef struct vx_means {
    int64_t n, sessions;
    size_t regions;
    double **region;     /* per session: n x regions, in the images' units */
    int64_t **voxels;    /* per session: n, the number of voxels of the grid that are finite and not zero */
    float *image;        /* per grid voxel: the mean of the images that are finite there; 0 if no image is */
    int64_t missing;     /* images that changed or cannot be read any more; their means are NaN, of 0 voxels */
    char *first_missing; /* why the first of them is missing; null: no image is missing */
} vx_means;

/* Reads the images of a matrix a second time, on `threads` threads (0: all), with one volume in memory per thread. Sums
 * are taken in the order of the rows, so they do not depend on the threads. An image that has changed, or cannot be
 * read any more, is left out and counted. Sessions that a row does not have also get NaN and 0 voxels. The matrix must
 * have been read before, because that sets the grid. */
vx_status vx_means_read(vx_sources *sources, const vx_voxel_set *region, size_t regions, int threads, vx_means **means,
                        vx_error *error);
void vx_means_free(vx_means *means);

#endif
