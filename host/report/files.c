#include "report/files.h"

#include "base/each.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/sha.h"
#include "output/file.h"
#include "output/manifest.h"
#include "output/tree.h"
#include "results/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct file_data {
    char *name;
    void *data;
    size_t size;
    char sha256[VX_SHA256_TEXT]; /* set by vx_files_commit */
} file_data;

struct vx_files {
    file_data *file;
    size_t count;
};

/* A change to the files of a results folder. */
typedef struct change {
    const char *folder;
    int fd;      /* the open folder, locked */
    json_t *run; /* the present run.json */
    bool intact; /* run.json has not been edited since voxstat wrote it */
} change;

vx_files *vx_files_new(void)
{
    return vx_array_zero(1, sizeof(vx_files));
}

void vx_files_free(vx_files *files)
{
    for (size_t i = 0; files && i < files->count; i++) {
        free(files->file[i].name);
        free(files->file[i].data);
    }
    if (files)
        free(files->file);
    free(files);
}

vx_status vx_files_add(vx_files *files, const char *name, void *data, size_t size, vx_error *error)
{
    file_data *grown = vx_array_grow(files->file, files->count, 1, sizeof *grown);
    if (grown)
        files->file = grown;
    char *copy = grown ? vx_copy_text(name) : NULL;
    if (!copy) {
        free(data);
        return vx_fail_memory(error);
    }
    files->file[files->count++] = (file_data){.name = copy, .data = data, .size = size};
    return VX_OK;
}

/* Whether two run.json describe the same run, ignoring the members that a report or packs change. */
static bool same_run(const json_t *one, const json_t *other)
{
    static const char *const own[] = {VX_KEY_FILES, VX_KEY_CHECKSUMS, VX_KEY_REPORT, VX_KEY_RUN_CHECKSUM};
    json_t *a = json_copy((json_t *)one), *b = json_copy((json_t *)other); /* shallow */
    for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
        json_object_del(a, own[k]);
        json_object_del(b, own[k]);
    }
    const bool same = a && b && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

static vx_status open_change(change *c, const json_t *run, vx_error *error)
{
    vx_status status = vx_folder_lock(c->folder, &c->fd, error);
    if (status)
        return status;
    c->run = vx_manifest_read(c->fd, &c->intact);
    if (!c->run || !same_run(c->run, run))
        return vx_fail(error, VX_OUTPUT, "%s: now holds the results of another run; try again", c->folder);
    if (!json_is_object(json_object_get(c->run, VX_KEY_CHECKSUMS)))
        return vx_fail(error, VX_OUTPUT, "%s: an earlier voxstat wrote it and kept no checksums, so nothing is put "
                       "into it; run the analysis again", c->folder);
    return VX_OK;
}

/* Fails if writing `name` would replace a file of the user. */
static vx_status check_free(const change *c, const char *name, vx_error *error)
{
    if (!vx_file_path_safe(name))
        return vx_fail(error, VX_OUTPUT, "%s: \"%.100s\" is no name for a file in it", c->folder, name);
    switch (vx_manifest_state(c->fd, c->run, name)) {
    case VX_FILE_CHANGED:
        return vx_fail(error, VX_OUTPUT, "%s/%s: was changed since voxstat wrote it, so it is not replaced; move it "
                       "away", c->folder, name);
    case VX_FILE_UNLISTED:
        return vx_fail(error, VX_OUTPUT, "%s/%s: was not written by voxstat, so it is not replaced; move it away",
                       c->folder, name);
    default: return VX_OK;
    }
}

static bool is_among(const vx_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (!strcmp(files->file[i].name, name))
            return true;
    return false;
}

/* The names in `earlier` that are not among `files`. Names that no file of a report has are skipped, so that an edited
 * run.json cannot cause the removal of other files. */
static json_t *stale_names(const json_t *earlier, const vx_files *files)
{
    json_t *stale = json_array();
    size_t i;
    json_t *one;
    json_array_foreach(earlier, i, one) {
        const char *name = json_string_value(one);
        if (vx_file_path_safe(name) && vx_file_name_of_report(name) && !is_among(files, name))
            stale = vx_json_append(stale, json_incref(one));
    }
    return stale;
}

/* Sets "report" in run.json: the files, then the stale ones that will be removed. */
static vx_status list_report(const change *c, const vx_files *files, const json_t *stale, vx_error *error)
{
    json_t *names = json_array();
    for (size_t i = 0; i < files->count; i++)
        names = vx_json_append(names, vx_json_text(files->file[i].name));
    if (stale)
        names = vx_json_extend(names, stale);
    return vx_json_put(c->run, VX_KEY_REPORT, names) ? VX_OK : vx_fail_memory(error);
}

/* Writes the entries of the files to run.json: beside the old entries (`pending`), or in their place. */
static vx_status list_files(const change *c, const vx_files *files, bool pending, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < files->count; i++)
        status = vx_manifest_set(c->run, files->file[i].name, files->file[i].sha256, pending, error);
    if (!status)
        status = vx_manifest_write(c->fd, c->folder, c->run, c->intact, error);
    fsync(c->fd); /* run.json must reach the disk before the files change */
    return status;
}

