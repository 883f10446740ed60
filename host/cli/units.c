/* The units of images, markers and covariates: those of --units; else those that the sidecars of the images have; else
 * those of the data dictionary, of the table (the JSON file of its name) or of the BIDS folder. What is done to the
 * images changes their units. */
#include "cli/run.h"

#include "base/file.h"
#include "base/memory.h"
#include "bids/sidecar.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { DICTIONARY_BYTES = 1 << 24 };

/* The data dictionary of the table or of the BIDS folder; null without one. A damaged one is a remark. */
static vx_status read_dictionary(vx_run *run, json_t **dictionary, vx_error *error)
{
    const char *table = run->study->table, *ending = strrchr(table, '.');
    const int stem = (int)(ending && !strchr(ending, '/') ? ending - table : (ptrdiff_t)strlen(table));
    size_t size;
    *dictionary = run->bids.dictionary ? json_incref(run->bids.dictionary) : NULL;
    if (run->bids.table)
        return VX_OK;
    char *path = vx_text("%.*s.json", stem, table), *text = NULL;
    if (!path)
        return vx_fail_memory(error);
    vx_status status = VX_OK;
    if (!vx_file_read(path, DICTIONARY_BYTES, &text, &size, NULL)) {
        *dictionary = json_loadb(text, size, 0, NULL);
        if (!*dictionary)
            status = vx_run_remark(run, error, "%s is not JSON: its units are not used", path);
    }
    free(text);
    free(path);
    return status;
}

/* "1" is the unit of plain numbers, which needs no words. */
static const char *units_or_null(const char *units)
{
    return units && *units && strcmp(units, "1") ? units : NULL;
}

