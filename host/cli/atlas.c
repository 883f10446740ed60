/* The atlas of a run: it is read and its names checked before any image, then brought to each modality. */
#include "cli/run.h"

vx_status vx_run_read_atlas(vx_run *run, vx_error *error)
{
    static const vx_option_id of_atlas[] = {VX_OPTION_ATLAS_NAMES, VX_OPTION_COVERAGE, VX_OPTION_REGIONS};
    const char *path = vx_argument_text(run->arguments, VX_OPTION_ATLAS);
    vx_remarks remarks = {0};
    for (size_t i = 0; i < sizeof of_atlas / sizeof *of_atlas; i++)
        if (!path && vx_argument_given(run->arguments, of_atlas[i]))
            return vx_fail(error, VX_USAGE, "--%s says how --atlas is meant, which is not given",
                           vx_option_table[of_atlas[i]].name);
    if (!path)
        return VX_OK;
    vx_status status = vx_atlas_read(path, vx_argument_text(run->arguments, VX_OPTION_ATLAS_NAMES), run->mask.analyze,
                                     &remarks, &run->atlas, error);
    if (!status)
        vx_say(run, "atlas %s: %lld %s, names from %s\n", path, (long long)run->atlas.regions,
               run->atlas.probabilities ? "probabilities" : "labels", run->atlas.names.path);
    if (!status)
        status = vx_run_take_remarks(run, NULL, &remarks, error);
    vx_remarks_destroy(&remarks);
    return status ? status
                  : vx_region_plan_read(vx_argument_text(run->arguments, VX_OPTION_REGIONS), &run->atlas, &run->plan,
                                        error);
}

vx_status vx_run_place_regions(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    const char *name = modality->study->name;
    vx_remarks remarks = {0};
    int64_t tested = 0;
    if (!run->atlas.path)
        return VX_OK;
    vx_status status = vx_regions_on(&run->atlas, &modality->atlas_source, &modality->matrix->space,
                                     modality->sources.how.grid_path, &modality->atlas, error);
    if (!status)
        status = vx_regions_plan(&modality->atlas, &run->plan, vx_argument_real(run->arguments, VX_OPTION_COVERAGE),
                                 run->plan.path, &remarks, &modality->regions, error);
    if (!status)
        status = vx_run_take_remarks(run, name, &remarks, error);
    vx_remarks_destroy(&remarks);
    if (status)
        return vx_error_prefix(error, status, "%s", name);
    for (int64_t r = 0; r < modality->regions.count; r++)
        tested += modality->regions.region[r].tested;
    if (run->verbose || tested < modality->regions.count)
        vx_say(run, "%s: %lld of %lld regions are covered by the mask\n", name, (long long)tested,
               (long long)modality->regions.count);
    return vx_run_make_volumes(run, modality, error);
}
