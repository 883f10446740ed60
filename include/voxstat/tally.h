/* Tallies: the partial results of an inference, which can be stored, moved to another machine and merged.
 *
 * A tally holds the maximum statistics of every relabelling evaluated, and for every voxel the number of relabellings
 * that reached its observed statistic. SHA-256 digests of the data, effect, options, seed and version of voxstat
 * identify its inference. A tally of another inference is refused, and the message names what differs. Merging is exact
 * and associative: the order of the ranges does not matter.
 *
 * vx_inference_tally makes a tally, vx_inference_run adds to it, and vx_tally_free releases it. */
#ifndef VOXSTAT_TALLY_H
#define VOXSTAT_TALLY_H

#include "voxstat/error.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vx_tally vx_tally;

/* Relabellings [first, last). */
typedef struct vx_range {
    uint64_t first, last;
} vx_range;

/* The relabellings in the tally: *count ascending ranges that do not touch. The tally owns them. */
VX_API const vx_range *vx_tally_ranges(const vx_tally *tally, size_t *count);

/* Adds the relabellings of `from` to `into`, which keeps its value on error. Errors: VX_INPUT where the two belong to
 * different inferences, where a file was edited (the message names what differs), or where both have a relabelling;
 * VX_INTERNAL without memory. */
VX_API vx_status vx_tally_merge(vx_tally *into, const vx_tally *from, vx_error *error);

/* Writes a tally as an HDF5 file; a file of that name is replaced. Errors: VX_USAGE for a tally without relabellings,
 * VX_OUTPUT where the file cannot be written. */
VX_API vx_status vx_tally_write(const vx_tally *tally, const char *path, vx_error *error);

/* Reads a tally, which the caller frees. A SHA-256 over its content is verified. Errors (VX_INPUT, naming the path): a
 * file that is missing, not a tally, or damaged. */
VX_API vx_status vx_tally_read(const char *path, vx_tally **tally, vx_error *error);
VX_API void vx_tally_free(vx_tally *tally);

#ifdef __cplusplus
}
#endif
#endif
