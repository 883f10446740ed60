#include "output/output.h"

#include "base/error.h"
#include "base/memory.h"
#include "output/file.h"
#include "output/leftovers.h"
#include "output/manifest.h"
#include "output/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct vx_folder {
    const vx_folder_options *options;
    char *out;          /* the place asked for; links in it resolved where it exists already */
    char *path;         /* the temporary folder; null before it is made */
    int lock;           /* of the temporary folder, from beginning to end: somebody works in it. -1: none */
    mode_t mode;        /* of the folder that is replaced; 0: as the umask has it */
    gid_t group;        /* and its group */
    size_t made_parent; /* length of the first part of `out` that had to be made; 0: its parents were there */
};

/* Removes a folder of plain files. It does not descend: voxstat writes no folders into its results. */
static void remove_flat(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (const struct dirent *item; (item = readdir(folder));)
        if (strcmp(item->d_name, ".") && strcmp(item->d_name, ".."))
            unlinkat(dirfd(folder), item->d_name, 0);
    closedir(folder);
    rmdir(path);
}

/* Settles what `out` means: without a slash at its end, and through links where it exists. */
static vx_status resolve_out(vx_folder *folder, vx_error *error)
{
    struct stat found;
    folder->out = vx_copy_text(folder->options->out);
    if (!folder->out)
        return vx_fail_memory(error);
    for (size_t length = strlen(folder->out); length > 1 && folder->out[length - 1] == '/';)
        folder->out[--length] = '\0';
    if (lstat(folder->out, &found) != 0) {
        const int reason = errno;
        const char *slash = strrchr(folder->out, '/'), *name = slash ? slash + 1 : folder->out;
        if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
            return vx_fail(error, VX_OUTPUT, "\"%s\": is no name for a new output folder", folder->options->out);
        if (reason == ENOENT)
            return VX_OK;
        return vx_fail(error, VX_OUTPUT, "%s: cannot be looked at: %s", folder->out, strerror(reason));
    }
    if (!folder->options->force)
        return vx_fail(error, VX_OUTPUT, "%s: exists already; choose another --out, or replace it with --force",
                       folder->out);
    char *real = realpath(folder->out, NULL);
    if (!real)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be replaced: %s", folder->out, strerror(errno));
    free(folder->out);
    folder->out = real;
    vx_status status = vx_replace_check(folder->out, folder->options, error);
    if (!status && stat(folder->out, &found) == 0) {
        folder->mode = found.st_mode & 07777;
        folder->group = found.st_gid;
    }
    return status;
}

/* Makes the parents of `out` that are missing. */
static vx_status make_parents(vx_folder *folder, vx_error *error)
{
    for (char *slash = folder->out + 1; (slash = strchr(slash, '/')); slash++) {
        struct stat found;
        *slash = '\0';
        if (stat(folder->out, &found) != 0) {
            if (mkdir(folder->out, 0777) != 0) {
                vx_status status = vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", folder->out, strerror(errno));
                *slash = '/';
                return status;
            }
            if (!folder->made_parent)
                folder->made_parent = (size_t)(slash - folder->out);
        }
        *slash = '/';
    }
    return VX_OK;
}

/* Opens the temporary folder to those who may use the one that it replaces: by mode and group, and not by the mode
 * alone, which would let another group in. */
