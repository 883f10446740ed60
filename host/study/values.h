/* The values of a column over the participants: numbers, or a factor of two levels as 0 and 1. */
#ifndef VX_STUDY_VALUES_H
#define VX_STUDY_VALUES_H

#include "study/table.h"
#include "voxstat/study.h"

/* The participants of a study: participant i is `id[i]` and stands in row[i] of the table. */
typedef struct vx_participants {
    int64_t count;
    char *const *id;
    const int64_t *row;
} vx_participants;

/* Reads the column called `name`. Its name and levels point into the table, `value` is the caller's to free, on errors
 * as well. A column without a single number is a factor: of its two levels the first in strcmp order is 0, the other 1.
 * Errors (VX_INPUT): no such column; text among numbers, a decimal comma, infinity; one level, or more than two, which
 * are listed. */
vx_status vx_values_read(const vx_table *table, const vx_participants *participants, const char *name,
                         vx_column *column, vx_error *error);

#endif
