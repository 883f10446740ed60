#include "bids/inheritance.h"

#include "base/memory.h"
#include "bids/folder.h"
#include "bids/raw.h"
#include "image/files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A JSON file of a folder, and the number of entities in its name. */
typedef struct general_file {
    char *path;
    size_t entities;
} general_file;

static int more_general(const void *a, const void *b)
{
    const general_file *x = a, *y = b;
    if (x->entities != y->entities)
        return x->entities < y->entities ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* Cuts the last element off a path in place. False where nothing is left. */
static bool go_up(char *folder)
{
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return false;
    *slash = '\0';
    return true;
}

/* The folder of `path` as an absolute path in which ".." does not occur; null and errno on failure. Links are followed
 * only where there is a "..". */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path)) : vx_copy_text(".");
    if (!folder || (*folder == '/' && !strstr(folder, "/..")))
        return folder;
    char *resolved = realpath(folder, NULL);
    const int reason = errno;
    free(folder);
    errno = reason;
    return resolved;
}

vx_status vx_dataset_top(const char *folder, char **top, vx_error *error)
{
    char *at = vx_copy_text(folder), *description = at;
    bool found = false;
    *top = NULL;
    for (bool more = at != NULL; more; more = description && !found && go_up(at)) {
        description = vx_text("%s/dataset_description.json", at);
        found = description && access(description, F_OK) == 0;
        free(description);
    }
    if (found)
        *top = at;
    else
        free(at);
    return description ? VX_OK : vx_fail_memory(error);
}

/* Takes over the path. */
static vx_status add(vx_inheritance *found, char *path, vx_error *error)
{
    char **grown = path ? vx_array_grow(found->path, found->count, 1, sizeof *grown) : NULL;
    if (!grown) {
        free(path);
        return vx_fail_memory(error);
    }
    found->path = grown;
    found->path[found->count++] = path;
    return VX_OK;
}

/* Whether the metadata of a JSON file called `name` hold for the image. */
static vx_status holds(const char *name, const vx_entities *image, bool *yes, size_t *entities, vx_error *error)
{
    vx_entities own;
    vx_status status = vx_entities_parse(name, &own, error);
    if (status)
        return status;
    *yes = vx_entities_inherit(&own, image);
    *entities = own.count;
    vx_entities_destroy(&own);
    return VX_OK;
}

/* Adds those of one folder. */
static vx_status add_of_folder(vx_inheritance *found, const char *folder, const vx_entities *image, vx_error *error)
{
    vx_folder_names names;
    vx_status status = vx_folder_names_read(folder, ".json", &names, error);
    general_file *file = status ? NULL : vx_array(names.count, sizeof *file);
    size_t files = 0;
    if (!status && !file)
        status = vx_fail_memory(error);
    for (size_t i = 0; !status && i < names.count; i++) {
        bool yes;
        status = holds(names.name[i], image, &yes, &file[files].entities, error);
        if (status || !yes)
            continue;
        if (!(file[files].path = vx_text("%s/%s", folder, names.name[i])))
            status = vx_fail_memory(error);
        else
            files++;
    }
    if (!status)
        qsort(file, files, sizeof *file, more_general);
    for (size_t i = 0; i < files; i++) {
        if (!status)
            status = add(found, file[i].path, error);
        else
            free(file[i].path);
    }
    free(file);
    vx_folder_names_destroy(&names);
    return status;
}

/* Adds those of the folders from `top` down to `folder`, which is in it. */
static vx_status add_inherited(vx_inheritance *found, const char *top, const char *folder, const vx_entities *image,
                               vx_error *error)
{
    vx_status status = VX_OK;
    char *at = vx_copy_text(folder);
    if (!at)
        return vx_fail_memory(error);
    for (size_t length = strlen(top); !status; length += 1 + strcspn(folder + length + 1, "/")) {
        memcpy(at, folder, length);
        at[length] = '\0';
        status = add_of_folder(found, at, image, error);
        if (!folder[length])
            break;
    }
    free(at);
    return status;
}

static vx_status find(const char *image, bool raw_too, vx_inheritance *found, vx_error *error);

/* Adds those of the raw image. */
static vx_status add_of_raw(vx_inheritance *found, const char *top, const vx_entities *image, vx_error *error)
{
    char *raw = NULL;
    vx_status status = vx_raw_find(top, image, &raw, error);
    if (!status && raw)
        status = find(raw, false, found, error);
    free(raw);
    return status;
}

/* Adds the file beside the image, if it is there and was not added yet. */
static vx_status add_beside(vx_inheritance *found, const char *folder, const char *name, vx_error *error)
{
    struct stat about;
    char *path = vx_text("%s/%.*s.json", folder, (int)vx_image_stem(name), name);
    if (!path)
        return vx_fail_memory(error);
    if (lstat(path, &about) == 0 && !(found->count && !strcmp(found->path[found->count - 1], path)))
        return add(found, path, error);
    free(path);
    return VX_OK;
}

static vx_status find(const char *image, bool raw_too, vx_inheritance *found, vx_error *error)
{
    const char *slash = strrchr(image, '/'), *name = slash ? slash + 1 : image;
    char *folder = folder_of(image), *top = NULL;
    vx_entities entities = {0};
    if (!folder) /* it does not exist, so that nothing is in it */
        return errno == ENOMEM ? vx_fail_memory(error) : VX_OK;
    vx_status status = vx_entities_parse(name, &entities, error);
    if (!status)
        status = vx_dataset_top(folder, &top, error);
    if (!status && top && raw_too)
        status = add_of_raw(found, top, &entities, error);
    if (!status && top)
        status = add_inherited(found, top, folder, &entities, error);
    if (!status)
        status = add_beside(found, folder, name, error);
    vx_entities_destroy(&entities);
    free(folder);
    free(top);
    return status;
}

vx_status vx_inheritance_find(const char *image, vx_inheritance *inheritance, vx_error *error)
{
    *inheritance = (vx_inheritance){0};
    vx_status status = find(image, true, inheritance, error);
    if (status)
        vx_inheritance_destroy(inheritance);
    return status;
}

void vx_inheritance_destroy(vx_inheritance *inheritance)
{
    if (!inheritance)
        return;
    for (size_t i = 0; i < inheritance->count; i++)
        free(inheritance->path[i]);
    free(inheritance->path);
    *inheritance = (vx_inheritance){0};
}
