/* A table with a row a participant, made of cells that belong to a participant, or to one session of a participant.
 *
 * A variable of the first kind becomes the column <name>, one of the second the columns <name>_<session>. A variable
 * that has one value in all sessions of every participant, such as the sex, becomes one column, too. The texts belong
 * to the caller and must outlive the vx_wide; vx_wide_destroy releases the rest. */
#ifndef VX_BASE_WIDE_H
#define VX_BASE_WIDE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct vx_wide_variable {
    const char *name;
    bool by_session;     /* has a column a session, although its values do not differ: images */
    bool merged;         /* its values are another variable's now */
    const char **value;  /* participants x (sessions + 1), the last one without a session; null where missing */
} vx_wide_variable;

typedef struct vx_wide {
    const char *const *participant; /* distinct, sorted by strcmp */
    size_t participants;
    const char *const *session; /* distinct, in the order of the columns */
    size_t sessions;
    vx_wide_variable **variable; /* in the order of the columns */
    size_t variables;
} vx_wide;

/* Adds a variable without values. Errors: VX_INTERNAL where memory is short. */
vx_status vx_wide_add(vx_wide *wide, const char *name, bool by_session, vx_wide_variable **variable, vx_error *error);

/* The place in `value` of a participant in a session, or without a session (null). Both must be among those of
 * `wide`. */
size_t vx_wide_place(const vx_wide *wide, const char *participant, const char *session);

/* Whether the variable becomes one column. */
bool vx_wide_constant(const vx_wide *wide, const vx_wide_variable *variable);

/* The value of participant `p` of a variable that becomes one column; null where missing. */
const char *vx_wide_constant_value(const vx_wide *wide, const vx_wide_variable *variable, size_t p);

/* Moves the values of a variable that becomes one column to another one, where that has none. The emptied variable has
 * no column. */
void vx_wide_merge(const vx_wide *wide, vx_wide_variable *into, vx_wide_variable *from);

/* A column of the table: <name>, or <name>_<session>. */
typedef struct vx_wide_column {
    const vx_wide_variable *variable;
    const char *session; /* null for <name> */
    bool constant;       /* the only column of its variable */
} vx_wide_column;

/* Lists the columns after participant_id. A session in which a variable has no value has none. The caller frees
 * *column. Errors: VX_INTERNAL where memory is short. */
vx_status vx_wide_columns(const vx_wide *wide, vx_wide_column **column, size_t *columns, vx_error *error);

/* Makes the text of a TSV file, which the caller frees. Errors: VX_INTERNAL where memory is short. */
vx_status vx_wide_text(const vx_wide *wide, char **text, vx_error *error);
void vx_wide_destroy(vx_wide *wide);

#endif
