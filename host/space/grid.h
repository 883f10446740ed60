/* The geometry of a grid: places, voxel indices, millimetres and sizes.
 *
 *     place = i + dim[0] (j + dim[1] k)     the linear index of voxel (i, j, k), x fastest
 *     mm    = affine (i, j, k, 1)
 *
 * A volume of the grid fits in memory, so that no product of dimensions overflows. */
#ifndef VX_SPACE_GRID_H
#define VX_SPACE_GRID_H

#include "voxstat/space.h"

/* NIfTI's codes of the spaces that have a name. */
enum { VX_SPACE_TALAIRACH = 3, VX_SPACE_MNI = 4 };

/* The code of the space of a grid: that of its sform, else of its qform. */
static inline int vx_grid_space_code(const vx_grid *grid)
{
    return grid->sform_code > 0 ? grid->sform_code : grid->qform_code;
}

/* Voxels of a grid. */
static inline size_t vx_grid_elements(const vx_grid *grid)
{
    return (size_t)grid->dim[0] * (size_t)grid->dim[1] * (size_t)grid->dim[2];
}

static inline int64_t vx_grid_place(const vx_grid *grid, const int64_t voxel[3])
{
    return voxel[0] + grid->dim[0] * (voxel[1] + grid->dim[1] * voxel[2]);
}

static inline void vx_grid_voxel(const vx_grid *grid, int64_t place, int64_t voxel[3])
{
    voxel[0] = place % grid->dim[0];
    voxel[1] = place / grid->dim[0] % grid->dim[1];
    voxel[2] = place / grid->dim[0] / grid->dim[1];
}

/* Whether a voxel index lies on the grid. */
static inline bool vx_grid_holds(const vx_grid *grid, const int64_t voxel[3])
{
    for (int k = 0; k < 3; k++)
        if (voxel[k] < 0 || voxel[k] >= grid->dim[k])
            return false;
    return true;
}

/* From voxel indices of `to` to voxel indices of `from`: the first three rows of the matrix from^-1 to. */
void vx_grid_between(const vx_grid *from, const vx_grid *to, double between[3][4]);

/* The voxel whose centre is nearest to a point in voxel indices; false outside the grid. Halfway between two centres it
 * is the one of the higher index. The margin of a millionth of a voxel is for rounding: it lets all voxels of a line
 * that lie halfway be treated alike. */
static inline bool vx_grid_nearest(const int64_t dim[3], const double point[3], int64_t voxel[3])
{
    for (int k = 0; k < 3; k++) {
        const double up = point[k] + 0.5 + 1e-6;
        if (!(up >= 0 && up < (double)dim[k])) /* others may not fit an integer */
            return false;
        voxel[k] = (int64_t)up;
    }
    return true;
}

/* The voxel of `to` that is nearest to the voxel of `from` at a place; `between` is of vx_grid_between(to, from). False
 * outside `to`. */
bool vx_grid_meets(const vx_grid *to, const double between[3][4], const vx_grid *from, int64_t place, int64_t voxel[3]);

/* The position of a voxel's centre. */
void vx_grid_mm(const vx_grid *grid, int64_t place, double mm[3]);

/* Millimetres to voxel indices: the first three rows of the inverse of the affine, which is regular. */
void vx_grid_inverse(const vx_grid *grid, double inverse[3][4]);

/* Millimetres from one voxel to the next along an axis: the length of a column of the affine. The header's pixdim says
 * the same in ordinary files and may not in others. */
double vx_grid_step_mm(const vx_grid *grid, int axis);

/* mm3 of a voxel: |det| of the affine's 3 x 3, which is right on sheared grids too. */
double vx_grid_voxel_mm3(const vx_grid *grid);

/* Whether the affine is finite, every axis has a length and no axis lies in the plane of the others: the volume of a
 * voxel divided by the product of its edges is 1 for a box and 0 for a plane; 1e-6 is asked for. */
bool vx_grid_is_regular(const vx_grid *grid);

#endif
