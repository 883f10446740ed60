/* Maps over a brain: slices and the glass brain. Both are drawn in mm, whatever the orientation of the voxels. The left
 * of a picture is the participant's left. */
#ifndef VX_REPORT_DRAW_BRAIN_H
#define VX_REPORT_DRAW_BRAIN_H

#include "report/draw/figure.h"
#include "report/draw/sample.h"

#include <stdbool.h>

enum { VX_PALETTE = 257 };

typedef struct vx_brain {
    vx_sampler background, map, mask; /* map and mask are aligned; the mask has ones and zeros */
    vx_sampler significant;           /* 1 where p is significant; null data: nowhere */
    bool aligned;                     /* background and map are aligned */
    double grey[2];                   /* background values drawn darkest and lightest */
    double limit;                     /* value of the map at both ends of the colours */
    double threshold;                 /* forming threshold */
    bool positive, negative;          /* the tails that were tested */
    double box[3][2];                 /* mm: the part of space that is shown */
    double extent;                    /* mm: longest side of the box; pictures scale with it */
    double axial[2];                  /* mm: the lowest and the highest axial slice */
    double peak[3];                   /* mm: position of the sagittal and coronal slices */
    uint32_t palette[VX_PALETTE];     /* 0xrrggbb, from -limit to limit */
    const char *units;                /* of the map, shown on the colour bar */
} vx_brain;

/* Sets aligned, box, extent, axial, grey and palette from the mask and the background. False without memory. */
bool vx_brain_frame(vx_brain *brain, const vx_grid *grid);

/* The map at a spot of its grid; NaN outside the mask. The zeros outside do not fade values at the edge of the mask. */
double vx_brain_value(const vx_brain *brain, const vx_spot *spot);

/* The colour of a value, in cairo's RGB24. */
uint32_t vx_brain_colour(const vx_brain *brain, double value);

/* Whether a value is beyond the threshold in a tail that was tested. */
bool vx_brain_beyond(const vx_brain *brain, double value);

/* The sampled contents of the pictures, which may be drawn several times. vx_slices_new and vx_glass_new return null
 * without memory. The brain must outlive the result. */
typedef struct vx_slices vx_slices;
vx_slices *vx_slices_new(const vx_brain *brain);
void vx_slices_free(vx_slices *slices);

typedef struct vx_glass vx_glass;
vx_glass *vx_glass_new(const vx_brain *brain);
void vx_glass_free(vx_glass *glass);

/* Drawings of the samples. `thresholded`: only values beyond the threshold are coloured. */
vx_drawing vx_slices_drawing(const vx_slices *slices, bool thresholded);
vx_drawing vx_glass_drawing(const vx_glass *glass);

/* Draws a colour bar from -limit to limit (thresholded: of the tested tails), with the threshold marked. */
void vx_colour_bar(cairo_t *cairo, const vx_brain *brain, bool thresholded, double x, double y, double width,
                   double height);

#endif
