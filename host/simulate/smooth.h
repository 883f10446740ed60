/* Gaussian smoothing of a whole volume, one axis after the other.
 *
 * The volume wraps around, so that smoothed noise has the same variance up to the border. The phantom leaves more room
 * above and behind than the kernel reaches, so nothing of one side of the brain arrives at the other. */
#ifndef VX_SIMULATE_SMOOTH_H
#define VX_SIMULATE_SMOOTH_H

#include <stdint.h>

/* Smooths `data` (x fastest) with a Gaussian of `sigma` voxels, cut at 4 sigma, of unit sum. `scratch` has its size. */
void vx_smooth(const int64_t dim[3], double sigma, float *data, float *scratch);

/* SD that vx_smooth leaves of independent noise with SD 1: (sum k^2)^(3/2) of the kernel k along one axis. */
double vx_smooth_noise_sd(double sigma);

#endif
