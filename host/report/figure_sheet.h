/* The layout of a figure: pictures in rows, each with its letter and title above it. */
#ifndef VX_REPORT_FIGURE_SHEET_H
#define VX_REPORT_FIGURE_SHEET_H

#include "report/draw/figure.h"
#include "report/draw/text.h"

#include <stdbool.h>

/* A picture of a figure. */
typedef struct vx_figure_item {
    char *name, *title, *caption;
    const char *kind;     /* the part of the name that pictures of the same kind have, as "slices" */
    char letter[24];      /* empty: none */
    size_t word, place;   /* its order: that of the words, then of the report */
    double width, height; /* natural ones */
    bool stretches;
    bool shown;           /* it is on the sheet */
    double x, y, at_width, at_height; /* where it is, and how large */
    double head;          /* height of the line above it; 0: none */
} vx_figure_item;

typedef struct vx_sheet {
    double width, height;
} vx_sheet;

/* Places the shown items in rows of at most `widest`; one that is wider has a row of its own. With `fill`, rows of
 * pictures that can be stretched are as wide as the sheet, and so is the sheet if it has several rows. */
vx_sheet vx_sheet_lay_out(vx_figure_item *item, size_t items, double widest, bool fill);

/* Draws letters and titles of the shown items. */
void vx_sheet_draw_heads(cairo_t *cairo, const vx_figure_item *item, size_t items);

/* The captions of the items, a line each. With letters, what all pictures of a kind say stands once, in a line before
 * theirs. The caller frees; null without memory. */
char *vx_sheet_captions(const vx_figure_item *item, size_t items);

#endif
