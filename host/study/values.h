/* The values of a column for each participant: numbers, or a factor of two levels coded as 0 and 1. */
#ifndef VX_STUDY_VALUES_H
#define VX_STUDY_VALUES_H

#include "study/table.h"
#include "voxstat/study.h"

/* The participants of a study: participant i is called id[i] and has row[i] of the table. */
typedef struct vx_participants {
    int64_t count;
    char *const *id;
    const int64_t *row;
} vx_participants;

/* Reads the column called `name`. Its name and levels point into the table; the caller frees `value`, on errors too. A
 * column without any number is a factor: the first of its two levels in strcmp order is 0, the other is 1.
 * Errors (VX_INPUT): no such column; text among numbers; a decimal comma; infinity; a number of levels other than two,
 * listing them. */
vx_status vx_values_read(const vx_table *table, const vx_participants *participants, const char *name,
                         vx_column *column, vx_error *error);

#endif
