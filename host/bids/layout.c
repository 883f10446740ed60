#include "bids/layout.h"

#include "base/json.h"
#include "base/memory.h"
#include "bids/folder.h"
#include "bids/ignore.h"
#include "image/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* The absolute form of a path, without "/" or "/." at its end; links are not resolved. Null where memory is short. */
static char *absolute(const char *path)
{
    char *current = *path == '/' ? vx_copy_text("") : getcwd(NULL, 0);
    while (!strncmp(path, "./", 2))
        path += 2 + strspn(path + 2, "/");
    char *made = current ? vx_text("%s%s%s", current, *path == '/' ? "" : "/", path) : NULL;
    free(current);
    for (size_t length = made ? strlen(made) : 0; length > 1; length--) {
        const bool point = made[length - 1] == '.' && made[length - 2] == '/';
        if (made[length - 1] != '/' && !point)
            break;
        made[length - 1] = '\0';
    }
    return made;
}

/* ---- one dataset ---- */

/* Takes over the path. */
static vx_status add_file(vx_layout *layout, const char *dataset, char *path, const char *name, vx_error *error)
{
    vx_bids_file *grown = path ? vx_array_grow(layout->file, layout->files, 1, sizeof *grown) : NULL;
    if (!grown) {
        free(path);
        return vx_fail_memory(error);
    }
    layout->file = grown;
    vx_bids_file *file = layout->file + layout->files;
    *file = (vx_bids_file){.path = path, .dataset = dataset};
    vx_status status = vx_entities_parse(name, &file->entities, error);
    file->participant = status ? NULL : vx_entity_value(&file->entities, "sub");
    file->session = status ? NULL : vx_entity_value(&file->entities, "ses");
    if (status || !file->participant || !*file->participant) {
        vx_entities_destroy(&file->entities);
        free(path);
        return status;
    }
    layout->files++;
    return VX_OK;
}

