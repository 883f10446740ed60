#include "report/ground.h"

#include "base/memory.h"

static vx_status read_ground(const vx_report *report, const vx_results_modality *modality, vx_ground *ground,
                             vx_error *error)
{
    const vx_grid *grid = &modality->grid;
    vx_status status = vx_results_mask(report->results, modality, &ground->mask, error);
    if (!status && !report->template)
        status = vx_results_mean(report->results, modality, &ground->background, error);
    if (status)
        return status;
    if (!vx_brain_inside(grid, ground->mask, &ground->inside))
        return vx_fail_memory(error);
    const vx_sampler mask = vx_sampler_new(grid, ground->mask);
    ground->brain = (vx_brain){
        .background = report->template ? vx_sampler_new(&report->template_image.grid, report->template_image.data)
                                       : vx_sampler_new(grid, ground->background),
        .map = mask, /* on whose grid the maps are */
        .mask = mask,
        .inside = vx_sampler_new(grid, ground->inside),
    };
    return vx_brain_frame(&ground->brain, grid) ? VX_OK : vx_fail_memory(error);
}

static void ground_release(vx_ground *ground)
{
    free(ground->background);
    free(ground->mask);
    free(ground->inside);
    *ground = (vx_ground){0};
}

vx_status vx_ground_of(vx_report *report, const vx_results_modality *modality, const vx_ground **ground,
                       vx_error *error)
{
    const vx_results *results = report->results;
    vx_status status = VX_OK;
    if (!report->ground && !(report->ground = vx_array_zero(results->modalities, sizeof *report->ground)))
        return vx_fail_memory(error);
    vx_ground *of = &report->ground[modality - results->modality];
    if (!of->mask && (status = read_ground(report, modality, of, error)))
        ground_release(of);
    *ground = of;
    return status;
}

void vx_grounds_free(vx_ground *grounds, size_t modalities)
{
    for (size_t m = 0; grounds && m < modalities; m++)
        ground_release(&grounds[m]);
    free(grounds);
}
