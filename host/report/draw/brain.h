/* Maps over a brain: slices, and the glass brain. Both are drawn in mm, whatever way the voxels lie; left of the
 * picture is the participant's left. */
#ifndef VX_REPORT_DRAW_BRAIN_H
#define VX_REPORT_DRAW_BRAIN_H

#include "report/draw/figure.h"
#include "report/draw/sample.h"

#include <stdbool.h>

enum { VX_PALETTE = 257 };

typedef struct vx_brain {
    vx_sampler background, map, mask; /* map and mask are aligned; mask: ones and zeros */
    vx_sampler survives;              /* ones where a family-wise correction is survived; data null: nowhere */
    bool aligned;                     /* the background with the map */
    double grey[2];                   /* background values that are darkest and lightest */
    double limit;                     /* the map's value at both ends of the colours */
    double threshold;                 /* forming threshold */
    bool positive, negative;          /* the tails that were tested */
    double box[3][2];                 /* mm: what of space is shown */
    double extent;                    /* mm: the longest side of it; pictures scale with it, of mice as of men */
    double axial[2];                  /* mm: the lowest and the highest axial slice */
    double peak[3];                   /* mm: where the sagittal and the coronal slice lie */
    uint32_t palette[VX_PALETTE];     /* 0xrrggbb, from -limit to limit */
    const char *units;                /* of the map, on the colour bar */
} vx_brain;

/* Works out aligned, box, extent, axial, grey and palette from the mask and the background; false where memory is
 * short. */
bool vx_brain_frame(vx_brain *brain, const vx_grid *grid);

/* The map at a spot of its grid, without the fading at the mask's edge that comes of zeros outside; NaN outside the
 * mask. */
double vx_brain_value(const vx_brain *brain, const vx_spot *spot);

/* The colour of a value, as cairo's RGB24 has it. */
uint32_t vx_brain_colour(const vx_brain *brain, double value);

/* Whether a value lies beyond the threshold, in a tail that was tested. */
bool vx_brain_beyond(const vx_brain *brain, double value);

/* What the pictures show, sampled once however often it is drawn; null where memory is short. The brain must outlive
 * it. */
typedef struct vx_slices vx_slices;
vx_slices *vx_slices_new(const vx_brain *brain);
void vx_slices_free(vx_slices *slices);

typedef struct vx_glass vx_glass;
vx_glass *vx_glass_new(const vx_brain *brain);
void vx_glass_free(vx_glass *glass);

/* Drawings of them. `thresholded`: only what lies beyond the threshold is coloured. */
vx_drawing vx_slices_drawing(const vx_slices *slices, bool thresholded);
vx_drawing vx_glass_drawing(const vx_glass *glass);

/* A bar of the colours, from -limit to limit (thresholded: in the tails tested), with the threshold marked. */
void vx_colour_bar(cairo_t *cairo, const vx_brain *brain, bool thresholded, double x, double y, double width,
                   double height);

#endif
