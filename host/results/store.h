/* results.h5, read. Volumes come back x fastest, as the library has them.
 *
 * The file may come from anybody. What is read lies in this file (no links, no external storage, no virtual datasets),
 * has the shape that the caller expects, and is of the types, in the layouts and packed by the filters that voxstat
 * writes with. Where HDF5 1.10 reads beyond its memory in a damaged file it is not asked: chunks are unpacked here, and
 * texts and attributes, which may have another length than the file says, are not read. */
#ifndef VX_RESULTS_STORE_H
#define VX_RESULTS_STORE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vx_results_store vx_results_store;

/* VX_INPUT where `path` is missing or no HDF5 file. */
vx_status vx_store_open(const char *path, vx_results_store **store, vx_error *error);
void vx_store_close(vx_results_store *store);

/* Whether something of that path is there; reading it may still find that it is of no use. */
bool vx_store_has(const vx_results_store *store, const char *path);

/* A dataset of the given shape, as double. The caller frees *value, which is set only where it was read. VX_INPUT where
 * it is not there, has another shape, or lies elsewhere. */
vx_status vx_store_numbers(const vx_results_store *store, const char *path, int rank, const size_t *shape,
                           double **value, vx_error *error);

/* A volume of the given shape as float32; the same errors. */
vx_status vx_store_volume(const vx_results_store *store, const char *path, const int64_t dim[3], float **value,
                          vx_error *error);

#endif
