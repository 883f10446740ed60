#include "report/draw/plot.h"

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
    if (fabs(value) >= 1e5 || digits > 5)
        snprintf(text, 32, "%.3g", value);
    else
        snprintf(text, 32, "%.*f", digits, value);
    return text;
}

static void line(cairo_t *cairo, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_stroke(cairo);
}

void vx_axes_draw(cairo_t *cairo, const vx_axes *axes, const char *x_label, const char *y_label)
{
    const double bottom = axes->top + axes->height;
    double tick[VX_TICKS_MAX], step;
    char text[32];
    cairo_set_line_width(cairo, 1);
    int ticks = vx_ticks(axes->y[0], axes->y[1], 5, tick, &step);
    for (int i = 0; i < ticks; i++) {
        const double y = vx_plot_y(axes, tick[i]);
        vx_ink_set(cairo, vx_faint);
        line(cairo, axes->left, y, axes->left + axes->width, y);
        vx_text_draw(cairo, axes->left - 6, y + 4, 1, VX_TEXT_SMALL, vx_muted, vx_tick_text(tick[i], step, text));
    }
    ticks = x_label ? vx_ticks(axes->x[0], axes->x[1], 5, tick, &step) : 0;
    for (int i = 0; i < ticks; i++) {
        const double x = vx_plot_x(axes, tick[i]);
        vx_ink_set(cairo, vx_muted);
        line(cairo, x, bottom, x, bottom + 4);
        vx_text_draw(cairo, x, bottom + 16, 0.5, VX_TEXT_SMALL, vx_muted, vx_tick_text(tick[i], step, text));
    }
    vx_ink_set(cairo, vx_muted);
    line(cairo, axes->left, bottom, axes->left + axes->width, bottom);
    if (x_label)
        vx_text_fit(cairo, axes->left + axes->width / 2, bottom + 34, 0.5, VX_TEXT_NORMAL, axes->width + 40, vx_ink,
                    x_label);
    vx_text_up(cairo, 13, axes->top + axes->height / 2, VX_TEXT_NORMAL, axes->height + 30, vx_ink, y_label);
}

void vx_plot_line(cairo_t *cairo, const vx_axes *axes, double x0, double y0, double x1, double y1)
{
    line(cairo, vx_plot_x(axes, x0), vx_plot_y(axes, y0), vx_plot_x(axes, x1), vx_plot_y(axes, y1));
}

void vx_plot_dot(cairo_t *cairo, const vx_axes *axes, double x, double y, double radius)
{
    cairo_arc(cairo, vx_plot_x(axes, x), vx_plot_y(axes, y), radius, 0, 2 * M_PI);
    cairo_fill(cairo);
}
