/* A diverging colour map for the colour-blind that keeps its order in grey. Lightness falls evenly from the middle to
 * both ends: orange for positive values, blue for negative ones. */
#ifndef VX_REPORT_DRAW_COLOUR_H
#define VX_REPORT_DRAW_COLOUR_H

/* sRGB, 0 to 1. */
typedef struct vx_colour {
    double r, g, b;
} vx_colour;

/* The colour of a signed value in units of the limit; values beyond -1 and 1 are clamped. */
vx_colour vx_colour_diverging(double value);

extern const vx_colour vx_ink, vx_muted, vx_faint, vx_orange, vx_blue;

#endif
