#include "image/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool hash_again(const char *path, char sha256[VX_SHA256_TEXT])
{
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* opening a pipe must not block */
    if (descriptor < 0)
        return false;
    const bool done = vx_sha256_file(descriptor, sha256);
    close(descriptor);
    return done;
}

vx_source_state vx_source_now(const vx_source_file *file)
{
    struct stat now;
    char sha256[VX_SHA256_TEXT];
    if (stat(file->path, &now) != 0)
        return VX_SOURCE_GONE;
    if ((uint64_t)now.st_size == file->size && now.st_mtim.tv_sec == file->seconds &&
        now.st_mtim.tv_nsec == file->nanoseconds)
        return VX_SOURCE_SAME;
    if (!S_ISREG(now.st_mode) || !hash_again(file->path, sha256))
        return VX_SOURCE_GONE;
    return strcmp(sha256, file->sha256) == 0 ? VX_SOURCE_SAME : VX_SOURCE_CHANGED;
}

vx_source_state vx_source_now_all(const vx_source *source)
{
    vx_source_state worst = VX_SOURCE_SAME;
    for (int i = 0; i < source->files && *source->file[i].sha256; i++) {
        const vx_source_state now = vx_source_now(&source->file[i]);
        worst = now > worst ? now : worst;
    }
    return worst;
}

void vx_source_describe(const vx_source *image, char *text, size_t size)
{
    snprintf(text, size, "participant %s, column %s", vx_source_name(image->participant),
             vx_source_name(image->column));
}

vx_status vx_source_prefix(const vx_source *image, vx_status status, vx_error *error)
{
    char whose[512];
    vx_source_describe(image, whose, sizeof whose);
    return vx_error_prefix(error, status, "%s", whose);
}
