/* What is done to the images before their changes are tested, by the options. */
#include "cli/run.h"

vx_preparation_options vx_run_preparation(const vx_run *run)
{
    return (vx_preparation_options){.reference = vx_argument_text(run->arguments, VX_OPTION_REFERENCE)};
}

vx_status vx_run_prepare(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    vx_status status = vx_preparation_add_steps(&modality->preparation, &modality->sources, error);
    if (status)
        return vx_error_prefix(error, status, "%s", modality->study->name);
    const vx_source *first = vx_sources_image(&modality->sources, 0, 0);
    for (size_t k = 0; k < first->steps; k++)
        vx_say(run, "  %s: every image is %s\n", modality->study->name, first->step[k].words);
    return VX_OK;
}
