#include "report/draw/forest.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/draw/named_points.h"
#include "report/draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN = 10, ROW = 25, HEADING = 24, HEAD = 50, HEAD_BARE = 8, FOOT = 46, LEGEND = 28, GAP = 26 };
enum { LABEL_MIN = 90, LABEL_MAX = 260 };
static const double column_width[VX_FOREST_COLUMNS] = {22, 140, 64, 78}, letter_width = 7.3;

/* The width of the labels, which is estimated: a drawing has its size before it has a font. */
static double label_width(const vx_forest_plot *plot)
{
    double letters = 0;
    for (size_t i = 0; i < plot->rows; i++)
        letters = fmax(letters, fmax((double)strlen(plot->row[i].label),
                                     plot->row[i].heading ? (double)strlen(plot->row[i].heading) : 0));
    return fmin(fmax(letter_width * letters, LABEL_MIN), LABEL_MAX) + 10;
}

static double panel_width(const vx_forest_panel *panel)
{
    double width = panel->width + 12;
    for (int k = 0; k < VX_FOREST_COLUMNS; k++)
        width += panel->column[k] ? column_width[k] : 0;
    return width;
}

static double head_height(const vx_forest_plot *plot)
{
    return *plot->panel[0].title ? HEAD : HEAD_BARE;
}

static double rows_height(const vx_forest_plot *plot)
{
    double height = 0;
    for (size_t i = 0; i < plot->rows; i++)
        height += ROW + (plot->row[i].heading ? HEADING : 0);
    return height;
}

static void bold(cairo_t *cairo, bool on)
{
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           on ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
}

static void segment(cairo_t *cairo, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_stroke(cairo);
}

/* "sub-01: striatum +5.1 %". */
static void name_dot(cairo_t *cairo, const vx_forest_panel *panel, const vx_forest_row *row, const char *participant,
                     double value, double x, double y)
{
    char text[32];
    vx_point_name(cairo, x, y, vx_text("%s: %s %s%s%s", participant, row->label, vx_digits_text(value, 3, true, text),
                                       panel->unit ? " " : "", panel->unit ? panel->unit : ""));
}

/* Dots of neighbours in the list are apart, so that equal values stay visible. */
static void draw_dots(cairo_t *cairo, const vx_axes *axes, const vx_forest_panel *panel, const vx_forest_row *row,
                      const vx_forest_mark *mark, double y)
{
    static const double offset[] = {-5, 0.5, 6, -2, 3.5};
    cairo_set_source_rgba(cairo, vx_muted.r, vx_muted.g, vx_muted.b, 0.5);
    for (int64_t i = 0; i < mark->dots; i++) {
        const double at = y + offset[i % 5], side = mark->dot[i] < axes->x[0] ? -1 : 1;
        if (!isfinite(mark->dot[i]))
            continue;
        const bool shown = mark->dot[i] >= axes->x[0] && mark->dot[i] <= axes->x[1];
        const double tip = side < 0 ? axes->left : axes->left + axes->width;
        const double x = shown ? vx_plot_x(axes, mark->dot[i]) : tip;
        if (mark->name)
            name_dot(cairo, panel, row, mark->name[i], mark->dot[i], x, at);
        if (shown) {
            cairo_arc(cairo, x, at, 2.3, 0, 2 * M_PI);
        } else {
            cairo_move_to(cairo, tip, at);
            cairo_line_to(cairo, tip - side * 5, at - 3);
            cairo_line_to(cairo, tip - side * 5, at + 3);
        }
        cairo_fill(cairo);
    }
}

/* The estimate is a diamond, filled where it is significant and open where it is not. */
static void draw_estimate(cairo_t *cairo, const vx_axes *axes, const vx_forest_mark *mark, double y)
{
    const vx_colour colour = mark->significant ? vx_orange : vx_ink;
    const double x = vx_plot_x(axes, mark->estimate), size = 5.2;
    vx_ink_set(cairo, colour);
    cairo_set_line_width(cairo, mark->significant ? 2.6 : 1.6);
    if (isfinite(mark->low) && isfinite(mark->high))
        segment(cairo, vx_plot_x(axes, fmax(mark->low, axes->x[0])), y, vx_plot_x(axes, fmin(mark->high, axes->x[1])),
                y);
    cairo_move_to(cairo, x - size, y);
    cairo_line_to(cairo, x, y - size);
    cairo_line_to(cairo, x + size, y);
    cairo_line_to(cairo, x, y + size);
    cairo_close_path(cairo);
    if (!mark->significant)
        cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_fill_preserve(cairo);
    vx_ink_set(cairo, colour);
    cairo_set_line_width(cairo, 1.6);
    cairo_stroke(cairo);
}

static void draw_texts(cairo_t *cairo, const vx_forest_panel *panel, const vx_axes *axes, const vx_forest_mark *mark,
                       double y)
{
    double right = axes->left + axes->width + 12;
    for (int k = 0; k < VX_FOREST_COLUMNS; k++) {
        if (!panel->column[k])
            continue;
        right += column_width[k];
        vx_text_fit(cairo, right, y + 4, 1, VX_TEXT_SMALL, column_width[k] + 4,
                    mark->significant && k ? vx_orange : vx_ink, mark->text[k]);
    }
}

