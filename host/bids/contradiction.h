/* What a sidecar says of an image that the header of the image contradicts. */
#ifndef VX_BIDS_CONTRADICTION_H
#define VX_BIDS_CONTRADICTION_H

#include "base/error.h"

#include <stddef.h>

/* Puts words about the first contradiction into `text`, "" without one:
 *
 *     1. FrameTimesStart, FrameDuration or VolumeTiming has another number of entries than the file has volumes
 *     2. RepetitionTime is not the time between volumes, by more than 1 ms and a thousandth of it
 *
 * The second needs a header that tells the unit of time; one with the wrong unit is found by it.
 * For a file of one volume, only the JSON file beside it counts, which is its own: images that were made of several
 * volumes inherit from those. An image or sidecar that cannot be read contradicts nothing; whoever reads it says so.
 * Errors: VX_INTERNAL where memory is short. */
vx_status vx_sidecar_contradiction(const char *image, char *text, size_t size, vx_error *error);

#endif
