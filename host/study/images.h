/* Finding the image columns of a table, and their modalities and sessions.
 *
 * In an image column some value has the ending of an image file. A paired design needs two columns
 * `<modality>_<session>` per modality. The session follows the last underscore, unless --sessions names it. */
#ifndef VX_STUDY_IMAGES_H
#define VX_STUDY_IMAGES_H

#include "study/table.h"
#include "voxstat/study.h"

enum { VX_STUDY_SESSIONS = 2 }; /* the most sessions of a modality */

/* The columns of one modality in the order of time: one, or the two sessions of a paired design. The caller frees
 * `name`. */
typedef struct vx_image_columns {
    char *name;
    int64_t sessions;
    int64_t column[VX_STUDY_SESSIONS];
    double weight[VX_STUDY_SESSIONS]; /* of the sum over sessions: {-1, 1} is the change, {1} the image itself */
} vx_image_columns;

/* Whether a column holds the names of images. */
bool vx_image_column(const vx_table *table, int64_t column);

/* Finds the requested modalities in the order of the options, or all modalities in the order of the table's columns.
 *     session      the sessions that are used; null for an unused one. The caller frees both
 *     *direction   how the order of the sessions was determined. Without options.sessions, a paired table must have two
 *                  sessions whose names show which came first (study/sessions.h)
 *     *images      the caller frees the array and each name, on errors too
 * Errors (VX_INPUT): no image column; an unknown modality or session; not two sessions; names of sessions that do not
 * show the order. */
vx_status vx_image_columns_find(const vx_table *table, const vx_study_options *options, char *session[2],
                                vx_direction *direction, vx_image_columns **images, size_t *count, vx_error *error);

/* Lists the image columns of one session that have no image column in the other session. The caller frees `*unpaired`;
 * the names in it belong to the table. */
vx_status vx_image_columns_unpaired(const vx_table *table, char *const session[2], const char ***unpaired,
                                    size_t *count, vx_error *error);

#endif
