#include "prepare/prepare.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

const char *vx_reference_of_atlas(const char *reference)
{
    static const char start[] = "atlas:";
    return !strncmp(reference, start, sizeof start - 1) ? reference + sizeof start - 1 : NULL;
}

void vx_preparation_init(const vx_preparation_options *options, vx_preparation *preparation)
{
    *preparation = (vx_preparation){.options = *options};
    if (options->scale == VX_SCALE_REFERENCE && !vx_reference_of_atlas(options->reference))
        preparation->mask.path = options->reference;
}

void vx_preparation_destroy(vx_preparation *preparation)
{
    if (!preparation)
        return;
    vx_source_destroy(&preparation->mask);
    vx_reference_region_destroy(&preparation->region);
    free(preparation->suv);
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

/* Every image has a dose and a weight of its own. */
static vx_status add_suv(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    vx_status status = VX_OK;
    const double *weight = preparation->options.body_weight;
    preparation->suv = vx_array_zero((size_t)(sources->n * sources->sessions), sizeof *preparation->suv);
    if (!preparation->suv)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && !status; s++) {
            const int64_t k = i * sources->sessions + s;
            vx_source *image = vx_sources_image(sources, i, s);
            vx_sidecar sidecar;
            status = vx_sidecar_read(image->path, &sidecar, error);
            if (!status) {
                status = vx_suv_of(&sidecar, weight ? weight[k] : NAN, &preparation->suv[k], error);
                vx_sidecar_destroy(&sidecar);
            }
            const vx_step step = vx_step_suv(&preparation->suv[k]);
            if (!status)
                status = vx_source_add_step(image, &step, error);
            if (status)
                return vx_source_prefix(image, status, error);
        }
    return status;
}

static vx_status add_reference(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    vx_reference_region *region = &preparation->region;
    vx_status status = vx_sources_find_grid(sources, error);
    if (!status)
        status = preparation->mask.path
                     ? vx_reference_region_read(&preparation->mask, &sources->how, options->reference_level, region,
                                                error)
                     : vx_reference_region_of_atlas(options->atlas, vx_reference_of_atlas(options->reference),
                                                    &sources->how, region, error);
    if (!status && options->reference_erosion > 0)
        status = vx_reference_region_erode(region, &sources->how.grid, options->reference_erosion, error);
    if (status)
        return status;
    const vx_step step = vx_step_reference(region);
    return add_to_all(sources, &step, error);
}

vx_status vx_preparation_add_steps(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_scale scale = preparation->options.scale;
    vx_status status = preparation->options.suv ? add_suv(preparation, sources, error) : VX_OK;
    if (status || scale == VX_SCALE_NONE)
        return status;
    if (scale == VX_SCALE_REFERENCE)
        return add_reference(preparation, sources, error);
    const vx_step step = vx_step_global_mean(scale == VX_SCALE_GLOBAL);
    return add_to_all(sources, &step, error);
}
