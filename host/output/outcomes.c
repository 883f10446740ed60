#include "output/outcomes.h"

#include "base/json.h"
#include "output/json.h"
#include "results/schema.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name; /* null: that of the kind */
    const char *description;
} texts[VX_OUTCOME_TEXTS] = {
    [VX_TEXT_NAME] = {NULL, "Name of the region or marker."},
    [VX_TEXT_FAMILY] = {VX_KEY_FAMILY, "Family: its regions of one modality, or its markers, are corrected together."},
    [VX_TEXT_MODALITY] = {VX_KEY_MODALITY, "Images whose mean over the region was tested."},
    [VX_TEXT_EFFECT] = {VX_KEY_EFFECT, "What was tested: the mean of changes or of the values of one session, or the "
                                       "slope of the covariate with this name."},
    [VX_TEXT_UNITS] = {VX_KEY_UNITS, "Units of the values, as far as they are known. On the scale linear the estimate "
                                     "is in them, too."},
    [VX_TEXT_SCALE] = {VX_KEY_SCALE, "What was tested: changes of the values, or of their natural logarithms, in "
                                     "percent of the baseline, or over the mean of both sessions."},
    [VX_TEXT_INFLUENTIAL] = {VX_KEY_LOO_PARTICIPANT, "The participant without whom the estimate differs most."}};

bool vx_outcome_has_text(vx_outcome_kind kind, vx_outcome_text text)
{
    return kind == VX_OUTCOME_REGION || text != VX_TEXT_MODALITY;
}

bool vx_outcome_has_column(const vx_record *record, vx_outcome_kind kind, vx_outcome_column column)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    const int where = vx_outcome_about(column)->where;
    bool any = !(where & VX_FOR_BESIDE);
    for (size_t i = 0; tests && i < tests->tests && !any; i++)
        any = tests->test[i].outcome->kind == kind && !isnan(tests->test[i].value[column]);
    return any && where & (kind == VX_OUTCOME_REGION ? VX_FOR_REGION : VX_FOR_MARKER);
}

const char *vx_outcome_text_name(vx_outcome_kind kind, vx_outcome_text text)
{
    return texts[text].name ? texts[text].name : vx_outcome_kind_names[kind];
}

const char *vx_outcome_text_description(vx_outcome_text text)
{
    return texts[text].description;
}

const char *vx_outcome_text_of(const vx_record *record, const vx_outcome_test *test, vx_outcome_text text)
{
    const vx_outcome *outcome = test->outcome;
    switch (text) {
    case VX_TEXT_NAME: return outcome->name;
    case VX_TEXT_FAMILY: return outcome->family;
    case VX_TEXT_MODALITY: return outcome->modality;
    case VX_TEXT_EFFECT: return test->effect;
    case VX_TEXT_UNITS: return outcome->units;
    case VX_TEXT_SCALE: return vx_scale_names[outcome->scale];
    case VX_TEXT_INFLUENTIAL:
        return test->most_influential < 0 ? NULL : record->study->participant[test->most_influential];
    case VX_OUTCOME_TEXTS: break;
    }
    return NULL;
}

const char *vx_outcome_unit_words(vx_outcome_unit unit)
{
    static const char *const words[] = {
        [VX_UNIT_NONE] = "1",
        [VX_UNIT_OUTCOME] = "units of the values",
        [VX_UNIT_ESTIMATE] = "units of the values; where scale says so, of their natural logarithms, percent of the "
                             "baseline, or a fraction of the mean of both sessions; of a slope, per unit of the "
                             "covariate",
        [VX_UNIT_PERCENT] = "%"};
    return words[unit];
}

size_t vx_outcome_count(const vx_record *record, vx_outcome_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < record->outcomes; i++)
        count += record->outcome[i].kind == kind;
    return count;
}

size_t vx_outcome_tests_count(const vx_record *record, vx_outcome_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; record->outcome_tests && i < record->outcome_tests->tests; i++)
        count += record->outcome_tests->test[i].outcome->kind == kind;
    return count;
}

const vx_plan *vx_outcome_plan(const vx_record *record, const vx_outcome_test *test)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    size_t effect = 0;
    while (effect + 1 < tests->effects && strcmp(tests->effect[effect], test->effect) != 0)
        effect++;
    return &tests->plan[effect];
}

const char *vx_outcome_session(const vx_record *record, const vx_outcome *outcome, int session)
{
    if (!outcome->value[session])
        return NULL;
    return record->study->session[session == VX_MEAN_FOLLOWUP && outcome->value[VX_MEAN_BASELINE]];
}

/* ---- run.json ---- */

