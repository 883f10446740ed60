/* Maps and masks as NIfTI files, written in parallel, as compression takes most of the time. */
#include "output/record.h"

#include "base/error.h"
#include "base/memory.h"
#include "infer/quantity.h"
#include "results/change.h"
#include "results/level.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A map to write. */
typedef struct map_task { const vx_entry *entry; vx_tests tests; const vx_map *map; } map_task;

static vx_intent map_intent(const vx_map *map, vx_p_format format)
{
    if (!vx_quantity_is_p(map->quantity))
        return vx_quantity_about(map->quantity)->intent;
    switch (format) {
    case VX_P_LOG10: return VX_INTENT_LOG10P;
    case VX_P_PLAIN: return VX_INTENT_P;
    case VX_P_ONE_MINUS: return VX_INTENT_NONE; /* NIfTI has no code for 1-p */
    }
    return VX_INTENT_NONE;
}

/* The range in which a viewer opens a map: t from the forming threshold to the most extreme in the tails tested, p
 * below the level. False where the viewer should choose: for other maps, and for t where only falls were tested. There
 * a range above 0 would show the other tail, and one below 0 would paint all weaker values and the outside of the
 * mask. */
static bool display_range(const map_task *task, vx_p_format format, double shown[2])
{
    const vx_map *map = task->map;
    const bool is_p = vx_quantity_is_p(map->quantity);
    const vx_tails tails = task->tests.result->options.tails;
    double threshold = task->tests.result->plan.threshold_t, largest = 0;
    int64_t voxels = task->tests.space->elements;
    for (int64_t v = 0; v < voxels; v++)
        largest = fmax(largest, is_p ? vx_p_formatted(map->value[v], format)
                                          : tails == VX_TWO_TAILS ? fabs(map->value[v]) : map->value[v]);
    if (is_p) {
        const double edge = vx_level_shown(format);
        shown[0] = format == VX_P_PLAIN ? 0 : edge;
        shown[1] = format == VX_P_PLAIN ? edge : format == VX_P_ONE_MINUS ? 1 : fmax(largest, 2);
        return true;
    }
    shown[0] = threshold;
    shown[1] = fmax(largest, 1.25 * threshold);
    return map->quantity == VX_MAP_T && tails != VX_NEGATIVE;
}

static vx_status write_map(const char *folder, const vx_record *record, const map_task *task, vx_error *error)
{
    const vx_map *map = task->map;
    const vx_quantity_row *about = vx_quantity_about(map->quantity);
    const bool is_p = vx_quantity_is_p(map->quantity), is_label = about->intent == VX_INTENT_LABEL;
    const vx_space *space = task->tests.space;
    const size_t places = vx_space_places(space);
    char *name = vx_name_in_volume(about->name, task->tests.volume);
    char *path = name ? vx_text("%s/%s_%s.nii.gz", folder, task->entry->stem, name) : NULL;
    float *written = vx_array(places, sizeof *written);
    vx_status status;
    if (!path || !written) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    vx_map_scatter(map, space, record->p_format, written);
    if (is_label) {
        _Static_assert(sizeof(int32_t) == sizeof(float), "labels overwrite floats");
        for (size_t i = 0; i < places; i++) {
            int32_t label = (int32_t)written[i];
            memcpy(&written[i], &label, sizeof label);
        }
    }
    char description[80]; /* names come last, as the header may cut them */
    const char *units = is_p           ? vx_p_format_words(record->p_format)
                        : about->units ? NULL
                                       : vx_change_units(task->entry->modality->change, task->entry->modality->units);
    snprintf(description, sizeof description, "voxstat %s: %s%s%s%s, %s%s%s", record->version, about->name,
             is_p ? " as " : units ? " in " : "", units ? units : "",
             units && map->quantity == VX_MAP_SLOPE ? " per unit" : "", task->entry->stem,
             task->tests.volume ? " in " : "", task->tests.volume ? task->tests.volume : "");
    double shown[2];
    bool shows = display_range(task, record->p_format, shown);
    status = vx_image_write(path, &space->grid, written, is_label ? VX_INT32 : VX_FLOAT32,
                            map_intent(map, record->p_format), task->tests.result->effect->df, shows ? shown : NULL,
                            description, error);
cleanup:
    free(name);
    free(path);
    free(written);
    return status;
}

static vx_status write_all_maps(const char *folder, const vx_record *record, const vx_entry *entry, size_t entries,
                                vx_error *error)
{
    size_t tasks = 0, k = 0;
    for (size_t i = 0; i < entries; i++)
        for (size_t part = 0; part < vx_entry_parts(&entry[i]); part++)
            tasks += vx_entry_tests(&entry[i], part).result->maps;
    map_task *task = vx_array(tasks, sizeof *task);
    if (!task)
        return vx_fail_memory(error);
    for (size_t i = 0; i < entries; i++)
        for (size_t part = 0; part < vx_entry_parts(&entry[i]); part++) {
            const vx_tests tests = vx_entry_tests(&entry[i], part);
            for (size_t m = 0; m < tests.result->maps; m++)
                if (vx_map_written(&tests, &tests.result->map[m]))
                    task[k++] = (map_task){&entry[i], tests, &tests.result->map[m]};
        }

    vx_status status = VX_OK;
#pragma omp parallel for schedule(dynamic) shared(status)
    for (size_t i = 0; i < k; i++) { /* a failure must not lose the other maps */
        vx_error own;
        const vx_status found = write_map(folder, record, &task[i], &own);
        if (found)
#pragma omp critical(vx_write_maps)
            if (!status) {
                if (error)
                    *error = own;
                status = found;
            }
    }
    free(task);
    return status;
}

