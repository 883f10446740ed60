#include "outcome/outcome.h"

#include "base/error.h"
#include "base/memory.h"
#include "outcome/figures.h"
#include "outcome/group.h"
#include "outcome/study_model.h"
#include "voxstat/family.h"

#include <math.h>
#include <string.h>

/* Everything between the outcomes and their tests. */
typedef struct vx_outcome_work {
    vx_device *device;
    const vx_outcome_options *options;
    const vx_outcome *outcome;
    size_t outcomes, effects;
    const vx_outcome **order;  /* outcomes, group after group */
    vx_outcome_group *group;
    size_t groups;
    int64_t *shared;           /* participants of any outcome, ascending */
    int64_t shared_count;
    size_t *of_group;          /* outcomes: their group, */
    int64_t *element;          /* and their element in it */
    vx_outcome_tests *tests;
} vx_outcome_work;

static vx_outcome_test *test_of(const vx_outcome_work *w, size_t outcome, size_t effect)
{
    return &w->tests->test[outcome * w->effects + effect];
}

/* Null where there is no such correlation. */
static const vx_result *result_of(const vx_outcome_work *w, size_t outcome, size_t effect, vx_correlation correlation)
{
    vx_result **result = w->group[w->of_group[outcome]].result[correlation];
    return result ? result[effect] : NULL;
}

/* Those of the options, which may have people whom no outcome has; else all who have an outcome. */
static vx_status share_participants(vx_outcome_work *w, vx_error *error)
{
    const vx_model_options *model = &w->options->model;
    const size_t all = (size_t)w->options->study->participants;
    bool *there = vx_array_zero(all, sizeof *there);
    w->shared = vx_array(all, sizeof *w->shared);
    if (!there || !w->shared) {
        free(there);
        return vx_fail_memory(error);
    }
    for (int64_t i = 0; model->shared && i < model->shared_count; i++)
        there[model->shared[i]] = true;
    for (size_t k = 0; k < w->outcomes; k++)
        for (int64_t i = 0; i < w->outcome[k].n; i++)
            there[w->outcome[k].participant[i]] = true;
    for (size_t i = 0; i < all; i++)
        if (there[i])
            w->shared[w->shared_count++] = (int64_t)i;
    free(there);
    return VX_OK;
}

static vx_status place_outcomes(vx_outcome_work *w, vx_error *error)
{
    w->of_group = vx_array(w->outcomes, sizeof *w->of_group);
    w->element = vx_array(w->outcomes, sizeof *w->element);
    if (!w->of_group || !w->element)
        return vx_fail_memory(error);
    for (size_t g = 0; g < w->groups; g++)
        for (size_t k = 0; k < w->group[g].outcomes; k++) {
            const size_t outcome = (size_t)(w->group[g].outcome[k] - w->outcome);
            w->of_group[outcome] = g;
            w->element[outcome] = (int64_t)k;
        }
    return VX_OK;
}

/* Keeps the first plan for which the device had too little memory. */
static void keep_refused(vx_outcome_tests *tests, const vx_plan *plan)
{
    if (plan->device_bytes_refused && !tests->refused.device_bytes_refused)
        tests->refused = *plan;
}

/* The inference of every effect of a group with one correlation. */
static vx_status infer_with(vx_outcome_work *w, vx_outcome_group *g, vx_correlation c, vx_error *error)
{
    vx_inference_options inference = w->options->inference;
    vx_model_options model = w->options->model;
    inference.correct = VX_CORRECT_VOXEL;
    inference.statistics = true;
    model.shared = w->shared;
    model.shared_count = w->shared_count;
    model.correlation = c;
    vx_status status = vx_model_of_study(w->options->study, &model, g->outcome[0]->adjust, g->participant, g->n,
                                         &g->model[c], error);
    for (int64_t e = 0; !status && e < g->model[c]->effects; e++)
        status = vx_outcome_group_check(g, &g->model[c]->effect[e], error);
    if (status)
        return status;
    if (!(g->result[c] = vx_array_zero((size_t)g->model[c]->effects, sizeof **g->result)))
        return vx_fail_memory(error);
    for (int64_t e = 0; !status && e < g->model[c]->effects; e++) {
        if (c == VX_SPEARMAN && g->model[c]->effect[e].kind != VX_SLOPE) /* the mean is the same in both */
            continue;
        status = vx_infer(w->device, g->matrix, &g->model[c]->effect[e], &inference, NULL, NULL, &g->result[c][e],
                          error);
        if (!status)
            keep_refused(w->tests, &g->result[c][e]->plan);
    }
    return status;
}

/* Pearson's correlation, and Spearman's beside it. The ranks of few people can be dependent where their values are not,
 * as those of a covariate and a nuisance in the same order; rho then does not exist, and only a test of rho fails. */
