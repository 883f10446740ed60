/* The regions and markers of a results folder, and the covariates of their participants. Names are from run.json, and
 * figures from results.h5. */
#include "results/reading.h"

#include "base/memory.h"
#include "results/store.h"

#include <math.h>
#include <string.h>

/* The outcomes of a kind in run.json; null where run.json has none. */
static const json_t *list_of(vx_reading *r, const json_t *outcomes, int kind)
{
    const json_t *list = vx_get_array(r, outcomes, vx_outcome_groups[kind]);
    return json_array_size(list) ? list : NULL;
}

/* The number of tests of a list. */
static size_t count_tests(vx_reading *r, const json_t *list)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        count += json_array_size(vx_get_array(r, json_array_get(list, i), VX_KEY_EFFECTS));
    return count;
}

/* Reads the names of all tests of a list into `outcome`, and the values of the row of every one. */
static void read_names(vx_reading *r, const json_t *list, int kind, vx_results_outcome *outcome)
{
    const vx_results *results = r->results;
    for (size_t row = 0; !r->status && row < json_array_size(list); row++) {
        const json_t *one = json_array_get(list, row), *effects = vx_get_array(r, one, VX_KEY_EFFECTS);
        for (size_t e = 0; !r->status && e < json_array_size(effects); e++, outcome++) {
            const json_t *effect = json_array_get(effects, e);
            outcome->kind = (vx_outcome_kind)kind;
            outcome->name = vx_get_text(r, one, VX_KEY_NAME);
            outcome->family = vx_get_text_or_null(r, one, VX_KEY_FAMILY);
            outcome->modality = vx_get_text_or_null(r, one, VX_KEY_MODALITY);
            outcome->units = vx_get_text_or_null(r, one, VX_KEY_UNITS);
            outcome->scale = (vx_outcome_scale)vx_get_word(r, one, VX_KEY_SCALE, vx_scale_names);
            outcome->effect = vx_get_text(r, effect, VX_KEY_NAME);
            outcome->effect_kind = (vx_effect_kind)vx_get_word(r, effect, VX_KEY_KIND, vx_effect_kind_names);
            if (json_object_get(one, VX_KEY_LEFT_OUT)) /* not of regions, nor in earlier results */
                outcome->left_out = vx_get_left_out(r, one, &outcome->left_outs);
            outcome->most_influential = vx_get_text_or_null(r, effect, VX_KEY_LOO_PARTICIPANT);
            for (int s = 0; s < VX_MEAN_SESSIONS; s++) {
                const double *values = results->outcome_values[kind][s];
                outcome->session[s] = values ? values + row * (size_t)results->participants : NULL;
            }
        }
    }
}

/* Whether results.h5 has a column. */
static bool has(vx_reading *r, const char *group, const char *name)
{
    char *path = vx_dataset_path(group, name, NULL);
    if (!path)
        r->status = vx_fail_memory(r->error);
    const bool found = path && vx_store_has(r->results->store, path);
    free(path);
    return found;
}

/* Reads the figures of `rows` tests. */
static void read_figures(vx_reading *r, const char *group, size_t rows, int kind, vx_results_outcome *outcome)
{
    const int applies = kind == VX_OUTCOME_REGION ? VX_FOR_REGION : VX_FOR_MARKER;
    for (int column = 0; !r->status && column < VX_OUTCOME_COLUMNS; column++) {
        const vx_outcome_column_row *about = vx_outcome_about(column);
        const bool there = about->where & applies && (!(about->where & VX_FOR_BESIDE) || has(r, group, about->name));
        double *value = there ? vx_reading_numbers(r, group, NULL, about->name, 1, &rows, true) : NULL;
        for (size_t i = 0; !r->status && i < rows; i++) {
            outcome[i].value[column] = value ? value[i] : NAN;
            if (value && about->is_p && !isnan(value[i]) && !(value[i] >= 0 && value[i] <= 1))
                r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": %s/%s holds %g: it is damaged",
                                    r->results->folder, group, about->name, value[i]);
        }
        free(value);
    }
}

