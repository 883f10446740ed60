#include "output/record.h"

#include "base/error.h"
#include "base/memory.h"
#include "infer/quantity.h"
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
        if ((!modality || entries[i].modality == modality) && !strcmp(other, name))
            return true;
    }
    return false;
}

/* Takes ownership of `name`. Returns it, with the first free number appended if taken; null where memory is short. */
static char *unique_name(const vx_entry *entries, size_t entry, size_t offset, const vx_record_modality *modality,
                         char *name)
{
    char *unique = vx_copy_text(name);
    for (int k = 2; unique && name_taken(entries, entry, offset, modality, unique); k++) {
        free(unique);
        unique = vx_text("%s-%d", name, k);
    }
    free(name);
    return unique;
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
        size_t first = k;
        for (int64_t e = 0; e < modality->model->effects; e++, k++) {
            vx_entry *entry = &list[k];
            entry->modality = modality;
            entry->result = modality->result[e];
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
            if (!entry->place || !entry->stem) {
                vx_entries_free(list, total);
                return vx_fail_memory(error);
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
        free(entries[i].modality_name);
        free(entries[i].effect_name);
        free(entries[i].place);
        free(entries[i].stem);
    }
    free(entries);
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
