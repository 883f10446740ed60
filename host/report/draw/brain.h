/* Maps over a brain: slices and the glass brain. Both are drawn in mm, whatever the orientation of the voxels. The left
 * of a picture is the participant's left. */
#ifndef VX_REPORT_DRAW_BRAIN_H
#define VX_REPORT_DRAW_BRAIN_H

#include "report/draw/colour.h"
#include "report/draw/figure.h"
#include "report/draw/sample.h"

#include "voxstat/voxstat.h"

#include <stdbool.h>

enum { VX_PALETTE = 257 };

typedef struct vx_brain {
    vx_sampler background, map, mask; /* map and mask are aligned; the mask has ones and zeros */
    vx_sampler significant;           /* 1 where p is significant; null data: nowhere */
    vx_sampler inside;                /* 1 where the background is drawn (vx_brain_inside); null data: everywhere */
    vx_sampler colour;                /* a second map, aligned, which gives the colours; null data: `map` does */
    double colour_limit;              /* its value at both ends of the colours */
    bool strict;                      /* what is not significant stays faded beyond the threshold, too */
    bool aligned;                     /* background and map are aligned */
    double grey[2];                   /* background values drawn darkest and lightest */
    double limit;                     /* value of the map at both ends of the colours */
    double threshold;                 /* forming threshold */
    bool positive, negative;          /* the tails that were tested */
    double box[3][2];                 /* mm: the part of space that is shown */
    double extent;                    /* mm: longest side of the box; pictures scale with it */
    double axial[2];                  /* mm: the lowest and the highest axial slice */
    double peak[3];                   /* mm: position of the sagittal and coronal slices */
    const vx_cluster *cluster;        /* clusters: axial slices move to their peaks */
    size_t clusters;
    vx_colour palette[2][VX_PALETTE]; /* of negative and positive values, from the threshold to the limit */
    const char *units;                /* of the map, shown on the colour bar */
} vx_brain;

/* Sets aligned, box, extent, axial, grey and palette from the mask and the background. False without memory. */
bool vx_brain_frame(vx_brain *brain, const vx_grid *grid);

/* The map at a spot of its grid; NaN outside the mask. The zeros outside do not fade values at the edge of the mask. */
double vx_brain_value(const vx_brain *brain, const vx_spot *spot);

/* Whether a value is beyond the threshold in a tail that was tested. */
bool vx_brain_beyond(const vx_brain *brain, double value);

/* How much of its colour a value has, and how much of what lies under it shows: 1 beyond the threshold, and below it
 * less with the square of the value, so that what misses the threshold by little is seen (Taylor et al. 2023,
 * NeuroImage 274:120138). Values beyond the threshold in a tail that was not tested stay below 1. */
double vx_brain_opacity(const vx_brain *brain, double value);

/* The same at a spot, where `value` is that of the map. */
double vx_brain_opacity_at(const vx_brain *brain, const vx_spot *spot, double value);

/* The colour of a value, without what lies under it: of `colour` where there is one, else of `map`. */
vx_colour vx_brain_colour(const vx_brain *brain, double value);

/* The value that gives a spot its colour, where `value` is that of the map. */
double vx_brain_coloured(const vx_brain *brain, const vx_spot *spot, double value);

/* What of a background belongs to the brain, as ones on the grid of the mask: the mask and 5 mm around it, with its
 * holes. A mask of less than a quarter of its box is of regions: null data, for everything. The caller frees `*inside`.
 * False without memory. */
bool vx_brain_inside(const vx_grid *grid, const float *mask, float **inside);

/* A mixture of two colours with `share` of the first, in cairo's RGB24. */
uint32_t vx_pixel_mixed(vx_colour colour, double share, vx_colour under);

/* A slice at `mm` on an axis: 0 sagittal, 1 coronal, 2 axial. */
typedef struct vx_slice {
    int axis;
    double mm;
} vx_slice;

/* How a picture of a brain is laid out; all zero: as in the report. */
typedef struct vx_brain_layout {
    const vx_slice *slice; /* slices: those that are drawn, in rows; none: the report's choice */
    size_t slices;
    double width;          /* of the picture; 0: its natural one */
    double pixels;         /* of its rasters, per unit */
    bool bare;             /* chosen slices: without the colour bar */
} vx_brain_layout;

/* The sampled contents of the pictures, which may be drawn several times. vx_slices_new and vx_glass_new return null
 * without memory. The brain must outlive the result. */
typedef struct vx_slices vx_slices;
vx_slices *vx_slices_new(const vx_brain *brain, const vx_brain_layout *layout);
void vx_slices_free(vx_slices *slices);

typedef struct vx_glass vx_glass;
vx_glass *vx_glass_new(const vx_brain *brain, const vx_brain_layout *layout);
void vx_glass_free(vx_glass *glass);

/* Drawings of the samples. */
vx_drawing vx_slices_drawing(const vx_slices *slices);
vx_drawing vx_glass_drawing(const vx_glass *glass);

/* Draws a colour bar from -limit to limit, with the thresholds of the tested tails marked. What lies beyond a threshold
 * has most of its length. */
void vx_colour_bar(cairo_t *cairo, const vx_brain *brain, double x, double y, double width, double height);

#endif
