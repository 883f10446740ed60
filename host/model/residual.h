/* The data of one voxel, given an effect's nuisance. */
#ifndef VX_MODEL_RESIDUAL_H
#define VX_MODEL_RESIDUAL_H

#include "model/ranks.h"
#include "voxstat/model.h"

/* Gathers the effect's rows of voxel `v` from `data` (rows of `voxels` values), ranks them where the effect is of
 * ranks, and removes the nuisance: y (n) = R_Z y. Returns ||y||^2, or 0 where the residual is only rounding error. */
double vx_residual(const vx_effect *effect, const float *data, int64_t voxels, int64_t v, double *y,
                   vx_ranked *scratch);

#endif