static vx_status infer_group(vx_outcome_work *w, vx_outcome_group *g, vx_error *error)
{
    vx_status status = infer_with(w, g, VX_PEARSON, error);
    if (!status) {
        status = infer_with(w, g, VX_SPEARMAN, error);
        if (status == VX_INPUT && w->options->model.correlation == VX_PEARSON)
            return VX_OK;
    }
    return status ? vx_error_prefix(error, status, "%s%s", g->outcome[0]->name, g->outcomes > 1 ? " and others" : "")
                  : VX_OK;
}

static vx_status make_tests(vx_outcome_work *w, vx_error *error)
{
    const vx_model *model = w->group[0].model[VX_PEARSON];
    vx_outcome_tests *tests = w->tests;
    size_t count;
    w->effects = (size_t)model->effects;
    tests->effect = vx_array_zero(w->effects, sizeof *tests->effect);
    tests->plan = vx_array(w->effects, sizeof *tests->plan);
    tests->test = vx_multiply(w->outcomes, w->effects, &count) ? vx_array(count, sizeof *tests->test) : NULL;
    if (!tests->effect || !tests->plan || !tests->test)
        return vx_fail_memory(error);
    tests->tests = count;
    tests->effects = w->effects;
    for (size_t e = 0; e < w->effects; e++) {
        tests->plan[e] = w->group[0].result[VX_PEARSON][e]->plan;
        if (!(tests->effect[e] = vx_copy_text(model->effect[e].name)))
            return vx_fail_memory(error);
    }
    for (size_t k = 0; k < w->outcomes; k++)
        for (size_t e = 0; e < w->effects; e++) {
            vx_outcome_test *test = test_of(w, k, e);
            *test = (vx_outcome_test){.outcome = &w->outcome[k],
                                      .effect = tests->effect[e],
                                      .kind = model->effect[e].kind,
                                      .most_influential = -1};
            for (vx_outcome_column c = 0; c < VX_OUTCOME_COLUMNS; c++)
                test->value[c] = NAN;
        }
    return VX_OK;
}

/* ---- corrections ---- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_family(const vx_outcome *a, const vx_outcome *b)
{
    return a->kind == b->kind && same_text(a->modality, b->modality) && same_text(a->family, b->family);
}

/* Corrects one effect over the family of outcome `first`, of which no earlier outcome is. */
static vx_status correct_family(vx_outcome_work *w, size_t first, size_t effect, vx_family_member *member,
                                vx_family_p *p, vx_error *error)
{
    const vx_correlation c = test_of(w, first, effect)->kind == VX_SLOPE ? w->options->model.correlation : VX_PEARSON;
    size_t members = 0;
    for (size_t k = first; k < w->outcomes; k++)
        if (same_family(&w->outcome[first], &w->outcome[k]))
            member[members++] = (vx_family_member){result_of(w, k, effect, c), w->element[k]};
    vx_status status = vx_family_correct(member, members, p, error);
    members = 0;
    for (size_t k = first; k < w->outcomes && !status; k++) {
        if (!same_family(&w->outcome[first], &w->outcome[k]))
            continue;
        double *value = test_of(w, k, effect)->value;
        value[VX_OUTCOME_P_EXACT] = p[members].uncorrected;
        value[VX_OUTCOME_P_FWE] = p[members].fwe;
        value[VX_OUTCOME_P_STEPDOWN] = p[members].stepdown;
        value[VX_OUTCOME_P_HOLM] = p[members].holm;
        value[VX_OUTCOME_P_FDR] = p[members].fdr;
        members++;
    }
    return status;
}

static bool is_first_of_family(const vx_outcome_work *w, size_t outcome)
{
    for (size_t k = 0; k < outcome; k++)
        if (same_family(&w->outcome[k], &w->outcome[outcome]))
            return false;
    return true;
}

/* Every outcome with every covariate, corrected by one maximum. */
static vx_status correct_matrix(vx_outcome_work *w, vx_correlation c, vx_family_member *member, vx_family_p *p,
                                vx_error *error)
{
    size_t members = 0;
    for (size_t k = 0; k < w->outcomes; k++)
        for (size_t e = 0; e < w->effects; e++)
            if (test_of(w, k, e)->kind == VX_SLOPE)
                member[members++] = (vx_family_member){result_of(w, k, e, c), w->element[k]};
    if (!members)
        return VX_OK;
    vx_status status = vx_family_correct(member, members, p, error);
    members = 0;
    for (size_t i = 0; i < w->tests->tests && !status; i++) {
        vx_outcome_test *test = &w->tests->test[i];
        if (test->kind != VX_SLOPE)
            continue;
        test->value[c == VX_PEARSON ? VX_OUTCOME_P_MATRIX : VX_OUTCOME_P_MATRIX_RHO] = p[members].fwe;
        if (c == VX_SPEARMAN)
            test->value[VX_OUTCOME_P_RHO] = p[members].uncorrected;
        members++;
    }
    return status;
}

