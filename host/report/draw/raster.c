#include "report/draw/raster.h"

#include "report/draw/encode.h"

#include <stddef.h>
#include <stdlib.h>

uint32_t *vx_raster_row(cairo_surface_t *raster, int j)
{
    unsigned char *data = cairo_image_surface_get_data(raster);
    return (uint32_t *)(void *)(data + (ptrdiff_t)j * cairo_image_surface_get_stride(raster));
}

void vx_raster_done(cairo_surface_t *raster)
{
    vx_bytes png;
    cairo_surface_mark_dirty(raster);
    if (!vx_png_encode(raster, VX_FIGURE_DPI, &png)) {
        cairo_surface_finish(raster); /* whoever paints it fails; cairo would encode it itself, in other bytes */
        return;
    }
    if (cairo_surface_set_mime_data(raster, CAIRO_MIME_TYPE_PNG, png.data, png.size, free, png.data))
        free(png.data);
}

void vx_raster_paint(cairo_t *cairo, cairo_surface_t *raster, double pixels_a_unit, double x, double y)
{
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, 1 / pixels_a_unit, 1 / pixels_a_unit);
    cairo_set_source_surface(cairo, raster, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
    cairo_paint(cairo);
    cairo_restore(cairo);
}
