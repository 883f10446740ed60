/* regrid: an image brought to another grid of the same space.
 *
 *     y(v) = the mean over the points p of voxel v that have data of f(p)
 *
 * f is the image between its voxels: trilinear, or the cubic B-spline through them (prepare/spline.h). A voxel has one
 * point, its centre, unless it spans more than two voxels of the image along one of its axes: then f is averaged over
 * the voxel, at evenly spaced points along that axis, one for each voxel of the image that it spans. Where the axes
 * agree and it spans a round number of them, this is their mean.
 *
 * A voxel of the image has data where its value is finite and not 0. A point has data where the nearest voxel has, by
 * the same rule that brings masks and labels to a grid. f is interpolated from voxels that have data only: the weights
 * of the others are left out of the trilinear mean, and the spline runs through values that continue those at the
 * edge. So edges do not fade, and a constant stays the same. y(v) is missing where less than half of its points have
 * data: 0 where one of them lies on a 0, else NaN, as outside the image. */
#ifndef VX_PREPARE_REGRID_H
#define VX_PREPARE_REGRID_H

#include "image/step.h"
#include "prepare/worker.h"

typedef enum vx_regrid_method { VX_REGRID_LINEAR, VX_REGRID_CUBIC } vx_regrid_method;

/* Brings a volume to `grid`. *points becomes the number of points of a voxel. Afterwards its values are floats with
 * slope 1 and intercept 0. Errors: VX_INTERNAL where memory is short; VX_DEVICE of the device. */
vx_status vx_regrid_volume(vx_worker *worker, vx_loaded *volume, const vx_grid *grid, vx_regrid_method method,
                           int64_t *points, vx_error *error);

/* The grid of isotropic voxels of `mm` over the box of `from`, along its axes. The origin of the space, 0 0 0 mm, falls
 * on the centre of a voxel or would if the grid went on: images of one space get the same voxels, however they are
 * stored, and those of FSL's, SPM's and CAT12's templates have this origin. Voxels whose centres lie in the box of
 * `from` belong to the grid. Errors: VX_INPUT where no centre does, or more than a NIfTI file holds along an axis. */
vx_status vx_regrid_isotropic(const vx_grid *from, double mm, vx_grid *grid, vx_error *error);

/* How images are brought to a grid; steps of several images share it. */
typedef struct vx_regridding {
    vx_worker *worker; /* borrowed */
    vx_grid grid;
    const char *name; /* of the grid, after "the grid of": the path of an image, or "2 mm voxels"; borrowed */
    vx_regrid_method method;
    double tolerance; /* voxels: a volume whose grid is the same within it is left as it is */
} vx_regridding;

/* The step borrows `how`. Its figure `points` is the number of points of a voxel: 0 where the volume was on the grid
 * already. Errors of its application (VX_INPUT): the volume has no data on the grid. */
vx_step vx_step_regrid(const vx_regridding *how);

#endif
