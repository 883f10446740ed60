/* The elements of an analysis, as the library builds, asks and writes them. */
#ifndef VX_SPACE_SPACE_H
#define VX_SPACE_SPACE_H

#include "base/sha.h"
#include "space/grid.h"

/* A space that takes `index` (V, ascending places of the grid) over; vx_space_destroy releases it. */
vx_space vx_space_own(const vx_grid *grid, int64_t elements, int64_t *index);

/* A copy that owns its arrays. VX_INTERNAL where memory is short; *copy is untouched then. */
vx_status vx_space_copy(const vx_space *space, vx_space *copy, vx_error *error);

/* The element at a voxel of the grid, which must be one of them. */
int64_t vx_space_find(const vx_space *space, const int64_t voxel[3]);

/* Values in a written map: every voxel of the grid, or one a name. */
size_t vx_space_places(const vx_space *space);

/* Adds which elements these are to a digest: the dimensions of the grid and the places on it, or the names. */
void vx_space_digest(const vx_space *space, vx_sha256 *sha);

/* The place of an element in a written map. */
static inline int64_t vx_space_place(const vx_space *space, int64_t element)
{
    return space->name ? element : space->index[element];
}

#endif