static bool is_skipped(const char *name)
{
    static const char *const other[] = {"code", "derivatives", "phenotype", "sourcedata", "stimuli"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (!strcmp(name, other[i]))
            return true;
    return false;
}

static bool is_image(const char *name)
{
    return vx_image_ends(name, ".nii") || vx_image_ends(name, ".nii.gz") || vx_image_ends(name, ".hdr") ||
           vx_image_ends(name, ".hdr.gz");
}

/* A folder that is being searched, and those that it is in. */
typedef struct walked {
    const struct walked *above; /* null at the top of the dataset */
    const char *path;
    dev_t device;
    ino_t inode;
} walked;

/* What a search needs. */
typedef struct walk {
    vx_layout *layout;
    const char *dataset;
    const vx_ignore *ignore;
    size_t top; /* the length of the path of the dataset, with "/" */
} walk;

static vx_status search_folder(const walk *w, const char *path, const walked *above, vx_error *error);

/* Searches a folder, or takes an image. Takes over `path`. */
static vx_status search_entry(const walk *w, char *path, const char *name, const walked *in, vx_error *error)
{
    struct stat about;
    if (!path)
        return vx_fail_memory(error);
    const bool folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    if (!folder && is_image(name) && !vx_ignored(w->ignore, path + w->top))
        return add_file(w->layout, w->dataset, path, name, error);
    vx_status status = folder && (in->above || !is_skipped(name)) ? search_folder(w, path, in, error) : VX_OK;
    free(path);
    return status;
}

/* Searches a folder, unless it is one of those above, to which a link leads back. */
static vx_status search_folder(const walk *w, const char *path, const walked *above, vx_error *error)
{
    struct stat about;
    vx_folder_names names;
    if (stat(path, &about) != 0)
        return vx_fail(error, VX_INPUT, "%s: %s", path, strerror(errno));
    const walked here = {above, path, about.st_dev, about.st_ino};
    for (const walked *at = above; at; at = at->above)
        if (at->device == here.device && at->inode == here.inode)
            return VX_OK;
    vx_status status = vx_folder_names_read(path, NULL, &names, error);
    for (size_t i = 0; !status && i < names.count; i++)
        status = search_entry(w, vx_text("%s/%s", path, names.name[i]), names.name[i], &here, error);
    vx_folder_names_destroy(&names);
    return status;
}

/* Whether dataset_description.json says that a dataset is a derivative. One that cannot be read says nothing. */
static bool is_derivative(const char *top)
{
    json_t *description = NULL;
    char *path = vx_text("%s/dataset_description.json", top);
    bool yes = false;
    if (path && vx_json_read(path, &description, NULL) == VX_OK) {
        const char *type = json_string_value(json_object_get(description, "DatasetType"));
        yes = type && !strcmp(type, "derivative");
    }
    json_decref(description);
    free(path);
    return yes;
}

/* Searches one folder. Takes over `name` and `top`. */
static vx_status search(vx_layout *layout, char *name, char *top, bool raw, vx_error *error)
{
    vx_ignore ignore = {0};
    char **grown = name && top ? vx_array_grow(layout->dataset, layout->datasets, 1, sizeof *grown) : NULL;
    vx_status status = grown ? VX_OK : vx_fail_memory(error);
    if (grown) {
        layout->dataset = grown;
        layout->dataset[layout->datasets++] = name;
    } else {
        free(name);
    }
    if (!status && raw && !is_derivative(top))
        status = vx_ignore_read(top, &ignore, error);
    if (!status)
        status = search_folder(&(walk){layout, name, &ignore, strlen(top) + 1}, top, NULL, error);
    vx_ignore_destroy(&ignore);
    free(top);
    return status;
}

/* ---- all datasets ---- */

/* Lists the folders in <folder>/derivatives. */
static vx_status list_derivatives(const char *folder, vx_folder_names *names, vx_error *error)
{
    char *place = vx_text("%s/derivatives", folder);
    vx_folder_names all = {0};
    vx_status status = place ? vx_folder_names_read(place, NULL, &all, error) : vx_fail_memory(error);
    size_t kept = 0;
    for (size_t i = 0; i < all.count; i++) {
        char *path = status ? NULL : vx_text("%s/%s", place, all.name[i]);
        if (!status && !path)
            status = vx_fail_memory(error);
        if (path && is_folder(path))
            all.name[kept++] = all.name[i];
        else
            free(all.name[i]);
        free(path);
    }
    all.count = kept;
    free(place);
    *names = all;
    return status;
}

static vx_status unknown_derivative(const vx_layout *layout, const char *wanted, const vx_folder_names *names,
                                    vx_error *error)
{
    char list[1000] = "";
    size_t used = 0;
    for (size_t i = 0; i < names->count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names->name[i]);
    return vx_fail(error, VX_INPUT, "--derivatives %s: neither a folder nor the name of one in %s/derivatives; those "
                   "there are: %s", wanted, layout->folder, names->count ? list : "none");
}

static vx_status search_derivative(vx_layout *layout, const char *wanted, const vx_folder_names *names,
                                   vx_error *error)
{
    for (size_t i = 0; i < names->count; i++)
        if (!strcmp(wanted, names->name[i]))
            return search(layout, vx_text("derivatives/%s", wanted),
                          vx_text("%s/derivatives/%s", layout->folder, wanted), false, error);
    if (!is_folder(wanted))
        return unknown_derivative(layout, wanted, names, error);
    return search(layout, vx_copy_text(wanted), absolute(wanted), false, error);
}

vx_status vx_layout_read(const char *folder, const char *const *derivative, size_t derivatives, vx_layout *layout,
                         vx_error *error)
{
    vx_folder_names names = {0};
    *layout = (vx_layout){0};
    if (!is_folder(folder))
        return vx_fail(error, VX_INPUT, "%s: %s; the folder of a BIDS dataset is expected", folder,
                       access(folder, F_OK) == 0 ? "not a folder" : strerror(errno));
    layout->folder = absolute(folder);
    vx_status status = layout->folder ? list_derivatives(layout->folder, &names, error)
                                      : vx_fail_memory(error);
    for (size_t i = 0; !status && i < derivatives; i++)
        status = search_derivative(layout, derivative[i], &names, error);
    if (!status && !derivatives)
        status = search(layout, vx_copy_text("."), vx_copy_text(layout->folder), true, error);
    for (size_t i = 0; !status && !derivatives && i < names.count; i++)
        status = search_derivative(layout, names.name[i], &names, error);
    vx_folder_names_destroy(&names);
    if (!status && !layout->files)
        status = vx_fail(error, VX_INPUT, "%s: no image (.nii, .nii.gz, .hdr) whose name has the entity sub-, as BIDS "
                         "gives it", layout->folder);
    if (status)
        vx_layout_destroy(layout);
    return status;
}

void vx_layout_destroy(vx_layout *layout)
{
    if (!layout)
        return;
    for (size_t i = 0; i < layout->files; i++) {
        vx_entities_destroy(&layout->file[i].entities);
        free(layout->file[i].path);
    }
    for (size_t i = 0; i < layout->datasets; i++)
        free(layout->dataset[i]);
    free(layout->file);
    free(layout->dataset);
    free(layout->folder);
    *layout = (vx_layout){0};
}
