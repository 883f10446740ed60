/* The data of one voxel as an effect sees them. */
#ifndef VX_MODEL_RESIDUAL_H
#define VX_MODEL_RESIDUAL_H

#include "model/ranks.h"
#include "voxstat/model.h"

/* Gathers the effect's rows of voxel `v` from `data` (rows of `voxels`), ranks them where the effect asks for it, and
 * takes the nuisance out: y (n) = R_Z y. The square of its length, or 0 where nothing but rounding is left. */
double vx_residual(const vx_effect *effect, const float *data, int64_t voxels, int64_t v, double *y,
                   vx_ranked *scratch);

#endif
