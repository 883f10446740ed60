#include "prepare/erode.h"

#include "space/grid.h"

#include <math.h>

/* A difference of voxel indices. */
typedef struct voxel_offset {
    int64_t by[3];
} voxel_offset;

/* How many planes of an axis a ball may cross: the planes lie 1 / |row of the inverse affine| mm apart. */
static int64_t reach(const vx_grid *grid, int axis, double radius_mm)
{
    double inverse[3][4];
    vx_grid_inverse(grid, inverse);
    return (int64_t)floor(radius_mm * sqrt(inverse[axis][0] * inverse[axis][0] + inverse[axis][1] * inverse[axis][1] +
                                           inverse[axis][2] * inverse[axis][2]) + 1e-6);
}

static double length_mm(const vx_grid *grid, const int64_t by[3])
{
    double square = 0;
    for (int row = 0; row < 3; row++) {
        double mm = 0;
        for (int axis = 0; axis < 3; axis++)
            mm += grid->affine[row][axis] * (double)by[axis];
        square += mm * mm;
    }
    return sqrt(square);
}

/* The offsets of a ball but its centre. A millionth of its radius is for rounding, so that a ball of two voxels' width
 * reaches both. */
static voxel_offset *ball(const vx_grid *grid, double radius_mm, size_t *offsets)
{
    size_t most;
    int64_t far[3], by[3];
    *offsets = 0;
    for (int axis = 0; axis < 3; axis++)
        far[axis] = reach(grid, axis, radius_mm);
    if (!vx_multiply((size_t)(2 * far[0] + 1), (size_t)(2 * far[1] + 1), &most) ||
        !vx_multiply(most, (size_t)(2 * far[2] + 1), &most))
        return NULL;
    voxel_offset *offset = vx_array(most, sizeof *offset);
    for (by[2] = -far[2]; offset && by[2] <= far[2]; by[2]++)
        for (by[1] = -far[1]; by[1] <= far[1]; by[1]++)
            for (by[0] = -far[0]; by[0] <= far[0]; by[0]++)
                if ((by[0] || by[1] || by[2]) && length_mm(grid, by) <= radius_mm * (1 + 1e-6))
                    offset[(*offsets)++] = (voxel_offset){{by[0], by[1], by[2]}};
    return offset;
}

static bool stays(const vx_grid *grid, const bool *inside, int64_t place, const voxel_offset *offset, size_t offsets)
{
    int64_t voxel[3], other[3];
    vx_grid_voxel(grid, place, voxel);
    for (size_t k = 0; k < offsets; k++) {
        for (int axis = 0; axis < 3; axis++)
            other[axis] = voxel[axis] + offset[k].by[axis];
        if (!vx_grid_holds(grid, other) || !inside[vx_grid_place(grid, other)])
            return false;
    }
    return true;
}

vx_status vx_candidates_erode(const vx_grid *grid, double radius_mm, vx_candidates *region, vx_error *error)
{
    size_t offsets;
    voxel_offset *offset = ball(grid, radius_mm, &offsets);
    bool *inside = vx_array_zero(vx_grid_elements(grid), sizeof *inside);
    vx_status status = offset && inside ? VX_OK : vx_fail_memory(error);
    int64_t left = 0;
    for (int64_t k = 0; !status && k < region->count; k++)
        inside[region->index[k]] = true;
    for (int64_t k = 0; !status && k < region->count; k++)
        if (stays(grid, inside, region->index[k], offset, offsets))
            region->index[left++] = region->index[k];
    if (!status)
        region->count = left;
    free(offset);
    free(inside);
    return status;
}
