/* What the images of a study lack together, and which of them costs most voxels. */
#ifndef VX_IMAGE_COVERAGE_H
#define VX_IMAGE_COVERAGE_H

#include "image/facts.h"
#include "image/mask.h"
#include "image/sources.h"

/* A bit a voxel of the grid. Owned; vx_coverage_destroy releases it. */
typedef struct vx_coverage {
    size_t words;
    uint64_t *universe;   /* the mask file's voxels; without one those with a value in any image */
    uint64_t *zero;       /* in some image */
    uint64_t *not_finite; /* in some image */
    uint64_t *alone;      /* of the universe: what is lacking there one row alone lacks */
} vx_coverage;

/* `facts` holds those of every image of the sources, and zeros where a row has fewer; `file` the voxels of the mask
 * file, or null. The report gets its counts of candidates, zeros and voxels that are not finite, and the images that
 * cost most. */
vx_status vx_coverage_find(const vx_sources *sources, const vx_facts *facts, const vx_candidates *file, int64_t voxels,
                           vx_coverage *coverage, vx_mask_report *report, vx_error *error);
void vx_coverage_destroy(vx_coverage *coverage);

static inline bool vx_bit(const uint64_t *bits, int64_t voxel)
{
    return bits[voxel >> 6] >> (voxel & 63) & 1;
}

#endif
