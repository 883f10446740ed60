/* The JSON of a simulated cohort: the data dictionary and the record. */
#include "simulate/tables.h"

#include "base/json.h"
#include "base/memory.h"
#include "output/manifest.h"
#include "simulate/write.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

typedef struct vx_column_meaning {
    const char *column, *description, *unit; /* no unit: null */
    const char *level[2];                    /* of 0 and 1; of a number null */
} vx_column_meaning;

static const vx_column_meaning meanings[] = {
    {"rapa_level", "rapamycin in whole blood 48 h after the dose", "ng/mL", {NULL}},
    {"log_rapa_level", "natural logarithm of rapa_level in ng/mL, without a planted shift", NULL, {NULL}},
    {"rapa_predose", "rapamycin in whole blood before the dose (trough); <x below the limit of quantification x",
     "ng/mL", {NULL}},
    {"rapa_1h", "rapamycin in whole blood 1 h after the dose", "ng/mL", {NULL}},
    {"rapa_3h", "rapamycin in whole blood 3 h after the dose", "ng/mL", {NULL}},
    {"age", "age at baseline", "year", {NULL}},
    {"sex", "sex", NULL, {"female", "male"}},
    {"mmse", "Mini-Mental State Examination at baseline, of 30", NULL, {NULL}},
};

static json_t *entry(const vx_column_meaning *meaning)
{
    json_t *made = json_pack("{so}", "Description", vx_json_text(meaning->description));
    if (meaning->unit)
        made = vx_json_set(made, "Units", vx_json_text(meaning->unit));
    if (meaning->level[0])
        made = vx_json_set(made, "Levels", json_pack("{ss ss}", "0", meaning->level[0], "1", meaning->level[1]));
    return made;
}

/* Adds the columns <name>_<session> of one measurement. */
static json_t *add_sessions(json_t *dictionary, const char *name, const char *title, const char *unit)
{
    for (int k = 0; k < VX_SESSIONS; k++) {
        char *column = vx_text("%s_%s", name, vx_session_name(k));
        char *text = vx_text("%s, %s", title, vx_session_name(k));
        const vx_column_meaning meaning = {column, text, unit, {NULL}};
        dictionary = vx_json_set(dictionary, column ? column : name, column && text ? entry(&meaning) : NULL);
        free(column);
        free(text);
    }
    return dictionary;
}

static json_t *dictionary_of(const vx_simulate_options *options)
{
    json_t *dictionary = json_object();
    for (int m = 0; m < VX_IMAGES; m++)
        if (vx_simulated(options, m)) {
            const bool suv = m == VX_PET && options->raw;
            dictionary = add_sessions(dictionary, vx_modalities[m].name, suv ? "FDG SUV" : vx_modalities[m].title,
                                      vx_modalities[m].unit);
        }
    for (int l = 0; l < vx_csf_markers_count && vx_simulated(options, VX_CSF); l++) {
        char *title = vx_text("%s in %s", vx_csf_markers[l].title, vx_modalities[VX_CSF].title);
        dictionary = title ? add_sessions(dictionary, vx_csf_markers[l].name, title, vx_modalities[VX_CSF].unit)
                           : vx_json_set(dictionary, vx_csf_markers[l].name, NULL);
        free(title);
    }
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        dictionary = vx_json_set(dictionary, meanings[i].column, entry(&meanings[i]));
    return dictionary;
}

vx_status vx_write_dictionary(const char *folder, const vx_simulate_options *options, vx_error *error)
{
    char *text = vx_json_dump(dictionary_of(options), JSON_INDENT(2)), *path = vx_text("%s/participants.json", folder);
    vx_status status = text && path ? VX_OK : vx_fail_memory(error);
    FILE *file = status ? NULL : fopen(path, "w");
    bool complete = file && fprintf(file, "%s\n", text) > 0;
    if (file && fclose(file))
        complete = false;
    if (!status && !complete)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be written: %s", path, strerror(errno));
    free(text);
    free(path);
    return status;
}

static json_t *planted(unsigned plant)
{
    json_t *names = json_array();
    for (int k = 0; k < vx_plants_count; k++)
        if (plant & vx_plants[k].flag)
            names = vx_json_append(names, vx_json_text(vx_plants[k].name));
    return names;
}

static json_t *simulated(const vx_simulate_options *options)
{
    json_t *names = json_array();
    for (int m = 0; m < VX_MODALITIES; m++)
        if (vx_simulated(options, m))
            names = vx_json_append(names, vx_json_text(vx_modalities[m].name));
    return names;
}

vx_status vx_write_cohort_record(const char *folder, const vx_simulate_options *options, const vx_phantom *phantom,
                                 vx_error *error)
{
    json_t *meaning = json_pack("{s:s}", "truth_change",
                                "percent: 100 (mean followup / mean baseline - 1) of a region; of pet the SUVR");
    json_t *record = json_pack(
        "{s:s, s:s, s:s*, s:i, s:I, s:I, s:o, s:b, s:b, s:o, s:I, s:o}", VX_KEY_VERSION, VOXSTAT_VERSION, VX_KEY_KIND,
        VX_KIND_COHORT, "command", options->command, "voxel_mm", options->voxel_mm, "seed", (json_int_t)options->seed,
        "participants", (json_int_t)options->participants, "modalities", simulated(options), "exact_moments",
        options->exact_moments, "raw", options->raw, "planted", planted(options->plant), "brain_voxels",
        (json_int_t)phantom->space.elements, "meaning", meaning);
    vx_status status = record ? vx_manifest_fill(folder, record, error) : vx_fail_memory(error);
    if (!status)
        status = vx_manifest_finish(folder, record, error);
    json_decref(record);
    return status;
}
