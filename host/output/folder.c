#include "output/output.h"

#include "base/error.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct vx_folder {
    char *out;          /* the place asked for; links in it resolved where it exists already */
    char *path;         /* the temporary folder; null before it is made */
    size_t made_parent; /* length of the first part of `out` that had to be made; 0: its parents were there */
    bool force;
};

/* Removes a folder of plain files. It does not descend: voxstat writes no folders into its results. */
static bool remove_flat(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    for (const struct dirent *item; (item = readdir(folder));)
        if (strcmp(item->d_name, ".") && strcmp(item->d_name, ".."))
            unlinkat(dirfd(folder), item->d_name, 0);
    closedir(folder);
    return rmdir(path) == 0;
}

/* Whether `name` is among the files that a run.json lists. */
static bool is_listed(const json_t *run, const char *name)
{
    size_t i;
    const json_t *file;
    json_array_foreach(json_object_get(run, "files"), i, file)
        if (json_is_string(file) && !strcmp(json_string_value(file), name))
            return true;
    return false;
}

/* --force deletes: only an empty folder, or one whose run.json is voxstat's and lists everything that is there. */
static vx_status check_replaceable(const char *out, vx_error *error)
{
    vx_status status = VX_OK;
    json_t *run = NULL;
    char *record = vx_text("%s/run.json", out);
    DIR *folder = opendir(out);
    if (!record) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if (!folder) {
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be replaced: %s", out, strerror(errno));
        goto cleanup;
    }
    run = json_load_file(record, 0, NULL);
    bool ours = json_object_get(run, "voxstat_version");
    for (const struct dirent *item; !status && (item = readdir(folder));) {
        if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, ".."))
            continue;
        if (!ours)
            status = vx_fail(error, VX_OUTPUT,
                             "%s: is no results folder of voxstat (it has no run.json of ours), so --force does not "
                             "delete it; choose another --out", out);
        else if (!is_listed(run, item->d_name))
            status = vx_fail(error, VX_OUTPUT,
                             "%s/%s: was not written by voxstat, so --force does not delete it; move it away or choose "
                             "another --out", out, item->d_name);
    }
cleanup:
    if (folder)
        closedir(folder);
    json_decref(run);
    free(record);
    return status;
}

/* Settles what `out` means: without a slash at its end, and through links where it exists. */
static vx_status resolve_out(vx_folder *folder, const char *out, vx_error *error)
{
    struct stat found;
    folder->out = vx_copy_text(out);
    if (!folder->out)
        return vx_fail_memory(error);
    for (size_t length = strlen(folder->out); length > 1 && folder->out[length - 1] == '/';)
        folder->out[--length] = '\0';
    if (lstat(folder->out, &found) != 0) {
        const char *slash = strrchr(folder->out, '/'), *name = slash ? slash + 1 : folder->out;
        if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
            return vx_fail(error, VX_OUTPUT, "\"%s\": is no name for a new output folder", out);
        if (errno == ENOENT)
            return VX_OK;
        return vx_fail(error, VX_OUTPUT, "%s: cannot be looked at: %s", folder->out, strerror(errno));
    }
    if (!folder->force)
        return vx_fail(error, VX_OUTPUT, "%s: exists already; choose another --out, or replace it with --force",
                       folder->out);
    char *real = realpath(folder->out, NULL);
    if (!real)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be replaced: %s", folder->out, strerror(errno));
    free(folder->out);
    folder->out = real;
    return check_replaceable(folder->out, error);
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

static vx_status make_temporary(vx_folder *folder, vx_error *error)
{
    char *path = vx_text("%s.partial-XXXXXX", folder->out);
    if (!path)
        return vx_fail_memory(error);
    if (!mkdtemp(path)) {
        vx_status status = vx_fail(error, VX_OUTPUT, "%s: no folder can be made beside it: %s", folder->out,
                                   strerror(errno));
        free(path);
        return status;
    }
    folder->path = path;
    mode_t mask = umask(0); /* mkdtemp lets nobody else in; results are as open as the user's other folders */
    umask(mask);
    if (chmod(path, 0777 & ~mask) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be opened to others: %s", path, strerror(errno));
    return VX_OK;
}

static vx_status check_room(const char *path, const char *out, uint64_t bytes_needed, vx_error *error)
{
    struct statvfs system;
    if (statvfs(path, &system) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: the free space is not known: %s", out, strerror(errno));
    double room = (double)system.f_bavail * (double)system.f_frsize;
    if (system.f_blocks && room < (double)bytes_needed) /* some network file systems tell no sizes at all */
        return vx_fail(error, VX_OUTPUT, "%s: not enough room: %.1f MB needed, %.1f MB free", out, 1e-6 * bytes_needed,
                       1e-6 * room);
    return VX_OK;
}

vx_status vx_folder_begin(const char *out, bool force, uint64_t bytes_needed, vx_folder **folder, vx_error *error)
{
    vx_folder *begun = vx_array_zero(1, sizeof *begun);
    if (!begun)
        return vx_fail_memory(error);
    begun->force = force;
    vx_status status = resolve_out(begun, out, error);
    if (!status)
        status = make_parents(begun, error);
    if (!status)
        status = make_temporary(begun, error);
    if (!status)
        status = check_room(begun->path, begun->out, bytes_needed, error);
    if (status)
        vx_folder_abandon(begun);
    else
        *folder = begun;
    return status;
}

const char *vx_folder_path(const vx_folder *folder)
{
    return folder->path;
}

static void folder_free(vx_folder *folder)
{
    free(folder->out);
    free(folder->path);
    free(folder);
}

vx_status vx_folder_commit(vx_folder *folder, vx_error *error)
{
    vx_status status = VX_OK;
    struct stat found;
    bool replaces = folder->force && lstat(folder->out, &found) == 0;
    char *aside = vx_text("%s.old", folder->path);
    if (!aside)
        status = vx_fail_memory(error);
    if (!status && replaces)
        status = check_replaceable(folder->out, error); /* again: the run may have taken hours */
    if (!status && replaces && rename(folder->out, aside) != 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be moved aside: %s", folder->out, strerror(errno));
    if (!status && rename(folder->path, folder->out) != 0) {
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be put in place: %s", folder->out, strerror(errno));
        if (replaces)
            rename(aside, folder->out);
    }
    if (status) /* what was computed is whole, and may have taken hours: it stays */
        status = vx_error_prefix(error, status, "the results are whole in %s but not where they belong", folder->path);
    else if (replaces && !remove_flat(aside))
        status = vx_fail(error, VX_OUTPUT, "%s: the results are in place, but the old ones are left in %s: %s",
                         folder->out, aside, strerror(errno));
    free(aside);
    folder_free(folder);
    return status;
}

void vx_folder_abandon(vx_folder *folder)
{
    if (!folder)
        return;
    if (folder->path)
        remove_flat(folder->path);
    while (folder->made_parent && strlen(folder->out) > folder->made_parent) { /* the innermost first */
        *strrchr(folder->out, '/') = '\0';
        rmdir(folder->out);
    }
    folder_free(folder);
}
