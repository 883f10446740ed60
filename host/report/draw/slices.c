/* Axial slices in rows; a sagittal and a coronal one through the peak, and the colour bar, beside them. */
#include "base/memory.h"
#include "report/draw/brain.h"
#include "report/draw/contour.h"
#include "report/draw/raster.h"
#include "report/draw/text.h"

#include <math.h>
#include <stdio.h>

enum { COLUMNS = 6, ROWS = 3 };

static const double LONGEST = 152 /* units, of the longest side */, PIXELS_A_UNIT = 1.6, LABEL = 18, GAP = 6, BAR = 84;

/* A plane: along the axes `across` and `up` of space, at `at` mm on the third. */
typedef struct plane { int across, up; double at; } plane;

static double size_mm(const vx_brain *brain, int axis)
{
    return brain->box[axis][1] - brain->box[axis][0];
}

static double units_a_mm(const vx_brain *brain)
{
    return LONGEST / brain->extent;
}

/* Round mm: whole ones where a hundredth of the brain is about one. */
static double rounded(const vx_brain *brain, double mm)
{
    const double unit = pow(10, floor(log10(brain->extent)) - 2);
    return round(mm / unit) * unit + 0.0; /* not -0 */
}

static void place(const vx_brain *brain, const plane *p, double across, double down, double mm[3])
{
    mm[3 - p->across - p->up] = p->at;
    mm[p->across] = brain->box[p->across][0] + across;
    mm[p->up] = brain->box[p->up][1] - down;
}

/* Where there is something to see, in greys that leave room for colours on both sides; else white. The edge is as soft
 * as the image's own. */
static uint32_t ground(const vx_brain *brain, const double mm[3])
{
    const double value = vx_sample(&brain->background, mm, 0);
    double share = (value - brain->grey[0]) / (brain->grey[1] - brain->grey[0]);
    const double edge = fmin(fmax(value / (0.3 * fabs(brain->grey[0]) + 1e-30), 0), 1);
    share = 0.58 + 0.38 * fmin(fmax(share, 0), 1);
    const double grey = value == 0 ? 1 : 1 + (share - 1) * edge;
    return 0x010101 * (uint32_t)lround(255 * grey);
}

static uint32_t colour_at(const vx_brain *brain, const double mm[3])
{
    const double value = vx_brain_value(brain, mm);
    if (isnan(value) || (brain->thresholded && !vx_brain_beyond(brain, value)))
        return ground(brain, mm);
    return vx_brain_colour(brain, value);
}

/* The plane as pixels, put at (x, y). */
static void paint(cairo_t *cairo, const vx_brain *brain, const plane *p, double x, double y)
{
    const double mm_a_pixel = 1 / (units_a_mm(brain) * PIXELS_A_UNIT);
    const int width = (int)(size_mm(brain, p->across) / mm_a_pixel), height = (int)(size_mm(brain, p->up) / mm_a_pixel);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    unsigned char *data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    for (int j = 0; data && j < height; j++)
        for (int i = 0; i < width; i++) {
            double mm[3];
            place(brain, p, (i + 0.5) * mm_a_pixel, (j + 0.5) * mm_a_pixel, mm);
            ((uint32_t *)(void *)(data + (ptrdiff_t)j * stride))[i] = colour_at(brain, mm);
        }
    vx_raster_paint(cairo, surface, PIXELS_A_UNIT, x, y);
    cairo_surface_destroy(surface);
}

