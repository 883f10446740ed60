/* The cache of program binaries. A file is a magic word, the SHA-256 of the binary, and the binary: a driver never gets
 * to see a broken one. Files are written beside their place and renamed, so that two programs may do it at once. */
#include "base/memory.h"
#include "engine/opencl/opencl.h"

#include <errno.h>
#include <sha256.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = "voxstat1";
enum { HEADER = sizeof magic + SHA256_DIGEST_LENGTH };

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

static void digest_of(const void *data, size_t size, uint8_t digest[SHA256_DIGEST_LENGTH])
{
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, data, size);
    SHA256Final(digest, &context);
}

void *vx_cache_load(const char *key, size_t *size)
{
    char header[HEADER], *directory = folder(), *path = directory ? vx_text("%s/%s", directory, key) : NULL;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    FILE *file = path ? fopen(path, "rb") : NULL;
    struct stat properties;
    void *data = NULL;
    if (file && fstat(fileno(file), &properties) == 0 && properties.st_size > HEADER &&
        fread(header, HEADER, 1, file) == 1) {
        *size = (size_t)properties.st_size - HEADER;
        data = malloc(*size);
        if (data && fread(data, *size, 1, file) == 1)
            digest_of(data, *size, digest);
        else
            memset(digest, 0, sizeof digest);
        if (memcmp(header, magic, sizeof magic) != 0 || memcmp(header + sizeof magic, digest, sizeof digest) != 0) {
            free(data);
            data = NULL;
        }
    }
    if (file)
        fclose(file);
    free(path);
    free(directory);
    return data;
}

void vx_cache_store(const char *key, const void *data, size_t size)
{
    char *directory = folder(), *path = NULL, *temporary = NULL;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    FILE *file = NULL;
    int descriptor = -1;
    if (!directory || !make_folders(directory))
        goto cleanup;
    path = vx_text("%s/%s", directory, key);
    temporary = vx_text("%s/%s.XXXXXX", directory, key);
    if (!path || !temporary || (descriptor = mkstemp(temporary)) < 0)
        goto cleanup;
    file = fdopen(descriptor, "wb");
    if (!file) {
        close(descriptor);
        unlink(temporary);
        goto cleanup;
    }
    digest_of(data, size, digest);
    bool written = fwrite(magic, sizeof magic, 1, file) == 1 && fwrite(digest, sizeof digest, 1, file) == 1 &&
                   fwrite(data, size, 1, file) == 1;
    written = fclose(file) == 0 && written;
    if (!written || rename(temporary, path) != 0)
        unlink(temporary);
cleanup:
    free(temporary);
    free(path);
    free(directory);
}
