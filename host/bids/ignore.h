/* .bidsignore: which files of a dataset are not part of it, by patterns as of .gitignore. */
#ifndef VX_BIDS_IGNORE_H
#define VX_BIDS_IGNORE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Owned; vx_ignore_destroy releases it. */
typedef struct vx_ignore {
    char *text;     /* of the file; null without one */
    char **pattern; /* count of them, in the text */
    size_t count;
} vx_ignore;

/* Reads <folder>/.bidsignore, if it is there. Errors (VX_INPUT): it cannot be read. */
vx_status vx_ignore_read(const char *folder, vx_ignore *ignore, vx_error *error);
void vx_ignore_destroy(vx_ignore *ignore);

/* Whether a file is ignored, by its path in the folder ("sub-01/pet/sub-01_pet.nii.gz"). Of several patterns that match
 * the last one decides, and one that begins with "!" takes the file back. A pattern that matches a folder matches what
 * is in it. */
bool vx_ignored(const vx_ignore *ignore, const char *path);

#endif
