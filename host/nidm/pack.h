/* The files of a pack in memory, and the zip made of them. The same files give the same bytes. */
#ifndef VX_NIDM_PACK_H
#define VX_NIDM_PACK_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct vx_pack vx_pack; /* vx_pack_free frees it and the data */

vx_pack *vx_pack_new(void); /* null without memory */
void vx_pack_free(vx_pack *pack);

/* Adds `data` and takes ownership (free()), on errors too. `name` must outlive the pack. */
vx_status vx_pack_add(vx_pack *pack, const char *name, void *data, size_t size, vx_error *error);

/* Adds the content of the file `path`. Errors: VX_INPUT. */
vx_status vx_pack_add_file(vx_pack *pack, const char *name, const char *path, vx_error *error);

/* The SHA-512 of an added file, in hexadecimal; null if there is no such file. */
const char *vx_pack_sha512(const vx_pack *pack, const char *name);

/* Makes the zip: files in the order of adding, uncompressed (the maps are compressed already), and with the same date.
 * The caller frees *zip. Errors: VX_INTERNAL. */
vx_status vx_pack_zip(const vx_pack *pack, void **zip, size_t *size, vx_error *error);

/* Whether the file `name` of the folder open as `fd` is a pack: a regular file and a zip with a graph. */
bool vx_pack_recognise(int fd, const char *name);

#endif
