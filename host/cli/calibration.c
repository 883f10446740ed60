/* The alarm of an effect that moves most of the map. */
#include "cli/run.h"

#include "base/memory.h"
#include "results/calibration.h"

size_t vx_run_image_effects(const vx_run *run)
{
    size_t effects = 0;
    for (size_t m = 0; m < run->study->modalities; m++)
        effects += (size_t)run->modality[m].model->effects;
    return effects;
}

static vx_status remark_effect(vx_run *run, const char *modality, const vx_result *result, vx_error *error)
{
    const vx_effect *effect = result->effect;
    vx_calibration calibration;
    vx_status status = vx_calibration_find(&result->quantiles, vx_run_image_effects(run), &calibration, error);
    if (status || !calibration.alarm)
        return status;
    char *text = vx_calibration_text(&calibration, effect->kind == VX_SLOPE ? effect->name : NULL,
                                     run->design == VX_PAIRED);
    status = text ? vx_run_remark(run, error, "%s %s: %s", modality, effect->name, text) : vx_fail_memory(error);
    free(text);
    return status;
}

vx_status vx_run_remark_calibration(vx_run *run, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t m = 0; !status && m < run->study->modalities; m++)
        for (int64_t e = 0; !status && e < run->modality[m].model->effects; e++)
            status = remark_effect(run, run->modality[m].study->name, run->modality[m].result[e], error);
    return status;
}
