/* The images that go with those of every modality. */
#include "study/parts.h"

#include "base/memory.h"
#include "study/sessions.h"

/* The column of a session: its own, or else one of all sessions. */
static vx_status find_column(const vx_table *table, const char *name, const char *session, int64_t *column,
                             vx_error *error)
{
    char *own = vx_session_column_name(name, session);
    vx_status status = VX_OK;
    if (!own)
        return vx_fail_memory(error);
    *column = vx_table_find(table, own);
    if (*column < 0)
        *column = vx_table_find(table, name);
    if (*column < 0)
        status = vx_table_column(table, own, column, error);
    free(own);
    return status;
}

static vx_status read_map(vx_study_parts *parts, const char *name, vx_study_map *map, vx_error *error)
{
    const vx_study *study = &parts->study;
    size_t images;
    *map = (vx_study_map){.sessions = study->design == VX_PAIRED ? 2 : 1, .name = vx_copy_text(name)};
    const bool fits = vx_multiply((size_t)study->participants, (size_t)map->sessions, &images);
    map->image = fits ? vx_array_zero(images, sizeof *map->image) : NULL;
    vx_status status = map->name && map->image ? VX_OK : vx_fail_memory(error);
    for (int64_t s = 0; s < map->sessions && !status; s++) {
        int64_t column;
        status = find_column(&parts->table, name, study->session[s], &column, error);
        for (int64_t p = 0; p < study->participants && !status; p++) {
            vx_session_image *image = &map->image[p * map->sessions + s];
            image->column = parts->table.name[column];
            if (!study->excluded[p] && vx_table_cell(&parts->table, parts->table_row[p], column))
                status = vx_study_find_image(parts, p, column, image, error);
        }
    }
    return status;
}

vx_status vx_study_maps_read(vx_study_parts *parts, const vx_study_options *options, vx_error *error)
{
    vx_study *study = &parts->study;
    vx_status status = VX_OK;
    if (!(study->map = vx_array_zero(options->maps, sizeof *study->map)))
        return vx_fail_memory(error);
    for (size_t m = 0; m < options->maps && !status; m++) {
        study->maps = m + 1;
        status = read_map(parts, options->map[m], &study->map[m], error);
    }
    return status;
}

void vx_study_map_destroy(vx_study_map *map, int64_t participants)
{
    if (!map)
        return;
    for (int64_t i = 0; map->image && i < participants * map->sessions; i++)
        free((char *)map->image[i].path);
    free(map->image);
    free(map->name);
    *map = (vx_study_map){0};
}
