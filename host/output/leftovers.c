#include "output/leftovers.h"

#include "base/memory.h"
#include "output/file.h"
#include "output/manifest.h"
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
    const int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
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
    if (fstatat(fd, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode))
        return false;
    return length < 3 || strcmp(name + length - 3, ".gz") || is_complete_gzip(fd, name);
}

static void look_into(vx_leftover *leftover)
{
    int lock;
    DIR *folder = opendir(leftover->path);
    const vx_lock state = vx_folder_try_lock(leftover->path, &lock);
    leftover->busy = state == VX_LOCK_BUSY;
    leftover->unsure = state == VX_LOCK_UNKNOWN;
    if (lock >= 0)
        close(lock);
    if (folder && !leftover->busy) {
        const int fd = dirfd(folder);
        bool intact = false;
        json_t *run = vx_manifest_read(fd, &intact);
        leftover->complete = vx_manifest_complete(fd, run, intact);
        const char *kind = json_string_value(json_object_get(run, VX_KEY_KIND));
        leftover->cohort = kind && !strcmp(kind, VX_KIND_COHORT);
        json_decref(run);
        for (const struct dirent *item; (item = readdir(folder));)
            if (strcmp(item->d_name, ".") && strcmp(item->d_name, "..")) {
                leftover->files++;
                leftover->sound += leftover->complete || is_sound(fd, item->d_name);
            }
    }
    if (folder)
        closedir(folder);
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

/* Whether a file may be removed: a regular file with a name of voxstat's and the checksum in run.json. */
static bool is_ours(int fd, const json_t *run, const char *name)
{
    struct stat about;
    if (fstatat(fd, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode))
        return false;
    if (vx_file_is_temporary(name) || !strcmp(name, VX_RUN_FILE))
        return true;
    return vx_file_name_safe(name) && vx_file_name_of_voxstat(name) &&
           (!vx_manifest_lists(run, name) || vx_manifest_state(fd, run, name) == VX_FILE_OURS);
}

static int is_item(const struct dirent *item)
{
    return strcmp(item->d_name, ".") && strcmp(item->d_name, "..");
}

vx_status vx_leftover_remove(const vx_leftover *leftover, vx_error *error)
{
    int fd;
    if (vx_folder_try_lock(leftover->path, &fd) != VX_LOCK_TAKEN)
        return vx_fail(error, VX_OUTPUT, "%s: is not removed, because a run may still use it", leftover->path);
    struct dirent **item = NULL;
    const int items = scandir(leftover->path, &item, is_item, alphasort);
    json_t *run = vx_manifest_read(fd, NULL);
    vx_status status = VX_OK;
    for (int i = 0; !status && i < items; i++)
        if (!is_ours(fd, run, item[i]->d_name))
            status = vx_fail(error, VX_OUTPUT, "%s: is not removed, because %.255s in it is not as voxstat wrote it",
                             leftover->path, item[i]->d_name);
    for (int i = 0; i < items; i++) {
        if (!status)
            unlinkat(fd, item[i]->d_name, 0);
        free(item[i]);
    }
    if (!status && rmdir(leftover->path) != 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be removed: %s", leftover->path, strerror(errno));
    free(item);
    json_decref(run);
    close(fd);
    return status;
}
