/* Search volumes: the voxels of each family of planned regions on a modality.
 *
 * A hypothesis about a family is also one about where in it the images change. The voxelwise tests therefore search
 * each family's voxels by themselves.
 *
 * A vx_search_volumes owns everything that it points to; vx_search_volumes_destroy releases it. */
#ifndef VX_ATLAS_VOLUMES_H
#define VX_ATLAS_VOLUMES_H

#include "atlas/regions.h"

typedef struct vx_search_volume {
    char *family;
    int64_t *index;  /* voxels, ascending: linear grid indices of its voxels in the mask */
    int64_t voxels;  /* 0: no voxel is probable enough */
} vx_search_volume;

typedef struct vx_search_volumes {
    vx_search_volume *volume; /* in the order in which the families first stand in the plan */
    size_t count;
} vx_search_volumes;

/* A voxel belongs to a region of probabilities where its weight is at least this. */
#define VX_VOLUME_PROBABILITY 0.5

/* The union of the regions of each family, in the mask. Regions that are not tested for their coverage count too: the
 * voxels of them that the mask has can be searched. Errors: VX_INTERNAL without memory. */
vx_status vx_search_volumes_find(const vx_regions *planned, vx_search_volumes *volumes, vx_error *error);
void vx_search_volumes_destroy(vx_search_volumes *volumes);

#endif
