/* The list of every volume that a run reads. Their files are protected from replacement, and recorded in run.json. */
#include "cli/run.h"

#include "base/memory.h"

static void list(vx_run *run, vx_source *source)
{
    if (source->path)
        run->source[run->sources++] = source;
}

/* The tissue maps of the modalities that are corrected. */
static vx_status list_maps(vx_run *run, vx_error *error)
{
    for (size_t m = 0; m < run->study->modalities; m++) {
        vx_run_modality *modality = &run->modality[m];
        vx_pvc_method method;
        bool gtm;
        vx_status status = vx_run_pvc_of(run, modality->study->name, &method, &gtm, error);
        if (status)
            return status;
        for (size_t i = 0; (gtm || method != VX_PVC_NONE) && i < modality->tissues; i++)
            for (int k = 0; k < VX_TISSUE_MAPS; k++)
                list(run, &modality->tissue[i].map[k]);
    }
    return VX_OK;
}

vx_status vx_inputs_list(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    size_t count_max = 1; /* the template */
    run->modality = vx_array_zero(study->modalities, sizeof *run->modality);
    if (!run->modality)
        return vx_fail_memory(error);
    for (size_t m = 0; m < study->modalities; m++)
        run->modality[m].study = study->modality + m;
    vx_status found = vx_run_body_weights(run, error);
    if (!found)
        found = vx_run_find_tissue(run, error);
    if (found)
        return found;
    for (size_t m = 0; m < study->modalities; m++) {
        const vx_study_modality *modality = run->modality[m].study;
        vx_sources *sources = &run->modality[m].sources;
        vx_preparation_options preparation;
        vx_change change = VX_CHANGE_DIFFERENCE;
        vx_status status = vx_run_preparation(run, m, &preparation, error);
        if (!status)
            status = vx_run_change(run, m, &change, error);
        if (!status)
            status = vx_sources_init(modality->row, modality->n, &run->mask, true, sources, error);
        if (status)
            return status;
        sources->change = change;
        vx_preparation_init(&preparation, &run->modality[m].preparation);
        run->modality[m].atlas_source.path = run->atlas.path;
        count_max += 2 + VX_PREPARATION_FILES + (size_t)(sources->n * sources->sessions); /* mask, atlas, images */
        count_max += VX_TISSUE_MAPS * run->modality[m].tissues;
    }
    if (!(run->source = vx_array(count_max, sizeof *run->source)))
        return vx_fail_memory(error);
    for (size_t m = 0; m < study->modalities; m++) { /* each is one file, brought to the grid of every modality */
        list(run, &run->modality[m].sources.mask);
        list(run, &run->modality[m].atlas_source);
        run->sources += vx_preparation_files(&run->modality[m].preparation, run->source + run->sources);
    }
    list(run, &run->template);
    for (size_t m = 0; m < study->modalities; m++)
        for (int64_t i = 0; i < run->modality[m].sources.n * run->modality[m].sources.sessions; i++)
            list(run, &run->modality[m].sources.image[i]);
    return list_maps(run, error);
}
