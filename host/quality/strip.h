/* A strip: a small picture of an image, some slices of its thumbnail side by side, by which a person sees lost slices,
 * shifts and artefacts at a glance. */
#ifndef VX_QUALITY_STRIP_H
#define VX_QUALITY_STRIP_H

#include "image/survey.h"

/* The strips of all images of a survey: four axial slices from below upwards, a coronal and a sagittal one. Left is the
 * participant's left; the sagittal slice looks to the right. A pixel is a cell. Every image has greys of its own: 1 at
 * its 2nd percentile or 0, whichever is lower, and 255 at its 98th percentile; 0 is outside the grid. Owned;
 * vx_strips_destroy releases it. */
typedef struct vx_strips {
    int64_t images, width, height;
    uint8_t *grey; /* images x height x width */
} vx_strips;

/* `in_group` marks the cells of the group's extent, around which slices are cut. Errors: VX_INTERNAL where memory is
 * short. */
vx_status vx_strips_make(const vx_survey *survey, const bool *in_group, vx_strips *strips, vx_error *error);
void vx_strips_destroy(vx_strips *strips);

#endif
