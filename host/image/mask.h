/* Which voxels are candidates for the analysis. */
#ifndef VX_IMAGE_MASK_H
#define VX_IMAGE_MASK_H

#include "image/source.h"

#include "base/memory.h"

/* Ascending linear grid indices; `index` is owned. */
typedef struct vx_candidates {
    int64_t *index;
    int64_t count;
} vx_candidates;

/* The voxels of the mask image that are finite and above `level`. The report gets the image's values. */
vx_status vx_mask_explicit(const vx_loaded *mask, double level, vx_candidates *candidates, vx_mask_report *report,
                           vx_error *error);

/* The voxels that are finite and not zero in every one of `count` volumes, which lie on one grid. */
vx_status vx_mask_implicit(const vx_loaded *volume, int64_t count, vx_candidates *candidates, vx_error *error);

#endif
