/* Spaces inside the library: making, querying and writing them. */
#ifndef VX_SPACE_SPACE_H
#define VX_SPACE_SPACE_H

#include "base/sha.h"
#include "space/grid.h"

/* Makes a space of voxels that takes ownership of `index` (V, ascending places of the grid). vx_space_destroy releases
 * it. */
vx_space vx_space_own(const vx_grid *grid, int64_t elements, int64_t *index);

/* Makes the space of all voxels of a grid. Errors: VX_INTERNAL without memory. */
vx_status vx_space_whole(const vx_grid *grid, vx_space *space, vx_error *error);

/* Makes a copy that owns its arrays. On error *copy keeps its value. Errors: VX_INTERNAL without memory. */
vx_status vx_space_copy(const vx_space *space, vx_space *copy, vx_error *error);

/* The element at a voxel of the grid, which must be an element. */
int64_t vx_space_find(const vx_space *space, const int64_t voxel[3]);

/* The number of values in a written map: one for every voxel of the grid, or one for each name. */
size_t vx_space_places(const vx_space *space);

/* Adds the identity of the elements to a digest: the dimensions of the grid and the places on it, or the names. */
void vx_space_digest(const vx_space *space, vx_sha256 *sha);

/* The place of an element in a written map. */
static inline int64_t vx_space_place(const vx_space *space, int64_t element)
{
    return space->name ? element : space->index[element];
}

#endif
