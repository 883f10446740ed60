#include "output/output.h"

#include "base/error.h"
#include "base/memory.h"
#include "output/file.h"
#include "output/leftovers.h"
#include "output/manifest.h"
#include "output/replace.h"
#include "output/tree.h"

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
    char *out;          /* the place of the results; its links are resolved where it exists */
    char *path;         /* the temporary folder; null before its creation */
    int lock;           /* of the temporary folder, while this process works in it; -1: none */
    mode_t mode;        /* of the folder that is replaced; 0: by the umask */
    gid_t group;        /* of the folder that is replaced */
    size_t made_parent; /* length of the part of `out` up to the first new parent; 0: no new parent */
};

/* Removes a temporary folder, in which all files and subfolders are ours. */
static void remove_all(const char *path)
{
    vx_tree tree = {0};
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && vx_tree_list(fd, &tree))
        for (size_t i = tree.count; i-- > 0;) /* what is in a folder comes after it */
            vx_tree_unlink(fd, &tree.item[i]);
    vx_tree_destroy(&tree);
    if (fd >= 0)
        close(fd);
    rmdir(path);
}

/* Resolves `out`: removes trailing slashes, and follows links where it exists. */
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

/* Makes the missing parents of `out`. */
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

/* Gives the temporary folder the mode and group of the folder that it replaces. Where the group cannot be set, group
 * access is dropped, as the mode alone would admit another group. */
static vx_status inherit_access(const vx_folder *folder, vx_error *error)
{
    const mode_t mode = folder->mode;
    const bool same = chown(folder->path, (uid_t)-1, folder->group) == 0;
    if (chmod(folder->path, same ? mode : mode & ~(mode_t)(S_IRWXG | S_ISGID)) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: its permissions cannot be set: %s", folder->path, strerror(errno));
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
    const mode_t mask = umask(0); /* mkdtemp makes private folders; results follow the umask */
    umask(mask);
    if (chmod(path, 0777 & ~mask) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: its permissions cannot be set: %s", path, strerror(errno));
    return VX_OK;
}

/* Uses the folder of an interrupted run as the temporary folder. */
static vx_status adopt(vx_folder *folder, vx_error *error)
{
    folder->path = vx_copy_text(folder->options->recover);
    if (!folder->path)
        return vx_fail_memory(error);
    if (vx_folder_try_lock(folder->path, &folder->lock) == VX_LOCK_BUSY)
        return vx_fail(error, VX_OUTPUT, "%s: another voxstat works in it", folder->path);
    return folder->mode ? inherit_access(folder, error) : VX_OK;
}

vx_status vx_folder_check_space(const vx_folder *folder, uint64_t bytes, vx_error *error)
{
    struct statvfs system;
    if (statvfs(folder->path, &system) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: the free space is not known: %s", folder->out, strerror(errno));
    const double available = (double)system.f_bavail * (double)system.f_frsize;
    if (system.f_blocks && available < (double)bytes) /* some network file systems report no sizes */
        return vx_fail(error, VX_OUTPUT, "%s: not enough space: %.1f MB needed, %.1f MB free", folder->out,
                       1e-6 * (double)bytes, 1e-6 * available);
    return VX_OK;
}

size_t vx_folder_name_max(const vx_folder *folder)
{
    const long bytes = pathconf(folder->path, _PC_NAME_MAX);
    return bytes > 0 ? (size_t)bytes : NAME_MAX;
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
            folder_free(begun); /* and keep the folder */
        else
            *folder = begun;
        return status;
    }
    if (!status)
        status = make_parents(begun, error);
    if (!status)
        status = make_temporary(begun, error);
    if (!status)
        status = vx_folder_check_space(begun, options->bytes_needed, error);
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
        remove_all(folder->path);
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

/* Syncs the files of the folder and their names to the disk, so that no rename survives a crash that its files do not.
 * The files are synced in parallel, which lets the disk combine the work. */
static vx_status sync_all(const char *path, vx_error *error)
{
    vx_tree tree = {0};
    vx_status status = VX_OK;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || !vx_tree_list(fd, &tree))
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be listed: %s", path, strerror(errno));
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < tree.count; i++) {
        const int file = vx_tree_open(fd, tree.item[i].path, O_RDONLY | O_NONBLOCK);
        if (file >= 0 && fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP) {
            const int reason = errno;
#pragma omp critical(vx_folder_sync_all)
            status = vx_fail(error, VX_OUTPUT, "%s/%s: cannot be synced to the disk: %s", path, tree.item[i].path,
                             strerror(reason));
        }
        if (file >= 0)
            close(file);
    }
    vx_tree_destroy(&tree);
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

/* Renames `path` to `out`, which must not exist. */
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

/* Exchanges `path` and `out`. Without support of the file system for one step, `out` is moved aside first. */
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

/* Replaces an old folder by the temporary one and removes the old one. The old folder is locked meanwhile, as a report
 * may be written into it. */
static vx_status replace(vx_folder *folder, bool *placed, vx_error *error)
{
    int lock = -1;
    vx_status status = vx_folder_lock(folder->out, &lock, error);
    if (!status)
        status = vx_replace_check(folder->out, folder->options, error); /* it may have changed meanwhile */
    if (!status && !change_places(folder->path, folder->out))
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be put in place: %s", folder->out, strerror(errno));
    *placed = !status;
    if (*placed) {
        sync_parent(folder->out);
        if (!vx_replace_remove(folder->path))
            status = vx_fail(error, VX_OUTPUT, "%s: the results are in place, but parts of the old ones remain in "
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
    if (status && !placed) /* hours of computing must not be lost: the folder stays */
        status = vx_error_prefix(error, status, "the results are complete, but are still in %s", folder->path);
    folder_free(folder);
    return status;
}
