#include "cli/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cli/terminal.h"
#include "infer/quantity.h"

#include <string.h>

typedef struct input_list {
    vx_input_file *file; /* paths belong to the sources */
    size_t count;
} input_list;

/* Records a file as it was read; `of` is its volume, or null. A later change or deletion only causes a remark. */
static vx_status add_file(vx_run *run, input_list *inputs, const vx_source_file *from, const vx_source *of,
                          vx_error *error)
{
    static const char *const fate[] = {[VX_SOURCE_CHANGED] = "changed", [VX_SOURCE_GONE] = "deleted"};
    vx_input_file *file = &inputs->file[inputs->count++];
    const vx_source_state now = vx_source_now(from);
    *file = (vx_input_file){.path = from->path};
    if (of) {
        file->participant = of->participant;
        file->column = of->column;
        file->step = of->step;
        file->steps = of->steps;
    }
    memcpy(file->sha256, from->sha256, sizeof file->sha256);
    if (now == VX_SOURCE_SAME)
        return VX_OK;
    return vx_run_remark(run, error, "%s was %s while the analysis ran; the results, and the SHA-256 in run.json, are "
                         "of what it was before", from->path, fate[now]);
}

/* Records a text file that was read at once. */
static vx_status add_table(vx_run *run, input_list *inputs, const char *path, const char *sha256, vx_error *error)
{
    vx_source_file table = {.path = (char *)path, .size = UINT64_MAX}; /* no file's: compares bytes */
    memcpy(table.sha256, sha256, sizeof table.sha256);
    return add_file(run, inputs, &table, NULL, error);
}

static vx_status list_inputs(vx_run *run, input_list *inputs, vx_error *error)
{
    const size_t tables = 5 + run->bids.tables.count;
    inputs->file = vx_array_zero(tables + 2 * run->sources, sizeof *inputs->file); /* 2 files a source */
    if (!inputs->file)
        return vx_fail_memory(error);
    vx_status status = VX_OK;
    if (!run->bids.table)
        status = add_table(run, inputs, run->study->table, run->study->table_sha256, error);
    for (size_t i = 0; i < run->bids.tables.count && !status; i++)
        status = add_table(run, inputs, run->bids.tables.item[i].path, run->bids.tables.item[i].table.sha256, error);
    if (!status && run->atlas.path)
        status = add_table(run, inputs, run->atlas.names.path, run->atlas.names.sha256, error);
    if (!status && run->plan.path)
        status = add_table(run, inputs, run->plan.path, run->plan.sha256, error);
    if (!status && run->psf.table.text)
        status = add_table(run, inputs, run->psf.table.path, run->psf.table.sha256, error);
    if (!status && run->expected)
        status = add_table(run, inputs, run->expected->table.path, run->expected->table.sha256, error);
    for (size_t k = 0; k < run->sources; k++)
        for (int i = 0; i < run->source[k]->files && !status; i++)
            status = add_file(run, inputs, &run->source[k]->file[i], run->source[k], error);
    return status;
}

/* Means need the images again. An image that has changed since is only left out of the means. */
static vx_status measure(vx_run *run, vx_run_modality *from, vx_record_modality *modality, vx_error *error)
{
    vx_means *means = NULL;
    vx_status status = vx_measure(modality, &from->sources, run->threads, &means, error);
    modality->means = means;
    if (status || !means->missing)
        return status;
    return vx_run_remark(run, error, "%s: %lld image%s could not be read again and %s left out of the means: %s",
                         modality->name, (long long)means->missing, means->missing == 1 ? "" : "s",
                         means->missing == 1 ? "is" : "are", means->first_missing);
}

/* Lists every option of `run` with the value used; null for an option without a value. */
static size_t list_options(const vx_run *run, vx_option_value *option)
{
    size_t options = 0;
    for (int id = 0; id < VX_OPTIONS; id++) {
        const vx_option *from = vx_option_table + id;
        if (!(from->commands & VX_RUN) || vx_option_later(from) || id == VX_OPTION_HELP || id == VX_OPTION_VERSION)
            continue;
        const char *value = vx_argument_text(run->arguments, (vx_option_id)id);
        if (from->kind == VX_SWITCH && !value)
            value = "no";
        if (id == VX_OPTION_CLUSTER_P && vx_argument_given(run->arguments, VX_OPTION_CLUSTER_T))
            value = NULL;
        if (id == VX_OPTION_PRIMARY) /* its default depends on --correct */
            value = vx_quantity_about(run->primary)->word;
        option[options++] = (vx_option_value){from->name, value};
    }
    return options;
}

vx_status vx_provenance_write(vx_run *run, const char *folder, vx_error *error)
{
    size_t modalities = run->study->modalities;
    vx_option_value option[VX_OPTIONS];
    input_list inputs = {0};
    vx_record_modality *modality = vx_array_zero(modalities, sizeof *modality);
    vx_status status = modality ? list_inputs(run, &inputs, error) : vx_fail_memory(error);
    for (size_t m = 0; m < modalities && !status; m++) {
        vx_run_modality *from = run->modality + m;
        modality[m] = (vx_record_modality){
            .name = from->study->name,
            .change = from->sources.change,
            .units = from->units,
            .study = from->study,
            .matrix = from->matrix,
            .sources = &from->sources,
            .mask = from->mask,
            .survey = &from->survey,
            .quality = from->quality,
            .model = from->model,
            .result = from->result,
            .atlas = run->atlas.path ? &from->atlas : NULL,
            .volume = from->volume,
            .volumes = from->volumes,
            .smoothness = from->smoothness,
            .scaling = &from->scaling,
            .reference = vx_reference_is_of_data(from->preparation.options.reference) &&
                                 from->preparation.options.scale == VX_SCALE_REFERENCE
                             ? &from->preparation.region.voxels
                             : NULL,
        };
        modality[m].step = vx_sources_steps(&from->sources, &modality[m].steps);
        status = measure(run, from, modality + m, error);
    }
    if (status)
        goto cleanup;
    vx_record record = {
        .version = VOXSTAT_VERSION,
        .command_line = run->arguments->command_line,
        .device = vx_device_properties(run->device),
        .option = option,
        .options = list_options(run, option),
        .input = inputs.file,
        .inputs = inputs.count,
        .started = run->started,
        .seconds_read = run->seconds_read,
        .seconds_infer = run->seconds_infer,
        .seconds_total = vx_seconds() - run->start,
        .study = run->study,
        .covariate_units = (const char *const *)run->covariate_units,
        .pairing = run->bids.table,
        .pairing_dictionary = run->bids.dictionary,
        .modality = modality,
        .modalities = modalities,
        .outcome = run->outcome,
        .outcomes = run->outcomes,
        .outcome_tests = run->outcome_tests,
        .expected = run->expected,
        .sensitivity = run->sensitivity.choices ? &run->sensitivity : NULL,
        .prepared = vx_argument_given(run->arguments, VX_OPTION_KEEP_PREPARED),
        .p_format = run->p_format,
        .primary = run->primary,
        .peak_distance = vx_argument_real(run->arguments, VX_OPTION_PEAK_DISTANCE),
        .remarks = &run->remarks,
    };
    status = vx_write_results(folder, &record, error);

cleanup:
    for (size_t m = 0; modality && m < modalities; m++)
        vx_means_free((vx_means *)modality[m].means);
    free(inputs.file);
    free(modality);
    return status;
}
