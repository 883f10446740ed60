/* Maps and masks as NIfTI files, written in parallel, as compression takes most of the time. */
#include "output/record.h"

#include "base/each.h"
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
    char *path = vx_map_path(folder, task->entry->place, about->name, task->tests.volume);
    float *written = vx_array(places, sizeof *written);
    vx_status status = path && written ? vx_folder_make(folder, task->entry->place, error) : vx_fail_memory(error);
    if (status)
        goto cleanup;
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
    free(path);
    free(written);
    return status;
}

typedef struct map_writing {
    const char *folder;
    const vx_record *record;
    const map_task *task;
} map_writing;

static vx_status write_turn(void *context, int64_t i, vx_error *error)
{
    const map_writing *w = context;
    return write_map(w->folder, w->record, &w->task[i], error);
}

/* A failure must not lose the other maps. */
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

    const vx_status status = vx_each((int64_t)k, 0, true, write_turn, &(map_writing){folder, record, task}, error);
    free(task);
    return status;
}

/* The path of a file of a modality, whose folder is made. The caller frees. */
static vx_status place_of_modality(const char *folder, const vx_record *record, const vx_entry *entry, const char *file,
                                   char **path, vx_error *error)
{
    const char *own = record->modalities > 1 ? entry->modality_name : NULL;
    *path = vx_modality_path(folder, own, file);
    if (!*path)
        return vx_fail_memory(error);
    return own ? vx_folder_make(folder, own, error) : VX_OK;
}

/* The voxels analysed in all of `count` modalities; no file where these have different grids. */
static vx_status write_mask(const char *path, const vx_record *record, const vx_record_modality *modality, size_t count,
                            vx_error *error)
{
    const vx_grid *grid = &modality->matrix->space.grid;
    uint8_t *mask = vx_array(vx_grid_elements(grid), 1);
    char description[80];
    vx_status status = mask ? VX_OK : vx_fail_memory(error);
    snprintf(description, sizeof description, "voxstat %s: voxels analysed", record->version);
    if (mask && vx_mask_intersection(modality, count, mask))
        status = vx_image_write(path, grid, mask, VX_UINT8, VX_INTENT_NONE, 0, NULL, description, error);
    free(mask);
    return status;
}

/* The mask of a modality among several. */
static vx_status write_own_mask(const char *folder, const vx_record *record, const vx_entry *entry, vx_error *error)
{
    char *path = NULL;
    vx_status status = place_of_modality(folder, record, entry, VX_MASK_FILE, &path, error);
    if (!status)
        status = write_mask(path, record, entry->modality, 1, error);
    free(path);
    return status;
}

/* The number of participants with data at each voxel. */
static vx_status write_n(const char *folder, const vx_record *record, const vx_entry *entry, vx_error *error)
{
    const vx_record_modality *modality = entry->modality;
    char description[80], *path = NULL;
    vx_status status = place_of_modality(folder, record, entry, VX_N_FILE, &path, error);
    snprintf(description, sizeof description, "voxstat %s: participants with data", record->version);
    if (!status)
        status = vx_image_write(path, &modality->matrix->space.grid, modality->survey->rows_with_data, VX_INT32,
                                VX_INTENT_NONE, 0, NULL, description, error);
    free(path);
    return status;
}

/* A reference region that the data chose. */
static vx_status write_reference(const char *folder, const vx_record *record, const vx_entry *entry, vx_error *error)
{
    const vx_grid *grid = &entry->modality->matrix->space.grid;
    const vx_candidates *region = entry->modality->reference;
    char description[80], *path = NULL;
    uint8_t *mask = vx_array_zero(vx_grid_elements(grid), 1);
    vx_status status = mask ? place_of_modality(folder, record, entry, VX_REFERENCE_FILE, &path, error)
                            : vx_fail_memory(error);
    snprintf(description, sizeof description, "voxstat %s: reference region", record->version);
    for (int64_t k = 0; !status && k < region->count; k++)
        mask[region->index[k]] = 1;
    if (!status)
        status = vx_image_write(path, grid, mask, VX_UINT8, VX_INTENT_NONE, 0, NULL, description, error);
    free(path);
    free(mask);
    return status;
}

/* The images of a modality that are not of one effect. A failure must not lose the others. */
static vx_status write_modality(const char *folder, const vx_record *record, const vx_entry *entry, vx_error *error)
{
    vx_status status = record->modalities > 1 ? write_own_mask(folder, record, entry, error) : VX_OK, found = VX_OK;
    if (entry->modality->survey)
        found = write_n(folder, record, entry, status ? NULL : error);
    status = status ? status : found;
    if (entry->modality->reference)
        found = write_reference(folder, record, entry, status ? NULL : error);
    return status ? status : found;
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
    char *path = vx_modality_path(folder, NULL, VX_MASK_FILE);
    vx_status found = path ? write_mask(path, record, record->modality, record->modalities, status ? NULL : error)
                           : vx_fail_memory(status ? NULL : error);
    status = status ? status : found;
    for (size_t i = 0; i < entries; i++)
        if (!i || entry[i].modality != entry[i - 1].modality) {
            found = write_modality(folder, record, &entry[i], status ? NULL : error);
            status = status ? status : found;
        }
    vx_entries_free(entry, entries);
    free(path);
    return status;
}
