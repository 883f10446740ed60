/* Threshold-free cluster enhancement of the data as observed, in every voxel. */
#ifndef VX_INFER_TFCE_H
#define VX_INFER_TFCE_H

#include "engine/problem.h"

/* The signed TFCE of every voxel (problem->voxels), of the tails and with the steps that problem->options asks for,
 * from the scores that the engine observed. */
vx_status vx_tfce_map(const vx_problem *problem, const int32_t *score, float *map, vx_error *error);

#endif
