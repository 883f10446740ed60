/* Which columns of a table are images, and which modalities and sessions they make.
 *
 * An image column is one with a value that ends as an image file's name does. A paired design wants
 * `<modality>_<session>` twice; the session is what follows the last underscore, unless --sessions names it. */
#ifndef VX_STUDY_IMAGES_H
#define VX_STUDY_IMAGES_H

#include "study/table.h"
#include "voxstat/study.h"

enum { VX_STUDY_SESSIONS = 2 }; /* a modality has no more */

/* The columns of one modality, one a session, in the order of time: a single one, or the two of a paired design. The
 * caller frees `name`. */
typedef struct vx_image_columns {
    char *name;
    int64_t sessions;
    int64_t column[VX_STUDY_SESSIONS];
    double weight[VX_STUDY_SESSIONS]; /* -1 and 1 make the change; 1 takes images as they are */
} vx_image_columns;

/* Whether a column has the name of an image in some row. */
bool vx_image_column(const vx_table *table, int64_t column);

/* The modalities asked for, else all there are, in the order of the options or of the table's columns. session[0..1]
 * become the sessions in force (caller frees; null where there are none); `*images` is freed with free(), each name
 * too, on errors as well. Without options.sessions a paired table has two sessions whose names tell which came first
 * (study/sessions.h); *direction says what decided.
 * Errors (VX_INPUT): no image column; an unknown modality or session; sessions that are not two, or whose names do not
 * tell. */
vx_status vx_image_columns_find(const vx_table *table, const vx_study_options *options, char *session[2],
                                vx_direction *direction, vx_image_columns **images, size_t *count, vx_error *error);

/* The image columns of one session whose partner of the other is no image column, where no modality was asked for by
 * name. `*unpaired` is freed with free(); the names in it belong to the table. */
vx_status vx_image_columns_unpaired(const vx_table *table, char *const session[2], const char ***unpaired,
                                    size_t *count, vx_error *error);

#endif
