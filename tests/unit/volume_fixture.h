/* Volumes in memory. */
#ifndef TESTS_UNIT_VOLUME_FIXTURE_H
#define TESTS_UNIT_VOLUME_FIXTURE_H

#include "image/step.h"
#include "space/grid.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static vx_error error;

/* A volume of `grid` full of ones. */
static inline vx_loaded new_volume(const vx_grid *grid)
{
    const size_t voxels = vx_grid_elements(grid);
    vx_loaded volume = {.grid = *grid, .slope = 1, .mm_per_unit = 1, .data = malloc(voxels * sizeof(float))};
    assert_non_null(volume.data);
    for (size_t v = 0; v < voxels; v++)
        volume.data[v] = 1;
    return volume;
}

/* Numbers without order, between 0 and 1 (splitmix64, Steele et al. 2014). */
static inline double scattered(uint64_t index)
{
    uint64_t z = index * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* A grid whose axes are turned against those of the space, with voxels of `step` mm. */
static inline vx_grid turned_grid(int64_t nx, int64_t ny, int64_t nz, const double step[3])
{
    static const double rotation[3][3] = {{0.36, 0.48, -0.8}, {-0.8, 0.6, 0}, {0.48, 0.64, 0.6}};
    vx_grid grid = vx_grid_new(nx, ny, nz, 1, (const double[]){-7, 12, 3});
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            grid.affine[i][k] = rotation[i][k] * step[k];
    return grid;
}

#endif
