/* The values of a column for each participant: numbers, or a factor of two levels coded as 0 and 1. */
#ifndef VX_STUDY_VALUES_H
#define VX_STUDY_VALUES_H

#include "base/table.h"
#include "voxstat/study.h"

/* The participants of a study: participant i is called id[i] and has row[i] of the table. */
typedef struct vx_participants {
    int64_t count;
    char *const *id;
    const int64_t *row;
} vx_participants;

/* Reads the column called `name`. A column without any number is a factor: the first of its two levels in strcmp order
 * is 0, the other is 1. A cell "<0.3" is below a limit of quantification, and `rule` gives its value; a column of such
 * cells and text, without any number, is a factor ("<65", ">65"). The caller calls vx_column_destroy, on errors too;
 * the levels point into the table.
 * Errors (VX_INPUT): no such column; text among numbers; a decimal comma; infinity; a number of levels other than two,
 * listing them. */
vx_status vx_values_read(const vx_table *table, const vx_participants *participants, const char *name,
                         vx_below_rule rule, vx_column *column, vx_error *error);
void vx_column_destroy(vx_column *column);

#endif
