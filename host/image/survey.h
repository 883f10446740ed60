/* What the reading of a matrix finds out about its images, beside the matrix itself.
 *
 * A vx_survey starts as zeros. It owns what it points to; vx_survey_destroy releases it. */
#ifndef VX_IMAGE_SURVEY_H
#define VX_IMAGE_SURVEY_H

#include "base/remarks.h"

#include <stdint.h>

typedef struct vx_survey {
    vx_remarks remarks;      /* for readers of the results */
    int32_t *rows_with_data; /* per voxel of the grid: the rows that the mask's rules would keep there, but for a mask
                              * file: every image of theirs is finite, not zero (see keep_zeros), and above the
                              * thresholds */
} vx_survey;

void vx_survey_destroy(vx_survey *survey);

#endif
