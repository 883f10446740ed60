#include "report/draw/figure.h"

#include "base/memory.h"

#include <cairo-svg.h>
#include <math.h>
#include <png.h>
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

/* cairo's pixels, 0xrrggbb, as bytes of red, green and blue. */
static unsigned char *rgb_bytes(cairo_surface_t *surface, int width, int height)
{
    const int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *data = cairo_image_surface_get_data(surface);
    unsigned char *rgb = vx_array((size_t)width * (size_t)height, 3), *to = rgb;
    for (int j = 0; rgb && j < height; j++) {
        const uint32_t *row = (const uint32_t *)(const void *)(data + (ptrdiff_t)j * stride);
        for (int i = 0; i < width; i++) {
            *to++ = (unsigned char)(row[i] >> 16);
            *to++ = (unsigned char)(row[i] >> 8);
            *to++ = (unsigned char)row[i];
        }
    }
    return rgb;
}

/* cairo's own PNG tries every filter on every row, which takes most of the time that a report takes. */
static cairo_status_t encode(cairo_surface_t *surface, int width, int height, vx_bytes *png)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = (png_uint_32)width, .height = (png_uint_32)height,
                       .format = PNG_FORMAT_RGB, .flags = PNG_IMAGE_FLAG_FAST};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    cairo_surface_flush(surface);
    unsigned char *rgb = rgb_bytes(surface, width, height);
    png->data = malloc(size);
    const bool good = rgb && png->data && png_image_write_to_memory(&image, png->data, &size, 0, rgb, 0, NULL);
    png->size = size;
    free(rgb);
    return good ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}

static cairo_status_t make_png(const vx_drawing *drawing, vx_bytes *png)
{
    const int width = (int)ceil(drawing->width * drawing->scale), height = (int)ceil(drawing->height * drawing->scale);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_status_t status = play(drawing, surface, drawing->scale);
    if (status == CAIRO_STATUS_SUCCESS)
        status = encode(surface, width, height, png);
    cairo_surface_destroy(surface);
    return status;
}

static cairo_status_t make_svg(const vx_drawing *drawing, vx_bytes *svg)
{
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, svg, drawing->width, drawing->height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    cairo_status_t status = play(drawing, surface, 1);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status;
}

vx_status vx_figure_make(const vx_drawing *drawing, vx_bytes *png, vx_bytes *svg, vx_error *error)
{
    cairo_status_t png_status = CAIRO_STATUS_SUCCESS, svg_status = CAIRO_STATUS_SUCCESS;
    *png = *svg = (vx_bytes){0};
#pragma omp parallel sections num_threads(2)
    {
        png_status = make_png(drawing, png);
#pragma omp section
        svg_status = make_svg(drawing, svg);
    }
    const cairo_status_t status = png_status ? png_status : svg_status;
    if (status == CAIRO_STATUS_SUCCESS)
        return VX_OK;
    free(png->data);
    free(svg->data);
    *png = *svg = (vx_bytes){0};
    return vx_fail(error, VX_INTERNAL, "a picture cannot be drawn: %s", cairo_status_to_string(status));
}
