/* Erosion of a region by a ball: what is left are the voxels v with
 *
 *     |v - u| > r mm  for every voxel u that is not of the region, between the voxels' centres.
 *
 * Voxels outside the grid are not of the region. A reference region loses so its rim, which has activity of its
 * neighbours (partial volume). */
#ifndef VX_PREPARE_ERODE_H
#define VX_PREPARE_ERODE_H

#include "image/mask.h"

/* Removes voxels from `region`, in place; it may become empty. `radius_mm` is above 0. Errors: VX_INTERNAL where memory
 * is short. */
vx_status vx_candidates_erode(const vx_grid *grid, double radius_mm, vx_candidates *region, vx_error *error);

#endif
