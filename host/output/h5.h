/* Writer of HDF5 files.
 *
 * HDF5 1.10 crashes when it closes a file on a full disk. Therefore the file is made in memory and written at the end,
 * which costs memory for the complete file. */
#ifndef VX_OUTPUT_H5_H
#define VX_OUTPUT_H5_H

#include "base/error.h"

#include <hdf5.h>
#include <stdbool.h>

/* After a failure every function does nothing, and vx_h5_end reports it. */
typedef struct vx_h5 {
    hid_t file, text, links; /* text: UTF-8 of variable length; links: creates missing groups */
    char *path;              /* of the current object */
    bool failed;
    H5E_auto2_t print;       /* the previous printer of errors: a library must not print */
    void *print_data;
} vx_h5;

void vx_h5_begin(vx_h5 *h5);

/* Marks the file as failed unless `good`. */
void vx_h5_check(vx_h5 *h5, bool good);

/* Sets the current object, by vx_dataset_path. */
void vx_h5_at(vx_h5 *h5, const char *group, const char *place, const char *dataset);

/* Writes the current object as a dataset; `created` are its creation properties. Rank 0: a single value. */
void vx_h5_put(vx_h5 *h5, hid_t type, int rank, const hsize_t *dims, hid_t created, const void *data);

/* Writes the current object as a dataset of three dimensions, packed in chunks of complete planes. */
void vx_h5_put_packed(vx_h5 *h5, hid_t type, const hsize_t dims[3], const void *data);

/* Writes an attribute of the current object; a null text is written as "". */
void vx_h5_put_attribute(vx_h5 *h5, const char *name, hid_t type, int rank, const hsize_t *dims, const void *value);
void vx_h5_put_text_attribute(vx_h5 *h5, const char *name, const char *value);
void vx_h5_put_number_attribute(vx_h5 *h5, const char *name, double value);

/* Write a column of a table: texts, none of them null; numbers with their units and description as attributes. */
void vx_h5_put_texts(vx_h5 *h5, const char *group, const char *place, const char *dataset, const char *const *text,
                     size_t count);
void vx_h5_put_column(vx_h5 *h5, const char *group, const char *dataset, const double *value, size_t count,
                      const char *units, const char *description);

/* Writes the file to `path` and releases it. Errors: VX_OUTPUT, including earlier failures. */
vx_status vx_h5_end(vx_h5 *h5, const char *path, vx_error *error);

#endif
