/* Drawings of the participants' values: changes as lines, values as dots, covariates as scatter plots, and designs. */
#include "report/draw/plot.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/draw/named_points.h"

#include <math.h>
#include <stdio.h>

static void reach(double range[2], double value)
{
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

/* Draws a mean as a dot and its interval as a line. */
static void draw_interval(cairo_t *cairo, const vx_axes *axes, double x, double mean, double low, double high)
{
    vx_ink_set(cairo, vx_ink);
    cairo_set_line_width(cairo, 2.2);
    vx_plot_line(cairo, axes, x, low, x, high);
    vx_plot_add_dot(cairo, axes, x, mean);
    vx_plot_draw_dots(cairo, 4.5);
}

/* Draws the participants who rise, or those who do not. Falls are dashed, so that they differ in grey too. */
static void draw_lines(cairo_t *cairo, const vx_axes *axes, const vx_change_plot *plot, bool rise)
{
    static const double dash[] = {5, 3};
    vx_ink_set(cairo, rise ? vx_orange : vx_blue);
    for (int64_t i = 0; i < plot->n; i++)
        if ((plot->after[i] >= plot->before[i]) == rise)
            vx_plot_add_line(cairo, axes, 0, plot->before[i], 1, plot->after[i]);
    cairo_set_line_width(cairo, 1.3);
    cairo_set_dash(cairo, dash, rise ? 0 : 2, 0);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    for (int64_t i = 0; i < plot->n; i++)
        if ((plot->after[i] >= plot->before[i]) == rise) {
            vx_plot_add_dot(cairo, axes, 0, plot->before[i]);
            vx_plot_add_dot(cairo, axes, 1, plot->after[i]);
        }
    vx_plot_draw_dots(cairo, 2.4);
}

/* "sub-01: 1.2 to 1.31 (+9.2 %)", at both ends of every line. A percentage needs a baseline above 0. */
static void name_lines(cairo_t *cairo, const vx_axes *axes, const vx_change_plot *plot)
{
    for (int64_t i = 0; plot->name && i < plot->n; i++)
        for (int end = 0; end < 2; end++) {
            const double before = plot->before[i], after = plot->after[i];
            char percent[48] = "", text[2][32];
            if (before > 0)
                snprintf(percent, sizeof percent, " (%s %%)",
                         vx_digits_text(100 * (after - before) / before, 3, true, text[0]));
            vx_point_name(cairo, vx_plot_x(axes, end), vx_plot_y(axes, end ? after : before),
                          vx_text("%s: %s to %s%s", plot->name[i], vx_number_text(before, text[0]),
                                  vx_number_text(after, text[1]), percent));
        }
}

static void draw_change(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_change_plot *plot = drawing->context;
    const double gutter = 84;
    vx_axes axes = {62, 14, drawing->width - 74 - gutter, drawing->height - 50, {-0.25, 1.25}, {INFINITY, -INFINITY},
                    false, 0};
    for (int64_t i = 0; i < plot->n; i++) {
        reach(axes.y, plot->before[i]);
        reach(axes.y, plot->after[i]);
    }
    vx_widen(axes.y, 0.06);
    vx_axes_draw(cairo, &axes, NULL, plot->label);
    draw_lines(cairo, &axes, plot, true);
    draw_lines(cairo, &axes, plot, false);
    name_lines(cairo, &axes, plot);
    const double bottom = axes.top + axes.height + 18;
    vx_text_fit(cairo, vx_plot_x(&axes, 0), bottom, 0.5, VX_TEXT_NORMAL, 80, vx_ink, plot->session[0]);
    vx_text_fit(cairo, vx_plot_x(&axes, 1), bottom, 0.5, VX_TEXT_NORMAL, 80, vx_ink, plot->session[1]);

    /* The change has its own axis, on the right. */
    if (isnan(plot->mean) || isnan(plot->low) || isnan(plot->high))
        return;
    vx_axes change = axes;
    double tick[VX_TICKS_MAX], step;
    char text[32];
    change.left = axes.left + axes.width + 34;
    change.width = gutter - 34;
    change.y[0] = fmin(0, fmin(plot->low, plot->mean));
    change.y[1] = fmax(0, fmax(plot->high, plot->mean));
    vx_widen(change.y, 0.3);
    const int ticks = vx_ticks(change.y[0], change.y[1], 4, tick, &step);
    for (int i = 0; i < ticks; i++) {
        vx_ink_set(cairo, tick[i] == 0 ? vx_muted : vx_faint);
        cairo_set_line_width(cairo, 1);
        vx_plot_line(cairo, &change, 0.1, tick[i], 0.9, tick[i]);
        vx_text_draw(cairo, change.left + 8, vx_plot_y(&change, tick[i]) + 4, 1, VX_TEXT_SMALL, vx_muted,
                     vx_tick_text(tick[i], step, text));
    }
    draw_interval(cairo, &change, 0.5, plot->mean, plot->low, plot->high);
    vx_text_draw(cairo, vx_plot_x(&change, 0.5), bottom, 0.5, VX_TEXT_NORMAL, vx_ink,
                 plot->change_label ? plot->change_label : "change");
}

vx_drawing vx_change_drawing(const vx_change_plot *plot)
{
    return (vx_drawing){.width = 316, .height = 270, .scale = 2, .stretches = true, .draw = draw_change,
                        .context = plot};
}

static void draw_value(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_value_plot *plot = drawing->context;
    vx_axes axes = {62, 14, drawing->width - 76, drawing->height - 40, {0, 1}, {0, 0}, false, 0};
    char text[32];
    for (int64_t i = 0; i < plot->n; i++)
        reach(axes.y, plot->value[i]);
    vx_widen(axes.y, 0.06);
    vx_axes_draw(cairo, &axes, NULL, plot->label);
    vx_ink_set(cairo, vx_muted);
    cairo_set_line_width(cairo, 1);
    vx_plot_line(cairo, &axes, 0, 0, 1, 0);
    for (int sign = 0; sign < 2; sign++) {
        for (int64_t i = 0; i < plot->n; i++) {
            const double x = 0.1 + 0.55 * ((double)i + 0.5) / (double)plot->n;
            if ((plot->value[i] >= 0) != !sign)
                continue;
            vx_plot_add_dot(cairo, &axes, x, plot->value[i]);
            if (plot->name)
                vx_point_name(cairo, vx_plot_x(&axes, x), vx_plot_y(&axes, plot->value[i]),
                              vx_text("%s: %s", plot->name[i], vx_number_text(plot->value[i], text)));
        }
        vx_ink_set(cairo, sign ? vx_blue : vx_orange);
        vx_plot_draw_dots(cairo, 3);
    }
    draw_interval(cairo, &axes, 0.82, plot->mean, plot->low, plot->high);
    vx_text_draw(cairo, vx_plot_x(&axes, 0.37), axes.top + axes.height + 18, 0.5, VX_TEXT_NORMAL, vx_ink,
                 "participants");
    vx_text_draw(cairo, vx_plot_x(&axes, 0.82), axes.top + axes.height + 18, 0.5, VX_TEXT_NORMAL, vx_ink, "mean");
}

vx_drawing vx_value_drawing(const vx_value_plot *plot)
{
    return (vx_drawing){.width = 300, .height = 270, .scale = 2, .stretches = true, .draw = draw_value,
                        .context = plot};
}

static double line_at(const vx_scatter_plot *plot, double x)
{
    return plot->y_mean + plot->slope * (x - plot->x_mean);
}

static void draw_band(cairo_t *cairo, const vx_scatter_plot *plot, const vx_axes *axes)
{
    enum { STEPS = 40 };
    for (int side = 0; side < 2; side++)
        for (int i = 0; i <= STEPS; i++) {
            const int at = side ? STEPS - i : i;
            const double x = axes->x[0] + (axes->x[1] - axes->x[0]) * at / STEPS;
            const double y = line_at(plot, x) + (side ? -1 : 1) * plot->band(plot->line, x);
            cairo_line_to(cairo, vx_plot_x(axes, x), vx_plot_y(axes, y));
        }
    cairo_close_path(cairo);
    vx_ink_set(cairo, (vx_colour){0.87, 0.91, 0.95});
    cairo_fill(cairo);
    vx_ink_set(cairo, vx_blue);
    cairo_set_line_width(cairo, 2);
    vx_plot_line(cairo, axes, axes->x[0], line_at(plot, axes->x[0]), axes->x[1], line_at(plot, axes->x[1]));
}

/* Names every point for a pointer, and writes the name beside those that are marked, towards the middle. */
static void name_points(cairo_t *cairo, const vx_axes *axes, const vx_scatter_plot *plot)
{
    for (int64_t i = 0; plot->name && i < plot->n; i++) {
        const double x = vx_plot_x(axes, plot->x[i]), y = vx_plot_y(axes, plot->y[i]);
        const bool left = x > axes->left + axes->width / 2;
        char text[2][32];
        vx_point_name(cairo, x, y, vx_text("%s: %s, %s", plot->name[i], vx_number_text(plot->x[i], text[0]),
                                           vx_number_text(plot->y[i], text[1])));
        if (!plot->marked || !plot->marked[i])
            continue;
        vx_ink_set(cairo, vx_orange);
        cairo_set_line_width(cairo, 1.6);
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, x, y, 6.5, 0, 2 * M_PI);
        cairo_stroke(cairo);
        vx_text_fit(cairo, x + (left ? -10 : 10), y + 4, left, VX_TEXT_SMALL, axes->width / 2, vx_ink, plot->name[i]);
    }
}

