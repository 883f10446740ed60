#include "report/draw/figure.h"

#include "base/memory.h"
#include "base/stream.h"
#include "report/draw/encode.h"
#include "report/draw/text.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>

static cairo_status_t append(void *closure, const unsigned char *data, unsigned length)
{
    vx_bytes *bytes = closure;
    unsigned char *grown = vx_array_grow(bytes->data, bytes->size, length, 1);
    if (!grown)
        return CAIRO_STATUS_NO_MEMORY;
    bytes->data = grown;
    memcpy(bytes->data + bytes->size, data, length);
    bytes->size += length;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t play(const vx_drawing *drawing, cairo_surface_t *surface, double scale)
{
    cairo_t *cairo = cairo_create(surface);
    cairo_scale(cairo, scale, scale);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    drawing->draw(cairo, drawing);
    const cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    return status;
}

/* Puts `texts` before the end of the SVG: they lie over everything else. */
static bool insert_texts(vx_bytes *svg, const char *texts, size_t size)
{
    static const char end[] = "</svg>";
    size_t at = svg->size;
    do
        if (at-- == 0)
            return false;
    while (svg->size - at < sizeof end - 1 || memcmp(svg->data + at, end, sizeof end - 1) != 0);
    unsigned char *grown = vx_array_grow(svg->data, svg->size, size, 1);
    if (!grown)
        return false;
    svg->data = grown;
    memmove(svg->data + at + size, svg->data + at, svg->size - at);
    memcpy(svg->data + at, texts, size);
    svg->size += size;
    return true;
}

static cairo_status_t make_svg(const vx_drawing *drawing, vx_bytes *svg)
{
    char *markup = NULL;
    size_t size = 0;
    vx_svg_texts texts = {.out = vx_text_stream(&markup, &size)};
    if (!texts.out)
        return CAIRO_STATUS_NO_MEMORY;
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, svg, drawing->width, drawing->height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    vx_texts_to_svg(surface, &texts);
    cairo_status_t status = play(drawing, surface, 1);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    const bool complete = vx_stream_close(texts.out) && !texts.lost;
    if (status == CAIRO_STATUS_SUCCESS && !(complete && insert_texts(svg, markup, size)))
        status = CAIRO_STATUS_NO_MEMORY;
    free(markup);
    return status;
}

vx_status vx_figure_make(const vx_drawing *drawing, vx_bytes *png, vx_bytes *webp, vx_bytes *svg, vx_error *error)
{
    const int width = (int)ceil(drawing->width * drawing->scale), height = (int)ceil(drawing->height * drawing->scale);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_status_t status = play(drawing, surface, drawing->scale);
    *png = *svg = (vx_bytes){0};
    if (webp)
        *webp = (vx_bytes){0};
    if (status == CAIRO_STATUS_SUCCESS) {
#pragma omp task
        {
            vx_png_encode(surface, png);
            if (webp)
                vx_webp_encode(surface, webp);
            cairo_surface_destroy(surface);
        }
        status = make_svg(drawing, svg);
    } else {
        cairo_surface_destroy(surface);
    }
    return status == CAIRO_STATUS_SUCCESS ? VX_OK : vx_fail(error, VX_INTERNAL, "a picture cannot be drawn: %s",
                                                            cairo_status_to_string(status));
}
