/* run.json: the record of a run for scripts, with its options, inputs and main results. p is plain in every --p-format;
 * an absent number is null. results/schema.h has the keys. */
#include "output/json.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "infer/quantity.h"
#include "output/expected.h"
#include "output/manifest.h"
#include "output/outcomes.h"
#include "output/sensitivity.h"

#include <math.h>
#include <string.h>

static json_t *options_object(const vx_record *record)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->options; i++)
        object = vx_json_set(object, record->option[i].name, vx_json_text(record->option[i].value));
    return object;
}

json_t *vx_step_json(const vx_step *step)
{
    return json_pack("{ss so so}",
                     VX_KEY_NAME, step->name,
                     VX_KEY_PARAMETERS, vx_json_text(step->parameters),
                     VX_KEY_WORDS, vx_json_text(step->words));
}

json_t *vx_steps_json(const vx_step *first, size_t steps)
{
    json_t *array = json_array();
    for (size_t k = 0; k < steps; k++) {
        const vx_step *step = &first[k];
        json_t *figures = json_object(), *one = vx_step_json(step);
        for (int f = 0; f < step->figures; f++)
            figures = vx_json_set(figures, step->figure[f].name, vx_json_number(step->figure[f].value));
        array = vx_json_append(array, vx_json_set(one, VX_KEY_FIGURES, figures));
    }
    return array;
}

static json_t *inputs_array(const vx_record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; i < record->inputs; i++) {
        const vx_input_file *input = &record->input[i];
        json_t *one = json_pack("{so so so ss}",
                                VX_KEY_PATH, vx_json_text(input->path),
                                VX_KEY_PARTICIPANT, vx_json_text(input->participant),
                                VX_KEY_COLUMN, vx_json_text(input->column),
                                VX_KEY_SHA256, input->sha256);
        if (input->steps)
            one = vx_json_set(one, VX_KEY_STEPS, vx_steps_json(input->step, input->steps));
        array = vx_json_append(array, one);
    }
    return array;
}

static json_t *remarks_array(const vx_remarks *remarks)
{
    json_t *array = json_array();
    for (size_t i = 0; remarks && i < remarks->count; i++)
        array = vx_json_append(array, vx_json_text(remarks->text[i]));
    return array;
}

char *vx_options_json(const vx_record *record)
{
    return vx_json_dump(options_object(record), JSON_COMPACT);
}

char *vx_inputs_json(const vx_record *record)
{
    return vx_json_dump(inputs_array(record), JSON_COMPACT);
}

static json_t *device_object(const vx_device_info *device)
{
    return json_pack("{so so so so si si sI so}",
                     VX_KEY_ID, vx_json_text(device->id),
                     VX_KEY_NAME, vx_json_text(device->name),
                     VX_KEY_DRIVER, vx_json_text(device->driver),
                     VX_KEY_KIND, vx_json_text(device->kind),
                     VX_KEY_COMPUTE_UNITS, device->compute_units,
                     VX_KEY_THREADS, device->threads,
                     VX_KEY_MEMORY, (json_int_t)device->memory,
                     VX_KEY_SIMD, vx_json_text(device->simd));
}

static const char *primary_key(const vx_record *record)
{
    const vx_quantity_row *about = vx_quantity_about(record->primary);
    return about->control == VX_CONTROL_NONE ? NULL : about->key;
}

/* {name: [text coded as 0, text coded as 1]} for every column of two texts. */
static json_t *levels_object(const vx_study *study)
{
    json_t *object = json_object();
    for (size_t i = 0; i < study->covariates + study->nuisances; i++) {
        const vx_column *column = i < study->covariates ? study->covariate + i
                                                        : study->nuisance + (i - study->covariates);
        if (column->level[0])
            object = vx_json_set(object, column->name, json_pack("[oo]", vx_json_text(column->level[0]),
                                                                 vx_json_text(column->level[1])));
    }
    return object;
}

static json_t *excluded_array(const vx_study *study)
{
    json_t *array = json_array();
    for (int64_t p = 0; study->excluded && p < study->participants; p++)
        if (study->excluded[p])
            array = vx_json_append(array, vx_json_text(study->participant[p]));
    return array;
}

static json_t *covariate_units_object(const vx_record *record)
{
    json_t *object = json_object();
    for (size_t c = 0; record->covariate_units && c < record->study->covariates; c++)
        if (record->covariate_units[c])
            object = vx_json_set(object, record->study->covariate[c].name, vx_json_text(record->covariate_units[c]));
    return object;
}

static json_t *study_object(const vx_record *record)
{
    const vx_study *study = record->study;
    static const char *const direction[] = {NULL, "names", "option", "option"};
    json_t *sessions = json_array();
    for (int k = 0; k < 2; k++)
        if (study->session[k])
            sessions = vx_json_append(sessions, vx_json_text(study->session[k]));
    return json_pack("{so ss so so so so so sI}",
                     VX_KEY_TABLE, vx_json_text(study->table),
                     VX_KEY_DESIGN, vx_design_names[study->design],
                     VX_KEY_SESSIONS, sessions,
                     VX_KEY_DIRECTION, vx_json_text(direction[study->direction]),
                     VX_KEY_LEVELS, levels_object(study),
                     VX_KEY_COVARIATE_UNITS, covariate_units_object(record),
                     VX_KEY_EXCLUDED, excluded_array(study),
                     VX_KEY_PARTICIPANTS, (json_int_t)study->participants);
}

vx_status vx_write_json(const char *folder, const vx_record *record, vx_error *error)
{
    vx_entry *entry = NULL;
    size_t entries = 0;
    json_t *run = NULL;
    vx_status status = vx_entries_new(record, &entry, &entries, error);
    if (status)
        goto cleanup;
    run = json_pack("{so si ss so so s{so so so} so so ss ss? so so so so so}",
                    VX_KEY_VERSION, vx_json_text(record->version),
                    VX_KEY_LAYOUT, VX_LAYOUT,
                    VX_KEY_KIND, VX_KIND_ANALYSIS,
                    VX_KEY_COMMAND_LINE, vx_json_text(record->command_line),
                    VX_KEY_STARTED, vx_json_text(record->started),
                    VX_KEY_SECONDS, VX_KEY_READ, vx_json_number(record->seconds_read),
                    VX_KEY_INFER, vx_json_number(record->seconds_infer),
                    VX_KEY_TOTAL, vx_json_number(record->seconds_total),
                    VX_KEY_DEVICE, device_object(record->device),
                    VX_KEY_OPTIONS, options_object(record),
                    VX_KEY_P_FORMAT, vx_p_format_names[record->p_format],
                    VX_KEY_PRIMARY, primary_key(record),
                    VX_KEY_STUDY, study_object(record),
                    VX_KEY_REMARKS, remarks_array(record->remarks),
                    VX_KEY_MODALITIES, vx_json_modalities(record, entry, entries),
                    VX_KEY_INPUTS, inputs_array(record),
                    VX_KEY_NOT_WRITTEN, vx_json_text(record->not_written));
    if (record->outcome_tests)
        run = vx_json_set(run, VX_KEY_OUTCOMES, vx_outcomes_json(record));
    if (record->expected)
        run = vx_json_set(run, VX_KEY_EXPECTED, vx_expected_json(record->expected));
    if (record->sensitivity)
        run = vx_json_set(run, VX_KEY_SENSITIVITY, vx_sensitivity_json(record->sensitivity));
    status = run ? vx_manifest_fill(folder, run, error) : vx_fail_memory(error);
    if (!status)
        status = vx_manifest_finish(folder, run, error);
cleanup:
    json_decref(run);
    vx_entries_free(entry, entries);
    return status;
}
