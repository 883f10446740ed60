/* Gaussian smoothing of a volume, one axis after the other.
 *
 * The volume is periodic, so that smoothed noise has the same variance up to the border. Along each axis the
 * empty margin around the brain is wider than the kernel, so that opposite sides do not mix. */
#ifndef VX_SIMULATE_SMOOTH_H
#define VX_SIMULATE_SMOOTH_H

#include <stdint.h>

/* Smooths `data` (x fastest) by a Gaussian of `sigma` voxels, cut at 4 sigma, of unit sum. `scratch` has the same
 * size. */
void vx_smooth(const int64_t dim[3], double sigma, float *data, float *scratch);

/* The SD of independent noise of SD 1 after vx_smooth: (sum k^2)^(3/2), where k is the kernel along one axis. */
double vx_smooth_noise_sd(double sigma);

#endif
