#include "report/draw/tiles.h"

#include "report/draw/text.h"

#include <math.h>

enum { TITLE = 24, GAP = 10 };

static size_t columns_of(const vx_tile_grid *tiles)
{
    return tiles->tiles < tiles->columns ? tiles->tiles : tiles->columns;
}

static void draw_tiles(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_tile_grid *tiles = drawing->context;
    const size_t columns = columns_of(tiles);
    for (size_t i = 0; i < tiles->tiles; i++) {
        const vx_drawing *one = &tiles->tile[i].drawing;
        cairo_save(cairo);
        cairo_translate(cairo, (double)(i % columns) * (one->width + GAP),
                        (double)(i / columns) * (one->height + TITLE + GAP));
        cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
        vx_text_fit(cairo, 8, 17, 0, VX_TEXT_TITLE, one->width - 16, vx_ink, tiles->tile[i].title);
        cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_translate(cairo, 0, TITLE);
        one->draw(cairo, one);
        cairo_restore(cairo);
    }
}

vx_drawing vx_tiles_drawing(const vx_tile_grid *tiles)
{
    const vx_drawing *one = &tiles->tile[0].drawing;
    const size_t columns = columns_of(tiles), rows = (tiles->tiles + columns - 1) / columns;
    return (vx_drawing){.width = (double)columns * (one->width + GAP) - GAP,
                        .height = (double)rows * (one->height + TITLE + GAP) - GAP,
                        .scale = one->scale, .draw = draw_tiles, .context = tiles};
}