/* The units of column `name` in the dictionary, or null. */
static const char *units_of_column(const json_t *dictionary, const char *name)
{
    return units_or_null(json_string_value(json_object_get(json_object_get(dictionary, name), "Units")));
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* The units that all sidecars of a modality have; *units stays as it is where no sidecar has any. The caller frees. */
static vx_status units_of_sidecars(vx_run *run, const vx_run_modality *modality, char **units, vx_error *error)
{
    const vx_sources *sources = &modality->sources;
    const vx_source *first = NULL;
    vx_status status = VX_OK;
    bool differ = false;
    for (int64_t i = 0; i < sources->n && !status; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && !status && !differ; s++) {
            const vx_source *image = vx_sources_image(sources, i, s);
            vx_sidecar sidecar;
            if ((status = vx_sidecar_read(image->path, &sidecar, error)))
                return vx_source_prefix(image, status, error);
            const char *own = units_or_null(sidecar.units);
            if (!first && own && !(*units = vx_copy_text(own)))
                status = vx_fail_memory(error);
            differ = first && own && !same(own, *units);
            if (differ)
                status = vx_run_remark(run, error, "%s: the sidecars have different units, %s of %s (%s) and %s of %s "
                                       "(%s); --units says which are right", modality->study->name, *units,
                                       vx_source_name(first->participant), vx_source_name(first->column), own,
                                       vx_source_name(image->participant), vx_source_name(image->column));
            first = first || !own ? first : image;
            vx_sidecar_destroy(&sidecar);
        }
    if (differ) {
        free(*units);
        *units = NULL;
    }
    return status;
}

/* The units after the steps of the modality. `units` null: not known. */
static const char *units_after(const vx_run_modality *modality, const char *units)
{
    static const char *const activity[] = {"SUV", "g/mL", "Bq/mL", "Bq/ml", "kBq/mL", "kBq/ml", "MBq/mL", "SUVR"};
    const vx_preparation_options *o = &modality->preparation.options;
    bool uptake = o->suv || (!units && !strncmp(modality->study->name, "pet", 3));
    for (size_t i = 0; units && i < sizeof activity / sizeof *activity; i++)
        uptake |= !strcmp(units, activity[i]);
    switch (o->scale) {
    case VX_SCALE_REFERENCE: return uptake ? "SUVR" : "ratio to the reference region";
    case VX_SCALE_GLOBAL: return "ratio to the global mean";
    case VX_SCALE_NONE:
    case VX_SCALE_ANCOVA: break;
    }
    return o->suv ? "SUV" : units;
}

static vx_status find_units_of_images(vx_run *run, vx_run_modality *modality, const json_t *dictionary, vx_error *error)
{
    const vx_session_image *session = modality->study->row[0].session;
    const int64_t last = modality->study->row[0].sessions - 1;
    const char *given;
    char *found = NULL;
    vx_status status = vx_by_modality_value(&run->units, run->study, modality->study->name, &given, error);
    if (!status && !given)
        status = units_of_sidecars(run, modality, &found, error);
    if (!status) {
        const char *column = units_of_column(dictionary, session[last].column);
        if (!found && !same(column, units_of_column(dictionary, session[0].column)))
            column = NULL;
        const char *units = given ? given : units_after(modality, found ? found : column);
        if (units && !(modality->units = vx_copy_text(units)))
            status = vx_fail_memory(error);
    }
    free(found);
    return status;
}

static vx_status find_units_of_marker(vx_run *run, size_t m, const json_t *dictionary, vx_error *error)
{
    const vx_study_marker *marker = &run->study->marker[m];
    const char *units;
    vx_status status = vx_by_modality_value(&run->units, run->study, marker->name, &units, error);
    if (!status && !units && !marker->formula) { /* of a derived marker the units are not known */
        units = units_of_column(dictionary, marker->column[0]->name);
        if (marker->sessions == 2 && !same(units, units_of_column(dictionary, marker->column[1]->name)))
            units = NULL;
    }
    if (!status && units && !(run->marker_units[m] = vx_copy_text(units)))
        status = vx_fail_memory(error);
    return status;
}

/* The units of a column, or of the two columns whose difference it is. */
static const char *units_of_covariate(const vx_run *run, const vx_column *column, const json_t *dictionary)
{
    const char *units[2] = {0};
    if (!column->formula)
        return column->level[0] ? NULL : units_of_column(dictionary, column->name);
    for (int s = 0; s < 2 && run->study->session[s]; s++) {
        char name[256];
        snprintf(name, sizeof name, "%s_%s", column->name, run->study->session[s]);
        units[s] = units_of_column(dictionary, name);
    }
    return same(units[0], units[1]) ? units[0] : NULL;
}

static vx_status find_units_of_covariates(vx_run *run, const json_t *dictionary, vx_error *error)
{
    const vx_study *study = run->study;
    if (!(run->covariate_units = vx_array_zero(study->covariates, sizeof *run->covariate_units)))
        return vx_fail_memory(error);
    for (size_t c = 0; c < study->covariates; c++) {
        const char *units = units_of_covariate(run, &study->covariate[c], dictionary);
        if (units && !(run->covariate_units[c] = vx_copy_text(units)))
            return vx_fail_memory(error);
    }
    return VX_OK;
}

void vx_run_units_destroy(vx_run *run)
{
    for (size_t c = 0; run && run->covariate_units && c < run->study->covariates; c++)
        free(run->covariate_units[c]);
    if (run)
        free(run->covariate_units);
}

vx_status vx_run_find_units(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    json_t *dictionary;
    vx_status status = read_dictionary(run, &dictionary, error);
    if (!status && !(run->marker_units = vx_array_zero(study->markers, sizeof *run->marker_units)))
        status = vx_fail_memory(error);
    for (size_t m = 0; m < study->modalities && !status; m++)
        status = find_units_of_images(run, &run->modality[m], dictionary, error);
    for (size_t m = 0; m < study->markers && !status; m++)
        status = find_units_of_marker(run, m, dictionary, error);
    if (!status)
        status = find_units_of_covariates(run, dictionary, error);
    json_decref(dictionary);
    return status;
}