/* The figures that run.json repeats; the tables have all. */
static const vx_outcome_column headline[] = {
    VX_OUTCOME_N,         VX_OUTCOME_CHANGE,     VX_OUTCOME_CI_LOW, VX_OUTCOME_CI_HIGH, VX_OUTCOME_PERCENT,
    VX_OUTCOME_GMR,       VX_OUTCOME_R,          VX_OUTCOME_RHO,    VX_OUTCOME_T,       VX_OUTCOME_P_T,
    VX_OUTCOME_P_EXACT,   VX_OUTCOME_P_WILCOXON, VX_OUTCOME_P_RHO,  VX_OUTCOME_P_FWE,   VX_OUTCOME_P_STEPDOWN,
    VX_OUTCOME_P_HOLM,    VX_OUTCOME_P_FDR,      VX_OUTCOME_P_MATRIX};

static json_t *test_object(const vx_record *record, const vx_outcome_test *test)
{
    json_t *object = json_pack("{so ss so}", VX_KEY_NAME, vx_json_text(test->effect),
                               VX_KEY_KIND, vx_effect_kind_names[test->kind],
                               VX_KEY_LOO_PARTICIPANT,
                               vx_json_text(vx_outcome_text_of(record, test, VX_TEXT_INFLUENTIAL)));
    for (size_t i = 0; i < sizeof headline / sizeof *headline; i++) {
        const vx_outcome_column_row *about = vx_outcome_about(headline[i]);
        const double value = test->value[headline[i]];
        if (about->where & (test->kind == VX_MEAN ? VX_FOR_MEAN : VX_FOR_SLOPE))
            object = vx_json_set(object, about->name, !isfinite(value)              ? json_null()
                                                      : headline[i] == VX_OUTCOME_N ? json_integer((json_int_t)value)
                                                                                    : json_real(value));
    }
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if (vx_outcome_about(k)->where & VX_FOR_BESIDE && isfinite(test->value[k]))
            object = vx_json_set(object, vx_outcome_about(k)->name, json_real(test->value[k]));
    return object;
}

/* Who is left out of a marker. Those of a region are left out of its modality. */
static json_t *with_left_out(json_t *object, const vx_study *study, const vx_outcome *outcome)
{
    for (size_t m = 0; outcome->kind == VX_OUTCOME_MARKER && m < study->markers; m++)
        if (!strcmp(study->marker[m].name, outcome->name))
            object = vx_json_set(object, VX_KEY_LEFT_OUT,
                                 vx_left_out_json(study->marker[m].left_out, study->marker[m].left_outs));
    return object;
}

/* Every outcome of the kind in the order of the record. */
static json_t *outcomes_array(const vx_record *record, vx_outcome_kind kind)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    json_t *array = json_array();
    for (size_t i = 0; i < record->outcomes; i++) {
        const vx_outcome *outcome = &record->outcome[i];
        json_t *effects = json_array();
        if (outcome->kind != kind) {
            json_decref(effects);
            continue;
        }
        for (size_t k = 0; k < tests->tests; k++)
            if (tests->test[k].outcome == outcome)
                effects = vx_json_append(effects, test_object(record, &tests->test[k]));
        json_t *object = json_pack("{so so so so ss so}", VX_KEY_NAME, vx_json_text(outcome->name),
                                   VX_KEY_FAMILY, vx_json_text(outcome->family),
                                   VX_KEY_MODALITY, vx_json_text(outcome->modality),
                                   VX_KEY_UNITS, vx_json_text(outcome->units),
                                   VX_KEY_SCALE, vx_scale_names[outcome->scale],
                                   VX_KEY_EFFECTS, effects);
        array = vx_json_append(array, with_left_out(object, record->study, outcome));
    }
    return array;
}

static json_t *names_array(const vx_column *column, size_t columns)
{
    json_t *array = json_array();
    for (size_t c = 0; c < columns; c++)
        array = vx_json_append(array, vx_json_text(column[c].name));
    return array;
}

json_t *vx_outcomes_json(const vx_record *record)
{
    const vx_outcome_tests *tests = record->outcome_tests;
    json_t *participants = json_array(), *permutations = json_array();
    for (int64_t i = 0; i < record->study->participants; i++)
        participants = vx_json_append(participants, vx_json_text(record->study->participant[i]));
    for (size_t e = 0; e < tests->effects; e++)
        permutations = vx_json_append(permutations,
                                      json_pack("{so sI sb}", VX_KEY_NAME, vx_json_text(tests->effect[e]),
                                                VX_KEY_RELABELLINGS, (json_int_t)tests->plan[e].relabellings,
                                                VX_KEY_EXHAUSTIVE, (int)tests->plan[e].exhaustive));
    json_t *object = json_pack("{so so so so}", VX_KEY_PARTICIPANTS, participants,
                               VX_KEY_COVARIATES, names_array(record->study->covariate, record->study->covariates),
                               VX_KEY_NUISANCE, names_array(record->study->nuisance, record->study->nuisances),
                               VX_KEY_PERMUTATIONS, permutations);
    for (int kind = 0; vx_outcome_groups[kind]; kind++)
        object = vx_json_set(object, vx_outcome_groups[kind], outcomes_array(record, (vx_outcome_kind)kind));
    return object;
}
