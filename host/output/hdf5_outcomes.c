/* The groups /regions, /markers and /covariates of results.h5, as results/schema.h describes them. */
#include "output/outcomes.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static const char words_absent[] = ""; /* HDF5 has no missing text */

static void put_tests(vx_h5 *h5, const vx_record *record, vx_outcome_kind kind, const char *group)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    const hsize_t rows = vx_outcome_tests_count(record, kind);
    const char **text = vx_array(rows, sizeof *text);
    double *value = vx_array(rows, sizeof *value);
    vx_h5_check(h5, text && value);
    for (int k = 0; !h5->failed && k < VX_OUTCOME_TEXTS; k++) {
        if (!vx_outcome_has_text(kind, k))
            continue;
        for (size_t i = 0, row = 0; i < tests->tests; i++)
            if (tests->test[i].outcome->kind == kind) {
                const char *found = vx_outcome_text_of(record, &tests->test[i], k);
                text[row++] = found ? found : words_absent;
            }
        vx_h5_put_texts(h5, group, NULL, vx_outcome_text_name(kind, k), text, rows);
        vx_h5_put_text_attribute(h5, "description", vx_outcome_text_description(k));
    }
    for (int k = 0; !h5->failed && k < VX_OUTCOME_COLUMNS; k++) {
        const vx_outcome_column_row *about = vx_outcome_about(k);
        if (!vx_outcome_has_column(record, kind, k))
            continue;
        for (size_t i = 0, row = 0; i < tests->tests; i++)
            if (tests->test[i].outcome->kind == kind)
                value[row++] = isfinite(tests->test[i].value[k]) ? tests->test[i].value[k] : NAN;
        vx_h5_put_column(h5, group, about->name, value, rows, vx_outcome_unit_words(about->unit), about->description);
    }
    free(text);
    free(value);
}

/* Writes the values of a session, outcomes x participants of the study. */
static void put_session(vx_h5 *h5, const vx_record *record, vx_outcome_kind kind, const char *group, int session)
{
    const size_t n = (size_t)record->study->participants;
    const hsize_t shape[2] = {vx_outcome_count(record, kind), n};
    size_t elements = 0;
    double *value = vx_multiply(shape[0], n, &elements) ? vx_array(elements, sizeof *value) : NULL;
    vx_h5_check(h5, value);
    for (size_t i = 0; !h5->failed && i < elements; i++)
        value[i] = NAN;
    for (size_t o = 0, row = 0; !h5->failed && o < record->outcomes; o++) {
        const vx_outcome *outcome = &record->outcome[o];
        if (outcome->kind != kind)
            continue;
        for (int64_t i = 0; outcome->value[session] && i < outcome->n; i++)
            value[row * n + (size_t)outcome->participant[i]] = outcome->value[session][i];
        row++;
    }
    vx_h5_at(h5, group, VX_PLACE_VALUES, vx_session_names[session]);
    vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, shape, H5P_DEFAULT, value);
    free(value);
}

/* Writes the values of every participant and the names of their axes. */
static void put_values(vx_h5 *h5, const vx_record *record, vx_outcome_kind kind, const char *group)
{
    const hsize_t count = vx_outcome_count(record, kind);
    const char **name = vx_array(count, sizeof *name), **modality = vx_array(count, sizeof *modality);
    double *coverage = vx_array(count, sizeof *coverage);
    vx_h5_check(h5, name && modality && coverage);
    for (size_t o = 0, row = 0; !h5->failed && o < record->outcomes; o++) {
        const vx_outcome *outcome = &record->outcome[o];
        if (outcome->kind != kind)
            continue;
        name[row] = outcome->name;
        modality[row] = outcome->modality ? outcome->modality : words_absent;
        coverage[row++] = outcome->coverage;
    }
    vx_h5_put_texts(h5, group, VX_PLACE_VALUES, vx_outcome_kind_names[kind], name, count);
    if (vx_outcome_has_text(kind, VX_TEXT_MODALITY))
        vx_h5_put_texts(h5, group, VX_PLACE_VALUES, VX_KEY_MODALITY, modality, count);
    if (vx_outcome_has_column(record, kind, VX_OUTCOME_COVERAGE)) {
        vx_h5_at(h5, group, VX_PLACE_VALUES, vx_outcome_about(VX_OUTCOME_COVERAGE)->name);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 1, &count, H5P_DEFAULT, coverage);
    }
    vx_h5_put_texts(h5, group, VX_PLACE_VALUES, VX_KEY_PARTICIPANT, (const char *const *)record->study->participant,
                    (size_t)record->study->participants);
    for (int s = record->study->design == VX_PAIRED ? VX_MEAN_BASELINE : VX_MEAN_FOLLOWUP; s < VX_MEAN_SESSIONS; s++)
        put_session(h5, record, kind, group, s);
    free(name);
    free(modality);
    free(coverage);
}

/* Writes the covariates of interest and the nuisance of every participant, and the names of their axes. */
static void put_covariates(vx_h5 *h5, const vx_study *study)
{
    const size_t n = (size_t)study->participants;
    const hsize_t shape[2] = {study->covariates + study->nuisances, n};
    size_t elements = 0;
    const char **name = vx_array(shape[0], sizeof *name);
    double *value = vx_multiply(shape[0], n, &elements) ? vx_array(elements, sizeof *value) : NULL;
    vx_h5_check(h5, name && value);
    for (size_t c = 0; !h5->failed && c < shape[0]; c++) {
        const vx_column *column =
            c < study->covariates ? &study->covariate[c] : &study->nuisance[c - study->covariates];
        name[c] = column->name;
        memcpy(value + c * n, column->value, n * sizeof *value);
    }
    if (shape[0]) {
        vx_h5_at(h5, VX_GROUP_COVARIATES, NULL, VX_DATASET_VALUE);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, shape, H5P_DEFAULT, value);
        vx_h5_put_texts(h5, VX_GROUP_COVARIATES, NULL, VX_KEY_NAME, name, shape[0]);
        vx_h5_put_texts(h5, VX_GROUP_COVARIATES, NULL, VX_KEY_PARTICIPANT, (const char *const *)study->participant, n);
    }
    free(name);
    free(value);
}

void vx_h5_put_outcomes(vx_h5 *h5, const vx_record *record)
{
    put_covariates(h5, record->study);
    for (int kind = 0; !h5->failed && vx_outcome_groups[kind]; kind++) {
        if (!vx_outcome_tests_count(record, (vx_outcome_kind)kind))
            continue;
        char *group = vx_dataset_path("", vx_outcome_groups[kind], NULL);
        vx_h5_check(h5, group);
        put_tests(h5, record, (vx_outcome_kind)kind, group);
        put_values(h5, record, (vx_outcome_kind)kind, group);
        free(group);
    }
}
