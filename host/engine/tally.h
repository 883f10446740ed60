/* Tallies inside the engine: maxima by relabelling, counts by voxel, and the relabellings that they cover. */
#ifndef VX_ENGINE_TALLY_H
#define VX_ENGINE_TALLY_H

#include "base/sha.h"
#include "engine/problem.h"
#include "voxstat/tally.h"

/* The identity of a tally: a digest of each part, in the order in which differences are named. */
enum { VX_OF_VERSION, VX_OF_DATA, VX_OF_EFFECT, VX_OF_OPTIONS, VX_OF_SEED, VX_OF_PARTS };

typedef struct vx_fingerprint {
    unsigned char digest[VX_OF_PARTS][VX_SHA256_BYTES];
} vx_fingerprint;

struct vx_tally {
    vx_fingerprint of;
    vx_range *range;      /* ascending; no two touch */
    size_t ranges;
    uint64_t evaluations; /* places: one for each relabelling */
    int64_t voxels;
    double *high, *low;   /* places: largest and smallest r */
    int32_t (*extent)[2]; /* largest cluster of the positive and the negative tail, voxels; null without clusters */
    double (*mass)[2];    /* largest mass */
    double (*tfce)[2];    /* largest TFCE; null without TFCE */
    int32_t *score;       /* places x voxels: every score; null unless they are kept */
    uint64_t *exceed;     /* voxels: scores >= high bound plus scores <= low bound; null without counting */
    uint64_t overflows;   /* relabellings evaluated again with longer lists */
    uint64_t *weights;    /* places: digests of the weights (weights.h); null unless vx_tally_keep_weights was called */
};

/* Which arrays a tally has. */
typedef struct vx_tally_shape {
    uint64_t evaluations;
    int64_t voxels;
    bool clusters, tfce, counts, scores;
} vx_tally_shape;

vx_status vx_tally_make(const vx_tally_shape *shape, vx_tally **tally, vx_error *error);

/* The shape of a tally of a problem, with `places` for relabellings. */
vx_tally_shape vx_tally_shape_of(const vx_problem *problem, uint64_t places);
vx_status vx_tally_new(const vx_problem *problem, uint64_t places, vx_tally **tally, vx_error *error);

/* Lets the tally take the digests of the relabellings' weights, which are no result. */
vx_status vx_tally_keep_weights(vx_tally *tally, vx_error *error);

/* Errors: VX_INPUT unless the tally belongs to `expected` and has the shape; the message names the first part that
 * differs. A file that was edited may have the fingerprint and another shape. */
vx_status vx_tally_check(const vx_tally *tally, const vx_fingerprint *expected, const vx_tally_shape *shape,
                         vx_error *error);

/* Adds the counts of `from`, of the same shape. */
void vx_tally_add_counts(vx_tally *tally, const vx_tally *from);

/* The union of the ranges and [first, last), in a new array. Errors: VX_INPUT where they overlap. */
vx_status vx_ranges_with(const vx_range *range, size_t ranges, vx_range added, vx_range **all, size_t *count,
                         vx_error *error);

#endif