/* Reads the relabellings of every effect into its tests. */
static void read_permutations(vx_reading *r, const json_t *outcomes)
{
    const json_t *list = vx_get_array(r, outcomes, VX_KEY_PERMUTATIONS);
    for (size_t e = 0; !r->status && e < json_array_size(list); e++) {
        const json_t *one = json_array_get(list, e);
        const char *name = vx_get_text(r, one, VX_KEY_NAME);
        const int64_t relabellings = vx_get_integer(r, one, VX_KEY_RELABELLINGS);
        const bool exhaustive = vx_get_flag(r, one, VX_KEY_EXHAUSTIVE);
        for (size_t i = 0; !r->status && i < r->results->outcomes; i++)
            if (!strcmp(r->results->outcome[i].effect, name)) {
                r->results->outcome[i].relabellings = relabellings;
                r->results->outcome[i].exhaustive = exhaustive;
            }
    }
    for (size_t i = 0; !r->status && i < r->results->outcomes; i++)
        if (r->results->outcome[i].relabellings < 1)
            vx_reading_fail(r, VX_QUOTED(VX_KEY_PERMUTATIONS) " have none of %.60s", r->results->outcome[i].effect);
}

static void read_kind(vx_reading *r, const json_t *list, int kind, size_t tests, vx_results_outcome *outcome)
{
    vx_results *results = r->results;
    const size_t shape[2] = {json_array_size(list), (size_t)results->participants};
    char *group = vx_dataset_path("", vx_outcome_groups[kind], NULL);
    if (!r->status && !group)
        r->status = vx_fail_memory(r->error);
    if (!r->status && results->design == VX_PAIRED)
        results->outcome_values[kind][VX_MEAN_BASELINE] =
            vx_reading_numbers(r, group, VX_PLACE_VALUES, vx_session_names[VX_MEAN_BASELINE], 2, shape, true);
    if (!r->status)
        results->outcome_values[kind][VX_MEAN_FOLLOWUP] =
            vx_reading_numbers(r, group, VX_PLACE_VALUES, vx_session_names[VX_MEAN_FOLLOWUP], 2, shape, true);
    read_names(r, list, kind, outcome);
    if (!r->status)
        read_figures(r, group, tests, kind, outcome);
    free(group);
}

/* Reads the covariates of interest, and the nuisance after them. Results of earlier versions lack both. */
static void read_covariates(vx_reading *r, const json_t *outcomes)
{
    vx_results *results = r->results;
    const bool there = json_object_get(outcomes, VX_KEY_COVARIATES) || json_object_get(outcomes, VX_KEY_NUISANCE);
    if (r->status || !there)
        return;
    const char **covariate = vx_get_texts(r, outcomes, VX_KEY_COVARIATES, &results->covariates);
    const char **nuisance = vx_get_texts(r, outcomes, VX_KEY_NUISANCE, &results->nuisances);
    const size_t n = (size_t)results->participants, shape[2] = {results->covariates + results->nuisances, n};
    if (!r->status && shape[0]) {
        results->covariate_values = vx_reading_numbers(r, VX_GROUP_COVARIATES, NULL, VX_DATASET_VALUE, 2, shape, true);
        results->covariate = vx_reading_array(r, shape[0], sizeof *results->covariate);
    }
    for (size_t c = 0; !r->status && c < shape[0]; c++) {
        results->covariate[c].name = c < results->covariates ? covariate[c] : nuisance[c - results->covariates];
        results->covariate[c].value = results->covariate_values + c * n;
    }
    free(covariate);
    free(nuisance);
}

void vx_read_outcomes(vx_reading *r)
{
    vx_results *results = r->results;
    const json_t *outcomes = r->status ? NULL : json_object_get(results->run, VX_KEY_OUTCOMES);
    size_t participants, tests[VX_OUTCOME_KINDS] = {0};
    if (!outcomes)
        return;
    results->participant = vx_get_texts(r, outcomes, VX_KEY_PARTICIPANTS, &participants);
    if (!r->status && (int64_t)participants != results->participants)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_PARTICIPANTS) " of the " VX_QUOTED(VX_KEY_OUTCOMES) " are %zu names for "
                        "%lld participants", participants, (long long)results->participants);
    read_covariates(r, outcomes);
    for (int kind = 0; kind < VX_OUTCOME_KINDS; kind++)
        tests[kind] = count_tests(r, list_of(r, outcomes, kind));
    results->outcome = vx_reading_array(r, tests[VX_OUTCOME_REGION] + tests[VX_OUTCOME_MARKER],
                                        sizeof *results->outcome);
    for (int kind = 0; !r->status && kind < VX_OUTCOME_KINDS; kind++) {
        if (tests[kind])
            read_kind(r, list_of(r, outcomes, kind), kind, tests[kind], results->outcome + results->outcomes);
        results->outcomes += tests[kind];
    }
    read_permutations(r, outcomes);
    if (!r->status && !results->outcomes && !results->modalities)
        vx_reading_fail(r, "it has neither " VX_QUOTED(VX_KEY_MODALITIES) " nor " VX_QUOTED(VX_KEY_OUTCOMES));
}
