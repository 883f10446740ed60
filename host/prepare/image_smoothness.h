/* The smoothness of the noise in each image of a group.
 *
 * An image of a head is mostly anatomy, which is smoother than its noise and alike in all heads of a space. So it is
 * compared with the mean m(v) of the group, over the voxels at which all n images have data: d(v) = x(v) - m(v). Of
 * independent images with the mean squared difference D_i, first or second, that of d_i is
 *
 *     E_i = (1 - 1/n)^2 D_i + sum_(j != i) D_j / n^2
 *     D_i = (E_i - T / n^2) / (1 - 2/n)       T = sum_i D_i = sum_i E_i / (1 - 1/n)
 *
 * from which vx_smoothness_of_differences tells the FWHM. What people differ in beside noise still counts. */
#ifndef VX_PREPARE_IMAGE_SMOOTHNESS_H
#define VX_PREPARE_IMAGE_SMOOTHNESS_H

#include "image/sources.h"

enum { VX_IMAGES_TO_COMPARE = 4 }; /* n at least */

/* Reads every image twice, with the steps that it has, on `threads` threads (0: all). fwhm[row * sources->sessions +
 * session] becomes its smoothness in mm along the axes of the grid; NaN where it cannot be told. The result does not
 * depend on the threads. Errors: those of reading the images, naming participant and column; VX_INPUT for fewer images
 * than VX_IMAGES_TO_COMPARE; VX_INTERNAL where memory is short. */
vx_status vx_image_smoothness_find(vx_sources *sources, int threads, double (*fwhm)[3], vx_error *error);

#endif
