#include "prepare/prepare.h"

void vx_preparation_init(const vx_preparation_options *options, vx_preparation *preparation)
{
    *preparation = (vx_preparation){.options = *options, .mask = {.path = options->reference}};
}

void vx_preparation_destroy(vx_preparation *preparation)
{
    if (!preparation)
        return;
    vx_source_destroy(&preparation->mask);
    vx_reference_region_destroy(&preparation->region);
}

size_t vx_preparation_files(vx_preparation *preparation, vx_source *file[VX_PREPARATION_FILES])
{
    size_t files = 0;
    if (preparation->mask.path)
        file[files++] = &preparation->mask;
    return files;
}

static vx_status add_to_all(vx_sources *sources, const vx_step *step, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && !status; s++)
            status = vx_source_add_step(vx_sources_image(sources, i, s), step, error);
    return status;
}

vx_status vx_preparation_add_steps(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    if (!options->reference)
        return VX_OK;
    vx_status status = vx_sources_find_grid(sources, error);
    if (!status)
        status = vx_reference_region_read(&preparation->mask, &sources->how, options->reference_level,
                                          &preparation->region, error);
    if (status)
        return status;
    const vx_step step = vx_step_reference(&preparation->region);
    return add_to_all(sources, &step, error);
}
