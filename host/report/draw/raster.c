#include "report/draw/raster.h"

#include "report/draw/png.h"

void vx_raster_paint(cairo_t *cairo, cairo_surface_t *raster, double pixels_a_unit, double x, double y)
{
    cairo_surface_mark_dirty(raster);
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, 1 / pixels_a_unit, 1 / pixels_a_unit);
    vx_png_embed(cairo, raster);
    cairo_set_source_surface(cairo, raster, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
    cairo_paint(cairo);
    cairo_restore(cairo);
}
