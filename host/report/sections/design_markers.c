/* From the table to the participants of each marker and effect. Markers of the same people share a flow. Results of
 * earlier versions do not tell who is left out of a marker. */
#include "base/memory.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

static const char NO_COVARIATE[] = "no value of a covariate of this effect", NO_SESSION[] = "no value in a session";

/* The test of the mean of each marker. */
typedef struct markers {
    const vx_results *results;
    const vx_results_outcome **of; /* count */
    size_t count;
} markers;

static bool same_people(const vx_results_outcome *a, const vx_results_outcome *b)
{
    bool same = a->left_outs == b->left_outs && a->value[VX_OUTCOME_N] == b->value[VX_OUTCOME_N];
    for (size_t i = 0; same && i < a->left_outs; i++)
        same = !strcmp(a->left_out[i].participant, b->left_out[i].participant);
    return same;
}

static bool is_first_of_its_people(const markers *all, size_t which)
{
    for (size_t k = 0; k < which; k++)
        if (same_people(all->of[k], all->of[which]))
            return false;
    return true;
}

/* Why a participant is left out of all markers of a group: the reason of each, or that which they have in common. */
static const char *reason_of(const markers *all, const vx_results_outcome *group, size_t place)
{
    const char *reason = group->left_out[place].reason;
    for (size_t k = 0; k < all->count; k++)
        if (same_people(group, all->of[k]) && strcmp(all->of[k]->left_out[place].reason, reason) != 0)
            return NO_SESSION;
    return reason;
}

static void put_names(vx_page *page, const markers *all, const vx_results_outcome *group)
{
    size_t named = 0;
    for (size_t k = 0; k < all->count; k++)
        if (same_people(group, all->of[k]))
            vx_put(page, "%s%s", named++ ? ", " : "", all->of[k]->name);
}

/* The test of a marker under a covariate; null: no such test. */
static const vx_results_outcome *under(const vx_results *results, const vx_results_outcome *mean, const char *covariate)
{
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *one = &results->outcome[i];
        if (one->kind == VX_OUTCOME_MARKER && one->effect_kind == VX_SLOPE && !strcmp(one->name, mean->name) &&
            !strcmp(one->effect, covariate))
            return one;
    }
    return NULL;
}

static bool is_in(const vx_results_outcome *mean, const char *participant)
{
    for (size_t i = 0; i < mean->left_outs; i++)
        if (!strcmp(mean->left_out[i].participant, participant))
            return false;
    return true;
}

/* Whether a participant lacks what the effect of a covariate needs: its value, or with --joint those of all. */
static bool lacks(const vx_results *results, const char *covariate, int64_t participant)
{
    const char *joint = vx_results_option(results, "joint");
    for (size_t c = 0; c < results->covariates; c++)
        if (((joint && !strcmp(joint, "yes")) || !strcmp(results->covariate[c].name, covariate)) &&
            isnan(results->covariate[c].value[participant]))
            return true;
    return false;
}

/* The box of a covariate's effect, and before it those who are in the mean of the group and not in the effect. */
static void put_covariate(vx_report *report, const markers *all, const vx_results_outcome *group, const char *covariate,
                          const vx_results_outcome *test)
{
    const vx_results *results = report->results;
    vx_results_left_out *left_out = vx_array((size_t)results->participants, sizeof *left_out);
    size_t count = 0;
    if (!left_out) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    for (int64_t i = 0; i < results->participants; i++)
        if (is_in(group, results->participant[i]) && lacks(results, covariate, i))
            left_out[count++] = (vx_results_left_out){results->participant[i], NO_COVARIATE};
    vx_put_left_out(report->page, left_out, count);
    vx_put(report->page, "<li><strong>%.0f</strong> in ", test->value[VX_OUTCOME_N]);
    put_names(report->page, all, group);
    vx_put(report->page, ": %s</li>\n", covariate);
    free(left_out);
}

static void put_flow(vx_report *report, const markers *all, const vx_results_outcome *group)
{
    const vx_results *results = report->results;
    const double n = group->value[VX_OUTCOME_N];
    vx_page *page = report->page;
    vx_results_left_out *left_out = vx_array(group->left_outs, sizeof *left_out);
    if (!left_out) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    for (size_t i = 0; i < group->left_outs; i++)
        left_out[i] = (vx_results_left_out){group->left_out[i].participant, reason_of(all, group, i)};
    vx_put_markup(page, "<ol class=\"flow\" aria-label=\"Participants of ");
    put_names(page, all, group);
    vx_put(page, "\">\n<li><strong>%lld</strong> in the table</li>\n", (long long)results->participants);
    vx_put_left_out(page, left_out, group->left_outs);
    vx_put(page, "<li><strong>%.0f</strong> in ", n);
    put_names(page, all, group);
    vx_put(page, ": %s", group->effect);
    for (int pass = 0; pass < 2; pass++) { /* effects with the same participants share the box */
        const char *covariate;
        for (size_t e = 0; !report->status && (covariate = vx_answers_effect(results, e)); e++) {
            const vx_results_outcome *test = under(results, group, covariate);
            const bool all_of_them = test && test->value[VX_OUTCOME_N] == n;
            if (!pass && all_of_them)
                vx_put(page, ", %s", covariate);
            else if (pass && test && !all_of_them)
                put_covariate(report, all, group, covariate, test);
        }
        if (!pass)
            vx_put_markup(page, "</li>\n");
    }
    vx_put_markup(page, "</ol>\n");
    free(left_out);
}

void vx_design_markers(vx_report *report)
{
    const vx_results *results = report->results;
    markers all = {results, vx_array(results->outcomes, sizeof *all.of), 0};
    if (!all.of) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    for (size_t i = 0; i < results->outcomes; i++)
        if (results->outcome[i].kind == VX_OUTCOME_MARKER && results->outcome[i].effect_kind == VX_MEAN)
            all.of[all.count++] = &results->outcome[i];
    if (all.count && results->modalities)
        vx_put_markup(report->page, "<h3>Markers</h3>\n");
    for (size_t k = 0; !report->status && k < all.count; k++)
        if (is_first_of_its_people(&all, k))
            put_flow(report, &all, all.of[k]);
    free(all.of);
}
