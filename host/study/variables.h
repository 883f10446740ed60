/* The numeric columns of a study: those of the table that are used, and those that formulas make. */
#ifndef VX_STUDY_VARIABLES_H
#define VX_STUDY_VARIABLES_H

#include "study/values.h"

/* Owns its columns, whose addresses stay; vx_variables_destroy releases them. The table and the participants belong to
 * the caller. */
typedef struct vx_variables {
    const vx_table *table;
    vx_participants participants;
    vx_below_rule rule;
    vx_column **column;
    size_t count;
} vx_variables;

/* Finds the variable called `name`: one that was made, or a column of the table, which is read once. Errors: as of
 * vx_values_read. */
vx_status vx_variables_find(vx_variables *variables, const char *name, const vx_column **column, vx_error *error);

/* Likewise. Errors: also a column of two texts. */
vx_status vx_variables_find_numbers(vx_variables *variables, const char *name, const vx_column **column,
                                    vx_error *error);

/* Whether the variable called `name` was read or made. */
bool vx_variables_has(const vx_variables *variables, const char *name);

/* Makes a variable without values, for the caller to fill. Errors (VX_INPUT): the table has a column of that name, or
 * it was made before. */
vx_status vx_variables_make(vx_variables *variables, const char *name, const char *formula, vx_column **column,
                            vx_error *error);
void vx_variables_destroy(vx_variables *variables);

/* Marks the value of `made` for a participant as replaced if that of one of its components is. */
void vx_column_inherit_replaced(vx_column *made, const vx_column *component, int64_t participants);

#endif
