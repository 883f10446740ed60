/* What follows from a grid alone. */
#ifndef VX_IMAGE_GRID_H
#define VX_IMAGE_GRID_H

#include "voxstat/image.h"

/* Elements of a grid. */
static inline size_t vx_grid_elements(const vx_grid *grid)
{
    return (size_t)grid->dim[0] * (size_t)grid->dim[1] * (size_t)grid->dim[2];
}

#endif
