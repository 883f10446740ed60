#include "bids/layout.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/sort.h"
#include "bids/ignore.h"
#include "image/files.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
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

static bool is_skipped(const FTSENT *entry)
{
    static const char *const other[] = {"code", "derivatives", "phenotype", "sourcedata", "stimuli"};
    if (entry->fts_level > 0 && entry->fts_name[0] == '.')
        return true;
    for (size_t i = 0; entry->fts_level == 1 && i < sizeof other / sizeof *other; i++)
        if (!strcmp(entry->fts_name, other[i]))
            return true;
    return false;
}

static bool is_image(const char *name)
{
    return vx_image_ends(name, ".nii") || vx_image_ends(name, ".nii.gz") || vx_image_ends(name, ".hdr") ||
           vx_image_ends(name, ".hdr.gz");
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static vx_status walk(vx_layout *layout, const char *dataset, char *top, const vx_ignore *ignore, vx_error *error)
{
    vx_status status = VX_OK;
    FTSENT *entry;
    FTS *tree = fts_open((char *[]){top, NULL}, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!tree)
        return vx_fail(error, VX_INPUT, "%s: %s", top, strerror(errno));
    while (!status && (errno = 0, entry = fts_read(tree))) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
            status = vx_fail(error, VX_INPUT, "%s: %s", entry->fts_path, strerror(entry->fts_errno));
        else if (entry->fts_info == FTS_D && is_skipped(entry))
            fts_set(tree, entry, FTS_SKIP);
        else if ((entry->fts_info == FTS_F || entry->fts_info == FTS_SLNONE) && is_image(entry->fts_name) &&
                 !vx_ignored(ignore, entry->fts_path + strlen(top) + 1))
            status = add_file(layout, dataset, vx_copy_text(entry->fts_path), entry->fts_name, error);
    }
    if (!status && errno)
        status = vx_fail(error, VX_INPUT, "%s: %s", top, strerror(errno));
    fts_close(tree);
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
        status = walk(layout, name, top, &ignore, error);
    vx_ignore_destroy(&ignore);
    free(top);
    return status;
}

/* ---- all datasets ---- */

/* Lists the folders in <folder>/derivatives, sorted. The caller frees the list and its texts. */
static vx_status list_derivatives(const char *folder, char ***name, size_t *names, vx_error *error)
{
    char *place = vx_text("%s/derivatives", folder);
    DIR *entries = place ? opendir(place) : NULL;
    vx_status status = place ? VX_OK : vx_fail_memory(error);
    *name = NULL;
    *names = 0;
    for (struct dirent *entry; !status && entries && (entry = readdir(entries));) {
        char *path = vx_text("%s/%s", place, entry->d_name);
        char **grown = path ? vx_array_grow(*name, *names, 1, sizeof *grown) : NULL;
        if (grown)
            *name = grown;
        if (grown && entry->d_name[0] != '.' && is_folder(path))
            (*name)[(*names)++] = vx_copy_text(entry->d_name);
        if (!grown || (*names && !(*name)[*names - 1]))
            status = vx_fail_memory(error);
        free(path);
    }
    if (entries)
        closedir(entries);
    free(place);
    if (!status && *names)
        vx_sort_texts((const char **)*name, *names);
    return status;
}

static vx_status unknown_derivative(const vx_layout *layout, const char *wanted, char *const *name, size_t names,
                                    vx_error *error)
{
    char list[1000] = "";
    size_t used = 0;
    for (size_t i = 0; i < names && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", name[i]);
    return vx_fail(error, VX_INPUT, "--derivatives %s: neither a folder nor the name of one in %s/derivatives; those "
                   "there are: %s", wanted, layout->folder, names ? list : "none");
}

static vx_status search_derivative(vx_layout *layout, const char *wanted, char *const *name, size_t names,
                                   vx_error *error)
{
    for (size_t i = 0; i < names; i++)
        if (!strcmp(wanted, name[i]))
            return search(layout, vx_text("derivatives/%s", wanted),
                          vx_text("%s/derivatives/%s", layout->folder, wanted), false, error);
    if (!is_folder(wanted))
        return unknown_derivative(layout, wanted, name, names, error);
    return search(layout, vx_copy_text(wanted), absolute(wanted), false, error);
}

vx_status vx_layout_read(const char *folder, const char *const *derivative, size_t derivatives, vx_layout *layout,
                         vx_error *error)
{
    char **name = NULL;
    size_t names = 0;
    *layout = (vx_layout){0};
    if (!is_folder(folder))
        return vx_fail(error, VX_INPUT, "%s: %s; the folder of a BIDS dataset is expected", folder,
                       access(folder, F_OK) == 0 ? "not a folder" : strerror(errno));
    layout->folder = absolute(folder);
    vx_status status = layout->folder ? list_derivatives(layout->folder, &name, &names, error)
                                      : vx_fail_memory(error);
    for (size_t i = 0; !status && i < derivatives; i++)
        status = search_derivative(layout, derivative[i], name, names, error);
    if (!status && !derivatives)
        status = search(layout, vx_copy_text("."), vx_copy_text(layout->folder), true, error);
    for (size_t i = 0; !status && !derivatives && i < names; i++)
        status = search_derivative(layout, name[i], name, names, error);
    for (size_t i = 0; i < names; i++)
        free(name[i]);
    free(name);
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
