#include "output/record.h"

#include "base/error.h"
#include "base/memory.h"
#include "infer/quantity.h"
#include "results/level.h"
#include "results/names.h"

#include <string.h>

const char *vx_effect_participant(const vx_record *record, const vx_entry *entry, int64_t i)
{
    int64_t row = entry->result->effect->row[i];
    return record->study->participant[entry->modality->study->participant[row]];
}

/* Whether an entry before `entry` has this name in the char * at `offset` of vx_entry. With `modality`, only entries of
 * that modality count. */
static bool name_taken(const vx_entry *entries, size_t entry, size_t offset, const vx_record_modality *modality,
                       const char *name)
{
    for (size_t i = 0; i < entry; i++) {
        const char *other = *(char *const *)((const char *)&entries[i] + offset);
        if ((!modality || entries[i].modality == modality) && vx_file_names_meet(other, name))
            return true;
    }
    return false;
}

/* Takes ownership of `name`. Returns it, with the first free number appended if taken or reserved; null where memory is
 * short. */
static char *unique_name(const vx_entry *entries, size_t entry, size_t offset, const vx_record_modality *modality,
                         char *name)
{
    char *unique = vx_copy_text(name);
    for (int k = 2; unique && (vx_folder_name_reserved(unique) ||
                               name_taken(entries, entry, offset, modality, unique)); k++) {
        free(unique);
        unique = vx_text("%s-%d", name, k);
    }
    free(name);
    return unique;
}

static bool volume_name_taken(const vx_entry *entry, size_t volumes, const char *name)
{
    for (size_t v = 0; v < volumes; v++)
        if (vx_file_names_meet(entry->volume[v].name, name))
            return true;
    return false;
}

/* Lists the search volumes of effect `e`. */
static vx_status list_volumes(vx_entry *entry, int64_t e, vx_error *error)
{
    const vx_record_modality *modality = entry->modality;
    entry->volume = vx_array_zero(modality->volumes, sizeof *entry->volume);
    if (!entry->volume)
        return vx_fail_memory(error);
    for (size_t v = 0; v < modality->volumes; v++) {
        const vx_record_volume *volume = &modality->volume[v];
        char *plain = vx_file_name_from(volume->name), *name = plain ? vx_copy_text(plain) : NULL;
        for (int k = 2; name && volume_name_taken(entry, v, name); k++) {
            free(name);
            name = vx_text("%s-%d", plain, k);
        }
        free(plain);
        entry->volume[v] = (vx_entry_volume){volume, &volume->matrix->space, volume->result[e], name};
        if (!name)
            return vx_fail_memory(error);
    }
    return VX_OK;
}

/* Makes the names of effect `e` of a modality whose first effect is list[first]; the entry is list[k]. */
static vx_status name_entry(vx_entry *list, size_t first, size_t k, int64_t e, vx_error *error)
{
    vx_entry *entry = &list[k];
    const vx_record_modality *modality = entry->modality;
    entry->modality_name = e ? vx_copy_text(list[first].modality_name)
                             : unique_name(list, k, offsetof(vx_entry, modality_name), NULL,
                                           vx_file_name_from(modality->name));
    entry->effect_name = unique_name(list, k, offsetof(vx_entry, effect_name), modality,
                                     vx_file_name_from(modality->model->effect[e].name));
    if (entry->modality_name && entry->effect_name) {
        entry->place = vx_text("%s/%s", entry->modality_name, entry->effect_name);
        entry->stem = unique_name(list, k, offsetof(vx_entry, stem), NULL,
                                  vx_text("%s_%s", entry->modality_name, entry->effect_name));
    }
    return entry->place && entry->stem ? list_volumes(entry, e, error) : vx_fail_memory(error);
}

vx_status vx_entries_new(const vx_record *record, vx_entry **entries, size_t *count, vx_error *error)
{
    size_t total = 0, k = 0;
    for (size_t m = 0; m < record->modalities; m++)
        total += (size_t)record->modality[m].model->effects;
    vx_entry *list = vx_array_zero(total, sizeof *list);
    if (!list)
        return vx_fail_memory(error);
    for (size_t m = 0; m < record->modalities; m++) {
        const vx_record_modality *modality = &record->modality[m];
        const size_t first = k;
        for (int64_t e = 0; e < modality->model->effects; e++, k++) {
            list[k].modality = modality;
            list[k].result = modality->result[e];
            const vx_status status = name_entry(list, first, k, e, error);
            if (status) {
                vx_entries_free(list, total);
                return status;
            }
        }
    }
    *entries = list;
    *count = total;
    return VX_OK;
}

void vx_entries_free(vx_entry *entries, size_t count)
{
    for (size_t i = 0; entries && i < count; i++) {
        for (size_t v = 0; entries[i].volume && v < entries[i].modality->volumes; v++)
            free(entries[i].volume[v].name);
        free(entries[i].volume);
        free(entries[i].modality_name);
        free(entries[i].effect_name);
        free(entries[i].place);
        free(entries[i].stem);
    }
    free(entries);
}

size_t vx_entry_parts(const vx_entry *entry)
{
    return 1 + entry->modality->volumes;
}

vx_tests vx_entry_tests(const vx_entry *entry, size_t part)
{
    if (!part)
        return (vx_tests){&entry->modality->matrix->space, entry->result, NULL};
    const vx_entry_volume *volume = &entry->volume[part - 1];
    return (vx_tests){volume->space, volume->result, volume->name};
}

bool vx_map_written(const vx_tests *tests, const vx_map *map)
{
    return !tests->volume || vx_quantity_of_volume(map->quantity);
}

void vx_record_volume_destroy(vx_record_volume *volume)
{
    if (!volume)
        return;
    for (int64_t e = 0; e < volume->results; e++)
        vx_result_free(volume->result[e]);
    free(volume->result);
    free(volume->name);
    vx_matrix_free(volume->matrix);
    *volume = (vx_record_volume){0};
}

void vx_map_scatter(const vx_map *map, const vx_space *space, vx_p_format format, float *written)
{
    const bool is_p = vx_quantity_is_p(map->quantity);
    float outside = is_p ? (float)vx_p_formatted(1, format) : 0;
    for (size_t i = 0; i < vx_space_places(space); i++)
        written[i] = outside;
    for (int64_t v = 0; v < space->elements; v++)
        written[vx_space_place(space, v)] = is_p ? (float)vx_p_formatted(map->value[v], format) : map->value[v];
}

int64_t vx_map_significant(const vx_map *map, int64_t elements)
{
    int64_t significant = 0;
    for (int64_t v = 0; v < elements; v++)
        significant += vx_significant(map->value[v]);
    return significant;
}

bool vx_mask_intersection(const vx_record_modality *modality, size_t count, uint8_t *mask)
{
    const vx_grid *grid = &modality[0].matrix->space.grid;
    size_t places = vx_grid_elements(grid);
    for (size_t m = 1; m < count; m++)
        if (!vx_grid_same(grid, &modality[m].matrix->space.grid, VX_GRID_TOLERANCE, NULL, 0))
            return false;
    memset(mask, 1, places);
    for (size_t m = 0; m < count; m++) {
        const vx_space *space = &modality[m].matrix->space;
        int64_t v = 0; /* the index ascends: the next voxel of the space at or after i */
        for (size_t i = 0; i < places; i++) {
            bool inside = v < space->elements && (size_t)space->index[v] == i;
            mask[i] &= inside;
            v += inside;
        }
    }
    return true;
}
