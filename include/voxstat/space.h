/* Space: what the elements of an analysis are and where they lie.
 *
 * An element is a voxel of a grid, or something with a name and no place: a region, a marker. Statistics are computed
 * element by element and do not ask which; clusters and TFCE need neighbours, which names do not have.
 *
 * World coordinates are millimetres, RAS+ (x to the right, y to the front, z up). A vx_grid is a plain value. A
 * vx_space owns its arrays; vx_space_destroy releases them. */
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

/* The elements of an analysis: V voxels of a grid, or V names. */
typedef struct vx_space {
    int64_t elements;               /* V */
    char singular[32], plural[32];  /* what an element is called: "voxel", "voxels" */
    vx_grid grid;                   /* of voxels; all zero where the elements are names */
    int64_t *index;                 /* V, ascending: the linear index (x fastest) of every voxel; null for names */
    char **name;                    /* V; null for voxels */
} vx_space;

/* Voxels of a grid; copies `index` (V, ascending, within the grid). Errors: VX_INPUT for no element or an index that is
 * not so, naming it. *space is untouched on error, here and below. */
VX_API vx_status vx_space_on_grid(const vx_grid *grid, int64_t elements, const int64_t *index, vx_space *space,
                                  vx_error *error);

/* Elements that have names and no place in common space; copies everything. `singular` and `plural` say what one and
 * several are called, as in "region", "regions". Errors: VX_INPUT for no element, or such a word of no or more than 31
 * bytes. */
VX_API vx_status vx_space_of_names(const char *singular, const char *plural, int64_t elements, const char *const *name,
                                   vx_space *space, vx_error *error);

/* Releases what a space owns and leaves it empty; null is allowed. */
VX_API void vx_space_destroy(vx_space *space);

#ifdef __cplusplus
}
#endif
#endif
