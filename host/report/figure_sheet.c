#include "report/figure_sheet.h"

#include <math.h>

static const double GAP = 18, HEAD = 22, LETTER = 26;

static const double GROWTH = 0.5; /* of a picture among others, as a share of its width */

/* Gives the width that is left in a row to the pictures that can be stretched. A picture that is alone in the figure
 * grows in both directions. */
static void fill_row(vx_figure_item *item, size_t from, size_t to, double left, bool alone)
{
    size_t stretching = 0;
    double moved = 0;
    for (size_t i = from; i < to; i++)
        stretching += item[i].shown && item[i].stretches;
    for (size_t i = from; i < to && stretching && left > 0; i++) {
        const double share = left / (double)stretching, more = alone ? share : fmin(share, GROWTH * item[i].width);
        item[i].x += moved;
        if (!item[i].shown || !item[i].stretches)
            continue;
        if (alone)
            item[i].at_height *= fmin(1 + more / item[i].width, 1.6);
        item[i].at_width += more;
        moved += more;
    }
}

vx_sheet vx_sheet_lay_out(vx_figure_item *item, size_t items, double widest, bool fill)
{
    double x = 0, y = 0, lowest = 0, reached = 0;
    size_t shown = 0, first = 0, rows = 1;
    for (size_t i = 0; i < items; i++)
        shown += item[i].shown;
    for (size_t i = 0; i < items; i++) {
        vx_figure_item *one = &item[i];
        if (!one->shown)
            continue;
        if (x > 0 && x + one->width > widest) {
            if (fill)
                fill_row(item, first, i, widest - (x - GAP), false);
            first = i;
            rows++;
            x = 0;
            y = lowest + GAP;
        }
        one->head = *one->letter || (shown > 1 && *one->title) ? HEAD : 0;
        one->x = x;
        one->y = y + one->head;
        one->at_width = one->width;
        one->at_height = one->height;
        x += one->width + GAP;
        reached = fmax(reached, x - GAP);
        if (fill && shown == 1)
            fill_row(item, i, i + 1, widest - one->width, true);
        lowest = fmax(lowest, one->y + one->at_height);
    }
    if (fill && rows > 1)
        fill_row(item, first, items, fmin(widest, reached) - (x - GAP), false);
    for (size_t i = 0; i < items; i++)
        if (item[i].shown)
            reached = fmax(reached, item[i].x + item[i].at_width);
    return (vx_sheet){reached, lowest};
}

void vx_sheet_draw_heads(cairo_t *cairo, const vx_figure_item *item, size_t items)
{
    for (size_t i = 0; i < items; i++) {
        const double baseline = item[i].y - item[i].head + 15, indent = *item[i].letter ? LETTER : 4;
        if (!item[i].shown || item[i].head == 0)
            continue;
        cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
        vx_text_draw(cairo, item[i].x + 4, baseline, 0, 1.25 * VX_TEXT_NORMAL, vx_ink, item[i].letter);
        cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        vx_text_fit(cairo, item[i].x + indent, baseline, 0, VX_TEXT_TITLE, item[i].at_width - indent, vx_ink,
                    item[i].title);
    }
}
