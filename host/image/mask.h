/* Which voxels are candidates for the analysis. */
#ifndef VX_IMAGE_MASK_H
#define VX_IMAGE_MASK_H

#include "image/load.h"

#include "base/memory.h"

/* Ascending linear grid indices; `index` is owned. */
typedef struct vx_candidates {
    int64_t *index;
    int64_t count;
} vx_candidates;

/* The voxels of the mask image `path` that are finite and above `level`. The report gets the file's values. */
vx_status vx_mask_read(const char *path, const vx_loading *how, double level, vx_candidates *candidates,
                       vx_mask_report *report, vx_error *error);

/* The voxels that are finite and not zero in `baseline` (may be null) and `followup`, which lie on one grid. */
vx_status vx_mask_implicit(const vx_loaded *baseline, const vx_loaded *followup, vx_candidates *candidates,
                           vx_error *error);

#endif
