/* Neighbours: which elements touch each other, for the floods, the spatial ops and their checks.
 *
 * A lattice is the box around the elements of a grid with an empty column, row and slice in front. The neighbours of
 * the place p are p + offset for every p: a step across an end of the box meets an empty place and does not wrap. */
#ifndef VX_SPACE_LATTICE_H
#define VX_SPACE_LATTICE_H

#include "voxstat/space.h"

typedef struct vx_lattice {
    int32_t *position; /* V: the place of every element, ascending; null where it is not needed */
    int64_t size;      /* places from the first empty one to the last element */
    int64_t stride_y, stride_z;
} vx_lattice;

/* Errors: VX_USAGE where the elements are names, which have no neighbours; VX_INPUT where the box has 2^31 places or
 * more. On error *lattice keeps its value. */
vx_status vx_lattice_init(const vx_space *space, vx_lattice *lattice, vx_error *error);
void vx_lattice_destroy(vx_lattice *lattice);

/* The number of places of an array in which p + offset lies for every element. There is no empty slice behind the
 * box. */
static inline size_t vx_lattice_places(const vx_lattice *lattice)
{
    return (size_t)(lattice->size + lattice->stride_z + lattice->stride_y + 1);
}

enum { VX_NEIGHBOURS_MAX = 26 };

/* The offsets of the 6, 18 or 26 neighbours, which differ in at most 1, 2 or 3 coordinates. Returns their number. x
 * varies fastest, and the first half precede the place itself. */
static inline int vx_neighbours(int connectivity, int64_t stride_y, int64_t stride_z, int32_t offset[VX_NEIGHBOURS_MAX])
{
    const int axes = connectivity == 26 ? 3 : connectivity == 18 ? 2 : 1;
    int count = 0;
    for (int z = -1; z <= 1; z++)
        for (int y = -1; y <= 1; y++)
            for (int x = -1; x <= 1; x++) {
                const int differ = (x != 0) + (y != 0) + (z != 0);
                if (differ > 0 && differ <= axes)
                    offset[count++] = (int32_t)(z * stride_z + y * stride_y) + x;
            }
    return count;
}

#endif
