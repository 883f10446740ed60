/* reference: an image divided by its mean over a reference region, which gives the standardised uptake value ratio
 * (SUVR) of PET:
 *
 *     y(v) = x(v) / mean of x over the voxels of the region that are finite and not 0 */
#ifndef VX_PREPARE_REFERENCE_H
#define VX_PREPARE_REFERENCE_H

#include "atlas/atlas.h"
#include "image/mask.h"

/* The voxels of a reference region on the grid of the images; owned. */
typedef struct vx_reference_region {
    const char *name; /* for messages; borrowed */
    double erosion;   /* mm; 0: none */
    vx_candidates voxels;
} vx_reference_region;

/* The region is where the mask is above `level`, brought to the grid of `how`. Errors: those of vx_mask_read, and
 * VX_INPUT for an empty region. */
vx_status vx_reference_region_read(vx_source *mask, const vx_loading *how, double level, vx_reference_region *region,
                                   vx_error *error);

/* The region is that of an atlas's regions: `names` are joined by " + ". Of probabilities, it is where they are at
 * least one half in sum. Errors: those of vx_planned_region_add and vx_regions_on, and VX_INPUT for an empty region. */
vx_status vx_reference_region_of_atlas(const vx_atlas *atlas, const char *names, const vx_loading *how,
                                       vx_reference_region *region, vx_error *error);

/* Erodes the region (prepare/erode.h). Errors: VX_INPUT where nothing is left of it. */
vx_status vx_reference_region_erode(vx_reference_region *region, const vx_grid *grid, double radius_mm,
                                    vx_error *error);
void vx_reference_region_destroy(vx_reference_region *region);

/* The step borrows the region. Its figures are the mean and the global mean (image/global.h), in the units that the
 * image has before, and the number of voxels of the region. Errors of its application (VX_INPUT): the image has no
 * value in the region, or a mean that is not above a thousandth of its mean magnitude elsewhere, by which dividing
 * makes no sense. */
vx_step vx_step_reference(const vx_reference_region *region);

#endif
