/* The planned regions of a study: which regions of an atlas make each one, and its family.
 *
 * A vx_region_plan owns everything that it points to; vx_region_plan_destroy releases it. */
#ifndef VX_ATLAS_PLAN_H
#define VX_ATLAS_PLAN_H

#include "atlas/atlas.h"

#define VX_FAMILY_EXPLORATORY "exploratory" /* of regions that nobody planned */

typedef struct vx_planned_region {
    char *name, *family;
    int64_t *member; /* members: numbers of regions of the atlas, ascending */
    int64_t members;
} vx_planned_region;

typedef struct vx_region_plan {
    char *path;       /* null: no file */
    char sha256[VX_SHA256_TEXT];
    vx_planned_region *region;
    int64_t regions;
} vx_region_plan;

/* Reads a table with the columns region, family and members. Members are names of the atlas joined by " + "; without
 * any the region is the one of its own name. `path` null: every region of the atlas by itself, of the family
 * exploratory. Errors (VX_INPUT, naming the file and line): those of vx_table_read; a column that is missing; a region
 * without a name or family; a region that stands twice, in one family or in two; a member that the atlas lacks (with
 * the nearest name) or that stands twice in a region. */
vx_status vx_region_plan_read(const char *path, const vx_atlas *atlas, vx_region_plan *plan, vx_error *error);

/* Adds members to a region from names joined by " + ", such as "caudate_left + caudate_right". The caller frees
 * region->member, on errors too. Errors: as above. */
vx_status vx_planned_region_add(vx_planned_region *region, const vx_atlas *atlas, const char *members,
                                vx_error *error);
void vx_region_plan_destroy(vx_region_plan *plan);

#endif
