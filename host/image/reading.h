/* The state of reading a matrix: read_rows.c fills it, and remarks.c makes remarks from it. */
#ifndef VX_IMAGE_READING_H
#define VX_IMAGE_READING_H

#include "image/coverage.h"
#include "image/survey.h"

typedef struct vx_matrix_reading {
    vx_sources *sources;
    const vx_mask_options *mask; /* of the sources */
    vx_survey *survey;           /* may be null */
    vx_mask_place mask_place;    /* of the mask file; zeros without one */
    vx_candidates candidates;
    float *data;         /* n x candidates.count */
    unsigned char *note; /* per candidate */
    vx_facts *facts;     /* n x sessions; zeros for sessions that a row does not have */
    vx_mask_report report;
} vx_matrix_reading;

/* Makes an empty survey of the images, whose grid is known; takes what a survey has of one image, but for its coverage.
 * Several threads may take different images. Errors: VX_INTERNAL where memory is short. */
vx_status vx_survey_begin(vx_survey *survey, const vx_sources *sources, vx_error *error);
vx_status vx_survey_take(vx_survey *survey, int64_t row, int64_t session, const vx_facts *facts,
                         const vx_loaded *volume, vx_error *error);

/* Adds remarks on the images to the survey, which must not be null. `voxels` is the number of voxels analysed. */
vx_status vx_matrix_remark(const vx_matrix_reading *r, int64_t voxels, vx_error *error);

#endif
