/* Colours that the colour-blind tell apart and that keep their order in grey: lightness falls evenly from the middle of
 * a diverging map to both ends, towards orange for positive values and blue for negative ones. */
#ifndef VX_REPORT_DRAW_COLOUR_H
#define VX_REPORT_DRAW_COLOUR_H

/* sRGB, 0 to 1. */
typedef struct vx_colour {
    double r, g, b;
} vx_colour;

/* A signed value in units of the limit, which both tails share; beyond -1 and 1 the ends. */
vx_colour vx_colour_diverging(double value);

extern const vx_colour vx_ink, vx_muted, vx_faint, vx_orange, vx_blue;

#endif
