/* Drawings of null distributions as histograms, and of quantiles of p. */
#include "report/draw/plot.h"

#include <math.h>
#include <stdio.h>

enum { BINS = 36 };

/* Integers, such as extents, get bins of integer width. Otherwise some bins could not contain any value. */
static double bin_width(const vx_null_plot *plot, double max)
{
    bool integers = true;
    for (uint64_t i = 0; integers && i < plot->count; i++)
        integers = plot->null[i] == floor(plot->null[i]);
    const double width = max > 0 ? max / BINS : 1.0 / BINS;
    return integers ? ceil(width) : width;
}

/* Draws a line at a value, and its name in a row of the legend. */
static void mark(cairo_t *cairo, const vx_axes *axes, double at, vx_colour colour, bool dashed, const char *words,
                 double row)
{
    const double dash[] = {5, 4}, x = vx_plot_x(axes, at);
    char text[80];
    vx_ink_set(cairo, colour);
    cairo_set_line_width(cairo, 2);
    cairo_set_dash(cairo, dash, dashed ? 2 : 0, 0);
    cairo_move_to(cairo, x, axes->top);
    cairo_line_to(cairo, x, axes->top + axes->height);
    cairo_move_to(cairo, axes->left, row - 4);
    cairo_line_to(cairo, axes->left + 24, row - 4);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    snprintf(text, sizeof text, "%s %.4g", words, at);
    vx_text_draw(cairo, axes->left + 32, row, 0, VX_TEXT_SMALL, colour, text);
}

/* The largest value with a bar of its own. A few relabellings have huge clusters, so values far beyond both lines share
 * the last bar (*cut). */
static double shown_max(const vx_null_plot *plot, bool *cut)
{
    double max = 0, limit = 1.15 * plot->null[0];
    for (uint64_t i = 0; i < plot->count; i++)
        max = fmax(max, plot->null[i]);
    if (!isnan(plot->critical))
        limit = fmax(limit, 2.5 * plot->critical);
    *cut = limit > 0 && limit < max;
    return *cut ? limit : max;
}

static void draw_null(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_null_plot *plot = drawing->context;
    double tallest = 1, bin[BINS + 1] = {0};
    bool cut;
    const double width = bin_width(plot, shown_max(plot, &cut));
    for (uint64_t i = 0; i < plot->count; i++) {
        const int at = (int)fmin(fmax(floor(plot->null[i] / width), 0), BINS);
        tallest = fmax(tallest, ++bin[at]);
    }
    vx_axes axes = {64, 48, drawing->width - 80, drawing->height - 92, {0, width * (BINS + 1)}, {0, 1.04 * tallest}};
    vx_axes_draw(cairo, &axes, plot->label, "relabellings");
    vx_ink_set(cairo, (vx_colour){0.68, 0.72, 0.76});
    for (int i = 0; i <= BINS; i++) {
        const double left = vx_plot_x(&axes, i * width), top = vx_plot_y(&axes, bin[i]);
        cairo_rectangle(cairo, left, top, vx_plot_x(&axes, (i + 1) * width) - left - 0.6, axes.top + axes.height - top);
        cairo_fill(cairo);
    }
    if (cut)
        vx_text_draw(cairo, axes.left + axes.width, axes.top + axes.height - 14, 1, VX_TEXT_SMALL, vx_muted,
                     "last bar: all beyond");
    if (!isnan(plot->critical))
        mark(cairo, &axes, plot->critical, vx_ink, true, "5 % critical", 34);
    mark(cairo, &axes, plot->null[0], vx_orange, false, "observed", 16);
}

vx_drawing vx_null_drawing(const vx_null_plot *plot)
{
    return (vx_drawing){.width = 316, .height = 240, .scale = 2, .stretches = true, .draw = draw_null, .context = plot};
}

static void draw_qq(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_qq_plot *plot = drawing->context;
    double max = 0.5;
    for (int i = 0; i < plot->points; i++)
        max = fmax(max, fmax(plot->expected[i], plot->observed[i]));
    vx_axes axes = {52, 14, drawing->width - 66, drawing->height - 60, {0, 1.04 * max}, {0, 1.04 * max}};
    vx_axes_draw(cairo, &axes, "expected \xE2\x88\x92log10 p", "observed \xE2\x88\x92log10 p");
    vx_ink_set(cairo, vx_muted);
    cairo_set_line_width(cairo, 1);
    vx_plot_line(cairo, &axes, 0, 0, max, max);
    for (int i = 0; i < plot->points; i++)
        vx_plot_add_dot(cairo, &axes, plot->expected[i], plot->observed[i]);
    vx_ink_set(cairo, vx_blue);
    vx_plot_draw_dots(cairo, 2);
}

vx_drawing vx_qq_drawing(const vx_qq_plot *plot)
{
    return (vx_drawing){.width = 320, .height = 314, .scale = 2, .stretches = true, .draw = draw_qq, .context = plot};
}