static vx_status inherit_access(const vx_folder *folder, vx_error *error)
{
    const mode_t mode = folder->mode;
    const bool same = chown(folder->path, (uid_t)-1, folder->group) == 0;
    if (chmod(folder->path, same ? mode : mode & ~(mode_t)(S_IRWXG | S_ISGID)) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be opened to others: %s", folder->path, strerror(errno));
    return VX_OK;
}

static vx_status make_temporary(vx_folder *folder, vx_error *error)
{
    char *path = vx_text("%s" VX_LEFTOVER_ENDING "XXXXXX", folder->out);
    if (!path)
        return vx_fail_memory(error);
    if (!mkdtemp(path)) {
        vx_status status = vx_fail(error, VX_OUTPUT, "%s: no folder can be made beside it: %s", folder->out,
                                   strerror(errno));
        free(path);
        return status;
    }
    folder->path = path;
    vx_folder_try_lock(path, &folder->lock);
    if (folder->mode)
        return inherit_access(folder, error);
    const mode_t mask = umask(0); /* mkdtemp lets nobody else in; results are as open as the user's other folders */
    umask(mask);
    if (chmod(path, 0777 & ~mask) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be opened to others: %s", path, strerror(errno));
    return VX_OK;
}

/* Takes what an interrupted run left as if it had been written here. */
static vx_status adopt(vx_folder *folder, vx_error *error)
{
    folder->path = vx_copy_text(folder->options->recover);
    if (!folder->path)
        return vx_fail_memory(error);
    if (vx_folder_try_lock(folder->path, &folder->lock) == VX_LOCK_BUSY)
        return vx_fail(error, VX_OUTPUT, "%s: another voxstat works in it", folder->path);
    return folder->mode ? inherit_access(folder, error) : VX_OK;
}

vx_status vx_folder_check_room(const vx_folder *folder, uint64_t bytes, vx_error *error)
{
    struct statvfs system;
    if (statvfs(folder->path, &system) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: the free space is not known: %s", folder->out, strerror(errno));
    const double room = (double)system.f_bavail * (double)system.f_frsize;
    if (system.f_blocks && room < (double)bytes) /* some network file systems tell no sizes at all */
        return vx_fail(error, VX_OUTPUT, "%s: not enough room: %.1f MB needed, %.1f MB free", folder->out,
                       1e-6 * (double)bytes, 1e-6 * room);
    return VX_OK;
}

size_t vx_folder_name_max(const vx_folder *folder)
{
    const long most = pathconf(folder->path, _PC_NAME_MAX);
    return most > 0 ? (size_t)most : NAME_MAX;
}

bool vx_folder_has_record(const vx_folder *folder)
{
    char *path = vx_text("%s/" VX_RUN_FILE, folder->path);
    const bool has = path && access(path, F_OK) == 0;
    free(path);
    return has;
}

const char *vx_folder_path(const vx_folder *folder)
{
    return folder->path;
}

static void folder_free(vx_folder *folder)
{
    if (folder->lock >= 0)
        close(folder->lock);
    free(folder->out);
    free(folder->path);
    free(folder);
}

vx_status vx_folder_begin(const vx_folder_options *options, vx_folder **folder, vx_error *error)
{
    vx_folder *begun = vx_array_zero(1, sizeof *begun);
    if (!begun)
        return vx_fail_memory(error);
    begun->options = options;
    begun->lock = -1;
    vx_status status = resolve_out(begun, error);
    if (!status && options->recover) {
        status = adopt(begun, error);
        if (status)
            folder_free(begun); /* and leave it where it is */
        else
            *folder = begun;
        return status;
    }
    if (!status)
        status = make_parents(begun, error);
    if (!status)
        status = make_temporary(begun, error);
    if (!status)
        status = vx_folder_check_room(begun, options->bytes_needed, error);
    if (status)
        vx_folder_abandon(begun);
    else
        *folder = begun;
    return status;
}

void vx_folder_abandon(vx_folder *folder)
{
    if (!folder)
        return;
    if (folder->path)
        remove_flat(folder->path);
    while (folder->out && folder->made_parent && strlen(folder->out) > folder->made_parent) { /* the innermost first */
        *strrchr(folder->out, '/') = '\0';
        rmdir(folder->out);
    }
    folder_free(folder);
}

bool vx_folder_keep(vx_folder *folder)
{
    const bool kept = folder && folder->path && rmdir(folder->path) != 0;
    if (kept)
        folder_free(folder);
    else
        vx_folder_abandon(folder);
    return kept;
}

/* ---- commit ---- */

/* Brings the files of the folder and their names to the disk: a rename that outlives a crash must not name files that
 * do not. At once, for then the disk does them together. */
static vx_status sync_all(const char *path, vx_error *error)
{
    struct dirent **item = NULL;
    vx_status status = VX_OK;
    const int items = scandir(path, &item, NULL, alphasort), fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (items < 0 || fd < 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be listed: %s", path, strerror(errno));
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < items; i++) {
        const int file = openat(fd, item[i]->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (file >= 0 && fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP) {
            const int reason = errno;
#pragma omp critical(vx_folder_sync_all)
            status = vx_fail(error, VX_OUTPUT, "%s/%s: cannot be brought to the disk: %s", path, item[i]->d_name,
                             strerror(reason));
        }
        if (file >= 0)
            close(file);
        free(item[i]);
    }
    free(item);
    if (fd >= 0)
        close(fd);
    vx_folder_sync(path);
    return status;
}

static void sync_parent(const char *path)
{
    char *parent = vx_copy_text(path), *slash = parent ? strrchr(parent, '/') : NULL;
    if (slash)
        slash[slash == parent] = '\0';
    if (parent)
        vx_folder_sync(slash ? parent : ".");
    free(parent);
}

/* `path` becomes `out`, where nothing may be. */
static bool take_place(const char *path, const char *out)
{
    struct stat found;
    if (renameat2(AT_FDCWD, path, AT_FDCWD, out, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    if (lstat(out, &found) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(path, out) == 0;
}

/* `path` and `out` change places. Where the file system cannot do that in one step, `out` goes aside first. */
static bool change_places(const char *path, const char *out)
{
    if (renameat2(AT_FDCWD, path, AT_FDCWD, out, RENAME_EXCHANGE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    char *aside = vx_text("%s.old", path);
    bool done = aside && rename(out, aside) == 0;
    if (done && rename(path, out) != 0) {
        const int reason = errno;
        rename(aside, out);
        errno = reason;
        done = false;
    }
    if (done)
        rename(aside, path);
    free(aside);
    return done;
}

/* Puts the temporary folder in the place of an old one, and removes that. The lock of the old one is held: a report
 * may just be going into it. */
static vx_status replace(vx_folder *folder, bool *placed, vx_error *error)
{
    int lock = -1;
    vx_status status = vx_folder_lock(folder->out, &lock, error);
    if (!status)
        status = vx_replace_check(folder->out, folder->options, error); /* again: the run may have taken hours */
    if (!status && !change_places(folder->path, folder->out))
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be put in place: %s", folder->out, strerror(errno));
    *placed = !status;
    if (*placed) {
        sync_parent(folder->out);
        if (!vx_replace_remove(folder->path))
            status = vx_fail(error, VX_OUTPUT, "%s: the results are in place, but something of the old ones is left in "
                             "%s: %s", folder->out, folder->path, strerror(errno));
    }
    if (lock >= 0)
        close(lock);
    return status;
}

vx_status vx_folder_commit(vx_folder *folder, vx_error *error)
{
    struct stat found;
    bool placed = false;
    if (!folder)
        return VX_OK;
    vx_status status = sync_all(folder->path, error);
    if (!status && folder->options->force && lstat(folder->out, &found) == 0) {
        status = replace(folder, &placed, error);
    } else if (!status) {
        placed = take_place(folder->path, folder->out);
        if (placed)
            sync_parent(folder->out);
        else
            status = vx_fail(error, VX_OUTPUT, "%s: cannot be put in place: %s", folder->out, strerror(errno));
    }
    if (status && !placed) /* what was computed is whole, and may have taken hours: it stays */
        status = vx_error_prefix(error, status, "the results are whole in %s but not where they belong", folder->path);
    folder_free(folder);
    return status;
}
