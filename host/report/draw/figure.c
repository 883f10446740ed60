#include "report/draw/figure.h"

#include "base/memory.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>

/* Room for `size` bytes: memory grows by doubling, so that its size follows from what is in it. */
static size_t room_for(size_t size)
{
    size_t room = 1 << 16;
    while (room < size)
        room *= 2;
    return room;
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned length)
{
    vx_bytes *bytes = closure;
    if (!bytes->data || room_for(bytes->size) < bytes->size + length) {
        unsigned char *grown = realloc(bytes->data, room_for(bytes->size + length));
        if (!grown)
            return CAIRO_STATUS_NO_MEMORY;
        bytes->data = grown;
    }
    memcpy(bytes->data + bytes->size, data, length);
    bytes->size += length;
    return CAIRO_STATUS_SUCCESS;
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    drawing->draw(cairo, drawing);
}

static vx_status finish(cairo_t *cairo, cairo_surface_t *surface, cairo_status_t written, vx_bytes *bytes,
                        vx_error *error)
{
    cairo_status_t status = cairo_status(cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    if (status == CAIRO_STATUS_SUCCESS || status == CAIRO_STATUS_SURFACE_FINISHED)
        status = written;
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return VX_OK;
    free(bytes->data);
    *bytes = (vx_bytes){0};
    return vx_fail(error, VX_INTERNAL, "a picture cannot be drawn: %s", cairo_status_to_string(status));
}

vx_status vx_figure_png(const vx_drawing *drawing, vx_bytes *png, vx_error *error)
{
    *png = (vx_bytes){0};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(drawing->width * drawing->scale),
                                                          (int)ceil(drawing->height * drawing->scale));
    cairo_t *cairo = cairo_create(surface);
    cairo_scale(cairo, drawing->scale, drawing->scale);
    draw(cairo, drawing);
    cairo_surface_flush(surface);
    return finish(cairo, surface, cairo_surface_write_to_png_stream(surface, append, png), png, error);
}

vx_status vx_figure_svg(const vx_drawing *drawing, vx_bytes *svg, vx_error *error)
{
    *svg = (vx_bytes){0};
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, svg, drawing->width, drawing->height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    cairo_t *cairo = cairo_create(surface);
    draw(cairo, drawing);
    cairo_surface_finish(surface);
    return finish(cairo, surface, cairo_surface_status(surface), svg, error);
}