static vx_status correct(vx_outcome_work *w, vx_error *error)
{
    vx_status status = VX_OK;
    vx_family_member *member = vx_array(w->tests->tests, sizeof *member);
    vx_family_p *p = vx_array(w->tests->tests, sizeof *p);
    if (!member || !p)
        status = vx_fail_memory(error);
    for (size_t k = 0; k < w->outcomes && !status; k++)
        for (size_t e = 0; e < w->effects && !status && is_first_of_family(w, k); e++)
            status = correct_family(w, k, e, member, p, error);
    for (vx_correlation c = VX_PEARSON; c <= VX_SPEARMAN && !status; c++)
        status = correct_matrix(w, c, member, p, error);
    free(member);
    free(p);
    return status;
}

/* ---- the rest ---- */

static vx_status figures(vx_outcome_work *w, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t k = 0; k < w->outcomes && !status; k++) {
        const vx_outcome_group *g = &w->group[w->of_group[k]];
        for (size_t e = 0; e < w->effects && !status; e++)
            status = vx_outcome_figures(w->options, g, w->element[k], (int64_t)e, test_of(w, k, e), error);
    }
    return status;
}

/* Tests the values beside those of the outcomes that have some, and keeps the figures that stand beside. */
static vx_status test_beside(const vx_outcome_work *w, vx_beside beside, vx_error *error)
{
    size_t others = 0, *of = vx_array(w->outcomes, sizeof *of);
    vx_outcome *other = vx_array(w->outcomes, sizeof *other);
    vx_outcome_tests *tests = NULL;
    vx_status status = of && other ? VX_OK : vx_fail_memory(error);
    for (size_t k = 0; k < w->outcomes && !status; k++) {
        const vx_outcome *outcome = &w->outcome[k];
        if (!outcome->beside[beside][1])
            continue;
        of[others] = k;
        other[others] = *outcome;
        memset(other[others].beside, 0, sizeof other->beside);
        memcpy(other[others].value, outcome->beside[beside], sizeof other->value);
        others++;
    }
    if (!status && others && (status = vx_outcomes_test(w->device, other, others, w->options, &tests, error)))
        vx_error_prefix(error, status, "%s", vx_beside_words[beside]);
    for (size_t i = 0; tests && i < tests->tests; i++)
        for (int c = 0; c < VX_OUTCOME_COLUMNS; c++) {
            const int column = vx_beside_column(beside, (vx_outcome_column)c);
            if (column >= 0)
                test_of(w, of[i / tests->effects], i % tests->effects)->value[column] = tests->test[i].value[c];
        }
    vx_outcome_tests_free(tests);
    free(other);
    free(of);
    return status;
}

vx_status vx_outcomes_test(vx_device *device, const vx_outcome *outcome, size_t outcomes,
                           const vx_outcome_options *options, vx_outcome_tests **tests, vx_error *error)
{
    vx_outcome_work w = {.device = device, .options = options, .outcome = outcome, .outcomes = outcomes};
    if (!outcomes)
        return vx_fail(error, VX_INPUT, "no region and no marker to test");
    vx_status status = (w.tests = vx_array_zero(1, sizeof *w.tests)) ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = share_participants(&w, error);
    if (!status)
        status = vx_outcome_groups_make(outcome, outcomes, &w.order, &w.group, &w.groups, error);
    if (!status)
        status = place_outcomes(&w, error);
    for (size_t g = 0; g < w.groups && !status; g++)
        status = infer_group(&w, &w.group[g], error);
    if (!status)
        status = make_tests(&w, error);
    if (!status)
        status = correct(&w, error);
    if (!status)
        status = figures(&w, error);
    for (int beside = 0; beside < VX_BESIDES && !status; beside++)
        status = test_beside(&w, (vx_beside)beside, error);
    if (!status) {
        *tests = w.tests;
        w.tests = NULL;
    }
    for (size_t g = 0; g < w.groups; g++)
        vx_outcome_group_destroy(&w.group[g]);
    free(w.group);
    free(w.order);
    free(w.shared);
    free(w.of_group);
    free(w.element);
    vx_outcome_tests_free(w.tests);
    return status;
}

void vx_outcome_tests_free(vx_outcome_tests *tests)
{
    if (!tests)
        return;
    for (size_t e = 0; tests->effect && e < tests->effects; e++)
        free(tests->effect[e]);
    free(tests->effect);
    free(tests->plan);
    free(tests->test);
    free(tests);
}
