/* Reader of HDF5 files that voxstat wrote. Volumes are returned x fastest, as in the rest of the library.
 *
 * A file is untrusted, and HDF5 1.10 reads out of bounds in some damaged ones. Therefore:
 *   1. links, external storage and virtual datasets are refused;
 *   2. a dataset must have the expected shape, and voxstat's types, layouts and filters;
 *   3. chunks are unpacked by results/unpack.h;
 *   4. texts and attributes are not read. */
#ifndef VX_RESULTS_STORE_H
#define VX_RESULTS_STORE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vx_results_store vx_results_store;

/* Errors: VX_INPUT where `path` is missing or no HDF5 file. */
vx_status vx_store_open(const char *path, vx_results_store **store, vx_error *error);
void vx_store_close(vx_results_store *store);

/* Whether the path exists; reading it may still fail. */
bool vx_store_has(const vx_results_store *store, const char *path);

/* Reads a dataset of the given shape as double. The caller frees *value, which is set on success only. Errors: VX_INPUT
 * where the dataset is missing, has another shape, or is in another file. */
vx_status vx_store_numbers(const vx_results_store *store, const char *path, int rank, const size_t *shape,
                           double **value, vx_error *error);

/* Reads a volume of the given shape as float32; the same errors. */
vx_status vx_store_volume(const vx_results_store *store, const char *path, const int64_t dim[3], float **value,
                          vx_error *error);

#endif
