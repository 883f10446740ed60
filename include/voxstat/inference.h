/* Inference: testing one effect, in one call or in steps.
 *
 * vx_infer runs the complete test. The steps are for runs that are cut into ranges of relabellings, continued later, or
 * distributed over devices and machines:
 *
 *   1. vx_inference_new      checks the options and makes the plan.
 *   2. vx_inference_observe  computes the estimates and the statistics of the data as observed.
 *   3. vx_inference_run      evaluates a range of relabellings into a tally.
 *   4. vx_inference_finish   makes the result from a tally of all relabellings.
 *
 * Relabelling i is the same in every run. Ranges may therefore be evaluated in any order and on any machine. Each
 * process makes and observes its own inference, and the tallies are merged. The result has the bits of one run where
 * all devices round division and square root correctly (vx_device_info.exact_division). After step 2 only the tally
 * changes.
 *
 * A vx_inference borrows device, matrix and effect: the caller keeps them alive until vx_inference_free. A result
 * refers to the effect. One thread at a time uses an inference. */
#ifndef VOXSTAT_INFERENCE_H
#define VOXSTAT_INFERENCE_H

#include "voxstat/result.h"
#include "voxstat/tally.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called between batches with the relabellings done and the total. Returning false stops the run with
 * VX_INTERRUPTED. */
typedef bool (*vx_progress)(void *context, uint64_t done, uint64_t total);

/* The plan that vx_infer would follow. */
VX_API vx_status vx_infer_plan(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                               const vx_inference_options *options, vx_plan *plan, vx_error *error);

/* Tests one effect; the C backend checks what the device computed. Errors: VX_USAGE for options out of range,
 * VX_INPUT for data without variance, VX_DEVICE for a device that fails or gives other results than the C backend,
 * VX_INTERRUPTED. */
VX_API vx_status vx_infer(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                          const vx_inference_options *options, vx_progress progress, void *context, vx_result **result,
                          vx_error *error);

typedef struct vx_inference vx_inference;

/* Errors: VX_USAGE for options out of range, and for vx_inference_options.statistics where the elements are voxels. */
VX_API vx_status vx_inference_new(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                                  const vx_inference_options *options, vx_inference **inference, vx_error *error);
VX_API void vx_inference_free(vx_inference *inference);

/* The plan, owned by the inference. A complete run evaluates relabellings [0, evaluations). */
VX_API const vx_plan *vx_inference_plan(const vx_inference *inference);

/* Call it once. Errors: VX_INPUT for data without variance; VX_DEVICE for a device that fails. */
VX_API vx_status vx_inference_observe(vx_inference *inference, vx_error *error);

/* Makes an empty tally; call it after vx_inference_observe. The caller frees it with vx_tally_free. */
VX_API vx_status vx_inference_tally(const vx_inference *inference, vx_tally **tally, vx_error *error);

/* Evaluates relabellings [first, last), has the C backend check them as in vx_infer, and adds them to the tally. Each
 * call transfers the data to the device and runs its own check; a range of some thousands of relabellings keeps that
 * cost small. The tally keeps its value on error. Errors: VX_USAGE for a range outside [0, evaluations), VX_INPUT for a
 * tally of another inference or one that already contains some of the relabellings, VX_DEVICE, VX_INTERRUPTED. */
VX_API vx_status vx_inference_run(vx_inference *inference, uint64_t first, uint64_t last, vx_tally *tally,
                                  vx_progress progress, void *context, vx_error *error);

/* Makes the result, which the caller frees with vx_result_free. Call it once. Errors: VX_INPUT for a tally of another
 * inference or one that lacks some of the relabellings; VX_DEVICE where the largest cluster or TFCE that the device
 * found in the observed data differs from an independent computation on the host. */
VX_API vx_status vx_inference_finish(vx_inference *inference, const vx_tally *tally, vx_result **result,
                                     vx_error *error);

#ifdef __cplusplus
}
#endif
#endif
