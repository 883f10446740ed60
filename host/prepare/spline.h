/* Cubic B-splines through the voxels of a volume (Unser 1999, IEEE Signal Process Mag 16(6):22):
 *
 *     f(p) = sum_i c(i) b(p_x - i_x) b(p_y - i_y) b(p_z - i_z)       f(i) = the value of voxel i
 *
 * b is the cubic B-spline: 2/3 - t^2 + |t|^3/2 for |t| <= 1, (2 - |t|)^3 / 6 for |t| <= 2. Outside the volume f is
 * mirrored at the centres of the outermost voxels, as by scipy.ndimage.map_coordinates of order 3 and mode mirror. */
#ifndef VX_PREPARE_SPLINE_H
#define VX_PREPARE_SPLINE_H

#include "engine/backend.h"

/* Replaces the values in a buffer of doubles (x fastest) by the coefficients c. kernels/sample.h has f. Errors:
 * VX_INTERNAL where memory is short; VX_DEVICE of the backend. */
vx_status vx_spline_filter(vx_backend *backend, const int64_t dim[3], vx_buffer *coefficient, vx_error *error);

/* Gives the voxels that are NaN values that continue those near them, so that the spline does not swing at an edge: 8
 * times over, a voxel next to a face of others gets their mean; the rest get the mean of all. A step between these two
 * changes f at the data by less than 0.268^8 = 3e-5 of its height. Errors: VX_INTERNAL where memory is short. */
vx_status vx_spline_continue(const int64_t dim[3], double *value, vx_error *error);

#endif
