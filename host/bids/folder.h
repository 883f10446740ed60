/* The names in a folder. */
#ifndef VX_BIDS_FOLDER_H
#define VX_BIDS_FOLDER_H

#include "base/error.h"

#include <stddef.h>

/* Owned; vx_folder_names_destroy releases it. */
typedef struct vx_folder_names {
    char **name; /* count of them, sorted by strcmp */
    size_t count;
} vx_folder_names;

/* Lists the names in a folder that have this ending (null: all), without hidden ones. A folder that is not there has
 * none. Errors: VX_INPUT for a folder that cannot be read, VX_INTERNAL where memory is short. */
vx_status vx_folder_names_read(const char *path, const char *ending, vx_folder_names *names, vx_error *error);
void vx_folder_names_destroy(vx_folder_names *names);

#endif
