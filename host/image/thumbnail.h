/* A thumbnail: an image on a grid of cells of about 8 mm, each the mean of its voxels.
 *
 * It is a small picture that tells whether images are alike, and that fits in memory for every image of a study. */
#ifndef VX_IMAGE_THUMBNAIL_H
#define VX_IMAGE_THUMBNAIL_H

#include "image/step.h"

/* A cell holds block[k] voxels along axis k, the whole number nearest to 8 mm and at least 1; the last cell of an axis
 * holds those that are left. `grid` has the cells' centres, as if the last ones were complete. */
typedef struct vx_thumbnail_grid {
    vx_grid grid;
    int64_t block[3];
} vx_thumbnail_grid;

vx_thumbnail_grid vx_thumbnail_grid_of(const vx_grid *grid);

/* Writes the mean of every cell's voxels, of which those that are not finite count as 0. */
void vx_thumbnail_make(const vx_loaded *image, const vx_thumbnail_grid *thumbnail, float *cell);

#endif