/* mask.nii.gz: the voxels analysed in every modality; absent where modalities have different grids. Several modalities
 * also have a mask each. */
static vx_status write_masks(const char *folder, const vx_record *record, const vx_entry *entry, size_t entries,
                             vx_error *error)
{
    vx_status status = VX_OK;
    char description[80];
    uint8_t *mask = NULL;
    char *path = vx_text("%s/" VX_MASK_FILE, folder);
    const vx_grid *first = &record->modality[0].matrix->space.grid;
    snprintf(description, sizeof description, "voxstat %s: voxels analysed", record->version);
    mask = vx_array(vx_grid_elements(first), 1);
    if (!path || !mask)
        status = vx_fail_memory(error);
    else if (vx_mask_intersection(record->modality, record->modalities, mask))
        status = vx_image_write(path, first, mask, VX_UINT8, VX_INTENT_NONE, 0, NULL, description, error);
    for (size_t i = 0; !status && record->modalities > 1 && i < entries; i++) {
        if (i && entry[i].modality == entry[i - 1].modality)
            continue;
        const vx_grid *grid = &entry[i].modality->matrix->space.grid;
        free(path);
        free(mask);
        path = vx_text("%s/%s_" VX_MASK_FILE, folder, entry[i].modality_name);
        mask = vx_array(vx_grid_elements(grid), 1);
        if (!path || !mask) {
            status = vx_fail_memory(error);
            break;
        }
        vx_mask_intersection(entry[i].modality, 1, mask);
        status = vx_image_write(path, grid, mask, VX_UINT8, VX_INTENT_NONE, 0, NULL, description, error);
    }
    free(path);
    free(mask);
    return status;
}

/* <modality>_n.nii.gz: the number of participants with data at each voxel. */
static vx_status write_n(const char *folder, const vx_record *record, const vx_entry *entry, size_t entries,
                         vx_error *error)
{
    vx_status status = VX_OK;
    char description[80];
    snprintf(description, sizeof description, "voxstat %s: participants with data", record->version);
    for (size_t i = 0; !status && i < entries; i++) {
        const vx_record_modality *modality = entry[i].modality;
        if (!modality->survey || (i && modality == entry[i - 1].modality))
            continue;
        char *path = vx_text("%s/%s_" VX_N_FILE, folder, entry[i].modality_name);
        status = path ? vx_image_write(path, &modality->matrix->space.grid, modality->survey->rows_with_data, VX_INT32,
                                       VX_INTENT_NONE, 0, NULL, description, error)
                      : vx_fail_memory(error);
        free(path);
    }
    return status;
}

/* <modality>_reference.nii.gz: a reference region that the data chose. */
static vx_status write_reference(const char *folder, const vx_record *record, const vx_entry *entry, vx_error *error)
{
    const vx_grid *grid = &entry->modality->matrix->space.grid;
    const vx_candidates *region = entry->modality->reference;
    char description[80];
    char *path = vx_text("%s/%s_reference.nii.gz", folder, entry->modality_name);
    uint8_t *mask = vx_array_zero(vx_grid_elements(grid), 1);
    vx_status status = path && mask ? VX_OK : vx_fail_memory(error);
    snprintf(description, sizeof description, "voxstat %s: reference region", record->version);
    for (int64_t k = 0; !status && k < region->count; k++)
        mask[region->index[k]] = 1;
    if (!status)
        status = vx_image_write(path, grid, mask, VX_UINT8, VX_INTENT_NONE, 0, NULL, description, error);
    free(path);
    free(mask);
    return status;
}

vx_status vx_write_maps(const char *folder, const vx_record *record, vx_error *error)
{
    vx_entry *entry = NULL;
    size_t entries = 0;
    if (!record->modalities) /* markers only */
        return VX_OK;
    vx_status status = vx_entries_new(record, &entry, &entries, error);
    if (status)
        return status;
    status = write_all_maps(folder, record, entry, entries, error);
    const vx_status masks = write_masks(folder, record, entry, entries, status ? NULL : error);
    status = status ? status : masks;
    const vx_status n = write_n(folder, record, entry, entries, status ? NULL : error);
    status = status ? status : n;
    for (size_t i = 0; i < entries && !status; i++)
        if (entry[i].modality->reference && (!i || entry[i].modality != entry[i - 1].modality))
            status = write_reference(folder, record, &entry[i], error);
    vx_entries_free(entry, entries);
    return status;
}
