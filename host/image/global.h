/* The global mean of an image, as SPM's spm_global defines it: the mean of the voxels above an eighth of the mean over
 * all finite voxels. Those voxels are the image's own extent: the object, without the air around it. */
#ifndef VX_IMAGE_GLOBAL_H
#define VX_IMAGE_GLOBAL_H

#include "image/step.h"

/* NaN where no voxel is above the level, as in an image without a positive mean. Units are the image's. */
typedef struct vx_global {
    double level; /* an eighth of the mean over all finite voxels */
    double mean;  /* over the voxels above the level */
    double sd;    /* of these voxels, about their mean, with n - 1 */
    int64_t voxels;
} vx_global;

vx_global vx_global_of(const vx_loaded *image);

#endif
