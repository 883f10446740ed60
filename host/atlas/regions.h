/* Regions on a modality: their voxels in its mask, with weights, and how much of each region the mask covers.
 *
 * A vx_regions owns everything that it points to; vx_regions_destroy releases it. */
#ifndef VX_ATLAS_REGIONS_H
#define VX_ATLAS_REGIONS_H

#include "atlas/atlas.h"
#include "atlas/plan.h"
#include "image/means.h"

/* A region's weight at a voxel is 1 for a label, and the probability for probabilities. */
typedef struct vx_region {
    char *name, *family;
    int64_t *index;      /* voxels, ascending: linear grid indices of its voxels in the mask */
    float *weight;       /* voxels; null: 1 everywhere */
    int64_t voxels;
    double inside, total; /* sum of the weights in the mask, and of the complete region, in voxels of this grid */
    bool tested;         /* coverage is enough */
} vx_region;

typedef struct vx_regions {
    vx_region *region; /* count */
    int64_t count;
} vx_regions;

/* Share of a region's weight that is in the mask, 0 to 1. */
static inline double vx_region_coverage(const vx_region *region)
{
    return region->total > 0 ? region->inside / region->total : 0;
}

/* The regions of an atlas on the voxels of a space, each its own region of the family "exploratory", not tested yet.
 * The atlas is brought to the grid by nearest neighbour, a step that is added to `source`, a new source of the atlas's
 * path; `grid_path` names the image with that grid. Of the complete region counts
 *
 *     total = sum of weights on the grid + (sum of weights at voxels of the atlas outside the grid) a / g,
 *
 * where a and g are the volumes of a voxel of the atlas and of the grid: a field of view that cuts a region lowers its
 * coverage. Errors (VX_INPUT, naming the file): those of vx_source_read; an atlas of which half or more lies outside
 * the grid, so that it is in another space; probabilities below 0 or above 100. */
vx_status vx_regions_on(const vx_atlas *atlas, vx_source *source, const vx_space *space, const char *grid_path,
                        vx_regions *regions, vx_error *error);

/* The planned regions from those of their members: unions of labels, sums of probabilities. Regions whose coverage is
 * below `coverage` are not tested; a remark names them. Errors (VX_INPUT): with `strict`, a region without a voxel in
 * the mask; no region left to test. */
vx_status vx_regions_plan(const vx_regions *atlas, const vx_region_plan *plan, double coverage, bool strict,
                          vx_remarks *remarks, vx_regions *planned, vx_error *error);

void vx_regions_destroy(vx_regions *regions);

/* The regions that are tested, as a space of names in their order. */
vx_status vx_regions_space(const vx_regions *regions, vx_space *space, vx_error *error);

/* The voxels of a region for vx_means_read. */
static inline vx_voxel_set vx_region_voxels(const vx_region *region)
{
    return (vx_voxel_set){region->index, region->weight, region->voxels};
}

#endif
