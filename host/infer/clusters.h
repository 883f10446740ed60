/* Clusters of the data as observed: connected supra-threshold voxels, each tail apart. */
#ifndef VX_INFER_CLUSTERS_H
#define VX_INFER_CLUSTERS_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* Labels the voxels whose score lies beyond the problem's cut in the tails asked for: 1 is the largest cluster (ties:
 * the greater mass, then the smaller voxel index), 0 is none. `label` has one float a voxel. Fills everything of a
 * vx_cluster but the p-values; mass is rounded as the engine rounds it. The caller frees *clusters. Errors: those of
 * vx_lattice_init. */
vx_status vx_clusters_find(const vx_problem *problem, const vx_space *space, vx_tails tails, const int32_t *score,
                           const float *t, float *label, vx_cluster **clusters, size_t *count, vx_error *error);

#endif
