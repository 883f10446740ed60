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
#include "prepare/worker.h"

/* Smooths a volume by a Gaussian of `fwhm` mm along each of its axes; 0 leaves an axis as it is. Afterwards its values
 * are floats with slope 1 and intercept 0. Errors: VX_INPUT for axes that are not at right angles, along which a
 * Gaussian in mm is not a product of one for each axis; VX_INTERNAL where memory is short; VX_DEVICE of the device. */
vx_status vx_smooth_volume(vx_worker *worker, vx_loaded *volume, const double fwhm[3], vx_error *error);

/* How images are smoothed; steps of several images may share it. */
typedef struct vx_smoothing {
    vx_worker *worker; /* borrowed */
    double fwhm[3];  /* mm along each axis */
    double target;   /* the smoothness to which an image was to come; 0: its own does not matter */
    double there[3]; /* with a target: the smoothness that it has */
} vx_smoothing;

/* With h_k mm there along axis k, the Gaussians that are missing to `target`: sqrt(target^2 - h_k^2) mm. They are 0
 * along an axis with h_k >= target, and where h_k is NaN, as along an axis of one voxel. */
vx_smoothing vx_smoothing_to(vx_worker *worker, double target, const double there[3]);

/* The step borrows `how`. With a target its figures fwhm_x, fwhm_y and fwhm_z are the smoothness that was there. Errors
 * of its application: those of vx_smooth_volume. */
vx_step vx_step_smooth(const vx_smoothing *how);

#endif
