/* Threshold-free cluster enhancement of the data as observed, in every voxel. */
#ifndef VX_INFER_TFCE_H
#define VX_INFER_TFCE_H

#include "engine/problem.h"

/* The signed TFCE of every voxel (problem->voxels), of the tails and with the steps that problem->options asks for,
 * from the scores that the engine observed. With `lowered`: what a relabelling has at least whose
 * scores are the same in exact arithmetic, as TFCE rises with every |r|: that of the map with every |r| lowered by one
 * tolerance (problem.h). With steps it is their weight alone that is lowered: on which side of a step a height falls is
 * left to rounding, as it is in the tools that take steps. */
vx_status vx_tfce_map(const vx_problem *problem, const int32_t *score, bool lowered, float *map, vx_error *error);

#endif
