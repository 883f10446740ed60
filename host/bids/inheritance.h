/* The JSON files whose metadata hold for an image. */
#ifndef VX_BIDS_INHERITANCE_H
#define VX_BIDS_INHERITANCE_H

#include "base/error.h"

#include <stddef.h>

/* Owned; vx_inheritance_destroy releases it. */
typedef struct vx_inheritance {
    char **path; /* count of them; where two have a field, the later one decides */
    size_t count;
} vx_inheritance;

/* Finds them, by the image's path:
 *
 *     1. of the raw image that it was made from, where the image is in a dataset <raw>/derivatives/<name>: the image of
 *        the same participant and session and of the suffix that its own comes from (bids/raw.h), with the two rules
 *        below
 *     2. in the folders from the top of the dataset, which is the nearest folder with a dataset_description.json, down
 *        to that of the image: those whose name has no entity that the image's lacks (BIDS, inheritance principle); of
 *        one folder, the name with more entities decides
 *     3. beside the image: the same name with .json instead of its ending
 *
 * An image outside of datasets has only the third. Errors: VX_INTERNAL where memory is short. */
vx_status vx_inheritance_find(const char *image, vx_inheritance *inheritance, vx_error *error);
void vx_inheritance_destroy(vx_inheritance *inheritance);

/* The top of the dataset that a folder is in, which the caller frees; null without one. Errors: VX_INTERNAL where
 * memory is short. */
vx_status vx_dataset_top(const char *folder, char **top, vx_error *error);

#endif
