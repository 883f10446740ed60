/* Text in pictures. Texts must be UTF-8. */
#ifndef VX_REPORT_DRAW_TEXT_H
#define VX_REPORT_DRAW_TEXT_H

#include "report/draw/colour.h"

#include <cairo.h>
#include <stdbool.h>
#include <stdio.h>

enum { VX_TEXT_SMALL = 11, VX_TEXT_NORMAL = 12, VX_TEXT_TITLE = 13 };

/* Lets texts of a surface be written as <text> elements, in the surface's units, instead of being drawn; `texts` must
 * outlive what draws. cairo would turn the text of an SVG into outlines, which nobody can search, edit or hear. */
typedef struct vx_svg_texts {
    FILE *out, *names; /* names: of points (named_points.h) */
    double reach;      /* how far a pointer may be from a named point */
    bool lost; /* memory was short for a text */
} vx_svg_texts;
void vx_texts_to_svg(cairo_surface_t *surface, vx_svg_texts *texts);
vx_svg_texts *vx_svg_texts_of(cairo_t *cairo); /* those of its surface; null: another surface */

void vx_ink_set(cairo_t *cairo, vx_colour colour);

/* Draws `text` with its baseline at y. x is its start (align 0), middle (0.5) or end (1). The scale of `cairo` must be
 * the same along both axes in an SVG. */
void vx_text_draw(cairo_t *cairo, double x, double y, double align, double size, vx_colour colour, const char *text);

/* The same, cut to `width` with an ellipsis if it is longer. */
void vx_text_fit(cairo_t *cairo, double x, double y, double align, double size, double width, vx_colour colour,
                 const char *text);

/* Draws `text` upwards along the left of a plot, centred at y. */
void vx_text_up(cairo_t *cairo, double x, double y, double size, double length, vx_colour colour, const char *text);

#endif
