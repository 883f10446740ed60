/* smooth: an image convolved with a Gaussian, over the voxels that have data:
 *
 *     y(v) = sum_u w(u - v) m(u) x(u) / sum_u w(u - v) m(u)      w(d) = prod_k exp(-(d_k step_k)^2 / (2 sigma_k^2))
 *
 * m(u) is 1 where x(u) is finite and not 0, and 0 elsewhere; step_k is the length of a voxel along axis k and sigma_k =
 * FWHM_k / sqrt(8 ln 2), both in mm. Voxels without data keep their 0 or NaN and add nothing to others, so that edges
 * do not fade and a constant stays the same. The weights are those of samples of a Gaussian, as in scipy.ndimage.
 *
 * They are cut at 5 sigma along each axis, beyond which lies a share of 5.7e-7. So y is within 1.8e-6 of the range of
 * the image's values around v from the sum over all voxels. Sums are taken in double and rounded once.
 *
 * Where the FWHM is below 1.5 voxels, samples describe the Gaussian poorly: their variance is 2 % below sigma^2 at 1.5
 * voxels and 20 % below it at 1.1. */
#ifndef VX_PREPARE_SMOOTH_H
#define VX_PREPARE_SMOOTH_H

#include "image/step.h"

/* Smooths a volume by a Gaussian of `fwhm` mm along each of its axes; 0 leaves an axis as it is. Afterwards its values
 * are floats with slope 1 and intercept 0. Errors: VX_INPUT for axes that are not at right angles, along which a
 * Gaussian in mm is not a product of one for each axis; VX_INTERNAL where memory is short. */
vx_status vx_smooth_volume(vx_loaded *volume, const double fwhm[3], vx_error *error);

/* How images are smoothed; steps of several images share it. */
typedef struct vx_smoothing {
    double fwhm; /* mm, along every axis */
    bool target; /* it is what the image is to have after, given the smoothness that it has */
} vx_smoothing;

/* The step borrows `how`. With a target, an image that has h_k mm along axis k (vx_smoothness_of_volume) is smoothed by
 * sqrt(fwhm^2 - h_k^2) mm, and not at all along an axis with h_k >= fwhm; its figures fwhm_x, fwhm_y and fwhm_z are the
 * h_k. Errors of its application: those of vx_smooth_volume. */
vx_step vx_step_smooth(const vx_smoothing *how);

#endif