static void draw_scatter(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_scatter_plot *plot = drawing->context;
    vx_axes axes = {62, 14, drawing->width - 76, drawing->height - 62, {INFINITY, -INFINITY}, {INFINITY, -INFINITY},
                    false, 0};
    for (int64_t i = 0; i < plot->n; i++) {
        reach(axes.x, plot->x[i]);
        reach(axes.y, plot->y[i]);
    }
    vx_widen(axes.x, 0.06);
    for (int end = 0; plot->band && end < 2; end++) {
        reach(axes.y, line_at(plot, axes.x[end]) - plot->band(plot->line, axes.x[end]));
        reach(axes.y, line_at(plot, axes.x[end]) + plot->band(plot->line, axes.x[end]));
    }
    vx_widen(axes.y, 0.05);
    if (plot->band)
        draw_band(cairo, plot, &axes);
    vx_axes_draw(cairo, &axes, plot->x_label, plot->y_label);
    for (int rim = 1; rim >= 0; rim--) {
        for (int64_t i = 0; i < plot->n; i++)
            vx_plot_add_dot(cairo, &axes, plot->x[i], plot->y[i]);
        vx_ink_set(cairo, rim ? (vx_colour){1, 1, 1} : vx_ink);
        vx_plot_draw_dots(cairo, rim ? 4.2 : 3.2);
    }
    name_points(cairo, &axes, plot);
}

