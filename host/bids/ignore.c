#include "bids/ignore.h"

#include "base/file.h"
#include "base/memory.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

vx_status vx_ignore_read(const char *folder, vx_ignore *ignore, vx_error *error)
{
    struct stat about;
    size_t size;
    char *path = vx_text("%s/.bidsignore", folder);
    vx_status status = path ? VX_OK : vx_fail_memory(error);
    *ignore = (vx_ignore){0};
    if (!status && lstat(path, &about) == 0)
        status = vx_file_read(path, (size_t)1 << 24, &ignore->text, &size, error);
    free(path);
    for (char *rest = ignore->text, *line; !status && rest && (line = strsep(&rest, "\n"));) {
        size_t length = strcspn(line, "\r");
        while (length && strchr(" \t", line[length - 1]))
            length--;
        line[length] = '\0';
        if (!*line || *line == '#')
            continue;
        char **grown = vx_array_grow(ignore->pattern, ignore->count, 1, sizeof *grown);
        if (grown) {
            ignore->pattern = grown;
            ignore->pattern[ignore->count++] = line;
        } else {
            status = vx_fail_memory(error);
        }
    }
    if (status)
        vx_ignore_destroy(ignore);
    return status;
}

void vx_ignore_destroy(vx_ignore *ignore)
{
    if (!ignore)
        return;
    free(ignore->text);
    free(ignore->pattern);
    *ignore = (vx_ignore){0};
}

/* Whether a pattern without "!" matches the first `length` bytes of `path`, which are those of a folder or all. */
static bool matches(const char *pattern, const char *path, size_t length)
{
    char glob[4096], name[4096];
    const bool folder = path[length] == '/';
    size_t tail = strlen(pattern);
    const bool folders_only = tail && pattern[tail - 1] == '/';
    tail -= folders_only;
    if ((folders_only && !folder) || tail >= sizeof glob || length >= sizeof name)
        return false;
    memcpy(glob, pattern, tail);
    glob[tail] = '\0';
    memcpy(name, path, length);
    name[length] = '\0';
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    if (!strchr(glob, '/'))
        return fnmatch(glob, base, 0) == 0;
    if (!strncmp(glob, "**/", 3) && !strchr(glob + 3, '/'))
        return fnmatch(glob + 3, base, 0) == 0;
    return fnmatch(glob + (*glob == '/'), name, strstr(glob, "**") ? 0 : FNM_PATHNAME) == 0;
}

bool vx_ignored(const vx_ignore *ignore, const char *path)
{
    bool ignored = false;
    for (size_t i = 0; i < ignore->count; i++) {
        const char *pattern = ignore->pattern[i];
        const bool back = *pattern == '!';
        bool found = false;
        for (size_t length = strcspn(path, "/"); !found; length += 1 + strcspn(path + length + 1, "/")) {
            found = matches(pattern + back, path, length);
            if (!path[length])
                break;
        }
        ignored = found ? !back : ignored;
    }
    return ignored;
}
