/* stable: a reference region from the data, of the voxels whose baseline varies least among participants.
 *
 *     z_i(v) = x_i(v) / g_i            baseline image of participant i over its global mean (image/global.h)
 *     c(v)   = SD_i z_i(v) / mean_i z_i(v)
 *
 * The region is the tenth of the candidates with the smallest c(v). Candidates are finite and above an eighth of the
 * image's mean in every baseline image. No follow-up image is looked at. So the region cannot be one that was chosen
 * because it changed, as are clusters that rise after global scaling (Yakushev et al. 2009, NeuroImage 44:43), which in
 * a study of one arm are circular. */
#ifndef VX_PREPARE_STABLE_H
#define VX_PREPARE_STABLE_H

#include "image/mask.h"
#include "image/sources.h"

/* Reads the first image of every row, with the steps that it has so far, on `threads` threads (0: all). The grid of
 * the sources is known. Errors: those of vx_source_read with participant and column, and VX_INPUT for fewer than three
 * rows, an image without a global mean above 0, and where there are fewer than 100 candidates. */
vx_status vx_stable_voxels_find(vx_sources *sources, int threads, vx_candidates *region, vx_error *error);

#endif
