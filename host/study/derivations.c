#include "study/derivations.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool vx_log_is_asked(const vx_study_options *options, const char *name)
{
    for (size_t i = 0; i < options->log_markers; i++) {
        if (!strcmp(options->log_marker[i], name))
            return true;
    }
    return false;
}

vx_status vx_derivations_read(const vx_study_options *options, vx_derivations *derivations, vx_error *error)
{
    vx_status status = VX_OK;
    *derivations = (vx_derivations){.item = vx_array_zero(options->derives, sizeof(vx_derivation))};
    if (!derivations->item)
        return vx_fail_memory(error);
    for (size_t d = 0; !status && d < options->derives; d++) {
        vx_derivation *item = derivations->item + derivations->count++;
        status = vx_definition_read(options->derive[d], &item->definition, error);
        if (!status)
            status = vx_expression_parse(item->definition.formula, &item->expression, error);
        if (status)
            vx_error_prefix(error, status, "--derive '%s'", options->derive[d]);
    }
    return status;
}

void vx_derivations_destroy(vx_derivations *derivations)
{
    if (!derivations)
        return;
    for (size_t d = 0; d < derivations->count; d++) {
        vx_definition_destroy(&derivations->item[d].definition);
        vx_expression_destroy(&derivations->item[d].expression);
        free(derivations->item[d].component);
    }
    free(derivations->item);
    *derivations = (vx_derivations){0};
}

const vx_derivation *vx_derivations_find(const vx_derivations *derivations, const char *name)
{
    for (size_t d = 0; d < derivations->count; d++) {
        if (!strcmp(derivations->item[d].definition.name, name))
            return derivations->item + d;
    }
    return NULL;
}

/* Finds the columns that the names of derivation `d` mean in one session. */
static vx_status find_components(const vx_derivations *derivations, size_t d, const char *session,
                                 vx_variables *variables, const vx_column **component, vx_error *error)
{
    const vx_expression *expression = &derivations->item[d].expression;
    vx_status status = VX_OK;
    for (size_t n = 0; !status && n < expression->names; n++) {
        const char *name = expression->name[n];
        const vx_derivation *other = vx_derivations_find(derivations, name);
        if (other == derivations->item + d)
            return vx_fail(error, VX_INPUT, "%s refers to itself", name);
        if (other > derivations->item + d)
            return vx_fail(error, VX_INPUT, "%s is derived later; a formula uses what was derived before it", name);
        char *column = vx_session_column_name(name, session);
        status = column ? vx_variables_find_numbers(variables, column, component + n, error) : vx_fail_memory(error);
        free(column);
    }
    return status;
}

/* Reports a value that cannot be computed or has no logarithm, with the values that it is made from. */
static vx_status fail_value(const vx_expression *expression, const vx_column *const *component, const char *participant,
                            int64_t p, const char *what, vx_error *error)
{
    char list[600] = "";
    for (size_t n = 0; n < expression->names; n++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s = %.15g", n ? ", " : "", component[n]->name,
                 component[n]->value[p]);
    }
    return vx_fail(error, VX_INPUT, "participant %s: %s (%s)", participant, what, list);
}

/* Computes a derived marker in one session. `positive`: its values must have a logarithm. */
static vx_status compute(const vx_expression *expression, const vx_column *const *component, bool positive,
                         const vx_participants *participants, vx_column *column, vx_error *error)
{
    static const char *const what[] = {
        [VX_EXPRESSION_ZERO_DIVISOR] = "division by zero",
        [VX_EXPRESSION_LOGARITHM] = "log() of a value that is not above zero",
        [VX_EXPRESSION_RANGE] = "the result is too large for a number",
    };
    vx_status status = VX_OK;
    double *value = vx_array(expression->names, sizeof *value);
    if (!value)
        return vx_fail_memory(error);
    for (int64_t p = 0; !status && p < participants->count; p++) {
        for (size_t n = 0; n < expression->names; n++)
            value[n] = component[n]->value[p];
        const vx_expression_fault fault = vx_expression_compute(expression, value, column->value + p);
        const bool no_log = !fault && positive && column->value[p] <= 0;
        if (fault || no_log)
            status = fail_value(expression, component, participants->id[p], p,
                                fault ? what[fault] : expression->ratio
                                ? "the ratio is not above zero; ratios are tested as logarithms"
                                : "the value is not above zero and has no logarithm", error);
    }
    free(value);
    for (size_t n = 0; !status && n < expression->names; n++)
        vx_column_inherit_replaced(column, component[n], participants->count);
    return status;
}

static vx_status derive(const vx_derivations *derivations, size_t d, const vx_study_options *options,
                        char *const session[VX_STUDY_SESSIONS], vx_variables *variables, vx_error *error)
{
    const int64_t sessions = options->design == VX_PAIRED ? 2 : 1;
    vx_derivation *item = derivations->item + d;
    const char *name = item->definition.name;
    const bool positive = item->expression.ratio || vx_log_is_asked(options, name);
    vx_status status = VX_OK;
    size_t components;
    if (!vx_multiply(item->expression.names, (size_t)sessions, &components) ||
        !(item->component = vx_array(components, sizeof *item->component)))
        return vx_fail_memory(error);
    for (int64_t s = 0; !status && s < sessions; s++) {
        const vx_column **component = item->component + (size_t)s * item->expression.names;
        char *column = vx_session_column_name(name, session[s]);
        status = column ? find_components(derivations, d, session[s], variables, component, error)
                        : vx_fail_memory(error);
        if (!status)
            status = vx_variables_make(variables, column, item->definition.formula, item->column + s, error);
        if (!status)
            status = compute(&item->expression, component, positive, &variables->participants, item->column[s], error);
        free(column);
    }
    return status;
}

vx_status vx_derivations_compute(vx_derivations *derivations, const vx_study_options *options,
                                 char *const session[VX_STUDY_SESSIONS], vx_variables *variables, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t d = 0; !status && d < derivations->count; d++) {
        status = derive(derivations, d, options, session, variables, error);
        if (status)
            vx_error_prefix(error, status, "--derive '%s = %s'", derivations->item[d].definition.name,
                            derivations->item[d].definition.formula);
    }
    return status;
}
