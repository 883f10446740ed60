#include "atlas/atlas.h"

#include "base/memory.h"
#include "base/sort.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LABELS_MAX = 20000, NAMED_MAX = 8 };

/* The place of a label in an ascending list, or where it belongs. */
static int64_t find_label(const int64_t *label, int64_t count, int64_t wanted)
{
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (label[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t vx_atlas_find(const vx_atlas *atlas, int64_t label)
{
    const int64_t place = find_label(atlas->label, atlas->regions, label);
    return place < atlas->regions && atlas->label[place] == label ? place : -1;
}

static vx_status add_label(vx_atlas *atlas, int64_t label, vx_error *error)
{
    const int64_t place = find_label(atlas->label, atlas->regions, label);
    if (place < atlas->regions && atlas->label[place] == label)
        return VX_OK;
    if (atlas->regions == LABELS_MAX)
        return vx_fail(error, VX_INPUT, "%s: more than %d different values: is it a volume of labels?", atlas->path,
                       LABELS_MAX);
    int64_t *grown = vx_array_grow(atlas->label, (size_t)atlas->regions, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    atlas->label = grown;
    memmove(grown + place + 1, grown + place, (size_t)(atlas->regions++ - place) * sizeof *grown);
    grown[place] = label;
    return VX_OK;
}

/* Lists the labels of a volume. 0 and values that are not finite are background. */
static vx_status list_labels(vx_atlas *atlas, const vx_loaded *volume, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    double last = 0;
    for (int64_t v = 0; v < voxels; v++) {
        const double value = vx_loaded_value(volume, v);
        if (value == last || !isfinite(value) || value == 0)
            continue;
        if (value < 0 || value != floor(value) || value >= 0x1p53) {
            int64_t at[3];
            vx_grid_voxel(&volume->grid, v, at);
            return vx_fail(error, VX_INPUT, "%s: the value %.9g at voxel %lld %lld %lld is no label, which is a whole "
                           "number; labels that were interpolated are lost", atlas->path, value, (long long)at[0],
                           (long long)at[1], (long long)at[2]);
        }
        vx_status status = add_label(atlas, (int64_t)value, error);
        if (status)
            return status;
        last = value;
    }
    return atlas->regions ? VX_OK : vx_fail(error, VX_INPUT, "%s: holds no label: all values are 0", atlas->path);
}

/* The labels of a volume, or the numbers of several volumes. */
static vx_status read_labels(vx_atlas *atlas, vx_error *error)
{
    vx_source source = {.path = atlas->path};
    vx_loaded volume = {0};
    vx_grid grid;
    vx_status status = vx_source_open(&source, &atlas->how, &grid, error);
    const int64_t volumes = status ? 0 : vx_source_volumes(&source);
    atlas->probabilities = volumes > 1;
    if (volumes > LABELS_MAX)
        status = vx_fail(error, VX_INPUT, "%s: %lld volumes; at most %d regions are taken", atlas->path,
                         (long long)volumes, LABELS_MAX);
    for (int64_t k = 0; !status && atlas->probabilities && k < volumes; k++)
        status = add_label(atlas, k, error);
    if (!status && volumes == 1 && !(status = vx_source_read(&source, &atlas->how, &volume, error)))
        status = list_labels(atlas, &volume, error);
    vx_loaded_destroy(&volume);
    vx_source_destroy(&source);
    return status;
}

/* ---- names ---- */

/* Appends to a list of at most NAMED_MAX items and counts the others. */
static void list_item(char *text, size_t size, int64_t count, const char *item)
{
    const size_t used = strlen(text);
    if (count < NAMED_MAX)
        snprintf(text + used, size - used, "%s%.60s", used ? ", " : "", item);
    else if (count == NAMED_MAX)
        snprintf(text + used, size - used, " and others");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static vx_status check_distinct(const vx_atlas *atlas, vx_error *error)
{
    vx_status status = VX_OK;
    char **sorted = vx_array((size_t)atlas->regions, sizeof *sorted);
    if (!sorted)
        return vx_fail_memory(error);
    memcpy(sorted, atlas->name, (size_t)atlas->regions * sizeof *sorted);
    qsort(sorted, (size_t)atlas->regions, sizeof *sorted, by_text);
    for (int64_t r = 1; r < atlas->regions && !status; r++)
        if (!strcmp(sorted[r - 1], sorted[r]))
            status = vx_fail(error, VX_INPUT, "%s: two labels of %s are called %s; every region needs a name of its "
                             "own", atlas->names.path, atlas->path, sorted[r]);
    free(sorted);
    return status;
}

/* Numbers the names of several volumes from 0, whether the file counts from 0 or from 1. */
static vx_status number_volumes(vx_atlas *atlas, vx_error *error)
{
    const vx_label_names *names = &atlas->names;
    const int64_t first = names->item[0].label;
    for (size_t i = 0; i < names->count; i++)
        if (first > 1 || names->item[i].label != first + (int64_t)i)
            return vx_fail(error, VX_INPUT, "%s: numbers its names %lld to %lld with gaps, and %s has %lld volumes, "
                           "which are 0, 1, ... or 1, 2, ...", names->path, (long long)first,
                           (long long)names->item[names->count - 1].label, atlas->path, (long long)atlas->regions);
    if ((int64_t)names->count != atlas->regions)
        return vx_fail(error, VX_INPUT, "%s: %zu names, and %s has %lld volumes; one name a volume is needed",
                       names->path, names->count, atlas->path, (long long)atlas->regions);
    for (size_t i = 0; i < names->count; i++)
        names->item[i].label -= first;
    return VX_OK;
}

/* Gives every label its name, and remarks on names that are left. Both lists ascend. */
static vx_status give_names(vx_atlas *atlas, vx_remarks *remarks, vx_error *error)
{
    const vx_label_names *names = &atlas->names;
    char without[700] = "", unused[700] = "", number[32];
    int64_t missing = 0, left = 0, r = 0;
    for (size_t i = 0; i <= names->count; i++) {
        const int64_t label = i < names->count ? names->item[i].label : INT64_MAX;
        for (; r < atlas->regions && atlas->label[r] < label; r++) {
            snprintf(number, sizeof number, "%lld", (long long)atlas->label[r]);
            list_item(without, sizeof without, missing++, number);
        }
        if (i == names->count)
            break;
        if (r < atlas->regions && atlas->label[r] == label) {
            if (!(atlas->name[r++] = vx_copy_text(names->item[i].name)))
                return vx_fail_memory(error);
        } else if (label) { /* 0 is the background */
            list_item(unused, sizeof unused, left++, names->item[i].name);
        }
    }
    if (missing)
        return vx_fail(error, VX_INPUT, "%s: %lld of %lld labels have no name in %s: %s", atlas->path,
                       (long long)missing, (long long)atlas->regions, names->path, without);
    if (!left)
        return VX_OK;
    return vx_remarks_add(remarks, error, "%lld name%s of %s no voxel in %s: %s", (long long)left,
                          left == 1 ? "" : "s", left == 1 ? "a label that has" : "labels that have", atlas->path,
                          unused);
}

vx_status vx_atlas_read(const char *path, const char *names, vx_analyze_orientation orientation, vx_remarks *remarks,
                        vx_atlas *atlas, vx_error *error)
{
    vx_atlas made = {.path = path,
                     .how = {.orientation = orientation, .exact = true, .hashed = true, .raw = true, .several = true}};
    char *beside = NULL;
    vx_status status = read_labels(&made, error);
    if (!status && !names)
        status = vx_label_names_find(path, &beside, error);
    if (!status)
        status = vx_label_names_read(names ? names : beside, made.probabilities, &made.names, error);
    if (!status && made.probabilities)
        status = number_volumes(&made, error);
    if (!status && !(made.name = vx_array_zero((size_t)made.regions, sizeof *made.name)))
        status = vx_fail_memory(error);
    if (!status)
        status = give_names(&made, remarks, error);
    if (!status)
        status = check_distinct(&made, error);
    free(beside);
    if (status)
        vx_atlas_destroy(&made);
    else
        *atlas = made;
    return status ? vx_error_prefix(error, status, "atlas") : VX_OK;
}

void vx_atlas_destroy(vx_atlas *atlas)
{
    if (!atlas)
        return;
    for (int64_t r = 0; atlas->name && r < atlas->regions; r++)
        free(atlas->name[r]);
    free(atlas->name);
    free(atlas->label);
    vx_label_names_destroy(&atlas->names);
    *atlas = (vx_atlas){0};
}
