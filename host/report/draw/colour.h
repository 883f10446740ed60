/* Two colour maps for the colour-blind that keep their order in grey: orange for positive values, blue for negative
 * ones. On paper colours are pale in the middle and darken evenly to both ends. Over a brain they are dark where what
 * counts begins, and become lighter and more vivid to the ends. */
#ifndef VX_REPORT_DRAW_COLOUR_H
#define VX_REPORT_DRAW_COLOUR_H

#include <stdbool.h>

/* sRGB, 0 to 1. */
typedef struct vx_colour {
    double r, g, b;
} vx_colour;

/* The colour of a signed value in units of the limit; values beyond -1 and 1 are clamped. */
vx_colour vx_colour_diverging(double value);

/* The colour of `share` of the way from the threshold (0) to the limit (1), in the direction of the sign. */
vx_colour vx_colour_glowing(double share, bool positive);

/* Where a size lies between the threshold and the limit, 0 to 1; 0 where the limit is not above. And the size there. */
double vx_colour_share(double size, double threshold, double limit);
double vx_colour_size(double share, double threshold, double limit);

extern const vx_colour vx_ink, vx_muted, vx_faint, vx_orange, vx_blue;

#endif
