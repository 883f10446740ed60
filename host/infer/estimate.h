/* Estimates of one effect in every voxel, in double, from the data as they are. */
#ifndef VX_INFER_ESTIMATE_H
#define VX_INFER_ESTIMATE_H

#include "voxstat/result.h"

/* Maps of one float a voxel; the caller frees what is not null. Which there are depends on the effect:
 *   mean effects        estimate, se, low, high, t, z, dz, g
 *   Pearson covariates  estimate (slope), se, low, high, t, z, r
 *   Spearman            t, z, r (rho): ranks have no slope in the data's units */
typedef struct vx_estimates {
    float *estimate, *se, *low, *high, *t, *z, *r, *dz, *g;
} vx_estimates;

/* VX_INPUT where no voxel has variance. */
vx_status vx_estimate(const vx_matrix *matrix, const vx_effect *effect, vx_estimates *estimates, vx_error *error);
void vx_estimates_destroy(vx_estimates *estimates);

#endif
