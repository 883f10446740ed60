/* What the images of a modality were divided by, or are adjusted for, by session: a reference that changed itself
 * appears as a change of the opposite sign everywhere else.
 *
 * Two tests tell of it, both paired and two-sided. That of the means themselves needs images in units that compare
 * between sessions, such as SUV. That of the means over the images' global means needs none, but cannot tell a rise of
 * the reference from a fall of the rest of the brain. */
#ifndef VX_PREPARE_SCALING_H
#define VX_PREPARE_SCALING_H

#include "image/sources.h"

/* A mean of every image, by session. */
typedef struct vx_scaling_test {
    double mean[2], sd[2]; /* over the participants, of baseline and follow-up */
    double percent;        /* 100 (mean of follow-up / mean of baseline - 1) */
    double t, df, p;       /* NaN where all changes are equal, or without a second session */
} vx_scaling_test;

typedef struct vx_scaling {
    const char *step;         /* that found the means, of the sources; null without one, or without a change */
    vx_scaling_test own;      /* of the means before it divided, in the units that the images had */
    vx_scaling_test relative; /* of the means over the global means; NaN where the means are the global ones */
    bool divided_before;      /* every mean is within 0.001 of 1: the images came divided by it */
} vx_scaling;

/* Of the steps that record a mean the last one counts. Call it when the images were read. Errors: VX_INTERNAL where
 * memory is short. */
vx_status vx_scaling_find(const vx_sources *sources, vx_scaling *scaling, vx_error *error);

/* The mean that was found in the image of a row and session; NaN without such a step. */
double vx_scaling_mean(const vx_sources *sources, int64_t row, int64_t session);

#endif
