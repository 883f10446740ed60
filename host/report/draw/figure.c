#include "report/draw/figure.h"

#include "base/memory.h"
#include "base/stream.h"
#include "report/draw/encode.h"
#include "report/draw/text.h"

#include <cairo-pdf.h>
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

/* Puts `texts` before the end of the SVG: they lie over everything else. *part is where. */
static bool insert_texts(vx_bytes *svg, const char *texts, size_t size, vx_span *part)
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
    *part = (vx_span){at, size};
    return true;
}

/* Makes an SVG whose user units are `unit`, of which a unit of the drawing has `scale`. */
static cairo_status_t make_svg(const vx_drawing *drawing, cairo_svg_unit_t unit, double scale, vx_bytes *svg,
                               vx_span *names)
{
    char *markup = NULL, *named = NULL;
    size_t size = 0, named_size = 0;
    vx_span part;
    vx_svg_texts texts = {.out = vx_text_stream(&markup, &size), .names = vx_text_stream(&named, &named_size),
                          .reach = (drawing->dense ? 3 : 6) * scale};
    if (!texts.out || !texts.names) {
        texts.lost = !vx_stream_close(texts.out) | !vx_stream_close(texts.names);
        free(markup);
        free(named);
        return CAIRO_STATUS_NO_MEMORY;
    }
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, svg, drawing->width * scale,
                                                                   drawing->height * scale);
    cairo_svg_surface_set_document_unit(surface, unit);
    vx_texts_to_svg(surface, &texts);
    cairo_status_t status = play(drawing, surface, scale);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    const bool closed = vx_stream_close(texts.out), complete = vx_stream_close(texts.names) && closed && !texts.lost;
    if (status == CAIRO_STATUS_SUCCESS &&
        !(complete && insert_texts(svg, markup, size, &part) && insert_texts(svg, named, named_size, names)))
        status = CAIRO_STATUS_NO_MEMORY;
    free(markup);
    free(named);
    return status;
}

void vx_figure_png_size(const vx_drawing *drawing, int pixels[2])
{
    pixels[0] = (int)ceil(drawing->width * drawing->scale);
    pixels[1] = (int)ceil(drawing->height * drawing->scale);
}

vx_status vx_figure_make(const vx_drawing *drawing, vx_bytes *png, vx_bytes *webp, vx_bytes *svg, vx_span *names,
                         vx_error *error)
{
    int pixels[2];
    vx_figure_png_size(drawing, pixels);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels[0], pixels[1]);
    cairo_status_t status = play(drawing, surface, drawing->scale);
    *png = *svg = (vx_bytes){0};
    if (webp)
        *webp = (vx_bytes){0};
    if (status == CAIRO_STATUS_SUCCESS) {
#pragma omp task
        {
            vx_png_encode(surface, VX_FIGURE_DPI, png);
            if (webp)
                vx_webp_encode(surface, webp);
            cairo_surface_destroy(surface);
        }
        status = make_svg(drawing, CAIRO_SVG_UNIT_PX, 1, svg, names);
    } else {
        cairo_surface_destroy(surface);
    }
    return status == CAIRO_STATUS_SUCCESS ? VX_OK : vx_fail(error, VX_INTERNAL, "a picture cannot be drawn: %s",
                                                            cairo_status_to_string(status));
}

/* ---- figures of a size on paper ---- */

static const double MM_AN_INCH = 25.4, POINTS_AN_INCH = 72;

const char *const vx_figure_ending[VX_FIGURE_FORMATS] = {".png", ".svg", ".pdf"};

int vx_figure_pixels(const vx_figure_paper *paper, double units)
{
    return (int)ceil(units * paper->mm / MM_AN_INCH * paper->dpi);
}

static cairo_status_t make_png(const vx_drawing *drawing, const vx_figure_paper *paper, vx_bytes *png)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, vx_figure_pixels(paper, drawing->width),
                                   vx_figure_pixels(paper, drawing->height));
    cairo_status_t status = cairo_surface_status(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = play(drawing, surface, paper->mm / MM_AN_INCH * paper->dpi);
    if (status == CAIRO_STATUS_SUCCESS && !vx_png_encode(surface, paper->dpi, png))
        status = CAIRO_STATUS_NO_MEMORY;
    cairo_surface_destroy(surface);
    return status;
}

static cairo_status_t make_pdf(const vx_drawing *drawing, const vx_figure_paper *paper, vx_bytes *pdf)
{
    const double scale = paper->mm / MM_AN_INCH * POINTS_AN_INCH;
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(append, pdf, drawing->width * scale, drawing->height * scale);
    if (paper->title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, paper->title);
    if (paper->made) /* or cairo writes the time of today, and the bytes vary */
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, paper->made);
    cairo_status_t status = play(drawing, surface, scale);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status;
}

vx_status vx_figure_draw(const vx_drawing *drawing, vx_figure_format format, const vx_figure_paper *paper,
                         vx_bytes *bytes, vx_error *error)
{
    const double largest = fmax(drawing->width, drawing->height) * paper->mm / MM_AN_INCH * paper->dpi;
    cairo_status_t status;
    vx_span names;
    *bytes = (vx_bytes){0};
    if (format == VX_FIGURE_PNG && largest > 32767) /* of cairo's images */
        return vx_fail(error, VX_OUTPUT, "a figure of %.0f pixels is too large for a PNG, which can have 32767; choose "
                       "fewer pictures, a smaller --dpi or --width, or .pdf", largest);
    if (format == VX_FIGURE_PNG)
        status = make_png(drawing, paper, bytes);
    else if (format == VX_FIGURE_SVG)
        status = make_svg(drawing, CAIRO_SVG_UNIT_MM, paper->mm, bytes, &names);
    else
        status = make_pdf(drawing, paper, bytes);
    return status == CAIRO_STATUS_SUCCESS ? VX_OK : vx_fail(error, VX_INTERNAL, "a figure cannot be drawn: %s",
                                                            cairo_status_to_string(status));
}
