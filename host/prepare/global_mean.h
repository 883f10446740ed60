/* global_mean: an image divided by its global mean (image/global.h),
 *
 *     y(v) = x(v) / mean of x over the voxels above an eighth of the mean of all finite voxels
 *
 * What is left of a change is relative to that of the whole brain. A decrease of much of the cortex lowers the global
 * mean, so the decrease is lost in part, and tissue that did not change seems to rise (Borghammer et al. 2009,
 * NeuroImage 45:1249). */
#ifndef VX_PREPARE_GLOBAL_MEAN_H
#define VX_PREPARE_GLOBAL_MEAN_H

#include "image/step.h"

/* Its figures are the mean, in the units of the image, and the number of voxels that it is over. Without `divide` the
 * image stays as it is and only the figures are found. Errors of its application (VX_INPUT): a global mean that is not
 * above 0. */
vx_step vx_step_global_mean(bool divide);

#endif
