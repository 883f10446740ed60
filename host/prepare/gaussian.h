/* Convolution with a Gaussian on a grid, which is 0 outside:
 *
 *     s(v) = sum_u w(u - v) x(u)      w(d) = prod_k exp(-(d_k step_k)^2 / (2 sigma_k^2))
 *
 * step_k is the length of a voxel along axis k of the grid and sigma_k = FWHM_k / sqrt(8 ln 2), both in mm. The weights
 * are samples of a Gaussian, cut at VX_GAUSSIAN_REACH sigma, as in scipy.ndimage.gaussian_filter of mode constant. */
#ifndef VX_PREPARE_GAUSSIAN_H
#define VX_PREPARE_GAUSSIAN_H

#include "engine/backend.h"
#include "voxstat/space.h"

enum { VX_GAUSSIAN_REACH = 5 }; /* sigma */

/* One half of a kernel along an axis: weight[t] for the voxels at distance t, of which weight[0] = 1. */
typedef struct vx_gaussian {
    int64_t reach;  /* at most the length of the axis; 0: the axis stays as it is */
    double *weight; /* reach + 1 */
    double sum;     /* of both halves, those weights too that reach beyond the grid */
} vx_gaussian;

/* The kernels for `fwhm` mm along each axis, of which 0 leaves an axis as it is. vx_gaussian_destroy releases them, on
 * errors too. Errors: VX_INPUT for axes that are not at right angles, along which a Gaussian in mm is not a product of
 * one for each axis; VX_INTERNAL where memory is short. */
vx_status vx_gaussian_init(const vx_grid *grid, const double fwhm[3], vx_gaussian g[3], vx_error *error);
void vx_gaussian_destroy(vx_gaussian g[3]);

/* Replaces x (dim, x fastest) by s, or by s over the sum of all w, which keeps a constant far from the edges. The dim
 * may be those of a part of the grid. The C backend does it. The result does not depend on threads. Errors: VX_INTERNAL
 * where memory is short. */
vx_status vx_gaussian_sum(const vx_gaussian g[3], const int64_t dim[3], double *data, vx_error *error);
vx_status vx_gaussian_convolve(const vx_gaussian g[3], const int64_t dim[3], double *data, vx_error *error);

/* vx_gaussian_sum on a device, by its op convolve: *data becomes s. *spare is a second array of that size, whose
 * content is lost; the two may change places. Errors: VX_DEVICE, too. */
vx_status vx_gaussian_sum_by(vx_backend *backend, const vx_gaussian g[3], const int64_t dim[3], double **data,
                             double **spare, vx_error *error);

#endif
