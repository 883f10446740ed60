/* Small multiples: several drawings of one size in a grid, each with a title. */
#ifndef VX_REPORT_DRAW_TILES_H
#define VX_REPORT_DRAW_TILES_H

#include "report/draw/figure.h"

typedef struct vx_tile {
    const char *title;
    vx_drawing drawing;
} vx_tile;

typedef struct vx_tile_grid {
    const vx_tile *tile;
    size_t tiles;        /* at least 1 */
    size_t columns;      /* at least 1 */
} vx_tile_grid;

vx_drawing vx_tiles_drawing(const vx_tile_grid *tiles);

#endif
