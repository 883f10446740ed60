#include "study/parts.h"

#include "base/memory.h"
#include "base/nearest.h"

#include <math.h>
#include <string.h>

/* A marker, and how it is derived; null for one of the table. */
typedef struct marker_values {
    const vx_study_marker *marker;
    const vx_derivation *derivation;
} marker_values;

static const char *lacks_value(const void *context, int64_t participant)
{
    const marker_values *values = context;
    const vx_study_marker *marker = values->marker;
    const size_t names = values->derivation ? values->derivation->expression.names : 0;
    for (int64_t s = 0; s < marker->sessions; s++) {
        if (!isnan(marker->column[s]->value[participant]))
            continue;
        for (size_t n = 0; n < names; n++) {
            const vx_column *component = values->derivation->component[(size_t)s * names + n];
            if (isnan(component->value[participant]))
                return component->name;
        }
        return marker->column[s]->name;
    }
    return NULL;
}

/* Refuses values without a logarithm. */
static vx_status check_log(const vx_study_parts *parts, const vx_study_marker *marker, vx_error *error)
{
    for (int64_t s = 0; s < marker->sessions; s++) {
        for (int64_t p = 0; p < parts->study.participants; p++) {
            const vx_column *column = marker->column[s];
            if (column->value[p] <= 0)
                return vx_fail(error, VX_INPUT, "%s: participant %s, column %s: found %.15g, which has no logarithm "
                               "(--log %s)", parts->table.path, parts->study.participant[p], column->name,
                               column->value[p], marker->name);
        }
    }
    return VX_OK;
}

vx_status vx_marker_read(vx_study_parts *parts, const vx_study_options *options, const vx_session_columns *outcome,
                         const vx_derivations *derivations, vx_study_marker *marker, vx_error *error)
{
    enum { N_MIN = 3 };
    const vx_derivation *derivation =
        outcome->kind == VX_SESSION_DERIVED ? vx_derivations_find(derivations, outcome->name) : NULL;
    vx_status status = VX_OK;
    if (!(marker->name = vx_copy_text(outcome->name)))
        return vx_fail_memory(error);
    marker->sessions = outcome->sessions;
    marker->log_scale = vx_log_is_asked(options, marker->name);
    for (int64_t s = 0; s < outcome->sessions && !status; s++) {
        if (derivation)
            marker->column[s] = derivation->column[s];
        else
            status = vx_variables_find_numbers(&parts->variables, parts->table.name[outcome->column[s]],
                                               marker->column + s, error);
    }
    if (derivation) {
        marker->formula = marker->column[0]->formula;
        marker->log_scale |= derivation->expression.ratio;
    }
    if (!status && marker->log_scale)
        status = check_log(parts, marker, error);
    if (status)
        return status;
    const marker_values values = {marker, derivation};
    const vx_inclusion_rule rule = {"marker", marker->name, "value", lacks_value, &values, N_MIN};
    vx_inclusion included;
    status = vx_inclusion_decide(parts, &rule, &included, error);
    marker->n = included.n;
    marker->participant = included.participant;
    marker->left_out = included.left_out;
    marker->left_outs = included.left_outs;
    return status;
}

void vx_marker_destroy(vx_study_marker *marker)
{
    if (!marker)
        return;
    for (size_t i = 0; marker->left_out && i < marker->left_outs; i++)
        free(marker->left_out[i].reason);
    free(marker->name);
    free(marker->participant);
    free(marker->left_out);
    *marker = (vx_study_marker){0};
}

vx_status vx_markers_check_log(const vx_study *study, const vx_study_options *options, vx_error *error)
{
    for (size_t i = 0; i < options->log_markers; i++) {
        size_t m = 0;
        while (m < study->markers && strcmp(study->marker[m].name, options->log_marker[i]))
            m++;
        if (m < study->markers)
            continue;
        const char **name = vx_array(study->markers, sizeof *name);
        if (!name)
            return vx_fail_memory(error);
        for (m = 0; m < study->markers; m++)
            name[m] = study->marker[m].name;
        const char *nearest = vx_nearest(options->log_marker[i], name, study->markers);
        free(name);
        return vx_fail(error, VX_INPUT, "--log %s: no marker of this name is tested%s%s%s", options->log_marker[i],
                       nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    }
    return VX_OK;
}
