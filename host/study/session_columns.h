/* Finding what a study tests: the columns of its modalities and markers, and the sessions.
 *
 * A modality is a set of columns of images, a marker one of numbers. A paired design needs two columns <name>_<session>
 * for each. The session follows the last underscore, unless options.sessions names it. */
#ifndef VX_STUDY_SESSION_COLUMNS_H
#define VX_STUDY_SESSION_COLUMNS_H

#include "study/derivations.h"

typedef enum vx_session_kind { VX_SESSION_IMAGES, VX_SESSION_NUMBERS, VX_SESSION_DERIVED } vx_session_kind;

/* A modality or a marker. The caller frees `name`. */
typedef struct vx_session_columns {
    char *name;
    vx_session_kind kind;
    int64_t sessions;                  /* 1, or the 2 of a paired design in the order of time */
    int64_t column[VX_STUDY_SESSIONS]; /* of the table; unused for VX_SESSION_DERIVED */
    double weight[VX_STUDY_SESSIONS];  /* of the sum over sessions: {-1, 1} is the change, {1} the value itself */
} vx_session_columns;

/* What outcomes are found in. */
typedef struct vx_session_table {
    const vx_table *table;
    const vx_study_options *options;
    const vx_variables *used; /* their columns are markers only if the options name them */
    const vx_derivations *derivations;
} vx_session_table;

/* Finds the requested outcomes in the order of the options, or all of them in the order of the table's columns, with
 * the derived ones at the end.
 *     session      the sessions that are used; null for an unused one. The caller frees both
 *     *direction   how the order of the sessions was determined. Without options.sessions, a paired table must have two
 *                  sessions whose names show which came first (study/sessions.h)
 *     *outcome     the caller frees the array and each name, on errors too
 * Errors (VX_INPUT): no outcome; an unknown name or session; not two sessions; names of sessions that do not show the
 * order; images and numbers in one column or in the columns of one name. */
vx_status vx_session_columns_find(const vx_session_table *from, char *session[2], vx_direction *direction,
                                  vx_session_columns **outcome, size_t *count, vx_error *error);

/* Lists the image columns of one session that have no image column in the other session. The caller frees `*unpaired`;
 * the names in it belong to the table. */
vx_status vx_session_columns_unpaired(const vx_table *table, char *const session[2], const char ***unpaired,
                                      size_t *count, vx_error *error);

#endif
