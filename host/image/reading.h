/* The reading of a matrix, as its parts share it: read_rows.c reads, remarks.c says what a reader of the results must
 * know. */
#ifndef VX_IMAGE_READING_H
#define VX_IMAGE_READING_H

#include "image/coverage.h"

typedef struct vx_matrix_reading {
    vx_sources *sources;
    const vx_mask_options *mask; /* of the sources */
    vx_remarks *remarks;         /* may be null */
    double mask_distance;        /* voxels between the grids of the images and of the mask file */
    vx_candidates candidates;
    float *data;         /* n x candidates.count */
    unsigned char *note; /* a candidate */
    vx_facts *facts;     /* n x sessions; zeros where a row has fewer */
    vx_mask_report report;
} vx_matrix_reading;

/* Adds to r->remarks (which is not null) what `voxels` voxels that are analysed rest on. */
vx_status vx_matrix_remark(const vx_matrix_reading *r, int64_t voxels, vx_error *error);

#endif
