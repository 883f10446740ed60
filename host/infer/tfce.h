/* Threshold-free cluster enhancement of the observed data in every voxel. */
#ifndef VX_INFER_TFCE_H
#define VX_INFER_TFCE_H

#include "engine/problem.h"

/* The signed TFCE of every voxel (problem->voxels), from the observed scores, for the tails and with the steps of
 * problem->options.
 *
 * With `lowered`, every |r| is lowered by one tolerance (problem.h). As TFCE increases with every |r|, the map is then
 * a lower bound for every relabelling whose scores are equal in exact arithmetic. With steps only the weight dh is
 * lowered: rounding decides on which side of a step a height falls, as in the tools that use steps. */
vx_status vx_tfce_map(const vx_problem *problem, const int32_t *score, bool lowered, float *map, vx_error *error);

#endif
