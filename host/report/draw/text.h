/* Words in a picture. Texts must be UTF-8. */
#ifndef VX_REPORT_DRAW_TEXT_H
#define VX_REPORT_DRAW_TEXT_H

#include "report/draw/colour.h"

#include <cairo.h>

enum { VX_TEXT_SMALL = 11, VX_TEXT_NORMAL = 12, VX_TEXT_TITLE = 13 };

void vx_ink_set(cairo_t *cairo, vx_colour colour);

/* `text` with its anchor at (x, y), the baseline: align 0 is its start, 0.5 its middle, 1 its end. */
void vx_text_draw(cairo_t *cairo, double x, double y, double align, double size, vx_colour colour, const char *text);

/* The same, cut to `width` with an ellipsis where it is longer. */
void vx_text_fit(cairo_t *cairo, double x, double y, double align, double size, double width, vx_colour colour,
                 const char *text);

/* Upwards along the left of a plot, centred at y. */
void vx_text_up(cairo_t *cairo, double x, double y, double size, double length, vx_colour colour, const char *text);

#endif
