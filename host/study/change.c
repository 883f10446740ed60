#include "study/change.h"

#include "base/memory.h"
#include "study/sessions.h"

#include <string.h>

/* Finds the columns <name>_<session> of the two sessions, baseline first. False where there are none or others, too. */
static bool find_columns(const char *name, const vx_study_options *options, const vx_table *table,
                         const char *column[2])
{
    const size_t length = strlen(name);
    size_t found = 0;
    for (int64_t i = 0; i < table->columns; i++) {
        const char *session = table->name[i] + length + 1;
        if (strncmp(table->name[i], name, length) || table->name[i][length] != '_' || !*session)
            continue;
        if (!options->sessions[0]) {
            if (found < 2)
                column[found] = table->name[i];
            found++;
            continue;
        }
        for (int k = 0; k < 2; k++)
            if (!strcmp(session, options->sessions[k])) {
                column[k] = table->name[i];
                found++;
            }
    }
    if (found != 2)
        return false;
    const int order = options->sessions[0] ? -1 : vx_sessions_order(column[0] + length + 1, column[1] + length + 1);
    if (order > 0) {
        const char *later = column[0];
        column[0] = column[1];
        column[1] = later;
    }
    return order != 0;
}

vx_status vx_change_make(const char *name, const vx_study_options *options, vx_variables *variables, vx_error *error)
{
    const char *name_of[2] = {NULL, NULL};
    const vx_column *column[2];
    vx_column *made;
    if (options->design != VX_PAIRED || vx_table_find(variables->table, name) >= 0 ||
        vx_variables_has(variables, name) || !find_columns(name, options, variables->table, name_of))
        return VX_OK;
    vx_status status = VX_OK;
    for (int k = 0; !status && k < 2; k++)
        status = vx_variables_find_numbers(variables, name_of[k], column + k, error);
    char *formula = status ? NULL : vx_text("%s - %s", name_of[1], name_of[0]);
    if (!status)
        status = formula ? vx_variables_make(variables, name, formula, &made, error) : vx_fail_memory(error);
    for (int64_t p = 0; !status && p < variables->participants.count; p++)
        made->value[p] = column[1]->value[p] - column[0]->value[p];
    for (int k = 0; !status && k < 2; k++)
        vx_column_inherit_replaced(made, column[k], variables->participants.count);
    free(formula);
    return status;
}
