/* Packing volumes for the viewer of report.html: integers times a slope, as gzipped NIfTI-1 in memory. */
#ifndef VX_REPORT_VOLUME_H
#define VX_REPORT_VOLUME_H

#include "report/draw/figure.h"
#include "voxstat/image.h"

/* Voxels low <= i < high of a grid. */
typedef struct vx_box { int64_t low[3], high[3]; } vx_box;

/* The bounding box of the voxels where `mask` (one float per voxel, x fastest) is not 0, extended by `margin` voxels on
 * each side within the grid. It is the full grid if the mask is 0 everywhere. */
vx_box vx_box_around(const vx_grid *grid, const float *mask, int64_t margin);

typedef enum vx_volume_type { VX_VOLUME_UINT8, VX_VOLUME_INT16 } vx_volume_type;

/* Packs the part of `value` (one float per voxel of the grid) in `box` as round(value / slope), with `slope` (> 0) in
 * the header. The error is at most slope / 2 for values in the range of the type; others are clamped. Values that are
 * not finite become 0. The caller frees packed->data. Errors: VX_INTERNAL without memory, VX_OUTPUT if the size exceeds
 * NIfTI-1. */
vx_status vx_volume_pack(const vx_grid *grid, const vx_box *box, const float *value, vx_volume_type type, double slope,
                         vx_bytes *packed, vx_error *error);

#endif
