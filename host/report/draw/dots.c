/* Dot plots of columns: a row each, with an axis of its own and a dot a participant; equal values are stacked. */
#include "report/draw/plot.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/draw/named_points.h"

#include <math.h>

enum { WIDTH = 400, ROW = 84, LEFT = 16, AXIS = 58, RADIUS = 3 };

/* How many of the values before i would be drawn in the place of value i. */
static int below(const vx_dots_row *row, const vx_axes *axes, int64_t i)
{
    int count = 0;
    for (int64_t k = 0; k < i; k++)
        count += fabs(vx_plot_x(axes, row->value[k]) - vx_plot_x(axes, row->value[i])) < 2 * RADIUS;
    return count;
}

/* The only participant with the lowest value (sign -1) or the highest; -1: several have it. */
static int64_t extreme(const vx_dots_row *row, double sign)
{
    int64_t at = 0, equal = 0;
    for (int64_t i = 1; i < row->n; i++)
        at = sign * row->value[i] > sign * row->value[at] ? i : at;
    for (int64_t i = 0; i < row->n; i++)
        equal += row->value[i] == row->value[at];
    return equal == 1 ? at : -1;
}

static void draw_name(cairo_t *cairo, const vx_axes *axes, const vx_dots_row *row, int64_t i)
{
    const double x = vx_plot_x(axes, row->value[i]), middle = axes->left + axes->width / 2;
    vx_text_fit(cairo, x + (x < middle ? -4 : 4), axes->top - 14, x < middle ? 0 : 1, VX_TEXT_SMALL, axes->width / 3,
                vx_ink, row->participant[i]);
}

static void draw_row(cairo_t *cairo, const vx_dots_row *row, double top)
{
    vx_axes axes = {LEFT, top + AXIS, WIDTH - 2 * LEFT, 0, {INFINITY, -INFINITY}, {0, 1}, false, 0};
    double tick[VX_TICKS_MAX], step;
    char text[32];
    for (int64_t i = 0; i < row->n; i++) {
        axes.x[0] = fmin(axes.x[0], row->value[i]);
        axes.x[1] = fmax(axes.x[1], row->value[i]);
    }
    vx_widen(axes.x, 0.03);
    vx_text_fit(cairo, 2, top + 14, 0, VX_TEXT_NORMAL, WIDTH - 4, vx_ink, row->label);
    const int ticks = vx_ticks(axes.x[0], axes.x[1], 5, tick, &step);
    for (int i = 0; i < ticks; i++) {
        cairo_move_to(cairo, vx_plot_x(&axes, tick[i]), axes.top);
        cairo_rel_line_to(cairo, 0, 4);
        vx_text_draw(cairo, vx_plot_x(&axes, tick[i]), axes.top + 16, 0.5, VX_TEXT_SMALL, vx_muted,
                     vx_tick_text(tick[i], step, text));
    }
    cairo_move_to(cairo, axes.left, axes.top);
    cairo_rel_line_to(cairo, axes.width, 0);
    vx_ink_set(cairo, vx_muted);
    cairo_set_line_width(cairo, 1);
    cairo_stroke(cairo);
    for (int marked = 0; marked < 2; marked++) {
        for (int64_t i = 0; i < row->n; i++) {
            const double x = vx_plot_x(&axes, row->value[i]);
            const double y = fmax(top + 20, axes.top - 5 - below(row, &axes, i) * 2.0 * RADIUS);
            if ((row->marked && row->marked[i]) != marked)
                continue;
            cairo_move_to(cairo, x, y);
            cairo_line_to(cairo, x, y);
            vx_point_name(cairo, x, y, vx_text("%s: %s", row->participant[i], vx_number_text(row->value[i], text)));
        }
        vx_ink_set(cairo, marked ? vx_orange : vx_ink);
        vx_plot_draw_dots(cairo, RADIUS + 0.6 * marked);
    }
    for (int sign = -1; sign <= 1; sign += 2)
        if (extreme(row, sign) >= 0)
            draw_name(cairo, &axes, row, extreme(row, sign));
}

static void draw_dots(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_dots_plot *plot = drawing->context;
    for (size_t i = 0; i < plot->rows; i++)
        draw_row(cairo, &plot->row[i], (double)i * ROW);
}

vx_drawing vx_dots_drawing(const vx_dots_plot *plot)
{
    return (vx_drawing){.width = WIDTH, .height = (double)plot->rows * ROW, .scale = 2, .draw = draw_dots,
                        .context = plot};
}
