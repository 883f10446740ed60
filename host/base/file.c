#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kind of a file in words; null for a regular one. */
static const char *irregular_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return NULL;
    case S_IFDIR: return "a folder";
    case S_IFIFO: return "a pipe";
    case S_IFSOCK: return "a socket";
    default: return "a device";
    }
}

#define ANNEX_HINT "fetch it: datalad get, or git annex get"

/* A dangling link is often content of a dataset that was not fetched. */
vx_status vx_file_not_opened(const char *path, int reason, vx_error *error)
{
    char target[1000];
    ssize_t length = reason == ENOENT ? readlink(path, target, sizeof target - 1) : -1;
    if (length < 0)
        return vx_fail(error, VX_INPUT, "%s: cannot be read: %s", path, strerror(reason));
    target[length] = '\0';
    if (strstr(target, ".git/annex/"))
        return vx_fail(error, VX_INPUT, "%s: a link of git-annex whose content is not here; " ANNEX_HINT, path);
    return vx_fail(error, VX_INPUT, "%s: a link to %s, which does not exist", path, target);
}

/* Refuses the small texts that stand for content that was not fetched: pointers, or a link written as text. */
static vx_status check_fetched(const char *path, const char *text, vx_error *error)
{
    static const char lfs[] = "version https://git-lfs";
    if (!strncmp(text, lfs, sizeof lfs - 1))
        return vx_fail(error, VX_INPUT, "%s: a pointer of Git LFS to content that is not here; fetch it: git lfs pull",
                       path);
    const size_t line = strcspn(text, "\t\n"); /* a pointer is one line without tabs */
    if (strstr(text, "/annex/objects/") && !text[line + strspn(text + line, "\n")])
        return vx_fail(error, VX_INPUT, "%s: a pointer of git-annex to content that is not here; " ANNEX_HINT, path);
    return VX_OK;
}

/* Reads to the end of the file, which may have grown or shrunk since fstat. */
static vx_status read_all(int file, const char *path, size_t expected, size_t size_max, char **text, size_t *size,
                          vx_error *error)
{
    char *bytes = NULL, *grown;
    size_t more = expected + 1; /* the extra byte detects growth, and later holds the zero byte */
    *text = NULL;
    *size = 0;
    while ((grown = vx_array_grow(bytes, *size, more, 1))) {
        bytes = grown;
        const ssize_t got = read(file, bytes + *size, more);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            vx_fail(error, VX_INPUT, "%s: cannot be read: %s", path, strerror(errno));
            free(bytes);
            return VX_INPUT;
        }
        *size += (size_t)got;
        if (*size > size_max) {
            free(bytes);
            return vx_fail(error, VX_INPUT, "%s: larger than %zu bytes", path, size_max);
        }
        if (!got) {
            bytes[*size] = '\0';
            *text = bytes;
            return VX_OK;
        }
        more = (size_t)got < more ? more - (size_t)got : *size;
    }
    free(bytes);
    return vx_fail_memory(error);
}

vx_status vx_file_read(const char *path, size_t size_max, char **text, size_t *size, vx_error *error)
{
    struct stat found;
    /* Without O_NONBLOCK, opening a pipe waits for a writer. */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    *text = NULL;
    *size = 0;
    if (file < 0)
        return errno == ENXIO ? vx_fail(error, VX_INPUT, "%s: a socket; a regular file is expected", path)
                              : vx_file_not_opened(path, errno, error);
    vx_status status = VX_OK;
    if (fstat(file, &found))
        status = vx_fail(error, VX_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    else if (irregular_kind(found.st_mode))
        status = vx_fail(error, VX_INPUT, "%s: %s; a regular file is expected", path, irregular_kind(found.st_mode));
    else if ((uint64_t)found.st_size > size_max)
        status = vx_fail(error, VX_INPUT, "%s: %lld bytes; at most %zu are read", path, (long long)found.st_size,
                         size_max);
    else
        status = read_all(file, path, (size_t)found.st_size, size_max, text, size, error);
    close(file);
    if (!status && (status = check_fetched(path, *text, error))) {
        free(*text);
        *text = NULL;
        *size = 0;
    }
    return status;
}
