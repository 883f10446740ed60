/* Drawings of null distributions as histograms, and of quantiles of p. */
#include "report/draw/plot.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>

enum { BINS = 36 };

/* A histogram whose bars lie between neighbouring edges. On a logarithmic axis zeros have a bar of their own. */
typedef struct histogram {
    bool log, cut;         /* cut: the last bar holds all beyond it */
    int bars;
    double edge[BINS + 2], bar[BINS + 1], zeros;
} histogram;

/* Draws a line at a value, and its name in a row of the legend. */
static void mark(cairo_t *cairo, const vx_axes *axes, double at, vx_colour colour, bool dashed, const char *words,
                 double row)
{
    const double dash[] = {5, 4};
    const double x = axes->log_x ? vx_plot_x(axes, at > 0 ? fmax(log10(at), axes->x[0]) : axes->x[0])
                                 : vx_plot_x(axes, at);
    char text[80], number[32];
    vx_ink_set(cairo, colour);
    cairo_set_line_width(cairo, 2);
    cairo_set_dash(cairo, dash, dashed ? 2 : 0, 0);
    cairo_move_to(cairo, x, axes->top);
    cairo_line_to(cairo, x, axes->top + axes->height);
    cairo_move_to(cairo, axes->left, row - 4);
    cairo_line_to(cairo, axes->left + 24, row - 4);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    snprintf(text, sizeof text, "%s %s", words, vx_number_text(at, number));
    vx_text_draw(cairo, axes->left + 32, row, 0, VX_TEXT_SMALL, colour, text);
}

static bool are_integers(const vx_null_plot *plot)
{
    for (uint64_t i = 0; i < plot->count; i++)
        if (plot->null[i] != floor(plot->null[i]))
            return false;
    return true;
}

/* Edges at even steps. Integers, such as extents, get bars of integer width: else some could not contain any value. A
 * few relabellings have huge values, so those far beyond both lines share the last bar. */
static void step_evenly(const vx_null_plot *plot, double most, histogram *h)
{
    double limit = 1.15 * plot->null[0];
    if (!isnan(plot->critical))
        limit = fmax(limit, 2.5 * plot->critical);
    h->cut = limit > 0 && limit < most;
    const double shown = h->cut ? limit : most, width = shown > 0 ? shown / BINS : 1.0 / BINS;
    h->bars = BINS + 1;
    for (int i = 0; i <= h->bars; i++)
        h->edge[i] = i * (are_integers(plot) ? ceil(width) : width);
}

/* Edges at even steps of the logarithm; those of integers are halves, at least 1 apart. */
static void step_by_factor(const vx_null_plot *plot, double least, double most, histogram *h)
{
    const bool integers = are_integers(plot);
    const double factor = pow(most / least, integers ? 2.0 / BINS : 1.0 / BINS);
    h->edge[0] = integers ? least - 0.5 : least;
    while (h->edge[h->bars] < most && h->bars < BINS) {
        const double next = factor * h->edge[h->bars];
        h->edge[h->bars + 1] = integers ? fmax(floor(next), floor(h->edge[h->bars]) + 1) + 0.5 : next;
        h->bars++;
    }
    h->edge[h->bars] = fmax(h->edge[h->bars], most);
}

/* Values over more than a factor of ten need a logarithmic axis: the largest clusters of relabellings do. */
static histogram make_histogram(const vx_null_plot *plot)
{
    histogram h = {0};
    double most = 0, least = INFINITY;
    for (uint64_t i = 0; i < plot->count; i++) {
        most = fmax(most, plot->null[i]);
        if (plot->null[i] > 0)
            least = fmin(least, plot->null[i]);
    }
    h.log = most > 10 * least;
    if (h.log)
        step_by_factor(plot, least, most, &h);
    else
        step_evenly(plot, most, &h);
    for (uint64_t i = 0; i < plot->count; i++) {
        int at = 0;
        while (at + 1 < h.bars && plot->null[i] >= h.edge[at + 1])
            at++;
        if (h.log && plot->null[i] <= 0)
            h.zeros++;
        else
            h.bar[at]++;
    }
    return h;
}

static void draw_bar(cairo_t *cairo, const vx_axes *axes, double from, double to, double height)
{
    const double left = vx_plot_x(axes, from), top = vx_plot_y(axes, height);
    cairo_rectangle(cairo, left, top, fmax(0.5, vx_plot_x(axes, to) - left - 0.6), axes->top + axes->height - top);
    cairo_fill(cairo);
}

static void draw_null(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_null_plot *plot = drawing->context;
    const histogram h = make_histogram(plot);
    double tallest = fmax(1, h.zeros), first = h.edge[0], last = h.edge[h.bars];
    for (int i = 0; i < h.bars; i++)
        tallest = fmax(tallest, h.bar[i]);
    if (h.log) {
        first = log10(first);
        last = log10(last);
    }
    const double of_zeros = h.zeros > 0 ? 0.14 * (last - first) : 0;
    vx_axes axes = {56, 48, drawing->width - 68, drawing->height - 92, {first - of_zeros, last}, {0, 1.04 * tallest},
                    h.log, first};
    vx_axes_draw(cairo, &axes, plot->label, "relabellings");
    vx_ink_set(cairo, (vx_colour){0.68, 0.72, 0.76});
    for (int i = 0; i < h.bars; i++)
        draw_bar(cairo, &axes, h.log ? log10(h.edge[i]) : h.edge[i], h.log ? log10(h.edge[i + 1]) : h.edge[i + 1],
                 h.bar[i]);
    if (h.zeros > 0) {
        draw_bar(cairo, &axes, first - of_zeros, first - 0.5 * of_zeros, h.zeros);
        vx_text_draw(cairo, vx_plot_x(&axes, first - 0.75 * of_zeros), axes.top + axes.height + 16, 0.5, VX_TEXT_SMALL,
                     vx_muted, "0");
    }
    if (h.cut)
        vx_text_draw(cairo, axes.left + axes.width, axes.top + axes.height - 14, 1, VX_TEXT_SMALL, vx_muted,
                     "last bar: all beyond");
    if (!isnan(plot->critical))
        mark(cairo, &axes, plot->critical, vx_ink, true, "5 % critical", 34);
    mark(cairo, &axes, plot->null[0], vx_orange, false, "observed", 16);
}

vx_drawing vx_null_drawing(const vx_null_plot *plot)
{
    return (vx_drawing){.width = 262, .height = 240, .scale = 2, .stretches = true, .draw = draw_null, .context = plot};
}

/* Draws what chance gives at each point, cut to the plot. */
static void draw_chance(cairo_t *cairo, const vx_axes *axes, const vx_qq_plot *plot)
{
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < plot->points; i++) {
            const int at = side ? plot->points - 1 - i : i;
            const double y = fmin(side ? plot->low[at] : plot->high[at], axes->y[1]);
            cairo_line_to(cairo, vx_plot_x(axes, plot->expected[at]), vx_plot_y(axes, y));
        }
    cairo_close_path(cairo);
    vx_ink_set(cairo, (vx_colour){0.87, 0.91, 0.95});
    cairo_fill(cairo);
}

static void draw_qq(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_qq_plot *plot = drawing->context;
    double max = 0.5;
    for (int i = 0; i < plot->points; i++)
        max = fmax(max, fmax(plot->expected[i], plot->observed[i]));
    vx_axes axes = {52, 14, drawing->width - 66, drawing->height - 60, {0, 1.04 * max}, {0, 1.04 * max}, false, 0};
    draw_chance(cairo, &axes, plot);
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
