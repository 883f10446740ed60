#include "image/mask.h"

#include <math.h>

/* What makes a voxel a candidate: the two kinds of mask. */
typedef enum rule { ABOVE_ZERO, NOT_ZERO } rule;

static bool passes(rule kind, float value)
{
    return isfinite(value) && (kind == ABOVE_ZERO ? value > 0 : value != 0);
}

/* Counts first: an index for every voxel of the grid would be twice the size of the volume. */
static vx_status collect(rule kind, const vx_grid *grid, const float *a, const float *b, vx_candidates *candidates,
                         vx_error *error)
{
    const int64_t voxels = grid->dim[0] * grid->dim[1] * grid->dim[2]; /* a volume is in memory: no overflow */
    vx_candidates found = {0};
    for (int64_t v = 0; v < voxels; v++)
        found.count += passes(kind, a[v]) && passes(kind, b[v]);
    found.index = vx_array((size_t)found.count, sizeof *found.index);
    if (!found.index)
        return vx_fail_memory(error);
    for (int64_t v = 0, k = 0; v < voxels; v++)
        if (passes(kind, a[v]) && passes(kind, b[v]))
            found.index[k++] = v;
    *candidates = found;
    return VX_OK;
}

vx_status vx_mask_read(const char *path, vx_analyze_orientation analyze, vx_candidates *candidates, vx_grid *grid,
                       vx_error *error)
{
    vx_image image;
    vx_status status = vx_image_read(path, analyze, &image, error);
    if (status)
        return status;
    status = collect(ABOVE_ZERO, &image.grid, image.data, image.data, candidates, error);
    *grid = image.grid;
    vx_image_destroy(&image);
    if (!status && candidates->count == 0) {
        free(candidates->index);
        *candidates = (vx_candidates){0};
        status = vx_fail(error, VX_INPUT, "%s: empty mask: no voxel is finite and above 0", path);
    }
    return status;
}

vx_status vx_mask_implicit(const vx_grid *grid, const float *baseline, const float *followup,
                           vx_candidates *candidates, vx_error *error)
{
    return collect(NOT_ZERO, grid, baseline ? baseline : followup, followup, candidates, error);
}
