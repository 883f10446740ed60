/* Tallies: what relabellings of one inference gave, to be kept, carried to another machine and merged.
 *
 * A tally holds, of every relabelling evaluated, its largest statistics, and of every voxel how many relabellings
 * reached it. It knows what it is of, by SHA-256 of the data, the effect, the options, the seed and the version of
 * voxstat; what does not belong to it is refused by name. vx_inference_tally makes one and vx_inference_run adds to it.
 * Merging is exact and associative: the order of the ranges changes nothing. vx_tally_free releases a tally. */
#ifndef VOXSTAT_TALLY_H
#define VOXSTAT_TALLY_H

#include "voxstat/error.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vx_tally vx_tally;

/* Relabellings first to last - 1. */
typedef struct vx_range {
    uint64_t first, last;
} vx_range;

/* The relabellings that the tally has: ascending ranges that do not touch, `*count` of them. The tally owns them. */
VX_API const vx_range *vx_tally_ranges(const vx_tally *tally, size_t *count);

/* Adds what `from` holds to `into`. Errors: VX_INPUT where the two are not of one inference (the message names what
 * differs) or both have a relabelling; VX_INTERNAL without memory. `into` is as it was on error. */
VX_API vx_status vx_tally_merge(vx_tally *into, const vx_tally *from, vx_error *error);

/* A tally as an HDF5 file, in place of what has that name. VX_USAGE for a tally without
 * relabellings, VX_OUTPUT where it cannot be written. */
VX_API vx_status vx_tally_write(const vx_tally *tally, const char *path, vx_error *error);

/* VX_INPUT, naming the path, where the file is missing, no tally, or damaged: a SHA-256 over all that it holds is
 * checked. */
VX_API vx_status vx_tally_read(const char *path, vx_tally **tally, vx_error *error);
VX_API void vx_tally_free(vx_tally *tally);

#ifdef __cplusplus
}
#endif
#endif