/* Removes the files of an earlier report that have not been changed since. */
static void remove_stale(const change *c, const json_t *stale)
{
    size_t i;
    const json_t *one;
    json_array_foreach(stale, i, one) {
        const char *name = json_string_value(one);
        const vx_file_state state = vx_manifest_state(c->fd, c->run, name);
        if (state == VX_FILE_OURS)
            vx_tree_unlink(c->fd, &(vx_tree_item){(char *)name, false});
        if (state == VX_FILE_OURS || state == VX_FILE_ABSENT)
            vx_manifest_drop(c->run, name);
    }
    vx_tree_unlink(c->fd, &(vx_tree_item){(char[]){VX_FIGURES_FOLDER}, true}); /* only where it is empty */
}

static vx_status write_one(const change *c, const file_data *file, vx_error *error)
{
    const char *name;
    const int holder = vx_tree_holder(c->fd, file->name, &name);
    char *folder = vx_text("%s/%.*s", c->folder, (int)(name - file->name), file->name);
    vx_status status = VX_OK;
    if (!folder)
        status = vx_fail_memory(error);
    else if (holder < 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", folder, strerror(errno));
    else {
        folder[strlen(folder) - 1] = '\0'; /* the slash at its end */
        status = vx_file_put(holder, folder, name, false, file->data, file->size, error);
    }
    if (holder >= 0)
        close(holder);
    free(folder);
    return status;
}

/* Syncs the names in the folder of the pictures, if they have one. */
static void sync_pictures(const change *c)
{
    const int figures = vx_tree_open(c->fd, VX_FIGURES_FOLDER, O_RDONLY | O_DIRECTORY);
    if (figures >= 0) {
        fsync(figures);
        close(figures);
    }
}

typedef struct writing {
    const change *into;
    const vx_files *files;
} writing;

static vx_status write_turn(void *context, int64_t i, vx_error *error)
{
    const writing *w = context;
    return write_one(w->into, &w->files->file[i], error);
}

/* Writes the files in parallel, so that the disk can combine the writes. */
static vx_status write_all(const change *c, const vx_files *files, vx_error *error)
{
    const vx_status status = vx_each((int64_t)files->count, 0, true, write_turn, &(writing){c, files}, error);
    sync_pictures(c);
    return status;
}

/* Replaces the old files by the new ones. The folder is locked. */
static vx_status replace_files(const change *c, const vx_files *files, bool report, vx_error *error)
{
    vx_status status = VX_OK;
    json_t *stale = report ? stale_names(json_object_get(c->run, VX_KEY_REPORT), files) : NULL;
    if (report && !stale)
        status = vx_fail_memory(error);
    for (size_t i = 0; !status && i < files->count; i++)
        status = check_free(c, files->file[i].name, error);
    if (!status && report)
        status = list_report(c, files, stale, error);
    if (!status)
        status = list_files(c, files, true, error);
    if (!status)
        status = write_all(c, files, error);
    if (!status && report) {
        remove_stale(c, stale);
        status = list_report(c, files, NULL, error);
    }
    if (!status)
        status = list_files(c, files, false, error);
    json_decref(stale);
    return status;
}

vx_status vx_files_commit(const vx_files *files, const char *folder, const json_t *run, bool report, vx_error *error)
{
    change c = {.folder = folder, .fd = -1};
    for (size_t i = 0; i < files->count; i++)
        if (!vx_sha256_text(files->file[i].data, files->file[i].size, files->file[i].sha256))
            return vx_fail_memory(error);
    vx_status status = open_change(&c, run, error);
    if (!status)
        status = replace_files(&c, files, report, error);
    json_decref(c.run);
    if (c.fd >= 0)
        close(c.fd);
    return status;
}

vx_status vx_files_write(const vx_files *files, const char *folder, bool ours(int fd, const char *name),
                         vx_error *error)
{
    vx_status status = VX_OK;
    struct stat found;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", folder, strerror(errno));
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be opened: %s", folder, strerror(errno));
    for (size_t i = 0; !status && i < files->count; i++) {
        const file_data *file = &files->file[i];
        if (!vx_file_name_safe(file->name))
            status = vx_fail(error, VX_OUTPUT, "\"%.100s\" is no name for a file", file->name);
        else if (ours && fstatat(fd, file->name, &found, AT_SYMLINK_NOFOLLOW) == 0 && !ours(fd, file->name))
            status = vx_fail(error, VX_OUTPUT, "%s/%s: was not written by voxstat, so --force does not replace it",
                             folder, file->name);
    }
    for (size_t i = 0; !status && i < files->count; i++) {
        const file_data *file = &files->file[i];
        status = vx_file_put(fd, folder, file->name, !ours, file->data, file->size, error);
    }
    fsync(fd);
    close(fd);
    return status;
}
