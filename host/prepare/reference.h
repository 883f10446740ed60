/* reference: an image divided by its mean over a reference region, which gives the standardised uptake value ratio
 * (SUVR) of PET:
 *
 *     y(v) = x(v) / mean of x over the voxels of the region that are finite and not 0 */
#ifndef VX_PREPARE_REFERENCE_H
#define VX_PREPARE_REFERENCE_H

#include "image/mask.h"

/* The voxels of a reference region on the grid of the images; owned. */
typedef struct vx_reference_region {
    const char *name; /* for messages; borrowed */
    vx_candidates voxels;
} vx_reference_region;

/* Reads the voxels above `level` of a mask, brought to the grid of `how`. Errors: those of vx_mask_read, and VX_INPUT
 * for an empty region. */
vx_status vx_reference_region_read(vx_source *mask, const vx_loading *how, double level, vx_reference_region *region,
                                   vx_error *error);
void vx_reference_region_destroy(vx_reference_region *region);

/* The step borrows the region. Its figures are the mean, in the units of the image, and the number of voxels. Errors of
 * its application (VX_INPUT): the image has no value in the region, or a mean that is not above a thousandth of its
 * mean magnitude elsewhere, by which dividing makes no sense. */
vx_step vx_step_reference(const vx_reference_region *region);

#endif
