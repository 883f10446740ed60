/* The images' means over the mask and over the largest clusters of every effect, which are known only after
 * inference. */
#include "output/record.h"

#include "base/error.h"
#include "base/memory.h"

size_t vx_measured_clusters(const vx_result *result)
{
    return result->clusters < VX_MEASURED_CLUSTERS ? result->clusters : VX_MEASURED_CLUSTERS;
}

size_t vx_measured_region(const vx_record_modality *modality, int64_t effect)
{
    size_t region = 1;
    for (int64_t e = 0; e < effect; e++)
        region += vx_measured_clusters(modality->result[e]);
    return region;
}

/* Sets `region` to the first `clusters` clusters. Their voxels go to `index`, which holds space->elements of them. */
static void cluster_regions(const vx_result *result, const vx_space *space, size_t clusters, int64_t *index,
                            vx_voxel_set *region)
{
    const vx_map *label = vx_result_map(result, VX_MAP_CLUSTERS);
    for (size_t c = 0; c < clusters; c++) {
        region[c] = (vx_voxel_set){.index = index};
        for (int64_t v = 0; v < space->elements; v++)
            if (label->value[v] == (float)result->cluster[c].label)
                index[region[c].voxels++] = space->index[v];
        index += region[c].voxels;
    }
}

vx_status vx_measure(const vx_record_modality *modality, vx_sources *sources, int threads, vx_means **means,
                     vx_error *error)
{
    const vx_space *space = &modality->matrix->space;
    const int64_t effects = modality->model->effects;
    const size_t regions = vx_measured_region(modality, effects);
    vx_voxel_set *region = vx_array(regions, sizeof *region);
    int64_t **index = vx_array_zero((size_t)effects, sizeof *index);
    vx_status status = region && index ? VX_OK : vx_fail_memory(error);
    if (status)
        goto cleanup;
    region[0] = (vx_voxel_set){.index = space->index, .voxels = space->elements};
    for (int64_t e = 0; e < effects; e++) {
        const vx_result *result = modality->result[e];
        index[e] = vx_array((size_t)space->elements, sizeof **index);
        if (!index[e]) {
            status = vx_fail_memory(error);
            goto cleanup;
        }
        cluster_regions(result, space, vx_measured_clusters(result), index[e],
                        region + vx_measured_region(modality, e));
    }
    status = vx_means_read(sources, region, regions, threads, means, error);
cleanup:
    for (int64_t e = 0; index && e < effects; e++)
        free(index[e]);
    free(index);
    free(region);
    return status;
}
