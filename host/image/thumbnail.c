#include "image/thumbnail.h"

#include "space/grid.h"

#include <math.h>

static const double cell_mm = 8;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

vx_thumbnail_grid vx_thumbnail_grid_of(const vx_grid *grid)
{
    vx_thumbnail_grid thumbnail = {.grid = {.affine = {[3] = {0, 0, 0, 1}}}};
    for (int k = 0; k < 3; k++) {
        const int64_t nearest = (int64_t)fmin(round(cell_mm / vx_grid_step_mm(grid, k)), (double)grid->dim[k]);
        const int64_t block = thumbnail.block[k] = nearest > 1 ? nearest : 1;
        thumbnail.grid.dim[k] = (grid->dim[k] + block - 1) / block;
        thumbnail.grid.pixdim[k] = (double)block * vx_grid_step_mm(grid, k);
    }
    for (int row = 0; row < 3; row++) {
        double centre = grid->affine[row][3];
        for (int k = 0; k < 3; k++) {
            thumbnail.grid.affine[row][k] = grid->affine[row][k] * (double)thumbnail.block[k];
            centre += grid->affine[row][k] * (double)(thumbnail.block[k] - 1) / 2;
        }
        thumbnail.grid.affine[row][3] = centre;
    }
    return thumbnail;
}

static float mean_of_cell(const vx_loaded *image, const int64_t from[3], const int64_t to[3])
{
    double sum = 0;
    for (int64_t z = from[2]; z < to[2]; z++)
        for (int64_t y = from[1]; y < to[1]; y++)
            for (int64_t x = from[0]; x < to[0]; x++) {
                const double value = vx_loaded_value(image, vx_grid_place(&image->grid, (const int64_t[]){x, y, z}));
                sum += isfinite(value) ? value : 0;
            }
    return (float)(sum / (double)((to[0] - from[0]) * (to[1] - from[1]) * (to[2] - from[2])));
}

void vx_thumbnail_make(const vx_loaded *image, const vx_thumbnail_grid *thumbnail, float *cell)
{
    const int64_t cells = (int64_t)vx_grid_elements(&thumbnail->grid);
    for (int64_t c = 0; c < cells; c++) {
        int64_t at[3], from[3], to[3];
        vx_grid_voxel(&thumbnail->grid, c, at);
        for (int k = 0; k < 3; k++) {
            from[k] = at[k] * thumbnail->block[k];
            to[k] = smaller(from[k] + thumbnail->block[k], image->grid.dim[k]);
        }
        cell[c] = mean_of_cell(image, from, to);
    }
}
