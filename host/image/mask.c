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

/* A voxel is a candidate if it is above the level of a mask image, or if it has a value in all volumes. */
typedef struct rule {
    const vx_loaded *volume;
    int64_t count;
    const double *level; /* of the mask image; null: there is no mask image */
} rule;

static bool is_candidate(const rule *by, int64_t v)
{
    bool in = true;
    if (by->level)
        return is_above(by->volume, v, *by->level);
    for (int64_t k = 0; k < by->count && in; k++)
        in = is_value(&by->volume[k], v);
    return in;
}

/* Counts the candidates first, because an index for every voxel would take twice the memory of the volume. */
static vx_status collect(const rule *by, vx_candidates *candidates, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&by->volume->grid);
    vx_candidates found = {0};
    for (int64_t v = 0; v < voxels; v++)
        found.count += is_candidate(by, v);
    found.index = vx_array((size_t)found.count, sizeof *found.index);
    if (!found.index)
        return vx_fail_memory(error);
    for (int64_t v = 0, k = 0; v < voxels; v++)
        if (is_candidate(by, v))
            found.index[k++] = v;
    *candidates = found;
    return VX_OK;
}

/* Values within one part in a million of the largest count as the largest: scaling by a slope may round that much. */
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

vx_status vx_mask_explicit(const vx_loaded *mask, double level, vx_candidates *candidates, vx_mask_report *report,
                           vx_error *error)
{
    vx_status status = collect(&(rule){mask, 1, &level}, candidates, error);
    if (!status && candidates->count == 0)
        status = vx_fail(error, VX_INPUT, "empty mask: no voxel is finite and above %g", level);
    if (!status)
        describe(mask, report);
    return status;
}

double vx_mask_outside(const vx_loaded *mask, double level, const vx_grid *grid)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&mask->grid);
    int64_t above = 0, outside = 0, voxel[3];
    double between[3][4];
    vx_grid_between(grid, &mask->grid, between);
    for (int64_t v = 0; v < voxels; v++)
        if (is_above(mask, v, level)) {
            above++;
            outside += !vx_grid_meets(grid, (const double(*)[4])between, &mask->grid, v, voxel);
        }
    return above ? (double)outside / (double)above : 0;
}

/* Brings a mask on another grid to that of the images. */
static vx_status bring(vx_source *source, const vx_loading *how, double level, vx_loaded *mask, vx_mask_place *place,
                       vx_error *error)
{
    if (vx_grid_same(&how->grid, &mask->grid, how->tolerance, place->difference, sizeof place->difference)) {
        place->distance = vx_grid_distance(&how->grid, &mask->grid);
        return VX_OK;
    }
    place->outside = vx_mask_outside(mask, level, &how->grid);
    if (place->outside >= 0.5)
        return vx_fail(error, VX_INPUT, "%s: %.0f %% of it lie outside the grid of %s: it is in another space (%s)",
                       source->path, 100 * place->outside, how->grid_path, place->difference);
    const vx_step step = vx_step_nearest(&how->grid, how->grid_path);
    vx_status status = vx_source_add_step(source, &step, error);
    return status ? status : vx_steps_apply(source->step, source->steps, mask, error);
}

vx_status vx_mask_read(vx_source *source, const vx_loading *how, double level, vx_loaded *mask, vx_mask_place *place,
                       vx_error *error)
{
    vx_loading any = *how;
    vx_loaded loaded = {0};
    any.grid_path = NULL;
    *place = (vx_mask_place){0};
    vx_status status = vx_source_read(source, &any, &loaded, error);
    if (!status)
        status = bring(source, how, level, &loaded, place, error);
    if (status)
        vx_loaded_destroy(&loaded);
    else
        *mask = loaded;
    return status;
}

vx_status vx_mask_implicit(const vx_loaded *volume, int64_t count, vx_candidates *candidates, vx_error *error)
{
    return collect(&(rule){volume, count, NULL}, candidates, error);
}
