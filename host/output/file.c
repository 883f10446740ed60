#include "output/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A temporary name consists of the beginning, 16 hexadecimal digits and the end. */
#define TEMPORARY_BEGIN ".voxstat-"
#define TEMPORARY_END ".partial"
enum { DIGITS = 16, TEMPORARY = sizeof TEMPORARY_BEGIN - 1 + DIGITS + sizeof TEMPORARY_END };

bool vx_file_is_temporary(const char *name)
{
    const size_t begin = strlen(TEMPORARY_BEGIN);
    const char *slash = strrchr(name, '/');
    name = slash ? slash + 1 : name;
    return strlen(name) == TEMPORARY - 1 && !strncmp(name, TEMPORARY_BEGIN, begin) &&
           strspn(name + begin, "0123456789abcdef") == DIGITS && !strcmp(name + begin + DIGITS, TEMPORARY_END);
}

/* Makes a new file under a random name, which is put into `name`. Returns -1 and sets errno on failure. */
static int open_temporary(int fd, char name[TEMPORARY])
{
    for (int attempt = 0; attempt < 100; attempt++) {
        uint64_t number;
        if (getrandom(&number, sizeof number, 0) != sizeof number)
            return -1;
        snprintf(name, TEMPORARY, TEMPORARY_BEGIN "%016llx" TEMPORARY_END, (unsigned long long)number);
        int file = openat(fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

/* Writes and closes. False and errno on failure; some file systems report a full disk only on closing. */
static bool fill(int file, const char *data, size_t size)
{
    int reason = 0;
    for (size_t done = 0; !reason && done < size;) {
        const ssize_t wrote = write(file, data + done, size - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote == 0 || errno != EINTR)
            reason = wrote == 0 ? ENOSPC : errno;
    }
    if (!reason && fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP)
        reason = errno;
    if (close(file) != 0 && !reason && errno != EINTR)
        reason = errno;
    errno = reason;
    return !reason;
}

/* Renames the file `from` of the folder to `name`; with `fresh` only where `name` does not exist. */
static bool take_name(int fd, const char *from, const char *name, bool fresh)
{
    if (!fresh)
        return renameat(fd, from, fd, name) == 0;
    if (renameat2(fd, from, fd, name, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return linkat(fd, from, fd, name, 0) == 0 && unlinkat(fd, from, 0) == 0;
}

vx_status vx_file_put(int fd, const char *folder, const char *name, bool fresh, const void *data, size_t size,
                      vx_error *error)
{
    char temporary[TEMPORARY];
    vx_status status = VX_OK;
    const int file = open_temporary(fd, temporary);
    if (file < 0)
        return vx_fail(error, VX_OUTPUT, "%s/%s: cannot be made: %s", folder, name, strerror(errno));
    if (!fill(file, data, size))
        status = vx_fail(error, VX_OUTPUT, "%s/%s: cannot be written: %s", folder, name, strerror(errno));
    else if (!take_name(fd, temporary, name, fresh))
        status = vx_fail(error, VX_OUTPUT, "%s/%s: cannot be put in place: %s", folder, name, strerror(errno));
    if (status)
        unlinkat(fd, temporary, 0);
    return status;
}

/* Splits a path into its folder ("." by default), which the caller frees, and the name in it. */
static char *split(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    return !slash ? vx_copy_text(".") : slash == path ? vx_copy_text("/") : vx_text("%.*s", (int)(slash - path), path);
}

static vx_status write_by_path(const char *path, bool fresh, const void *data, size_t size, vx_error *error)
{
    const char *name;
    char *folder = split(path, &name);
    if (!folder)
        return vx_fail_memory(error);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    vx_status status = fd >= 0 ? vx_file_put(fd, folder, name, fresh, data, size, error)
                               : vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", path, strerror(errno));
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
    return status;
}

vx_status vx_write_file(const char *path, const void *data, size_t size, vx_error *error)
{
    return write_by_path(path, false, data, size, error);
}

/* ---- files that the user names ---- */

vx_status vx_write_named_check(const char *path, bool force, vx_error *error)
{
    struct stat found;
    const char *name;
    char *folder = split(path, &name);
    vx_status status = VX_OK;
    if (!folder)
        return vx_fail_memory(error);
    if (!*name)
        status = vx_fail(error, VX_OUTPUT, "\"%s\": is no name for a file", path);
    else if (lstat(path, &found) == 0 && !force)
        status = vx_fail(error, VX_OUTPUT, "%s: exists already; choose another name, or replace it with --force", path);
    else if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
        status = vx_fail(error, VX_OUTPUT, "%s: is no plain file, so it is not replaced", path);
    else if (access(folder, W_OK | X_OK) != 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", path, strerror(errno));
    free(folder);
    return status;
}

vx_status vx_write_named(const char *path, bool force, const void *data, size_t size, vx_error *error)
{
    vx_status status = vx_write_named_check(path, force, error);
    char *real = status ? NULL : realpath(path, NULL); /* null where the file is new */
    if (!status)
        status = write_by_path(real ? real : path, !force, data, size, error);
    free(real);
    return status;
}

/* ---- folders ---- */

vx_status vx_folder_make(const char *folder, const char *path, vx_error *error)
{
    char *full = vx_text("%s/%s", folder, path);
    vx_status status = full ? VX_OK : vx_fail_memory(error);
    for (char *at = full + strlen(folder) + 1; !status; at = strchr(at, '/') + 1) {
        char *slash = strchr(at, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(full, 0777) != 0 && errno != EEXIST)
            status = vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", full, strerror(errno));
        if (!slash)
            break;
        *slash = '/';
    }
    free(full);
    return status;
}

vx_lock vx_folder_try_lock(const char *folder, int *fd)
{
    *fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return VX_LOCK_TAKEN;
    const vx_lock lock = *fd >= 0 && errno == EWOULDBLOCK ? VX_LOCK_BUSY : VX_LOCK_UNKNOWN;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return lock;
}

vx_status vx_folder_lock(const char *folder, int *fd, vx_error *error)
{
    enum { TRIES = 600 }; /* one every 0.1 s */
    const struct timespec moment = {.tv_nsec = 100000000};
    *fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be opened: %s", folder, strerror(errno));
    for (int i = 0; flock(*fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            break;
        if (i == TRIES) {
            close(*fd);
            *fd = -1;
            return vx_fail(error, VX_OUTPUT, "%s: another voxstat has been writing into it for a minute; try again "
                           "when it is done", folder);
        }
        nanosleep(&moment, NULL);
    }
    return VX_OK;
}

void vx_folder_sync(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}
