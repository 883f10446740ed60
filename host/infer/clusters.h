/* Clusters of the observed data: connected supra-threshold voxels of one sign. */
#ifndef VX_INFER_CLUSTERS_H
#define VX_INFER_CLUSTERS_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* Labels the voxels whose score exceeds the problem's cut in the requested tails. Label 1 is the largest cluster (ties:
 * the greater mass, then the smaller voxel index of the peak); 0 is no cluster. `label` has one float for each voxel.
 * All members of a vx_cluster are set, p to NaN. Mass is in the engine's fixed point. The caller frees *clusters.
 * Errors: those of vx_lattice_init. */
vx_status vx_clusters_find(const vx_problem *problem, const vx_space *space, vx_tails tails, const int32_t *score,
                           const float *t, float *label, vx_cluster **clusters, size_t *count, vx_error *error);

#endif
