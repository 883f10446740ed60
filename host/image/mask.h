/* Which voxels are candidates for the analysis. */
#ifndef VX_IMAGE_MASK_H
#define VX_IMAGE_MASK_H

#include "voxstat/image.h"

#include "base/memory.h"

/* Ascending linear grid indices; `index` is owned. */
typedef struct vx_candidates {
    int64_t *index;
    int64_t count;
} vx_candidates;

/* The voxels of the mask image `path` that are finite and > 0, and the grid that they lie on. */
vx_status vx_mask_read(const char *path, vx_analyze_orientation analyze, vx_candidates *candidates, vx_grid *grid,
                       vx_error *error);

/* The voxels that are finite and non-zero in `baseline` (may be null) and `followup`, which lie on `grid`. */
vx_status vx_mask_implicit(const vx_grid *grid, const float *baseline, const float *followup,
                           vx_candidates *candidates, vx_error *error);

#endif
