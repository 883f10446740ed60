/* Space: the elements of an analysis and their positions.
 *
 * An element is a voxel of a grid, or something with a name but no position, such as a region or a marker. Statistics
 * are computed for each element and are the same for both. Clusters and TFCE need neighbours, which names do not have.
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

/* The grid of a volume. `affine` maps 0-based voxel indices to mm: it is the sform where its code is positive, else the
 * qform (NIfTI-1 methods 3 and 2). The other fields are those of the header, and outputs carry them on. Two things are
 * changed: lengths in micrometres and metres become mm, and an invalid qform beside a valid sform is dropped. */
typedef struct vx_grid {
    int64_t dim[3];
    double affine[4][4];
    double pixdim[3]; /* mm */
    int qform_code;
    double quatern[3], qoffset[3], qfac;
    int sform_code;
    double sform[3][4];
} vx_grid;

/* The default tolerance, in voxels, within which two grids are the same. */
#define VX_GRID_TOLERANCE 0.02

/* Whether two grids agree: the dimensions are equal and every corner is within `tolerance` voxels. Where they differ,
 * `difference` (may be null; `size` bytes) describes it: dimensions, a shift in mm, a flip, a rotation. */
VX_API bool vx_grid_same(const vx_grid *a, const vx_grid *b, double tolerance, char *difference, size_t size);

/* The largest distance along an axis, in voxels of `a`, between the same corner of both grids. It is infinite where the
 * dimensions differ or an affine is not finite. */
VX_API double vx_grid_distance(const vx_grid *a, const vx_grid *b);

/* A plain grid for data from memory: isotropic voxels of `mm`, first voxel at `origin` mm, sform code 2 (aligned). */
VX_API vx_grid vx_grid_new(int64_t nx, int64_t ny, int64_t nz, double mm, const double origin[3]);

/* The elements of an analysis: V voxels of a grid, or V names. */
typedef struct vx_space {
    int64_t elements;               /* V */
    char singular[32], plural[32];  /* the words for one and several elements: "voxel", "voxels" */
    vx_grid grid;                   /* the grid of the voxels; all zero for names */
    int64_t *index;                 /* V, ascending: the linear index (x fastest) of every voxel; null for names */
    char **name;                    /* V; null for voxels */
} vx_space;

/* Makes a space of voxels. Copies `index` (V, ascending, within the grid). On error *space keeps its value. Errors:
 * VX_INPUT for no element, or for an index that is not ascending or outside the grid (the message names it). */
VX_API vx_status vx_space_on_grid(const vx_grid *grid, int64_t elements, const int64_t *index, vx_space *space,
                                  vx_error *error);

/* Makes a space of names. Copies all texts. `singular` and `plural` are the words for one and several elements, such as
 * "region" and "regions". On error *space keeps its value. Errors: VX_INPUT for no element, or for a word that is empty
 * or longer than 31 bytes. */
VX_API vx_status vx_space_of_names(const char *singular, const char *plural, int64_t elements, const char *const *name,
                                   vx_space *space, vx_error *error);

/* Releases what a space owns and leaves it empty; null is allowed. */
VX_API void vx_space_destroy(vx_space *space);

#ifdef __cplusplus
}
#endif
#endif
