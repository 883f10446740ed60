/* Files that appear whole or not at all.
 *
 * The bytes go into a new file of the same folder, whose name nobody can foresee (O_EXCL, O_NOFOLLOW), and on to the
 * disk; then it takes its name in one step. A link of that name is replaced and never followed. */
#ifndef VX_OUTPUT_FILE_H
#define VX_OUTPUT_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Puts `data` into the folder that is open as `fd`, as `name`: with `fresh` only where nothing has that name, else in
 * place of what has. `folder` is its path, for messages. Errors: VX_OUTPUT, also where only closing the file finds the
 * disk full; nothing is left then. That the name reaches the disk is the caller's to see to: fsync(fd). */
vx_status vx_file_put(int fd, const char *folder, const char *name, bool fresh, const void *data, size_t size,
                      vx_error *error);

/* The same by a path, in place of what is there. */
vx_status vx_write_file(const char *path, const void *data, size_t size, vx_error *error);

/* Whether `name` is one under which vx_file_put writes: what an interruption left, where nobody is writing. */
bool vx_file_is_temporary(const char *name);

/* A file that the user names. _check tells before the work whether _named will take `path`: VX_OUTPUT where it exists
 * (unless `force`), is no plain file, or its folder cannot be written. A link is followed. */
vx_status vx_write_named_check(const char *path, bool force, vx_error *error);
vx_status vx_write_named(const char *path, bool force, const void *data, size_t size, vx_error *error);

/* Opens a folder and takes its lock, so that one process at a time changes what is in it. Waits for another one for a
 * minute at most. Where the file system has no locks (some network ones) it goes on without. Closing *fd gives the lock
 * back. Errors: VX_OUTPUT. */
vx_status vx_folder_lock(const char *folder, int *fd, vx_error *error);

/* Opens a folder and takes its lock where that can be had at once: VX_LOCK_TAKEN; *fd is -1 otherwise, where another
 * process has it (VX_LOCK_BUSY) or it cannot be known (VX_LOCK_UNKNOWN). */
typedef enum vx_lock { VX_LOCK_TAKEN, VX_LOCK_BUSY, VX_LOCK_UNKNOWN } vx_lock;
vx_lock vx_folder_try_lock(const char *folder, int *fd);

/* Brings the names in a folder to the disk, as far as its file system can. */
void vx_folder_sync(const char *folder);

#endif
