/* Space: where the elements of an analysis lie.
 *
 * World coordinates are millimetres, RAS+ (x to the right, y to the front, z up). A vx_grid is a plain value. */
#ifndef VOXSTAT_SPACE_H
#define VOXSTAT_SPACE_H

#include "voxstat/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the voxels of a volume lie. `affine` maps 0-based voxel indices to mm: the sform where its code is positive,
 * else the qform (NIfTI-1 methods 3, 2). The header's own fields are kept as they were found, so that outputs carry
 * them on, but for lengths in micrometres and metres, which become mm, and for a qform that is none beside an sform. */
typedef struct vx_grid {
    int64_t dim[3];
    double affine[4][4];
    double pixdim[3]; /* mm */
    int qform_code;
    double quatern[3], qoffset[3], qfac;
    int sform_code;
    double sform[3][4];
} vx_grid;

/* Two grids that lie within so many voxels of one another are one, where nothing else is said. */
#define VX_GRID_TOLERANCE 0.02

/* Whether two grids agree: same dimensions and every corner within `tolerance` voxels. Where they do not, `difference`
 * (may be null; `size` bytes) says how: dimensions, a shift in mm, a flip, a rotation. */
VX_API bool vx_grid_same(const vx_grid *a, const vx_grid *b, double tolerance, char *difference, size_t size);

/* The largest distance along an axis, in voxels of `a`, between the same corner of both grids; infinity where their
 * dimensions differ or an affine is no numbers. */
VX_API double vx_grid_distance(const vx_grid *a, const vx_grid *b);

/* A plain grid for data from memory: isotropic voxels of `mm`, first voxel at `origin` mm, sform code 2 (aligned). */
VX_API vx_grid vx_grid_new(int64_t nx, int64_t ny, int64_t nz, double mm, const double origin[3]);

#ifdef __cplusplus
}
#endif
#endif
