/* The parts of a result, in the order in which they are made: each adds its maps to those before.
 *
 * `score` holds the data as observed, one score a voxel; `device` is the name of the device, for messages. */
#ifndef VX_INFER_MAPS_H
#define VX_INFER_MAPS_H

#include "infer/estimate.h"
#include "infer/pvalue.h"

/* The maps of the estimates, which the result takes over. */
void vx_result_add_estimates(vx_result *result, vx_estimates *estimates);

/* p-uncorrected, p-fdr and p-fwe-voxel. */
vx_status vx_result_add_voxel_p(vx_result *result, const vx_problem *problem, const int32_t *score,
                                const vx_tally *tally, const vx_max_statistics *maxima, vx_error *error);

/* The clusters, their map, and their p by extent and mass. VX_DEVICE where the largest one is not that of the tally. */
vx_status vx_result_add_clusters(vx_result *result, const vx_space *space, const vx_problem *problem,
                                 const int32_t *score, const vx_max_statistics *maxima, const char *device,
                                 vx_error *error);

/* tfce and p-fwe-tfce. VX_DEVICE where its maximum is not that of the tally. */
vx_status vx_result_add_tfce(vx_result *result, const vx_problem *problem, const int32_t *score,
                             const vx_max_statistics *maxima, const char *device, vx_error *error);

/* The voxelwise p of every cluster's peak. */
void vx_result_add_peaks(vx_result *result, const vx_space *space);

/* The null distributions, in t, voxels and mass: the maxima, which the result takes over where it keeps them. */
void vx_result_add_null(vx_result *result, vx_max_statistics *maxima);

#endif
