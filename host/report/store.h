/* results.h5, read. Volumes come back x fastest, as the library has them. */
#ifndef VX_REPORT_STORE_H
#define VX_REPORT_STORE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vx_results_store vx_results_store;

/* VX_INPUT where `path` is missing or no HDF5 file. */
vx_status vx_store_open(const char *path, vx_results_store **store, vx_error *error);
void vx_store_close(vx_results_store *store);

bool vx_store_has(const vx_results_store *store, const char *path);

/* A dataset of `rank` dimensions, as double; its shape into `shape`. The caller frees *value. VX_INPUT where it is not
 * there, or is of another rank. */
vx_status vx_store_numbers(const vx_results_store *store, const char *path, int rank, size_t *shape, double **value,
                           vx_error *error);

/* A volume as float32 and its affine. The caller frees *value. */
vx_status vx_store_volume(const vx_results_store *store, const char *path, int64_t dim[3], double affine[4][4],
                          float **value, vx_error *error);

/* A text attribute of an object into `text`, "" where it is not there. */
void vx_store_text(const vx_results_store *store, const char *path, const char *name, char *text, size_t size);

#endif
