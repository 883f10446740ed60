#include "image/mask.h"

#include "space/grid.h"

#include <math.h>

static bool is_value(const vx_loaded *image, int64_t v)
{
    const double value = vx_loaded_value(image, v);
    return isfinite(value) && value != 0;
}

static bool is_above(const vx_loaded *image, int64_t v, double level)
{
    const double value = vx_loaded_value(image, v);
    return isfinite(value) && value > level;
}

/* Counts first: an index for every voxel of the grid would be twice the size of the volume. `a` decides by its level
 * where `b` is null, else both must have values. */
static vx_status collect(const vx_loaded *a, const vx_loaded *b, double level, vx_candidates *candidates,
                         vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&a->grid);
    vx_candidates found = {0};
    for (int64_t v = 0; v < voxels; v++)
        found.count += b ? is_value(a, v) && is_value(b, v) : is_above(a, v, level);
    found.index = vx_array((size_t)found.count, sizeof *found.index);
    if (!found.index)
        return vx_fail_memory(error);
    for (int64_t v = 0, k = 0; v < voxels; v++)
        if (b ? is_value(a, v) && is_value(b, v) : is_above(a, v, level))
            found.index[k++] = v;
    *candidates = found;
    return VX_OK;
}

/* The largest value counts up to one part in a million, which scaling by a slope may cost. */
static void describe(const vx_loaded *mask, vx_mask_report *report)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&mask->grid);
    double low = INFINITY, high = -INFINITY;
    for (int64_t v = 0; v < voxels; v++) {
        if (!is_value(mask, v))
            continue;
        low = fmin(low, vx_loaded_value(mask, v));
        high = fmax(high, vx_loaded_value(mask, v));
    }
    report->file_low = low;
    report->file_high = high;
    for (int64_t v = 0; v < voxels; v++)
        report->file_between += is_value(mask, v) && vx_loaded_value(mask, v) < high - 1e-6 * fabs(high);
}

vx_status vx_mask_read(const char *path, const vx_loading *how, double level, vx_candidates *candidates,
                       vx_mask_report *report, vx_error *error)
{
    vx_loaded mask;
    vx_status status = vx_image_load(path, how, &mask, error);
    if (status)
        return status;
    status = collect(&mask, NULL, level, candidates, error);
    if (!status && candidates->count == 0) {
        free(candidates->index);
        *candidates = (vx_candidates){0};
        status = vx_fail(error, VX_INPUT, "%s: empty mask: no voxel is finite and above %g", path, level);
    }
    if (!status)
        describe(&mask, report);
    vx_loaded_destroy(&mask);
    return status;
}

vx_status vx_mask_implicit(const vx_loaded *baseline, const vx_loaded *followup, vx_candidates *candidates,
                           vx_error *error)
{
    return collect(baseline ? baseline : followup, followup, 0, candidates, error);
}
