#include "report/draw/plot.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>

int vx_ticks(double low, double high, int wanted, double tick[VX_TICKS_MAX], double *step)
{
    static const double round_step[] = {1, 2, 5, 10};
    const double exact = (high - low) / wanted, power = pow(10, floor(log10(exact)));
    int k = 0, count = 0;
    while (k < 3 && round_step[k] * power < exact * 0.999)
        k++;
    *step = round_step[k] * power;
    for (double i = ceil(low / *step - 1e-9); i * *step <= high + 1e-9 * *step && count < VX_TICKS_MAX; i++)
        tick[count++] = i == 0 ? 0 : i * *step; /* avoids -0 */
    return count;
}

void vx_widen(double range[2], double share)
{
    double by = share * (range[1] - range[0]);
    if (!(by > 0))
        by = range[0] != 0 ? 0.1 * fabs(range[0]) : 1;
    range[0] -= by;
    range[1] += by;
}

double vx_plot_x(const vx_axes *axes, double x)
{
    return axes->left + axes->width * (x - axes->x[0]) / (axes->x[1] - axes->x[0]);
}

double vx_plot_y(const vx_axes *axes, double y)
{
    return axes->top + axes->height * (axes->y[1] - y) / (axes->y[1] - axes->y[0]);
}

const char *vx_tick_text(double value, double step, char text[32])
{
    const int digits = (int)fmax(0, -floor(log10(step) + 1e-9));
    if (fabs(value) >= 1e15 || digits > 5)
        snprintf(text, 32, "%.3g", value);
    else
        snprintf(text, 32, "%.*f", digits, value);
    return vx_typeset_number(text);
}

/* Powers of ten, about four of them; over less than two, 2 and 5 times these too. Returns the number of ticks. */
static int ticks_of_logarithms(double low, double high, double tick[VX_TICKS_MAX])
{
    static const double factor[] = {1, 2, 5};
    const int factors = high - low < 2 ? 3 : 1;
    const double step = fmax(1, ceil((high - low) / 4));
    int count = 0;
    for (double power = step * floor(low / step); power <= high; power += step)
        for (int k = 0; k < factors && count < VX_TICKS_MAX; k++) {
            const double at = power + log10(factor[k]);
            if (at >= low && at <= high)
                tick[count++] = at;
        }
    return count;
}

static void draw_x_ticks(cairo_t *cairo, const vx_axes *axes)
{
    const double bottom = axes->top + axes->height;
    double tick[VX_TICKS_MAX], step;
    char text[32];
    /* The zeros' bar has its own label below, which the first tick must not touch. */
    const double margin = axes->x[0] < axes->log_from ? 0.06 * (axes->x[1] - axes->log_from) : 0;
    const int ticks = axes->log_x ? ticks_of_logarithms(axes->log_from + margin, axes->x[1], tick)
                                  : vx_ticks(axes->x[0], axes->x[1], 5, tick, &step);
    for (int i = 0; i < ticks; i++) {
        if (axes->log_x)
            vx_number_text(pow(10, tick[i]), text);
        else
            vx_tick_text(tick[i], step, text);
        vx_text_draw(cairo, vx_plot_x(axes, tick[i]), bottom + 16, 0.5, VX_TEXT_SMALL, vx_muted, text);
    }
    for (int i = 0; i < ticks; i++) {
        cairo_move_to(cairo, vx_plot_x(axes, tick[i]), bottom);
        cairo_rel_line_to(cairo, 0, 4);
    }
}

void vx_axes_draw(cairo_t *cairo, const vx_axes *axes, const char *x_label, const char *y_label)
{
    const double bottom = axes->top + axes->height;
    double tick[VX_TICKS_MAX], step;
    char text[32];
    cairo_set_line_width(cairo, 1);
    const int ticks = vx_ticks(axes->y[0], axes->y[1], 5, tick, &step);
    for (int i = 0; i < ticks; i++)
        vx_text_draw(cairo, axes->left - 6, vx_plot_y(axes, tick[i]) + 4, 1, VX_TEXT_SMALL, vx_muted,
                     vx_tick_text(tick[i], step, text));
    for (int i = 0; i < ticks; i++)
        vx_plot_add_line(cairo, axes, axes->x[0], tick[i], axes->x[1], tick[i]);
    vx_ink_set(cairo, vx_faint);
    cairo_stroke(cairo);
    if (x_label)
        draw_x_ticks(cairo, axes);
    cairo_move_to(cairo, axes->left, bottom);
    cairo_rel_line_to(cairo, axes->width, 0);
    vx_ink_set(cairo, vx_muted);
    cairo_stroke(cairo);
    if (x_label)
        vx_text_fit(cairo, axes->left + axes->width / 2, bottom + 34, 0.5, VX_TEXT_NORMAL, axes->width + 40, vx_ink,
                    x_label);
    vx_text_up(cairo, 13, axes->top + axes->height / 2, VX_TEXT_NORMAL, axes->height + 30, vx_ink, y_label);
}

void vx_plot_add_line(cairo_t *cairo, const vx_axes *axes, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cairo, vx_plot_x(axes, x0), vx_plot_y(axes, y0));
    cairo_line_to(cairo, vx_plot_x(axes, x1), vx_plot_y(axes, y1));
}

void vx_plot_line(cairo_t *cairo, const vx_axes *axes, double x0, double y0, double x1, double y1)
{
    vx_plot_add_line(cairo, axes, x0, y0, x1, y1);
    cairo_stroke(cairo);
}

void vx_plot_add_dot(cairo_t *cairo, const vx_axes *axes, double x, double y)
{
    vx_plot_add_line(cairo, axes, x, y, x, y);
}

void vx_plot_draw_dots(cairo_t *cairo, double radius)
{
    cairo_set_line_width(cairo, 2 * radius);
    cairo_stroke(cairo);
}
