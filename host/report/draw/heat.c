#include "report/draw/heat.h"

#include "base/number.h"
#include "report/draw/text.h"
#include "results/level.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CELL = 74, ROW = 24, HEAD = 84, FOOT = 66, MARGIN = 10, NAME_MIN = 90, NAME_MAX = 260, SIDE = 70, BAR = 180 };

static double name_width(const vx_heat_plot *plot)
{
    double letters = 0;
    for (size_t i = 0; i < plot->rows; i++)
        letters = fmax(letters, (double)strlen(plot->row[i]));
    return fmin(fmax(7.3 * letters, NAME_MIN), NAME_MAX) + 10;
}

/* The text is white on dark colours. A significant cell is framed and has a star: colour is not its only sign. */
static void draw_cell(cairo_t *cairo, double left, double top, double r, double p)
{
    const vx_colour white = {1, 1, 1};
    const bool found = vx_significant(p);
    char text[32];
    if (isnan(r)) {
        vx_text_draw(cairo, left + CELL / 2.0, top + ROW / 2.0 + 4, 0.5, VX_TEXT_SMALL, vx_muted, "\xE2\x80\x93");
        return;
    }
    vx_ink_set(cairo, vx_colour_diverging(r));
    cairo_rectangle(cairo, left + 1, top + 1, CELL - 2, ROW - 2);
    cairo_fill(cairo);
    if (found) {
        vx_ink_set(cairo, vx_ink);
        cairo_set_line_width(cairo, 2);
        cairo_rectangle(cairo, left + 2, top + 2, CELL - 4, ROW - 4);
        cairo_stroke(cairo);
    }
    vx_fixed_text(r, 2, text);
    if (found)
        strcat(text, " *");
    vx_text_draw(cairo, left + CELL / 2.0, top + ROW / 2.0 + 4, 0.5, VX_TEXT_SMALL, fabs(r) > 0.55 ? white : vx_ink,
                 text);
}

static void draw_scale(cairo_t *cairo, const vx_heat_plot *plot, double left, double top)
{
    char text[80];
    for (int i = 0; i < BAR; i += 2) { /* each overlaps the next one, so that no gap is between them */
        vx_ink_set(cairo, vx_colour_diverging(2.0 * (i + 1) / BAR - 1));
        cairo_rectangle(cairo, left + i, top, i + 4 < BAR ? 4 : 2, 10);
        cairo_fill(cairo);
    }
    for (int i = -1; i <= 1; i++) {
        snprintf(text, sizeof text, "%s%d", i < 0 ? "\xE2\x88\x92" : "", i < 0 ? -i : i);
        vx_text_draw(cairo, left + BAR * (i + 1) / 2.0, top + 23, 0.5, VX_TEXT_SMALL, vx_muted, text);
    }
    vx_text_draw(cairo, left + BAR + 12, top + 9, 0, VX_TEXT_SMALL, vx_ink, plot->symbol);
    vx_text_draw(cairo, left, top + 42, 0, VX_TEXT_SMALL, vx_muted,
                 "* p < " VX_LEVEL_TEXT ", corrected over the matrix");
}

static void draw_heat(cairo_t *cairo, const vx_drawing *drawing)
{
    const vx_heat_plot *plot = drawing->context;
    const double left = MARGIN + name_width(plot);
    for (size_t c = 0; c < plot->columns; c++) {
        cairo_save(cairo);
        cairo_translate(cairo, left + ((double)c + 0.4) * CELL, HEAD - 8);
        cairo_rotate(cairo, -M_PI / 5);
        vx_text_fit(cairo, 0, 0, 0, VX_TEXT_NORMAL, 118, vx_ink, plot->column[c]);
        cairo_restore(cairo);
    }
    for (size_t i = 0; i < plot->rows; i++) {
        const double top = HEAD + (double)i * ROW;
        vx_text_fit(cairo, MARGIN, top + ROW / 2.0 + 4, 0, VX_TEXT_NORMAL, left - MARGIN - 8, vx_ink, plot->row[i]);
        for (size_t c = 0; c < plot->columns; c++)
            draw_cell(cairo, left + (double)c * CELL, top, plot->r[i * plot->columns + c],
                      plot->p[i * plot->columns + c]);
    }
    draw_scale(cairo, plot, left, HEAD + (double)plot->rows * ROW + 14);
}

vx_drawing vx_heat_drawing(const vx_heat_plot *plot)
{
    const double cells = fmax((double)plot->columns * CELL, BAR + 20);
    return (vx_drawing){.width = MARGIN + name_width(plot) + cells + SIDE,
                        .height = HEAD + (double)plot->rows * ROW + FOOT, .scale = 2, .draw = draw_heat,
                        .context = plot};
}
