#include "report/kept.h"

#include "base/memory.h"

#include <string.h>

/* Bytes that are kept, of t and the primary p of 36 effects of 2 mm. Further maps are read again. */
static const size_t KEPT_MOST = 256 << 20;

typedef struct kept_map {
    const vx_results_effect *effect;
    vx_quantity quantity;
    float *value;
} kept_map;

struct vx_kept_maps {
    kept_map *map;
    size_t maps, bytes;
};

static const kept_map *find(const vx_kept_maps *kept, const vx_results_effect *effect, vx_quantity quantity)
{
    for (size_t i = 0; kept && i < kept->maps; i++)
        if (kept->map[i].effect == effect && kept->map[i].quantity == quantity)
            return &kept->map[i];
    return NULL;
}

static float *copy(const float *value, size_t elements)
{
    float *made = vx_array(elements, sizeof *made);
    if (made)
        memcpy(made, value, elements * sizeof *made);
    return made;
}

/* Keeps a copy within the limit. Without memory it is read again, which is no failure. */
static void keep(vx_report *report, const vx_results_effect *effect, size_t elements, vx_quantity quantity,
                 const float *value)
{
    if (!report->kept && !(report->kept = vx_array_zero(1, sizeof *report->kept)))
        return;
    vx_kept_maps *kept = report->kept;
    const size_t bytes = elements * sizeof *value;
    kept_map *grown = kept->bytes + bytes <= KEPT_MOST ? vx_array_grow(kept->map, kept->maps, 1, sizeof *grown) : NULL;
    if (!grown)
        return;
    kept->map = grown;
    float *own = copy(value, elements);
    if (!own)
        return;
    kept->map[kept->maps++] = (kept_map){effect, quantity, own};
    kept->bytes += bytes;
}

vx_status vx_report_map(vx_report *report, const vx_results_effect *effect, const vx_grid *grid, vx_quantity quantity,
                        float **map, vx_error *error)
{
    const size_t elements = vx_grid_elements(grid);
    const kept_map *found = find(report->kept, effect, quantity);
    if (found)
        return (*map = copy(found->value, elements)) ? VX_OK : vx_fail_memory(error);
    const vx_status status = vx_results_map(report->results, effect, grid, quantity, map, error);
    if (!status && (quantity == VX_MAP_T || quantity == report->results->primary))
        keep(report, effect, elements, quantity, *map);
    return status;
}

void vx_kept_maps_free(vx_kept_maps *kept)
{
    for (size_t i = 0; kept && i < kept->maps; i++)
        free(kept->map[i].value);
    if (kept)
        free(kept->map);
    free(kept);
}
