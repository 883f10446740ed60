/* What the reading of a matrix finds out about its images, beside the matrix itself. quality/ judges it.
 *
 * A vx_survey starts as zeros, but for `smoothness`. It owns what it points to; vx_survey_destroy releases it. */
#ifndef VX_IMAGE_SURVEY_H
#define VX_IMAGE_SURVEY_H

#include "base/remarks.h"
#include "image/global.h"
#include "image/thumbnail.h"

typedef struct vx_survey_image {
    vx_global global;
    double typical;   /* median of |value| over a sample of the finite nonzero voxels; 0: no such voxel */
    double coverage;  /* share of the voxels of the mask file, or else of those at which more than half of the rows have
                       * data, at which the image is finite and not zero (see keep_zeros); NaN where there are none */
    double fwhm[3];   /* mm along the axes of the grid, of the survey's `smoothness`; NaN without it */
    float *thumbnail; /* cells of the survey's thumbnail grid; null for a session that a row does not have */
} vx_survey_image;

typedef struct vx_survey {
    /* How smooth an image is, in mm along the axes of its grid: set by the caller, or null. */
    void (*smoothness)(const vx_loaded *volume, double fwhm[3]);
    vx_remarks remarks;          /* for readers of the results */
    int32_t *rows_with_data;     /* per voxel of the grid: the rows that the mask's rules would keep there, but for a
                                  * mask file: every image of theirs is finite, not zero (see keep_zeros), and above the
                                  * thresholds */
    int64_t n, sessions;
    vx_survey_image *image;      /* n x sessions */
    vx_thumbnail_grid thumbnail;
} vx_survey;

void vx_survey_destroy(vx_survey *survey);

#endif
