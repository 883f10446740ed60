#include "outcome/group.h"

#include "base/error.h"
#include "base/memory.h"
#include "image/change.h"
#include "univariate/interval.h"

#include <math.h>
#include <string.h>

double vx_outcome_change(const vx_outcome *o, int64_t i)
{
    static const vx_change change[] = {[VX_ON_LINEAR] = VX_CHANGE_DIFFERENCE, [VX_ON_PERCENT] = VX_CHANGE_PERCENT,
                                       [VX_ON_SYMMETRIC] = VX_CHANGE_SYMMETRIC};
    const double after = o->value[1][i];
    if (o->scale == VX_ON_LOG)
        return log(after) - (o->value[0] ? log(o->value[0][i]) : 0);
    return o->value[0] ? vx_change_of(change[o->scale], o->value[0][i], after) : after;
}

/* Whether one model serves both outcomes. */
static bool same_model(const vx_outcome *a, const vx_outcome *b)
{
    return a->adjust == b->adjust && a->n == b->n &&
           !memcmp(a->participant, b->participant, (size_t)a->n * sizeof *a->participant);
}

/* Whether the changes of an effect's participants are equal on paper: values that are as large as `scale` may differ
 * by rounding. */
static bool is_constant(const double *change, const vx_effect *effect, double scale)
{
    for (int64_t i = 1; i < effect->n; i++)
        if (fabs(change[effect->row[i]] - change[effect->row[0]]) > vx_tie_width(scale))
            return false;
    return true;
}

/* The magnitude of what is subtracted on the scale that is tested. */
static double largest_value(const vx_outcome *o)
{
    double largest = 0;
    for (int64_t i = 0; i < o->n; i++) {
        largest = fmax(largest, fabs(o->value[1][i]));
        if (o->value[0])
            largest = fmax(largest, fabs(o->value[0][i]));
    }
    switch (o->scale) {
    case VX_ON_LOG: return fmax(1, fabs(log(largest)));
    case VX_ON_PERCENT: return 100;
    case VX_ON_SYMMETRIC: return 1;
    case VX_ON_LINEAR: break;
    }
    return largest;
}

vx_status vx_outcome_group_check(const vx_outcome_group *g, const vx_effect *effect, vx_error *error)
{
    for (size_t k = 0; k < g->outcomes; k++) {
        const vx_outcome *o = g->outcome[k];
        const bool everybody = effect->n == g->n;
        if (is_constant(g->change + k * (size_t)g->n, effect, largest_value(o)))
            return vx_fail(error, VX_INPUT, "%s%s%s: %s is the same in all %lld participants%s%s, so that there is "
                           "nothing to test",
                           o->modality ? o->modality : "", o->modality ? " " : "", o->name,
                           o->value[0] ? "the change" : "the value", (long long)effect->n,
                           everybody ? "" : " who have ", everybody ? "" : effect->name);
    }
    return VX_OK;
}

/* The changes of a group, as they are for the statistics of one series, and as a matrix for the engine. */
static vx_status fill(vx_outcome_group *g, vx_error *error)
{
    const size_t n = (size_t)g->n;
    size_t cells;
    vx_space space = {0};
    vx_status status = VX_OK;
    const char **name = vx_array(g->outcomes, sizeof *name);
    bool fits = vx_multiply(g->outcomes, n, &cells);
    float *data = fits ? vx_array(cells, sizeof *data) : NULL;
    g->change = fits ? vx_array(cells, sizeof *g->change) : NULL;
    if (!name || !data || !g->change) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (size_t k = 0; k < g->outcomes; k++) {
        name[k] = g->outcome[k]->name;
        for (size_t i = 0; i < n; i++) {
            g->change[k * n + i] = vx_outcome_change(g->outcome[k], (int64_t)i);
            data[i * g->outcomes + k] = (float)g->change[k * n + i];
        }
    }
    status = vx_space_of_names("outcome", "outcomes", (int64_t)g->outcomes, name, &space, error);
    if (!status)
        status = vx_matrix_new(&space, g->n, data, &g->matrix, error);

cleanup:
    vx_space_destroy(&space);
    free(name);
    free(data);
    return status;
}

vx_status vx_outcome_groups_make(const vx_outcome *outcome, size_t outcomes, const vx_outcome ***order,
                                 vx_outcome_group **groups, size_t *count, vx_error *error)
{
    vx_status status = VX_OK;
    size_t done = 0;
    bool *taken = vx_array_zero(outcomes, sizeof *taken);
    *count = 0;
    *order = vx_array(outcomes, sizeof **order);
    *groups = vx_array_zero(outcomes, sizeof **groups);
    if (!taken || !*order || !*groups)
        status = vx_fail_memory(error);
    for (size_t first = 0; first < outcomes && !status; first++) {
        if (taken[first])
            continue;
        vx_outcome_group *g = *groups + (*count)++;
        *g = (vx_outcome_group){
            .outcome = *order + done, .n = outcome[first].n, .participant = outcome[first].participant};
        for (size_t k = first; k < outcomes; k++)
            if (!taken[k] && same_model(outcome + first, outcome + k)) {
                taken[k] = true;
                (*order)[done++] = outcome + k;
                g->outcomes++;
            }
        status = fill(g, error);
    }
    free(taken);
    return status;
}

void vx_outcome_group_destroy(vx_outcome_group *g)
{
    if (!g)
        return;
    for (vx_correlation c = VX_PEARSON; c <= VX_SPEARMAN; c++) {
        for (int64_t e = 0; g->result[c] && e < g->model[c]->effects; e++)
            vx_result_free(g->result[c][e]);
        free(g->result[c]);
        vx_model_free(g->model[c]);
    }
    vx_matrix_free(g->matrix);
    free(g->change);
}
