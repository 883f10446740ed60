/* Files of the user, read into memory.
 *
 * Only regular files are read: a pipe may never end, and what comes through one cannot be read again. */
#ifndef VX_BASE_FILE_H
#define VX_BASE_FILE_H

#include "base/error.h"

#include <stddef.h>

/* The bytes of a regular file of at most `most` bytes, in fresh memory with a zero byte after them; opening never
 * waits. Errors: VX_INPUT, naming the path: it is not there (a link whose target is missing is named as such), cannot
 * be read, is a folder, a pipe or a device, is larger than `most`, or stands for content that was not fetched
 * (git-annex, Git LFS); VX_INTERNAL where memory is short. */
vx_status vx_file_read(const char *path, size_t most, char **text, size_t *size, vx_error *error);

/* Fails with VX_INPUT and why a path could not be opened, from errno; a link to nothing is named as such. */
vx_status vx_file_not_opened(const char *path, int reason, vx_error *error);

#endif
