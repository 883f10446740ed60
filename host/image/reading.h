/* The reading of a matrix, as its parts share it: read_rows.c reads, remarks.c says what a reader of the results must
 * know. */
#ifndef VX_IMAGE_READING_H
#define VX_IMAGE_READING_H

#include "base/remarks.h"
#include "image/coverage.h"

enum { VX_BASELINE, VX_FOLLOWUP };

typedef struct vx_reading {
    const vx_volume_row *row;
    int64_t n;
    vx_mask_options mask; /* with the tolerance in force */
    vx_grid grid;
    const char *grid_path; /* the first image's */
    double mask_distance;  /* voxels between its grid and the mask file's */
    vx_candidates candidates;
    float *data;         /* n x candidates.count */
    unsigned char *note; /* a candidate */
    vx_facts *facts;     /* 2 n: every row's baseline and follow-up */
    vx_mask_report report;
} vx_reading;

static inline const char *vx_reading_path(const vx_reading *r, int64_t row, int which)
{
    return which == VX_BASELINE ? r->row[row].baseline : r->row[row].followup;
}

/* Adds to r->mask.remarks (which is not null) what `voxels` voxels that are analysed rest on. */
vx_status vx_reading_remark(const vx_reading *r, int64_t voxels, vx_error *error);

#endif
