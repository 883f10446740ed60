/* The volumes that report.html carries for its viewer: whole numbers times a slope, as NIfTI-1 and gzip, in memory. */
#ifndef VX_REPORT_VOLUME_H
#define VX_REPORT_VOLUME_H

#include "report/draw/figure.h"
#include "voxstat/image.h"

/* Voxels low <= i < high of a grid. */
typedef struct vx_box { int64_t low[3], high[3]; } vx_box;

/* The smallest box around the voxels where `mask` (one float a grid voxel, x fastest) is not 0, wider by `margin`
 * voxels on every side where the grid has them; the whole grid where there is no such voxel. */
vx_box vx_box_around(const vx_grid *grid, const float *mask, int64_t margin);

typedef enum vx_volume_type { VX_VOLUME_UINT8, VX_VOLUME_INT16 } vx_volume_type;

/* The part of `value` (one float a grid voxel) that lies in `box`, as round(value / slope), with `slope` (> 0) in the
 * header: off by slope / 2 at most where it fits the type, cut off at its ends where not. A value that is not finite
 * becomes 0. The caller frees packed->data. Errors: VX_INTERNAL where memory is short, VX_OUTPUT where NIfTI-1 cannot
 * hold the size. */
vx_status vx_volume_pack(const vx_grid *grid, const vx_box *box, const float *value, vx_volume_type type, double slope,
                         vx_bytes *packed, vx_error *error);

#endif