vx_drawing vx_scatter_drawing(const vx_scatter_plot *plot)
{
    return (vx_drawing){.width = 316, .height = 270, .scale = 2, .stretches = true, .draw = draw_scatter,
                        .context = plot};
}

enum { CELL = 46, NAME = 110, HEAD = 66 };

static double row_height(const vx_matrix_plot *plot)
{
    return fmin(18, fmax(0.5, 480 / (double)plot->n));
}

static void draw_matrix(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_matrix_plot *plot = drawing->context;
    const double height = row_height(plot);
    for (int64_t c = 0; c < plot->columns; c++) {
        double range[2] = {INFINITY, -INFINITY};
        for (int64_t i = 0; i < plot->n; i++)
            reach(range, plot->design[i * plot->columns + c]);
        for (int64_t i = 0; i < plot->n; i++) {
            const double value = plot->design[i * plot->columns + c];
            const double share = range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : 0.5;
            const double grey = 0.95 - 0.72 * share;
            cairo_set_source_rgb(cairo, grey, grey, grey);
            cairo_rectangle(cairo, NAME + (double)c * CELL, HEAD + (double)i * height, CELL - 2, height - (height > 4));
            cairo_fill(cairo);
        }
        cairo_save(cairo);
        cairo_translate(cairo, NAME + ((double)c + 0.45) * CELL, HEAD - 6);
        cairo_rotate(cairo, -M_PI / 5);
        vx_text_fit(cairo, 0, 0, 0, VX_TEXT_NORMAL, 104, vx_ink, plot->column[c]);
        cairo_restore(cairo);
    }
    for (int64_t i = 0; height >= 11 && i < plot->n; i++)
        vx_text_fit(cairo, NAME - 8, HEAD + ((double)i + 0.5) * height + 4, 1, VX_TEXT_SMALL, NAME - 12, vx_muted,
                    plot->participant[i]);
}

vx_drawing vx_matrix_drawing(const vx_matrix_plot *plot)
{
    return (vx_drawing){.width = NAME + (double)plot->columns * CELL + 70,
                        .height = ceil(HEAD + (double)plot->n * row_height(plot) + 4), .scale = 2, .draw = draw_matrix,
                        .context = plot};
}
