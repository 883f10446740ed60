/* The files of a folder and of its subfolders, by paths relative to the folder, which is open as `fd`. Links are never
 * followed, neither at the end of a path nor within it. */
#ifndef VX_OUTPUT_TREE_H
#define VX_OUTPUT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

typedef struct vx_tree_item {
    char *path;
    bool folder;
} vx_tree_item;

/* Owned; vx_tree_destroy releases it. */
typedef struct vx_tree {
    vx_tree_item *item; /* count of them, sorted by strcmp: a folder comes before what is in it */
    size_t count;
} vx_tree;

/* Lists everything in the folder. False and errno, and an empty tree, where a part cannot be listed: ELOOP for more
 * than 16 folders within each other, ENOMEM where memory is short. */
bool vx_tree_list(int fd, vx_tree *tree);
void vx_tree_destroy(vx_tree *tree);

/* Opens the folder that holds `path`, made where it is missing; *name is the last part of the path. The caller closes
 * it. -1 and errno on failure. */
int vx_tree_holder(int fd, const char *path, const char **name);

/* openat, fstatat and unlinkat of a path; O_NOFOLLOW and O_CLOEXEC are added to `flags`. -1 or false and errno on
 * failure. */
int vx_tree_open(int fd, const char *path, int flags);
bool vx_tree_stat(int fd, const char *path, struct stat *about);
bool vx_tree_unlink(int fd, const vx_tree_item *item);

#endif
