/* Facts about one image, found in one pass: its missing voxels, its hash and its typical value. */
#ifndef VX_IMAGE_FACTS_H
#define VX_IMAGE_FACTS_H

#include "image/global.h"
#include "image/source.h"

/* Bit sets have one bit per voxel of the grid, in words of 64; null means that no bit is set. Owned; vx_facts_destroy
 * releases them. */
typedef struct vx_facts {
    uint64_t hash;        /* of the values */
    uint64_t *zero;       /* exactly 0 */
    uint64_t *not_finite; /* NaN or infinite */
    uint64_t *below;      /* a value that counts, but is not above the thresholds of the mask */
    uint64_t *no_change;  /* a value too near to zero, or below it, for the change of the row */
    double typical;       /* median of |value| over a sample of the finite nonzero voxels; 0: no such voxel */
    vx_global global;
    double distance;      /* to the grid of the first image, in voxels */
    double mm_per_unit;
    bool side_assumed; /* its header does not tell left from right */
} vx_facts;

static inline size_t vx_facts_words(int64_t voxels)
{
    return ((size_t)voxels + 63) / 64;
}

/* Errors (VX_INPUT, naming the file): no finite voxel; a constant image. */
vx_status vx_facts_find(const char *path, const vx_loaded *image, vx_facts *facts, vx_error *error);

/* Marks the voxels that are not above `level`. Those without a value are not marked: not finite, or exactly zero unless
 * `keep_zeros`. Call it after vx_facts_find. Errors: VX_INTERNAL where memory is short. */
vx_status vx_facts_mark_below(const vx_loaded *image, double level, bool keep_zeros, vx_facts *facts, vx_error *error);
void vx_facts_destroy(vx_facts *facts);

#endif
