#include "output/replace.h"

#include "base/error.h"
#include "base/memory.h"
#include "output/file.h"
#include "output/manifest.h"
#include "output/tree.h"
#include "results/names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the folder `about` is the real path `path` or one of its parents. Compares inode numbers, as a folder can
 * have several names. */
static bool is_parent(const struct stat *about, const char *path)
{
    struct stat found;
    char *at = vx_copy_text(path);
    bool above = !at; /* refuse where memory is short */
    while (at && !above) {
        above = stat(*at ? at : "/", &found) == 0 && found.st_dev == about->st_dev && found.st_ino == about->st_ino;
        char *slash = strrchr(at, '/');
        if (!slash)
            break;
        *slash = '\0';
    }
    free(at);
    return above;
}

/* Whether the folder contains `path`: either the link itself or its target. */
static bool contains(const struct stat *folder, const char *path)
{
    char *real = realpath(path, NULL);
    bool in = real && is_parent(folder, real);
    free(real);
    const char *slash = strrchr(path, '/');
    char *place = !slash ? vx_copy_text(".") : vx_text("%.*s", (int)(slash - path + 1), path);
    real = place ? realpath(place, NULL) : NULL;
    in = in || (real && is_parent(folder, real));
    free(place);
    free(real);
    return in;
}

vx_status vx_replace_check_read(const char *folder, const vx_folder_options *options, vx_error *error)
{
    struct stat about;
    if (stat(folder, &about) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be looked at: %s", folder, strerror(errno));
    if (contains(&about, "."))
        return vx_fail(error, VX_OUTPUT, "%s: is or holds the current folder, so it is not deleted; choose another "
                       "--out", folder);
    for (size_t i = 0; i < options->inputs; i++)
        if (contains(&about, options->input[i]))
            return vx_fail(error, VX_OUTPUT, "%s: holds %s, which is read here, so it is not deleted; choose another "
                           "--out", folder, options->input[i]);
    return VX_OK;
}

/* Detects early what would refuse the exchange after hours of computing. */
static vx_status check_exchange(const char *folder, const struct stat *about, vx_error *error)
{
    struct stat above;
    char *parent = vx_text("%s/..", folder);
    vx_status status = parent ? VX_OK : vx_fail_memory(error);
    if (parent && (stat(parent, &above) != 0 || access(folder, R_OK | W_OK | X_OK) != 0))
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be replaced: %s", folder, strerror(errno));
    else if (parent && above.st_dev != about->st_dev)
        status = vx_fail(error, VX_OUTPUT, "%s: is a mount point, and cannot be replaced; "
                         "choose a folder in it as --out", folder);
    else if (parent && above.st_mode & S_ISVTX && geteuid() && about->st_uid != geteuid() &&
             above.st_uid != geteuid())
        status = vx_fail(error, VX_OUTPUT, "%s: belongs to another user, and cannot be replaced", folder);
    free(parent);
    return status;
}

static vx_status check_kind(const char *folder, const json_t *run, bool intact, const char *kind, vx_error *error)
{
    const char *found = json_string_value(json_object_get(run, VX_KEY_KIND));
    if (!run)
        return vx_fail(error, VX_OUTPUT, "%s: is no results folder of voxstat (it has no run.json of ours), so --force "
                       "does not delete it; choose another --out", folder);
    if (!found || !json_is_object(json_object_get(run, VX_KEY_CHECKSUMS)))
        return vx_fail(error, VX_OUTPUT, "%s: an earlier voxstat wrote it and kept no checksums, so --force does not "
                       "delete it; remove it yourself or choose another --out", folder);
    if (strcmp(found, kind))
        return vx_fail(error, VX_OUTPUT, "%s: holds %s, and --force replaces %s only; choose another --out", folder,
                       strcmp(found, VX_KIND_COHORT) ? "an analysis" : "a cohort that voxstat simulated",
                       strcmp(kind, VX_KIND_COHORT) ? "an analysis" : "such a cohort");
    if (!intact)
        return vx_fail(error, VX_OUTPUT, "%s/run.json: was changed since voxstat wrote it, so --force does not delete "
                       "it; move the folder away or choose another --out", folder);
    return VX_OK;
}

static bool is_folder_of_ours(const json_t *run, const char *path)
{
    return vx_folder_name_of_voxstat(path) || vx_manifest_holds(run, path);
}

static vx_status check_item(int fd, const char *folder, const json_t *run, const vx_tree_item *item, vx_error *error)
{
    const char *what = NULL, *name = item->path;
    if (item->folder ? is_folder_of_ours(run, name) : !strcmp(name, VX_RUN_FILE) || vx_file_is_temporary(name))
        return VX_OK;
    switch (vx_manifest_state(fd, run, name)) {
    case VX_FILE_ABSENT:
    case VX_FILE_OURS: return VX_OK;
    case VX_FILE_CHANGED: what = "was changed since voxstat wrote it"; break;
    case VX_FILE_UNLISTED: what = "was not written by voxstat"; break;
    }
    return vx_fail(error, VX_OUTPUT, "%s/%s: %s, so --force does not delete it; move it away or choose another --out",
                   folder, name, what);
}

vx_status vx_replace_check(const char *folder, const vx_folder_options *options, vx_error *error)
{
    vx_status status = VX_OK;
    struct stat about;
    vx_tree tree = {0};
    json_t *run = NULL;
    bool intact = false;
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || !vx_tree_list(fd, &tree) || fstat(fd, &about) != 0) {
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be replaced: %s", folder, strerror(errno));
        goto cleanup;
    }
    status = vx_replace_check_read(folder, options, error);
    if (!status)
        status = check_exchange(folder, &about, error);
    if (!status && tree.count) {
        run = vx_manifest_read(fd, &intact);
        status = check_kind(folder, run, intact, options->kind, error);
    }
    for (size_t i = 0; !status && i < tree.count; i++)
        status = check_item(fd, folder, run, &tree.item[i], error);
cleanup:
    vx_tree_destroy(&tree);
    json_decref(run);
    if (fd >= 0)
        close(fd);
    return status;
}

bool vx_replace_remove(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    vx_tree tree = {0};
    json_t *run = fd >= 0 && vx_tree_list(fd, &tree) ? vx_manifest_read(fd, NULL) : NULL;
    for (size_t i = tree.count; i-- > 0;) { /* what is in a folder comes after it */
        const vx_tree_item *item = &tree.item[i];
        if (item->folder ? is_folder_of_ours(run, item->path)
                         : vx_file_is_temporary(item->path) ||
                               (vx_manifest_lists(run, item->path) && strcmp(item->path, VX_RUN_FILE)))
            vx_tree_unlink(fd, item);
    }
    if (run) /* last, as it identifies the folder */
        unlinkat(fd, VX_RUN_FILE, 0);
    vx_tree_destroy(&tree);
    json_decref(run);
    if (fd >= 0)
        close(fd);
    return rmdir(folder) == 0;
}