/* Lines around what lies beyond the threshold (negative: broken) and, bold, around what survives a correction. */
static void outline(cairo_t *cairo, const vx_brain *brain, const plane *p, double x, double y)
{
    const double step = 1 / units_a_mm(brain); /* mm */
    const int columns = (int)(size_mm(brain, p->across) / step) + 1, rows = (int)(size_mm(brain, p->up) / step) + 1;
    float *value = vx_array((size_t)columns * (size_t)rows, sizeof *value);
    float *survives = vx_array((size_t)columns * (size_t)rows, sizeof *survives);
    for (int j = 0; value && survives && j < rows; j++)
        for (int i = 0; i < columns; i++) {
            double mm[3];
            place(brain, p, i * step, j * step, mm);
            const double at = vx_brain_value(brain, mm);
            value[j * columns + i] = isnan(at) ? 0 : (float)at;
            survives[j * columns + i] = brain->survives.data ? (float)vx_sample(&brain->survives, mm, 0) : 0;
        }
    if (value && survives) {
        vx_ink_set(cairo, vx_ink);
        cairo_set_line_width(cairo, 0.7);
        if (brain->positive)
            vx_contour(cairo, value, columns, rows, brain->threshold, x, y, 1, false);
        if (brain->negative)
            vx_contour(cairo, value, columns, rows, -brain->threshold, x, y, 1, true);
        cairo_stroke(cairo);
        cairo_set_line_width(cairo, 1.8);
        vx_contour(cairo, survives, columns, rows, 0.5, x, y, 1, false);
        cairo_stroke(cairo);
    }
    free(value);
    free(survives);
}

static void draw_plane(cairo_t *cairo, const vx_brain *brain, const plane *p, double x, double y)
{
    static const char axis[] = "xyz";
    const double width = size_mm(brain, p->across) * units_a_mm(brain);
    char text[32];
    snprintf(text, sizeof text, "%c = %.4g", axis[3 - p->across - p->up], p->at == 0 ? 0 : p->at);
    vx_text_draw(cairo, x + width / 2, y + 12, 0.5, VX_TEXT_SMALL, vx_muted, text);
    paint(cairo, brain, p, x, y + LABEL);
    outline(cairo, brain, p, x, y + LABEL);
    if (p->across == 0) {
        vx_text_draw(cairo, x + 0.12 * width, y + 12, 0.5, VX_TEXT_SMALL, vx_ink, "L");
        vx_text_draw(cairo, x + 0.88 * width, y + 12, 0.5, VX_TEXT_SMALL, vx_ink, "R");
    }
}

static void draw(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_brain *brain = drawing->context;
    const double width = size_mm(brain, 0) * units_a_mm(brain) + GAP;
    const double height = size_mm(brain, 1) * units_a_mm(brain) + LABEL;
    const double step = (brain->axial[1] - brain->axial[0]) / (COLUMNS * ROWS - 1);
    for (int i = 0; i < COLUMNS * ROWS; i++) {
        const double even = rounded(brain, brain->axial[0] + i * step);
        const plane axial = {0, 1, fabs(even - brain->peak[2]) <= step / 2 ? brain->peak[2] : even}; /* show the peak */
        draw_plane(cairo, brain, &axial, i % COLUMNS * width, i / COLUMNS * height);
    }
    const plane sagittal = {1, 2, brain->peak[0]}, coronal = {0, 2, brain->peak[1]};
    const double x = COLUMNS * width + 3 * GAP, tall = size_mm(brain, 2) * units_a_mm(brain) + LABEL + GAP;
    draw_plane(cairo, brain, &sagittal, x, 0);
    draw_plane(cairo, brain, &coronal, x, tall);
    vx_colour_bar(cairo, brain, x + 8, 2 * tall + 28, 16, drawing->height - 2 * tall - 44);
}

vx_drawing vx_slices_drawing(const vx_brain *brain)
{
    const double wide = fmax(size_mm(brain, 0), size_mm(brain, 1)) * units_a_mm(brain);
    const double tall = 2 * (size_mm(brain, 2) * units_a_mm(brain) + LABEL + GAP) + BAR + 44;
    return (vx_drawing){.width = ceil(COLUMNS * (size_mm(brain, 0) * units_a_mm(brain) + GAP) + 4 * GAP + wide),
                        .height = ceil(fmax(ROWS * (size_mm(brain, 1) * units_a_mm(brain) + LABEL), tall)),
                        .scale = PIXELS_A_UNIT, .draw = draw, .context = brain};
}
