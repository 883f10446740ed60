#include "output/tree.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 16 };

/* ---- one path ---- */

/* Opens the folder that holds `path`, and with `make` makes it; *name is the last part of the path. The caller closes
 * it. */
static int open_holder(int fd, const char *path, bool make, const char **name)
{
    int at = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    *name = path;
    for (const char *slash; at >= 0 && (slash = strchr(*name, '/')); *name = slash + 1) {
        char *part = strndup(*name, (size_t)(slash - *name));
        if (part && make)
            mkdirat(at, part, 0777); /* opening fails where this does, but for a folder that exists */
        const int next = part ? openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        const int reason = part ? errno : ENOMEM;
        free(part);
        close(at);
        errno = reason;
        at = next;
    }
    return at;
}

static void close_keeping_errno(int fd)
{
    const int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
}

int vx_tree_holder(int fd, const char *path, const char **name)
{
    return open_holder(fd, path, true, name);
}

int vx_tree_open(int fd, const char *path, int flags)
{
    const char *name;
    const int holder = open_holder(fd, path, false, &name);
    const int opened = holder < 0 ? -1 : openat(holder, name, flags | O_NOFOLLOW | O_CLOEXEC);
    close_keeping_errno(holder);
    return opened;
}

bool vx_tree_stat(int fd, const char *path, struct stat *about)
{
    const char *name;
    const int holder = open_holder(fd, path, false, &name);
    const bool done = holder >= 0 && fstatat(holder, name, about, AT_SYMLINK_NOFOLLOW) == 0;
    close_keeping_errno(holder);
    return done;
}

bool vx_tree_unlink(int fd, const vx_tree_item *item)
{
    const char *name;
    const int holder = open_holder(fd, item->path, false, &name);
    const bool done = holder >= 0 && unlinkat(holder, name, item->folder ? AT_REMOVEDIR : 0) == 0;
    close_keeping_errno(holder);
    return done;
}

/* ---- the list ---- */

static bool list_folder(vx_tree *tree, int fd, const char *path, int depth);

/* Adds an entry of the folder `within`, which is "" at the top, and what is in it. */
static bool add(vx_tree *tree, int fd, const char *within, const char *name, int depth)
{
    struct stat about;
    if (fstatat(fd, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT; /* removed meanwhile */
    char *path = vx_text("%s%s%s", within, *within ? "/" : "", name);
    vx_tree_item *grown = path ? vx_array_grow(tree->item, tree->count, 1, sizeof *grown) : NULL;
    if (!grown) {
        free(path);
        errno = ENOMEM;
        return false;
    }
    tree->item = grown;
    tree->item[tree->count++] = (vx_tree_item){path, S_ISDIR(about.st_mode)};
    if (!S_ISDIR(about.st_mode))
        return true;
    const int folder = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder >= 0 && list_folder(tree, folder, path, depth + 1);
}

/* Closes the folder. */
static bool list_folder(vx_tree *tree, int fd, const char *path, int depth)
{
    DIR *folder = depth <= DEPTH_MAX ? fdopendir(fd) : NULL;
    if (!folder) {
        const int reason = depth <= DEPTH_MAX ? errno : ELOOP;
        close(fd);
        errno = reason;
        return false;
    }
    bool good = true;
    errno = 0;
    for (const struct dirent *item; good && (item = readdir(folder)); errno = good ? 0 : errno)
        if (strcmp(item->d_name, ".") && strcmp(item->d_name, ".."))
            good = add(tree, dirfd(folder), path, item->d_name, depth);
    const int reason = errno;
    closedir(folder);
    errno = reason;
    return good && !reason;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const vx_tree_item *)a)->path, ((const vx_tree_item *)b)->path);
}

bool vx_tree_list(int fd, vx_tree *tree)
{
    *tree = (vx_tree){0};
    const int top = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        return false;
    if (!list_folder(tree, top, "", 0)) {
        const int reason = errno;
        vx_tree_destroy(tree);
        errno = reason;
        return false;
    }
    if (tree->count)
        qsort(tree->item, tree->count, sizeof *tree->item, compare);
    return true;
}

void vx_tree_destroy(vx_tree *tree)
{
    if (!tree)
        return;
    for (size_t i = 0; i < tree->count; i++)
        free(tree->item[i].path);
    free(tree->item);
    *tree = (vx_tree){0};
}
