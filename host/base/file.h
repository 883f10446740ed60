/* Files of the user, read into memory.
 *
 * Only regular files are read: a pipe may never end, and its content cannot be read twice. */
#ifndef VX_BASE_FILE_H
#define VX_BASE_FILE_H

#include "base/error.h"

#include <stddef.h>

/* Reads a regular file of at most `size_max` bytes into new memory, followed by a zero byte. Opening never waits.
 * Errors: VX_INPUT, naming the path, for a file that does not exist or cannot be read, a dangling link, a folder, pipe
 * or device, a file larger than `size_max`, or a pointer to content that was not fetched (git-annex, Git LFS);
 * VX_INTERNAL where memory is short. */
vx_status vx_file_read(const char *path, size_t size_max, char **text, size_t *size, vx_error *error);

/* Fails with VX_INPUT and the reason (an errno) why a path could not be opened. The message names a dangling link. */
vx_status vx_file_not_opened(const char *path, int reason, vx_error *error);

#endif
