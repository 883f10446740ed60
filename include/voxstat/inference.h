/* Inference: testing one effect, in one call or in steps.
 *
 * vx_infer does it all. The steps are for runs that are cut into ranges of relabellings, continued later, or shared
 * among devices and machines:
 *
 *   1. vx_inference_new      checks the options and makes the plan.
 *   2. vx_inference_observe  computes the estimates and the statistics of the data as observed.
 *   3. vx_inference_run      evaluates a range of relabellings into a tally.
 *   4. vx_inference_finish   makes the result from a tally of all relabellings.
 *
 * Relabelling i is the same in every run. Ranges may therefore be evaluated in any order and anywhere, each inference
 * observing for itself; their tallies are merged, and the result has the bits of one run wherever the devices round
 * division and square root correctly (vx_device_info.exact_division). Nothing but the tally changes after step 2.
 *
 * A vx_inference owns what it holds, but for device, matrix and effect, which the caller keeps alive until
 * vx_inference_free; a result refers to the effect. One thread at a time uses an inference. */
#ifndef VOXSTAT_INFERENCE_H
#define VOXSTAT_INFERENCE_H

#include "voxstat/result.h"
#include "voxstat/tally.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called between batches with work done and to do; returning false stops the run with VX_INTERRUPTED. */
typedef bool (*vx_progress)(void *context, uint64_t done, uint64_t total);

/* What vx_infer would do. */
VX_API vx_status vx_infer_plan(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                               const vx_inference_options *options, vx_plan *plan, vx_error *error);

/* Tests one effect, and has the C backend check what the device computed. Errors: VX_USAGE for options out of range,
 * VX_INPUT for data without variance, VX_DEVICE for a device that fails or gives other results than the C backend,
 * VX_INTERRUPTED. */
VX_API vx_status vx_infer(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                          const vx_inference_options *options, vx_progress progress, void *context, vx_result **result,
                          vx_error *error);

typedef struct vx_inference vx_inference;

/* VX_USAGE for options out of range. */
VX_API vx_status vx_inference_new(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                                  const vx_inference_options *options, vx_inference **inference, vx_error *error);
VX_API void vx_inference_free(vx_inference *inference);

/* What will be done, owned by the inference. Relabellings [0, evaluations) are to be run. */
VX_API const vx_plan *vx_inference_plan(const vx_inference *inference);

/* VX_INPUT for data without variance; VX_DEVICE for a device that fails. Once. */
VX_API vx_status vx_inference_observe(vx_inference *inference, vx_error *error);

/* A tally without relabellings, after vx_inference_observe. The caller frees it with vx_tally_free. */
VX_API vx_status vx_inference_tally(const vx_inference *inference, vx_tally **tally, vx_error *error);

/* Evaluates relabellings [first, last) and adds them to the tally, once the C backend has checked them as vx_infer's
 * are: what a device gives reaches no tally unchecked, however a run is cut. Each call fills the device again and has
 * its own check, so that a range is best some thousands of relabellings long. Errors, which leave the tally as it was:
 * VX_USAGE for a range that there is not, VX_INPUT for a tally of another inference or one that has some of the
 * relabellings, VX_DEVICE, VX_INTERRUPTED. */
VX_API vx_status vx_inference_run(vx_inference *inference, uint64_t first, uint64_t last, vx_tally *tally,
                                  vx_progress progress, void *context, vx_error *error);

/* The result, which the caller frees with vx_result_free; once. VX_INPUT for a tally of another inference, or one
 * without some of the relabellings; VX_DEVICE where its largest cluster or TFCE of the data as observed is not the one
 * found here. */
VX_API vx_status vx_inference_finish(vx_inference *inference, const vx_tally *tally, vx_result **result,
                                     vx_error *error);

#ifdef __cplusplus
}
#endif
#endif
