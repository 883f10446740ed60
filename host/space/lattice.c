#include "space/lattice.h"

#include "base/error.h"
#include "base/memory.h"
#include "space/grid.h"

vx_status vx_lattice_init(const vx_space *space, vx_lattice *lattice, vx_error *error)
{
    int64_t at[3], low[3] = {INT64_MAX, INT64_MAX, INT64_MAX}, high[3] = {0, 0, 0};
    if (space->name)
        return vx_fail(error, VX_USAGE, "%s have no neighbours, which clusters and TFCE need; they can be "
                       "corrected one by one", space->plural);
    for (int64_t v = 0; v < space->elements; v++) {
        vx_grid_voxel(&space->grid, space->index[v], at);
        for (int k = 0; k < 3; k++) {
            low[k] = at[k] < low[k] ? at[k] : low[k];
            high[k] = at[k] > high[k] ? at[k] : high[k];
        }
    }
    vx_lattice made = {.stride_y = high[0] - low[0] + 2};
    made.stride_z = made.stride_y * (high[1] - low[1] + 2);
    made.size = made.stride_z * (high[2] - low[2] + 2);
    if (made.size > INT32_MAX)
        return vx_fail(error, VX_INPUT, "a mask whose bounding box has %lld voxels is too large for clusters",
                       (long long)made.size);
    if (!(made.position = vx_array((size_t)space->elements, sizeof *made.position)))
        return vx_fail_memory(error);
    for (int64_t v = 0; v < space->elements; v++) {
        vx_grid_voxel(&space->grid, space->index[v], at);
        made.position[v] = (int32_t)(at[0] - low[0] + 1 + (at[1] - low[1] + 1) * made.stride_y +
                                     (at[2] - low[2] + 1) * made.stride_z);
    }
    *lattice = made;
    return VX_OK;
}

void vx_lattice_destroy(vx_lattice *lattice)
{
    if (!lattice)
        return;
    free(lattice->position);
    *lattice = (vx_lattice){0};
}
