/* The cache of program binaries: one file for each program, named by the SHA-256 of its key. A file contains
 *
 *     a magic word, the SHA-256 of all that follows, the length of the key, the key, the binary
 *
 * so that no driver gets a damaged binary or that of another key. A binary is executed, so the cache is protected:
 *
 *     1. the folder and its files must belong to the user, and nobody else may write to them;
 *     2. links are not followed;
 *     3. files are opened relative to the folder that was checked.
 *
 * A file is written under another name and renamed, so that two programs may write it at the same time. */
#include "base/memory.h"
#include "base/note.h"
#include "base/sha.h"
#include "engine/opencl/opencl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct vx_cache_header {
    char magic[8];
    uint8_t digest[VX_SHA256_BYTES];
    uint64_t key_size;
} vx_cache_header;

static const char magic[8] = "voxstat2";
enum { SIZE_MOST = 1 << 30 }; /* of a file; binaries have about 100 kB */

static char *folder(void)
{
    const char *own = getenv("VOXSTAT_CACHE_DIR"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (own && *own)
        return vx_copy_text(own);
    if (cache && *cache == '/') /* the XDG specification: relative paths do not count */
        return vx_text("%s/voxstat", cache);
    return home && *home ? vx_text("%s/.cache/voxstat", home) : NULL;
}

static bool make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* Why an open file or folder may contain other users' code; null where only the user can write to it. */
static const char *distrust(int descriptor, mode_t type)
{
    struct stat properties;
    if (fstat(descriptor, &properties) != 0)
        return "it cannot be looked at";
    if ((properties.st_mode & S_IFMT) != type)
        return "it is of another type";
    if (properties.st_uid != geteuid())
        return "it belongs to another user";
    if (properties.st_mode & (S_IWGRP | S_IWOTH))
        return "others may write to it";
    return NULL;
}

/* Opens the cache folder, which is made where it is missing. Returns -1 where it cannot be used; *why (`why` may be
 * null) is then the reason, and "" where the folder cannot be made. */
static int open_folder(char **path, const char **why)
{
    const char *reason = "";
    int descriptor = -1;
    *path = folder();
    if (*path && make_folders(*path)) {
        descriptor = open(*path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        reason = descriptor >= 0 ? distrust(descriptor, S_IFDIR) : "it is a link, or cannot be opened";
        if (descriptor >= 0 && reason) {
            close(descriptor);
            descriptor = -1;
        }
    }
    if (why)
        *why = reason;
    return descriptor;
}

void vx_cache_note(char *note, size_t size)
{
    char *path = NULL;
    const char *why = "";
    int directory = open_folder(&path, &why);
    if (directory >= 0) {
        close(directory);
    } else if (path && *why) {
        vx_note_add(note, size, "compiled kernels are not kept in %s: %s", path, why);
    }
    free(path);
}

static bool digest_of(uint64_t key_size, const void *rest, size_t size, uint8_t digest[VX_SHA256_BYTES])
{
    vx_sha256 sha;
    vx_sha256_begin(&sha);
    vx_sha256_add(&sha, &key_size, sizeof key_size);
    vx_sha256_add(&sha, rest, size);
    return vx_sha256_end(&sha, digest);
}

/* Reads the key and the binary, which follow the header. Null unless the file is complete and belongs to this key. */
static char *read_entry(FILE *file, const void *key, size_t key_size, size_t *size)
{
    vx_cache_header header;
    uint8_t digest[VX_SHA256_BYTES];
    struct stat properties;
    if (fstat(fileno(file), &properties) != 0 || properties.st_size > SIZE_MOST ||
        (size_t)properties.st_size <= sizeof header + key_size || fread(&header, sizeof header, 1, file) != 1 ||
        memcmp(header.magic, magic, sizeof magic) != 0 || header.key_size != key_size)
        return NULL;
    *size = (size_t)properties.st_size - sizeof header;
    char *rest = malloc(*size);
    if (rest && fread(rest, *size, 1, file) == 1 && digest_of(key_size, rest, *size, digest) &&
        memcmp(header.digest, digest, sizeof digest) == 0 && memcmp(rest, key, key_size) == 0)
        return rest;
    free(rest);
    return NULL;
}

void *vx_cache_load(const void *key, size_t key_size, size_t *size)
{
    char name[VX_SHA256_TEXT], *path = NULL, *entry = NULL;
    int directory = open_folder(&path, NULL), descriptor = -1;
    FILE *file = NULL;
    if (directory < 0 || !vx_sha256_text(key, key_size, name))
        goto cleanup;
    descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0 || distrust(descriptor, S_IFREG) || !(file = fdopen(descriptor, "rb")))
        goto cleanup;
    descriptor = -1; /* the file owns it now */
    entry = read_entry(file, key, key_size, size);
    if (entry) {
        *size -= key_size;
        memmove(entry, entry + key_size, *size);
    }
cleanup:
    if (file)
        fclose(file);
    if (descriptor >= 0)
        close(descriptor);
    if (directory >= 0)
        close(directory);
    free(path);
    return entry;
}

static bool write_entry(FILE *file, const void *key, size_t key_size, const void *data, size_t size)
{
    vx_cache_header header = {.key_size = key_size};
    size_t all = key_size + size;
    char *rest = malloc(all);
    if (!rest)
        return false;
    memcpy(rest, key, key_size);
    memcpy(rest + key_size, data, size);
    memcpy(header.magic, magic, sizeof magic);
    bool written = digest_of(key_size, rest, all, header.digest) &&
                   fwrite(&header, sizeof header, 1, file) == 1 && fwrite(rest, all, 1, file) == 1;
    free(rest);
    return written;
}

void vx_cache_store(const void *key, size_t key_size, const void *data, size_t size)
{
    char name[VX_SHA256_TEXT], *path = NULL, *temporary = NULL;
    int directory = open_folder(&path, NULL), descriptor = -1;
    FILE *file = NULL;
    uint64_t random = 0;
    if (directory < 0 || size > SIZE_MOST / 2 || key_size > SIZE_MOST / 4 ||
        getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random || !vx_sha256_text(key, key_size, name))
        goto cleanup;
    temporary = vx_text("%s.%016llx", name, (unsigned long long)random);
    if (!temporary ||
        (descriptor = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0)
        goto cleanup;
    bool written = (file = fdopen(descriptor, "wb")) && write_entry(file, key, key_size, data, size);
    written = (file ? fclose(file) == 0 : close(descriptor) == 0) && written;
    if (!written || renameat(directory, temporary, directory, name) != 0)
        unlinkat(directory, temporary, 0);
cleanup:
    if (directory >= 0)
        close(directory);
    free(temporary);
    free(path);
}
