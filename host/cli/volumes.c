/* The search volumes of a run: each family of --regions, within the mask of each modality. An inference of one is that
 * of the modality's data at its voxels, so that its p are those of a run with this mask. */
#include "cli/run.h"

#include "atlas/volumes.h"
#include "base/memory.h"

static vx_status make_volume(vx_run *run, vx_run_modality *modality, const vx_search_volume *from, vx_error *error)
{
    vx_record_volume *volume = &modality->volume[modality->volumes];
    if (!from->voxels)
        return vx_run_remark(run, error, "%s: the family %s is no search volume, because no voxel of it has a "
                             "probability of %g", modality->study->name, from->family, VX_VOLUME_PROBABILITY);
    modality->volumes++;
    vx_status status = vx_matrix_restrict(modality->matrix, from->voxels, from->index, &volume->matrix, error);
    if (!status && !(volume->name = vx_copy_text(from->family)))
        status = vx_fail_memory(error);
    return status;
}

vx_status vx_run_make_volumes(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    vx_search_volumes found = {0};
    if (!run->plan.path)
        return VX_OK;
    vx_status status = vx_search_volumes_find(&modality->regions, &found, error);
    if (!status && !(modality->volume = vx_array_zero(found.count, sizeof *modality->volume)))
        status = vx_fail_memory(error);
    for (size_t v = 0; !status && v < found.count; v++)
        status = make_volume(run, modality, &found.volume[v], error);
    vx_search_volumes_destroy(&found);
    return status;
}

vx_status vx_run_infer_volumes(const vx_run *run, vx_run_modality *modality, int64_t e, vx_progress progress,
                               void *context, vx_error *error)
{
    const vx_effect *effect = modality->model->effect + e;
    vx_status status = VX_OK;
    for (size_t v = 0; !status && v < modality->volumes; v++) {
        vx_record_volume *volume = &modality->volume[v];
        if (!volume->result)
            volume->result = vx_array_zero((size_t)modality->model->effects, sizeof(vx_result *));
        status = volume->result ? vx_infer(run->device, volume->matrix, effect, &run->inference, progress, context,
                                           volume->result + e, error)
                                : vx_fail_memory(error);
        if (!status)
            volume->results = e + 1;
        else if (status != VX_INTERRUPTED)
            vx_error_prefix(error, status, "search volume %s", volume->name);
    }
    return status;
}

void vx_run_volumes_destroy(vx_run_modality *modality)
{
    for (size_t v = 0; modality && v < modality->volumes; v++)
        vx_record_volume_destroy(&modality->volume[v]);
    if (modality)
        free(modality->volume);
}
