/* Means of images over regions of voxels, and the mean image: what tables and pictures need beside the matrix, which
 * holds changes only. They come from reading the images once more, so that baselines never lie in memory beside it. */
#ifndef VX_IMAGE_MEANS_H
#define VX_IMAGE_MEANS_H

#include "image/sources.h"

/* Linear grid indices; not owned. */
typedef struct vx_voxel_set {
    const int64_t *index;
    int64_t voxels;
} vx_voxel_set;

/* Owned; vx_means_free releases it. */
typedef struct vx_means {
    int64_t n, sessions;
    size_t regions;
    double **region;     /* a session: n x regions, in the images' units */
    int64_t **voxels;    /* a session: n; the voxels of the grid that are finite and not zero */
    float *image;        /* a grid voxel: the mean of all images where they are finite; 0 where none is */
    int64_t missing;     /* images that are not what they were, and stand in no mean: NaN is theirs, of 0 voxels */
    char *first_missing; /* why the first of them is not there; null: none is missing */
} vx_means;

/* Reads the images of a matrix once more, in parallel on `threads` threads (0: all); no more than one volume a thread
 * is held. Sums are taken in the order of the rows, so that they do not depend on the threads. An image that has
 * changed since, or cannot be read any more, is left out and counted. NaN and 0 voxels also stand where a row has fewer
 * sessions. The matrix must have been read: it fixes the grid. */
vx_status vx_means_read(vx_sources *sources, const vx_voxel_set *region, size_t regions, int threads, vx_means **means,
                        vx_error *error);
void vx_means_free(vx_means *means);

#endif
