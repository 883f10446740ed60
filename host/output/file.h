/* Atomic writing of files.
 *
 * The bytes go into a new file of the same folder with an unpredictable name (O_EXCL, O_NOFOLLOW) and are synced to the
 * disk; then the file is renamed in one step. A link of the final name is replaced and never followed. */
#ifndef VX_OUTPUT_FILE_H
#define VX_OUTPUT_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes `data` as `name` into the folder that is open as `fd`; with `fresh` only where `name` does not exist, else
 * replacing it. `folder` is the path for messages. The caller syncs the new name to the disk: fsync(fd). Errors:
 * VX_OUTPUT, including a full disk that closing reports; no file is left then. */
vx_status vx_file_put(int fd, const char *folder, const char *name, bool fresh, const void *data, size_t size,
                      vx_error *error);

/* The same by path, replacing an existing file. */
vx_status vx_write_file(const char *path, const void *data, size_t size, vx_error *error);

/* Whether `name`, or the path `name`, ends in a temporary name of vx_file_put, as an interruption leaves behind. */
bool vx_file_is_temporary(const char *name);

/* Writes a file that the user names; links are followed. vx_write_named_check tells before the work whether
 * vx_write_named accepts `path`. Errors: VX_OUTPUT where `path` exists (unless `force`), is no regular file, or its
 * folder is not writable. */
vx_status vx_write_named_check(const char *path, bool force, vx_error *error);
vx_status vx_write_named(const char *path, bool force, const void *data, size_t size, vx_error *error);

/* Makes the folder `path` within `folder`, and those above it in there, where they are missing. Errors: VX_OUTPUT. */
vx_status vx_folder_make(const char *folder, const char *path, vx_error *error);

/* Opens a folder and locks it, so that one process at a time changes its files. Waits up to a minute for another
 * process. Without support for locks (some network file systems) it succeeds unlocked. Closing *fd releases the lock.
 * Errors: VX_OUTPUT. */
vx_status vx_folder_lock(const char *folder, int *fd, vx_error *error);

/* Opens a folder and locks it without waiting. *fd is -1 unless VX_LOCK_TAKEN is returned: VX_LOCK_BUSY where another
 * process holds the lock, VX_LOCK_UNKNOWN where that cannot be determined. */
typedef enum vx_lock { VX_LOCK_TAKEN, VX_LOCK_BUSY, VX_LOCK_UNKNOWN } vx_lock;
vx_lock vx_folder_try_lock(const char *folder, int *fd);

/* Syncs the names in a folder to the disk; best effort. */
void vx_folder_sync(const char *folder);

#endif
