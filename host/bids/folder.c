#include "bids/folder.h"

#include "base/memory.h"
#include "base/sort.h"
#include "image/files.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static vx_status add(vx_folder_names *names, const char *name, vx_error *error)
{
    char **grown = vx_array_grow(names->name, names->count, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    names->name = grown;
    if (!(grown[names->count] = vx_copy_text(name)))
        return vx_fail_memory(error);
    names->count++;
    return VX_OK;
}

vx_status vx_folder_names_read(const char *path, const char *ending, vx_folder_names *names, vx_error *error)
{
    vx_status status = VX_OK;
    *names = (vx_folder_names){0};
    DIR *entries = opendir(path);
    if (!entries && (errno == ENOENT || errno == ENOTDIR))
        return VX_OK;
    if (!entries)
        return errno == ENOMEM ? vx_fail_memory(error) : vx_fail(error, VX_INPUT, "%s: %s", path, strerror(errno));
    struct dirent *entry;
    while (!status && (errno = 0, entry = readdir(entries)))
        if (entry->d_name[0] != '.' && (!ending || vx_image_ends(entry->d_name, ending)))
            status = add(names, entry->d_name, error);
    if (!status && errno)
        status = vx_fail(error, VX_INPUT, "%s: %s", path, strerror(errno));
    closedir(entries);
    if (status)
        vx_folder_names_destroy(names);
    else if (names->count)
        vx_sort_texts((const char **)names->name, names->count);
    return status;
}

void vx_folder_names_destroy(vx_folder_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->count; i++)
        free(names->name[i]);
    free(names->name);
    *names = (vx_folder_names){0};
}