/* Titles, columns, and the axis of a panel. Zero has a stronger line than the other ticks. */
static void draw_panel(cairo_t *cairo, const vx_axes *axes, const vx_forest_panel *panel)
{
    const double bottom = axes->top + axes->height;
    double tick[VX_TICKS_MAX], step, right = axes->left + axes->width + 12;
    char text[32];
    bold(cairo, true);
    vx_text_fit(cairo, axes->left, 18, 0, VX_TEXT_TITLE, panel_width(panel), vx_ink, panel->title);
    bold(cairo, false);
    for (int k = 0; k < VX_FOREST_COLUMNS; k++) {
        if (!panel->column[k])
            continue;
        right += column_width[k];
        vx_text_draw(cairo, right, HEAD - 10, 1, VX_TEXT_SMALL, vx_muted, panel->column[k]);
    }
    const int ticks = vx_ticks(axes->x[0], axes->x[1], (int)(panel->width / 48), tick, &step);
    cairo_set_line_width(cairo, 1);
    for (int i = 0; i < ticks; i++) {
        const double x = vx_plot_x(axes, tick[i]);
        vx_ink_set(cairo, tick[i] == 0 ? vx_muted : vx_faint);
        segment(cairo, x, axes->top, x, bottom + 4);
        vx_text_draw(cairo, x, bottom + 17, 0.5, VX_TEXT_SMALL, vx_muted, vx_tick_text(tick[i], step, text));
    }
    vx_ink_set(cairo, vx_muted);
    segment(cairo, axes->left, bottom, axes->left + axes->width, bottom);
    vx_text_fit(cairo, axes->left + axes->width / 2, bottom + 34, 0.5, VX_TEXT_SMALL, axes->width + 150, vx_ink,
                panel->axis);
}

static void draw_row(cairo_t *cairo, const vx_forest_plot *plot, const vx_forest_row *row, const vx_axes *axes,
                     double y, double width)
{
    bold(cairo, row->strong);
    vx_text_fit(cairo, MARGIN, y + 4, 0, VX_TEXT_NORMAL, width, vx_ink, row->label);
    bold(cairo, false);
    for (int p = 0; p < plot->panels; p++) {
        draw_dots(cairo, &axes[p], &plot->panel[p], row, &row->mark[p], y);
        if (isfinite(row->mark[p].estimate))
            draw_estimate(cairo, &axes[p], &row->mark[p], y);
        if (isfinite(row->mark[p].estimate) && *row->mark[p].text[1])
            vx_point_name(cairo, vx_plot_x(&axes[p], row->mark[p].estimate), y,
                          vx_text("%s: %s%s%s", row->label, row->mark[p].text[1], plot->panel[p].unit ? " " : "",
                                  plot->panel[p].unit ? plot->panel[p].unit : ""));
        draw_texts(cairo, &plot->panel[p], &axes[p], &row->mark[p], y);
    }
}

static void draw_forest(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_forest_plot *plot = drawing->context;
    const double labels = label_width(plot), height = rows_height(plot);
    vx_axes axes[VX_FOREST_PANELS_MAX];
    double left = MARGIN + labels, y = head_height(plot);
    for (size_t i = 0; i < plot->rows; i++) {
        y += plot->row[i].heading ? HEADING : 0;
        if (i % 2 == 0) {
            cairo_set_source_rgb(cairo, 0.965, 0.97, 0.975);
            cairo_rectangle(cairo, 4, y, drawing->width - 8, ROW);
            cairo_fill(cairo);
        }
        y += ROW;
    }
    for (int p = 0; p < plot->panels; p++) {
        const vx_forest_panel *panel = &plot->panel[p];
        axes[p] = (vx_axes){left, head_height(plot), panel->width, height, {panel->range[0], panel->range[1]}, {0, 1},
                            false, 0};
        draw_panel(cairo, &axes[p], panel);
        left += panel_width(panel) + GAP;
    }
    y = head_height(plot);
    for (size_t i = 0; i < plot->rows; i++) {
        if (plot->row[i].heading) {
            bold(cairo, true);
            vx_text_fit(cairo, MARGIN, y + HEADING - 7, 0, VX_TEXT_NORMAL, labels, vx_muted, plot->row[i].heading);
            bold(cairo, false);
            y += HEADING;
        }
        draw_row(cairo, plot, &plot->row[i], axes, y + ROW / 2.0, labels - 8);
        y += ROW;
    }
    if (plot->legend)
        vx_text_fit(cairo, MARGIN, drawing->height - 12, 0, VX_TEXT_SMALL, drawing->width - 2 * MARGIN, vx_muted,
                    plot->legend);
}

vx_drawing vx_forest_drawing(const vx_forest_plot *plot)
{
    double width = 2 * MARGIN + label_width(plot);
    for (int p = 0; p < plot->panels; p++)
        width += panel_width(&plot->panel[p]) + (p ? GAP : 0);
    const double height = head_height(plot) + rows_height(plot) + FOOT + (plot->legend ? LEGEND : 0);
    return (vx_drawing){.width = ceil(width), .height = height, .scale = 2, .dense = true, .draw = draw_forest,
                        .context = plot};
}

/* ---- texts ---- */

void vx_forest_interval_text(double estimate, double low, double high, int digits, bool plus,
                             char text[VX_FOREST_TEXT])
{
    char a[32], b[32], c[32];
    if (!isfinite(estimate)) {
        strcpy(text, "\xE2\x80\x93");
        return;
    }
    vx_fixed_text(estimate, digits, a);
    vx_fixed_text(low, digits, b);
    vx_fixed_text(high, digits, c);
    const char *sign = plus && estimate > 0 && strpbrk(a, "123456789") ? "+" : "";
    if (isfinite(low) && isfinite(high))
        snprintf(text, VX_FOREST_TEXT, "%s%.15s (%.15s to %.15s)", sign, a, b, c);
    else
        snprintf(text, VX_FOREST_TEXT, "%s%s", sign, a);
}

void vx_forest_p_text(double p, bool star, char text[VX_FOREST_TEXT])
{
    char number[32];
    snprintf(text, VX_FOREST_TEXT, "%s%s", vx_p_text(p, number), star ? " *" : "");
}
