/* Packing volumes for the viewer of report.html: integers times a slope, in a gzipped file in memory. */
#ifndef VX_REPORT_VOLUME_H
#define VX_REPORT_VOLUME_H

#include "report/draw/figure.h"
#include "voxstat/image.h"

/* Voxels low <= i < high of a grid. */
typedef struct vx_box { int64_t low[3], high[3]; } vx_box;

/* The bounding box of the voxels where `mask` (one float per voxel, x fastest) is not 0, extended by `margin` voxels on
 * each side within the grid. It is the full grid if the mask is 0 everywhere. */
vx_box vx_box_around(const vx_grid *grid, const float *mask, int64_t margin);

/* How values become integers: round(value / size), at least `low` and at most `high`, which int16 holds. */
typedef struct vx_steps { double size, low, high; } vx_steps;

/* Packs the part of `value` (one float per voxel of the grid) in `box` as integers of `steps`. The error is at most
 * steps->size / 2 for values within their ends. Values that are not finite become 0. The packed bytes are gzipped: the
 * header of a NIfTI-1 file of int16 with scl_slope = steps->size, VX_NIFTI_OFFSET bytes, then the integers as
 *
 *     d = the differences of neighbours along x, of these along y, and of these along z, modulo 2^16
 *     u = 2 d where d >= 0, else -2 d - 1: all low bytes, then all high bytes
 *
 * volume.js has the inverse. The caller frees packed->data. Errors: VX_INTERNAL without memory, VX_OUTPUT if the size
 * exceeds NIfTI-1. */
vx_status vx_volume_pack(const vx_grid *grid, const vx_box *box, const float *value, const vx_steps *steps,
                         vx_bytes *packed, vx_error *error);

/* Compresses in one call. The caller frees packed->data. */
vx_status vx_gzip(const void *from, size_t count, vx_bytes *packed, vx_error *error);

#endif
