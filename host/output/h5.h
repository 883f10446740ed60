/* An HDF5 file in the making.
 *
 * The file is made in memory and written at once. HDF5 1.10 cannot close a file on a full disk: it crashes, at the
 * latest when the program ends. So no part of it ever meets the disk, at the price of holding all of it. */
#ifndef VX_OUTPUT_H5_H
#define VX_OUTPUT_H5_H

#include "base/error.h"

#include <hdf5.h>
#include <stdbool.h>

/* Once something has failed all that follows does nothing, and vx_h5_end says so. */
typedef struct vx_h5 {
    hid_t file, text, links; /* text: UTF-8 of any length; links: missing groups are made on the way */
    char *path;              /* of the object at hand */
    bool failed;
    H5E_auto2_t print;       /* HDF5 prints what fails, which a library must not: what it did before */
    void *print_data;
} vx_h5;

void vx_h5_begin(vx_h5 *h5);

/* Fails the file unless `good`. */
void vx_h5_check(vx_h5 *h5, bool good);

/* Names the object that the following calls are about. */
void vx_h5_at(vx_h5 *h5, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A dataset there; `created` are its creation properties. rank 0: a single value. */
void vx_h5_put(vx_h5 *h5, hid_t type, int rank, const hsize_t *dims, hid_t created, const void *data);

/* Writes the file as `path` and releases it. VX_OUTPUT where it could not be made or written. */
vx_status vx_h5_end(vx_h5 *h5, const char *path, vx_error *error);

#endif
