/* Estimates of one effect in every voxel, computed in double from the data without rounding to fixed point. */
#ifndef VX_INFER_ESTIMATE_H
#define VX_INFER_ESTIMATE_H

#include "voxstat/result.h"

/* Maps of one float for each voxel. vx_estimates_destroy frees those that are not null. The effect decides which exist:
 *   mean effects        estimate, se, low, high, t, z, dz, g
 *   Pearson covariates  estimate (slope), se, low, high, t, z, r
 *   Spearman            t, z, r (rho): ranks have no slope in the data's units */
typedef struct vx_estimates {
    float *estimate, *se, *low, *high, *t, *z, *r, *dz, *g;
} vx_estimates;

/* Errors: VX_INPUT where no voxel has variance. */
vx_status vx_estimate(const vx_matrix *matrix, const vx_effect *effect, vx_estimates *estimates, vx_error *error);
void vx_estimates_destroy(vx_estimates *estimates);

#endif
