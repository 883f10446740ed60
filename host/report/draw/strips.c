#include "report/draw/strips.h"

#include "report/draw/raster.h"
#include "report/draw/text.h"

#include <math.h>

enum { NAME = 118, HEAD = 24, GAP = 2 /* pixels between strips */ };
static const double unit = 3.2; /* CSS pixels of a strip's pixel */

cairo_surface_t *vx_strips_raster(const vx_strip_sheet *sheet, int64_t first, int64_t images, const float *grey)
{
    const int64_t width = sheet->sessions * (sheet->width + GAP) - GAP;
    const int64_t height = sheet->rows * (sheet->height + GAP) - GAP;
    cairo_surface_t *raster = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    if (cairo_surface_status(raster) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(raster);
        return NULL;
    }
    for (int64_t j = 0; j < height; j++) {
        const int64_t row = j / (sheet->height + GAP), y = j % (sheet->height + GAP);
        uint32_t *pixel = vx_raster_row(raster, (int)j);
        for (int64_t i = 0; i < width; i++) {
            const int64_t session = i / (sheet->width + GAP), x = i % (sheet->width + GAP);
            const int64_t image = first + row * sheet->sessions + session;
            const bool in_strip = y < sheet->height && x < sheet->width;
            const uint32_t level = in_strip ? (uint32_t)grey[image + images * (y + sheet->height * x)] : 255;
            pixel[i] = level << 16 | level << 8 | level;
        }
    }
    vx_raster_done(raster);
    return raster;
}

/* A flagged image has a frame and its participant's name a mark: colour is not its only sign. */
static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_strip_sheet *sheet = drawing->context;
    const double across = unit * (double)(sheet->width + GAP), down = unit * (double)(sheet->height + GAP);
    vx_raster_paint(cairo, sheet->raster, 1 / unit, NAME, HEAD);
    for (int64_t s = 0; s < sheet->sessions; s++)
        if (sheet->session[s])
            vx_text_fit(cairo, NAME + across * ((double)s + 0.5), 16, 0.5, VX_TEXT_TITLE, across - 10, vx_ink,
                        sheet->session[s]);
    for (int64_t i = 0; i < sheet->rows; i++) {
        bool any = false;
        for (int64_t s = 0; s < sheet->sessions; s++) {
            if (!sheet->flag[i * sheet->sessions + s])
                continue;
            any = true;
            vx_ink_set(cairo, vx_orange);
            cairo_set_line_width(cairo, 2.5);
            cairo_rectangle(cairo, NAME + across * (double)s, HEAD + down * (double)i, across - unit * GAP,
                            down - unit * GAP);
            cairo_stroke(cairo);
        }
        vx_text_fit(cairo, NAME - 10, HEAD + down * ((double)i + 0.5) + 4, 1, VX_TEXT_NORMAL, NAME - 34, vx_ink,
                    sheet->name[i]);
        if (any)
            vx_text_draw(cairo, 4, HEAD + down * ((double)i + 0.5) + 4, 0, VX_TEXT_TITLE, vx_orange, "\xE2\x97\x86");
    }
}

vx_drawing vx_strips_drawing(const vx_strip_sheet *sheet)
{
    return (vx_drawing){.width = NAME + unit * (double)(sheet->sessions * (sheet->width + GAP) - GAP) + 4,
                        .height = HEAD + unit * (double)(sheet->rows * (sheet->height + GAP) - GAP) + 4,
                        .scale = 1.5, .draw = draw, .context = sheet};
}
