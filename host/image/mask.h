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

/* Whether one image alone costs so many of the candidates that a remark names it: a twentieth. */
static inline bool vx_mask_loss_is_large(const vx_mask_report *report, const vx_mask_loss *loss)
{
    return loss->voxels && 20 * loss->alone >= report->candidate;
}

/* Finds the voxels of the mask image that are finite and above `level`, and reports the range of its values. */
vx_status vx_mask_explicit(const vx_loaded *mask, double level, vx_candidates *candidates, vx_mask_report *report,
                           vx_error *error);

/* How a mask was brought to the grid of images. */
typedef struct vx_mask_place {
    double distance;      /* between the grids, in voxels; 0: it was brought to the other grid */
    double outside;       /* share of the mask that lies outside the grid of the images */
    char difference[256]; /* between the two grids; "": one grid */
} vx_mask_place;

/* Reads a mask, and brings it to the grid of `how` by nearest neighbour where it is on another one, which becomes a
 * step of the source. Errors: those of vx_source_read, and VX_INPUT where half of its voxels above `level` or more lie
 * outside. */
vx_status vx_mask_read(vx_source *source, const vx_loading *how, double level, vx_loaded *mask, vx_mask_place *place,
                       vx_error *error);

/* The share of the voxels above `level` whose centres lie outside another grid; 0 without such a voxel. */
double vx_mask_outside(const vx_loaded *mask, double level, const vx_grid *grid);

/* Finds the voxels that are finite and not zero in each of `count` volumes on the same grid. */
vx_status vx_mask_implicit(const vx_loaded *volume, int64_t count, vx_candidates *candidates, vx_error *error);

#endif
