#include "cli/run.h"

#include "base/memory.h"
#include "cli/terminal.h"

#include <string.h>
#include <unistd.h>

static vx_status add(vx_inputs *inputs, const char *path, const char *participant, const char *column, vx_error *error)
{
    vx_input_file *file = inputs->file + inputs->count;
    *file = (vx_input_file){.path = vx_copy_text(path), .participant = participant, .column = column};
    if (!file->path)
        return vx_fail_memory(error);
    inputs->count++;
    return VX_OK;
}

/* The other half of a .hdr/.img pair, which holds the voxels or the header; null where there is none. */
static char *other_half(const char *path)
{
    static const char *const half[] = {".hdr", ".img"}, *const packed[] = {"", ".gz"};
    size_t length = strlen(path);
    for (int i = 0; i < 4; i++) {
        char end[8], *other;
        snprintf(end, sizeof end, "%s%s", half[i / 2], packed[i % 2]);
        if (length < strlen(end) || strcmp(path + length - strlen(end), end))
            continue;
        for (int p = 0; p < 2; p++) {
            other = vx_text("%.*s%s%s", (int)(length - strlen(end)), path, half[!(i / 2)], packed[p]);
            if (other && !access(other, R_OK))
                return other;
            free(other);
        }
    }
    return NULL;
}

static vx_status add_image(vx_inputs *inputs, const char *path, const char *participant, const char *column,
                           vx_error *error)
{
    if (!path)
        return VX_OK;
    vx_status status = add(inputs, path, participant, column, error);
    char *other = status ? NULL : other_half(path);
    if (other)
        status = add(inputs, other, participant, column, error);
    free(other);
    return status;
}

void vx_inputs_destroy(vx_inputs *inputs)
{
    if (!inputs)
        return;
    for (size_t i = 0; i < inputs->count; i++)
        free((char *)inputs->file[i].path);
    free(inputs->file);
    *inputs = (vx_inputs){0};
}

vx_status vx_inputs_list(const vx_run *run, vx_inputs *inputs, vx_error *error)
{
    const vx_study *study = run->study;
    inputs->room = 1 + 2; /* the table, the mask */
    for (size_t m = 0; m < study->modalities; m++)
        inputs->room += 4 * (size_t)study->modality[m].n; /* two sessions, in pairs of files at most */
    inputs->file = vx_array_zero(inputs->room, sizeof *inputs->file);
    if (!inputs->file)
        return vx_fail_memory(error);
    vx_status status = add(inputs, study->table, NULL, NULL, error);
    if (!status)
        status = add_image(inputs, run->mask.file, NULL, NULL, error);
    for (size_t m = 0; !status && m < study->modalities; m++) {
        for (int64_t i = 0; !status && i < study->modality[m].n; i++) {
            const vx_volume_row *row = study->modality[m].row + i;
            status = add_image(inputs, row->baseline, row->participant, row->baseline_column, error);
            if (!status)
                status = add_image(inputs, row->followup, row->participant, row->followup_column, error);
        }
    }
    return status;
}

/* Every option of `run` with the value in force; null where none is. */
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
        option[options++] = (vx_option_value){from->name, value};
    }
    return options;
}

vx_status vx_provenance_write(const vx_run *run, const char *folder, vx_error *error)
{
    size_t modalities = run->study->modalities;
    vx_option_value option[VX_OPTIONS];
    vx_inputs inputs = {0};
    vx_record_modality *modality = vx_array_zero(modalities, sizeof *modality);
    vx_status status = modality ? vx_inputs_list(run, &inputs, error) : vx_fail_memory(error);
    if (!status)
        status = vx_hash_inputs(inputs.file, inputs.count, error);
    if (status)
        goto cleanup;
    for (size_t m = 0; m < modalities; m++) {
        const vx_run_modality *from = run->modality + m;
        modality[m] = (vx_record_modality){from->study->name, from->study,  from->matrix, from->mask,
                                           from->model,       from->result, NULL};
        vx_means *means = NULL;
        status = vx_measure(modality + m, run->mask.analyze, run->threads, &means, error);
        if (status)
            goto cleanup;
        modality[m].means = means;
    }
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
        .modality = modality,
        .modalities = modalities,
        .p_format = run->p_format,
        .remarks = &run->remarks,
    };
    status = vx_write_results(folder, &record, error);

cleanup:
    for (size_t m = 0; modality && m < modalities; m++)
        vx_means_free((vx_means *)modality[m].means);
    vx_inputs_destroy(&inputs);
    free(modality);
    return status;
}
