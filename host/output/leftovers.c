#include "output/leftovers.h"

#include "base/memory.h"
#include "output/file.h"
#include "output/manifest.h"
#include "output/tree.h"
#include "results/names.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { RANDOM = 6 }; /* letters that mkdtemp chooses */

static bool is_leftover(const char *name, const char *base)
{
    const size_t length = strlen(base), ending = strlen(VX_LEFTOVER_ENDING);
    if (strncmp(name, base, length) || strncmp(name + length, VX_LEFTOVER_ENDING, ending))
        return false;
    const char *random = name + length + ending;
    for (int i = 0; i < RANDOM; i++)
        if (!isalnum((unsigned char)random[i]))
            return false;
    return !random[RANDOM] || !strcmp(random + RANDOM, ".old"); /* an interrupted change_places of folder.c */
}

/* Whether a compressed file is complete: its last bytes are a checksum. */
static bool is_complete_gzip(int fd, const char *name)
{
    char part[1 << 16];
    int got = -1;
    const int file = vx_tree_open(fd, name, O_RDONLY | O_NONBLOCK);
    gzFile stream = file >= 0 ? gzdopen(file, "rb") : NULL;
    if (!stream) {
        if (file >= 0)
            close(file);
        return false;
    }
    while ((got = gzread(stream, part, sizeof part)) > 0)
        continue;
    return gzclose(stream) == Z_OK && got == 0;
}

/* Files other than maps get their names only when complete. */
static bool is_sound(int fd, const char *name)
{
    struct stat about;
    const size_t length = strlen(name);
    if (!vx_tree_stat(fd, name, &about) || !S_ISREG(about.st_mode))
        return false;
    return length < 3 || strcmp(name + length - 3, ".gz") || is_complete_gzip(fd, name);
}

static void look_into(vx_leftover *leftover)
{
    int lock;
    vx_tree tree = {0};
    const int fd = open(leftover->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const vx_lock state = vx_folder_try_lock(leftover->path, &lock);
    leftover->busy = state == VX_LOCK_BUSY;
    leftover->unsure = state == VX_LOCK_UNKNOWN;
    if (lock >= 0)
        close(lock);
    if (fd >= 0 && !leftover->busy) {
        bool intact = false;
        json_t *run = vx_manifest_read(fd, &intact);
        leftover->complete = vx_manifest_complete(fd, run, intact);
        const char *kind = json_string_value(json_object_get(run, VX_KEY_KIND));
        leftover->cohort = kind && !strcmp(kind, VX_KIND_COHORT);
        json_decref(run);
        vx_tree_list(fd, &tree);
        for (size_t i = 0; i < tree.count; i++)
            if (!tree.item[i].folder) {
                leftover->files++;
                leftover->sound += leftover->complete || is_sound(fd, tree.item[i].path);
            }
    }
    vx_tree_destroy(&tree);
    if (fd >= 0)
        close(fd);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const vx_leftover *)a)->path, ((const vx_leftover *)b)->path);
}

vx_status vx_leftovers_find(const char *out, vx_leftover **leftover, size_t *count, vx_error *error)
{
    vx_status status = VX_OK;
    char *place = vx_copy_text(out);
    *leftover = NULL;
    *count = 0;
    for (size_t length = place ? strlen(place) : 0; length > 1 && place[length - 1] == '/';)
        place[--length] = '\0';
    struct stat about; /* leftovers are beside the target of a link */
    char *real = place && lstat(place, &about) == 0 && S_ISLNK(about.st_mode) ? realpath(place, NULL) : NULL;
    if (real) {
        free(place);
        place = real;
    }
    char *slash = place ? strrchr(place, '/') : NULL;
    const char *base = slash ? slash + 1 : place;
    char *parent = !place ? NULL : slash ? vx_text("%.*s", (int)(slash - place + 1), place) : vx_copy_text("");
    DIR *folder = parent ? opendir(*parent ? parent : ".") : NULL; /* null also where the parent is yet to be made */
    if (!parent)
        status = vx_fail_memory(error);
    for (const struct dirent *item; folder && !status && (item = readdir(folder));) {
        if (!is_leftover(item->d_name, base))
            continue;
        vx_leftover *grown = vx_array_grow(*leftover, *count, 1, sizeof *grown), one = {0};
        *leftover = grown ? grown : *leftover;
        one.path = grown ? vx_text("%s%s", parent, item->d_name) : NULL;
        if (!one.path)
            status = vx_fail_memory(error);
        else
            (*leftover)[(*count)++] = one;
    }
    if (folder)
        closedir(folder);
    if (*count)
        qsort(*leftover, *count, sizeof **leftover, compare);
    for (size_t i = 0; !status && i < *count; i++)
        look_into(*leftover + i);
    free(place);
    free(parent);
    return status;
}

void vx_leftovers_free(vx_leftover *leftover, size_t count)
{
    for (size_t i = 0; leftover && i < count; i++)
        free(leftover[i].path);
    free(leftover);
}

const char *vx_leftover_words(const vx_leftover *leftover, char *text, size_t size)
{
    const char *files = leftover->files == 1 ? "file" : "files";
    if (leftover->complete)
        snprintf(text, size, "%s, %zu %s", leftover->cohort ? "a complete cohort" : "complete results", leftover->files,
                 files);
    else if (leftover->files)
        snprintf(text, size, "no complete results, but %zu %s, %zu of them complete", leftover->files, files,
                 leftover->sound);
    else
        snprintf(text, size, "nothing");
    return text;
}

/* Whether an item may be removed: a regular file with a name of voxstat's and the checksum in run.json, or a folder of
 * such files. */
static bool is_ours(int fd, const json_t *run, const vx_tree_item *item)
{
    struct stat about;
    const char *name = item->path;
    if (item->folder)
        return vx_file_path_safe(name);
    if (!vx_tree_stat(fd, name, &about) || !S_ISREG(about.st_mode))
        return false;
    if (vx_file_is_temporary(name) || !strcmp(name, VX_RUN_FILE))
        return true;
    return vx_file_path_safe(name) && vx_file_name_of_voxstat(name) &&
           (!vx_manifest_lists(run, name) || vx_manifest_state(fd, run, name) == VX_FILE_OURS);
}

vx_status vx_leftover_remove(const vx_leftover *leftover, vx_error *error)
{
    int fd;
    if (vx_folder_try_lock(leftover->path, &fd) != VX_LOCK_TAKEN)
        return vx_fail(error, VX_OUTPUT, "%s: is not removed, because a run may still use it", leftover->path);
    vx_tree tree = {0};
    vx_tree_list(fd, &tree);
    json_t *run = vx_manifest_read(fd, NULL);
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < tree.count; i++)
        if (!is_ours(fd, run, &tree.item[i]))
            status = vx_fail(error, VX_OUTPUT, "%s: is not removed, because %.255s in it is not as voxstat wrote it",
                             leftover->path, tree.item[i].path);
    for (size_t i = tree.count; !status && i-- > 0;) /* what is in a folder comes after it */
        vx_tree_unlink(fd, &tree.item[i]);
    if (!status && rmdir(leftover->path) != 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be removed: %s", leftover->path, strerror(errno));
    vx_tree_destroy(&tree);
    json_decref(run);
    close(fd);
    return status;
}
