#include "voxstat/inference.h"

#include <stddef.h>

vx_status vx_infer_plan(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                        const vx_inference_options *options, vx_plan *plan, vx_error *error)
{
    vx_inference *inference = NULL;
    vx_status status = vx_inference_new(device, matrix, effect, options, &inference, error);
    if (!status)
        *plan = *vx_inference_plan(inference);
    vx_inference_free(inference);
    return status;
}

vx_status vx_infer(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                   const vx_inference_options *options, vx_progress progress, void *context, vx_result **result,
                   vx_error *error)
{
    vx_inference *inference = NULL;
    vx_tally *tally = NULL;
    vx_status status = vx_inference_new(device, matrix, effect, options, &inference, error);
    if (status || (status = vx_inference_observe(inference, error)) ||
        (status = vx_inference_tally(inference, &tally, error)) ||
        (status = vx_inference_run(inference, 0, vx_inference_plan(inference)->evaluations, tally, progress, context,
                                   error)))
        goto cleanup;
    status = vx_inference_finish(inference, tally, result, error);
cleanup:
    vx_tally_free(tally);
    vx_inference_free(inference);
    return status;
}
