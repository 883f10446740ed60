#include "study/variables.h"

#include "base/memory.h"
#include "base/nearest.h"

#include <math.h>
#include <string.h>

static const vx_column *find(const vx_variables *variables, const char *name)
{
    for (size_t i = 0; i < variables->count; i++) {
        if (!strcmp(variables->column[i]->name, name))
            return variables->column[i];
    }
    return NULL;
}

bool vx_variables_has(const vx_variables *variables, const char *name)
{
    return find(variables, name) != NULL;
}

/* Appends a column without content. */
static vx_status append(vx_variables *variables, vx_column **column, vx_error *error)
{
    vx_column **grown = vx_array_grow(variables->column, variables->count, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    variables->column = grown;
    if (!(*column = vx_array_zero(1, sizeof **column)))
        return vx_fail_memory(error);
    variables->column[variables->count++] = *column;
    return VX_OK;
}

/* The made variable whose name is nearest to `name`, or null. */
static const char *nearest_made(const vx_variables *variables, const char *name)
{
    const char **made = vx_array(variables->count, sizeof *made);
    size_t count = 0;
    for (size_t i = 0; made && i < variables->count; i++) {
        if (variables->column[i]->formula)
            made[count++] = variables->column[i]->name;
    }
    const char *nearest = made ? vx_nearest(name, made, count) : NULL;
    free(made);
    return nearest;
}

vx_status vx_variables_find(vx_variables *variables, const char *name, const vx_column **column, vx_error *error)
{
    vx_column *read;
    *column = find(variables, name);
    if (*column)
        return VX_OK;
    if (vx_table_find(variables->table, name) < 0) {
        const char *nearest = nearest_made(variables, name);
        if (nearest)
            return vx_fail(error, VX_INPUT, "%s: no column %s; did you mean %s?", variables->table->path, name,
                           nearest);
    }
    vx_status status = append(variables, &read, error);
    if (!status)
        status = vx_values_read(variables->table, &variables->participants, name, variables->rule, read, error);
    *column = read;
    return status;
}

vx_status vx_variables_find_numbers(vx_variables *variables, const char *name, const vx_column **column,
                                    vx_error *error)
{
    vx_status status = vx_variables_find(variables, name, column, error);
    if (!status && (*column)->level[0])
        status = vx_fail(error, VX_INPUT, "%s: column %s holds text (%s, %s), expected numbers",
                         variables->table->path, name, (*column)->level[0], (*column)->level[1]);
    return status;
}

vx_status vx_variables_make(vx_variables *variables, const char *name, const char *formula, vx_column **column,
                            vx_error *error)
{
    const size_t count = (size_t)variables->participants.count;
    if (vx_table_find(variables->table, name) >= 0)
        return vx_fail(error, VX_INPUT, "%s has a column %s already; choose another name", variables->table->path,
                       name);
    if (find(variables, name))
        return vx_fail(error, VX_INPUT, "%s is made twice", name);
    vx_status status = append(variables, column, error);
    if (status)
        return status;
    **column = (vx_column){.name = vx_copy_text(name), .formula = vx_copy_text(formula), .limit = {NAN, NAN},
                           .value = vx_array(count, sizeof(double)), .replaced = vx_array_zero(count, sizeof(bool)),
                           .tied = true};
    if (!(*column)->name || !(*column)->formula || !(*column)->value || !(*column)->replaced)
        return vx_fail_memory(error);
    for (size_t i = 0; i < count; i++)
        (*column)->value[i] = NAN;
    return VX_OK;
}

void vx_variables_destroy(vx_variables *variables)
{
    if (!variables)
        return;
    for (size_t i = 0; i < variables->count; i++) {
        vx_column_destroy(variables->column[i]);
        free(variables->column[i]);
    }
    free(variables->column);
    *variables = (vx_variables){0};
}

void vx_column_inherit_replaced(vx_column *made, const vx_column *component, int64_t participants)
{
    made->below = 0;
    for (int64_t i = 0; i < participants; i++) {
        made->replaced[i] |= component->replaced[i] && !isnan(made->value[i]);
        made->below += made->replaced[i];
    }
    made->tied = !made->below;
}
