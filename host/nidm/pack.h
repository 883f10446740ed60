/* The files of a pack, in memory, and the zip that holds them. The same files give the same bytes. */
#ifndef VX_NIDM_PACK_H
#define VX_NIDM_PACK_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct vx_pack vx_pack; /* freed with vx_pack_free, the data too */

vx_pack *vx_pack_new(void); /* null where memory is short */
void vx_pack_free(vx_pack *pack);

/* Takes `data` over (freed with free()), also where it fails. `name` must outlive the pack. */
vx_status vx_pack_add(vx_pack *pack, const char *name, void *data, size_t size, vx_error *error);

/* Adds what is in the file `path`. Errors: VX_INPUT. */
vx_status vx_pack_add_file(vx_pack *pack, const char *name, const char *path, vx_error *error);

/* SHA-512 of a file that was added, in hexadecimal; null where it was not. */
const char *vx_pack_sha512(const vx_pack *pack, const char *name);

/* The zip: files in the order in which they came, stored as they are (the maps are compressed already), all of one
 * date. The caller frees *zip. Errors: VX_INTERNAL. */
vx_status vx_pack_zip(const vx_pack *pack, void **zip, size_t *size, vx_error *error);

/* Whether a plain file of the folder that is open as `fd` is a pack: a zip that holds a graph. */
bool vx_pack_recognise(int fd, const char *name);

#endif
