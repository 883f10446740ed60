#include "atlas/volumes.h"

#include "base/memory.h"
#include "base/sort.h"

#include <string.h>

static int by_index(const void *a, const void *b)
{
    return vx_compare((double)*(const int64_t *)a, (double)*(const int64_t *)b);
}

/* Lists the voxels of the regions of a family, each once. */
static vx_status join_regions(const vx_regions *planned, vx_search_volume *volume, vx_error *error)
{
    size_t most = 0, listed = 0;
    for (int64_t r = 0; r < planned->count; r++)
        if (!strcmp(planned->region[r].family, volume->family))
            most += (size_t)planned->region[r].voxels;
    if (!(volume->index = vx_array(most, sizeof *volume->index)))
        return vx_fail_memory(error);
    for (int64_t r = 0; r < planned->count; r++) {
        const vx_region *region = &planned->region[r];
        if (strcmp(region->family, volume->family) != 0)
            continue;
        for (int64_t v = 0; v < region->voxels; v++)
            if (!region->weight || region->weight[v] >= VX_VOLUME_PROBABILITY)
                volume->index[listed++] = region->index[v];
    }
    if (listed)
        qsort(volume->index, listed, sizeof *volume->index, by_index);
    for (size_t i = 0; i < listed; i++) /* regions of one family may overlap */
        if (!i || volume->index[i] != volume->index[volume->voxels - 1])
            volume->index[volume->voxels++] = volume->index[i];
    return VX_OK;
}

static bool has_family(const vx_search_volumes *volumes, const char *family)
{
    for (size_t i = 0; i < volumes->count; i++)
        if (!strcmp(volumes->volume[i].family, family))
            return true;
    return false;
}

vx_status vx_search_volumes_find(const vx_regions *planned, vx_search_volumes *volumes, vx_error *error)
{
    vx_search_volumes made = {.volume = vx_array_zero((size_t)planned->count, sizeof *made.volume)};
    vx_status status = made.volume ? VX_OK : vx_fail_memory(error);
    for (int64_t r = 0; !status && r < planned->count; r++) {
        if (has_family(&made, planned->region[r].family))
            continue;
        vx_search_volume *volume = &made.volume[made.count];
        if (!(volume->family = vx_copy_text(planned->region[r].family))) {
            status = vx_fail_memory(error);
            break;
        }
        made.count++;
        status = join_regions(planned, volume, error);
    }
    if (status)
        vx_search_volumes_destroy(&made);
    else
        *volumes = made;
    return status;
}

void vx_search_volumes_destroy(vx_search_volumes *volumes)
{
    if (!volumes)
        return;
    for (size_t i = 0; i < volumes->count; i++) {
        free(volumes->volume[i].family);
        free(volumes->volume[i].index);
    }
    free(volumes->volume);
    *volumes = (vx_search_volumes){0};
}
