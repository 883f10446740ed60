/* Where files come from, as BIDS says it: a file of a dataset by its URI "bids:<dataset>:<path in it>", another one by
 * its path relative to a folder. A dataset is the nearest folder above that has a dataset_description.json. */
#ifndef VX_BIDS_URI_H
#define VX_BIDS_URI_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

typedef struct vx_dataset {
    char *top;  /* absolute; links are resolved */
    char *name; /* in URIs: that of its folder, unique in the list */
} vx_dataset;

/* Owned; vx_datasets_destroy releases it. */
typedef struct vx_datasets {
    char *from; /* paths are relative to it: absolute; links are resolved */
    vx_dataset *dataset; /* count of them, in the order in which they were met */
    size_t count;
} vx_datasets;

/* `folder` exists; relative paths start in `within`, a folder of it. Errors: VX_OUTPUT where it cannot be resolved. */
vx_status vx_datasets_init(const char *folder, const char *within, vx_datasets *datasets, vx_error *error);
void vx_datasets_destroy(vx_datasets *datasets);

/* The URI or relative path of a file, which the caller frees; its dataset joins the list. The folder of `path` exists.
 * Errors: VX_INTERNAL where memory is short. */
vx_status vx_source_uri(vx_datasets *datasets, const char *path, char **uri, vx_error *error);

/* For dataset_description.json: {name: URL}, and [{URL, DOI, Version}] with what the datasets say of themselves. Null
 * where memory is short. */
json_t *vx_datasets_links(const vx_datasets *datasets);
json_t *vx_datasets_sources(const vx_datasets *datasets);

#endif
