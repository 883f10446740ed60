/* The parts of a result, in the order in which they are computed. Each adds its maps.
 *
 * `score` holds the observed scores, one for each voxel; `device` is the name of the device, for messages. */
#ifndef VX_INFER_MAPS_H
#define VX_INFER_MAPS_H

#include "infer/estimate.h"
#include "infer/pvalue.h"

/* Adds the maps of the estimates, and takes ownership of them. */
void vx_result_add_estimates(vx_result *result, vx_estimates *estimates);

/* Adds p-uncorrected, p-fdr and p-fwe-voxel. */
vx_status vx_result_add_voxel_p(vx_result *result, const vx_problem *problem, const int32_t *score,
                                const vx_tally *tally, const vx_max_statistics *maxima, vx_error *error);

/* Adds the clusters, their map, and their p by extent and mass. Errors: VX_DEVICE where the largest cluster differs
 * from the tally's. */
vx_status vx_result_add_clusters(vx_result *result, const vx_space *space, const vx_problem *problem,
                                 const int32_t *score, const vx_max_statistics *maxima, const char *device,
                                 vx_error *error);

/* Adds tfce and p-fwe-tfce. Errors: VX_DEVICE where the maximum differs from the tally's. */
vx_status vx_result_add_tfce(vx_result *result, const vx_problem *problem, const int32_t *score,
                             const vx_max_statistics *maxima, const char *device, vx_error *error);

/* Sets the voxelwise p of every cluster's peak. */
void vx_result_add_peaks(vx_result *result, const vx_space *space);

/* Adds the statistic of every relabelling and element, which the tally has as scores. */
vx_status vx_result_add_statistics(vx_result *result, const vx_problem *problem, const int32_t *score,
                                   const vx_tally *tally, vx_error *error);

/* t = sqrt(df) r / sqrt((1 - r)(1 + r)). |r| is limited, because rounding may take it to 1 and t must be finite. */
double vx_t_from_r(double r, double df);

/* Adds the null distributions, in t, voxels, mass and TFCE. The result takes ownership of the maxima that it keeps. */
void vx_result_add_null(vx_result *result, vx_max_statistics *maxima);

#endif
