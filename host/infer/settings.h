/* Options of an inference: their validation, and the engine's problem that follows from them. */
#ifndef VX_INFER_SETTINGS_H
#define VX_INFER_SETTINGS_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* Errors: VX_USAGE for an option out of range. */
vx_status vx_settings_check(const vx_inference_options *options, vx_error *error);

/* Derives the problem's options. Exceedances are counted. FSL's step of TFCE stays 0 until the data have been observed
 * (vx_settings_fsl_step). Errors: VX_USAGE for a forming threshold out of range. */
vx_status vx_settings_problem(const vx_inference_options *options, const vx_effect *effect,
                              const vx_relabellings *relabellings, vx_problem_options *problem, vx_error *error);

/* A hundredth of the largest observed height in the requested tails, rounded down so that the hundredth step does not
 * exceed that height. */
float vx_settings_fsl_step(const vx_problem *problem, vx_tails tails, const int32_t *score);

#endif
