/* Which voxels the images of a study cover, and which image costs the most voxels. */
#ifndef VX_IMAGE_COVERAGE_H
#define VX_IMAGE_COVERAGE_H

#include "image/facts.h"
#include "image/mask.h"
#include "image/sources.h"

/* Bit sets over the voxels of the grid. Owned; vx_coverage_destroy releases them. */
typedef struct vx_coverage {
    size_t words;
    uint64_t *universe;   /* voxels of the mask file; without a mask file, voxels with a value in any image */
    uint64_t *zero;       /* in some image */
    uint64_t *not_finite; /* in some image */
    uint64_t *below;      /* in some image: a value that is not above the thresholds */
    uint64_t *no_change;  /* in some image */
    uint64_t *alone;      /* voxels of the universe that exactly one row excludes */
    int32_t *rows;        /* per voxel of the grid: the number of rows of which no image excludes it */
} vx_coverage;

/* `facts` holds the facts of every image of the sources, and zeros for sessions that a row does not have. `file` holds
 * the voxels of the mask file, or is null. Sets the report's counts of candidates and of voxels left out, but for the
 * constant ones, and the images that cost the most voxels. */
vx_status vx_coverage_find(const vx_sources *sources, const vx_facts *facts, const vx_candidates *file, int64_t voxels,
                           vx_coverage *coverage, vx_mask_report *report, vx_error *error);
/* Sets the coverage of every image of a survey. */
void vx_coverage_share(const vx_sources *sources, const vx_facts *facts, const vx_coverage *coverage, int64_t voxels,
                       vx_survey *survey);
void vx_coverage_destroy(vx_coverage *coverage);

static inline bool vx_bit(const uint64_t *bits, int64_t voxel)
{
    return bits[voxel >> 6] >> (voxel & 63) & 1;
}

#endif
