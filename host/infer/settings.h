/* Options of an inference: whether they can be meant, and what they ask of the engine. */
#ifndef VX_INFER_SETTINGS_H
#define VX_INFER_SETTINGS_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* VX_USAGE for an option out of its range. */
vx_status vx_settings_check(const vx_inference_options *options, vx_error *error);

/* The problem that the options ask for. Exceedances are counted; FSL's step of TFCE stays open until the data have been
 * observed (vx_settings_fsl_step). VX_USAGE for a forming threshold out of its range. */
vx_status vx_settings_problem(const vx_inference_options *options, const vx_effect *effect,
                              const vx_relabellings *relabellings, vx_problem_options *problem, vx_error *error);

/* A hundredth of the largest observed height in the tails in question, rounded down so that the hundredth step still
 * reaches it. */
float vx_settings_fsl_step(const vx_problem *problem, vx_tails tails, const int32_t *score);

/* Bytes of device buffers: the limit that was given, or 80 % of what is free. */
size_t vx_settings_memory(const vx_inference_options *options, const vx_device_info *device);

#endif
