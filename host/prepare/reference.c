#include "prepare/reference.h"

#include "space/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The least mean of a reference region, as a share of the mean of |x| over the image. */
static const double MEAN_LEAST = 1e-3;

vx_status vx_reference_region_read(vx_source *mask, const vx_loading *how, double level, vx_reference_region *region,
                                   vx_error *error)
{
    vx_mask_report report = {0};
    vx_mask_place place;
    vx_loaded loaded = {0};
    vx_status status = vx_mask_read(mask, how, level, &loaded, &place, error);
    if (!status && (status = vx_mask_explicit(&loaded, level, &region->voxels, &report, error)))
        vx_error_prefix(error, status, "%s", mask->path);
    vx_loaded_destroy(&loaded);
    region->name = mask->path;
    return status ? vx_error_prefix(error, status, "reference region") : VX_OK;
}

void vx_reference_region_destroy(vx_reference_region *region)
{
    if (!region)
        return;
    free(region->voxels.index);
    *region = (vx_reference_region){0};
}

/* The mean of |x| over the values of an image. */
static double magnitude(const vx_loaded *volume)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t v = 0; v < (int64_t)vx_grid_elements(&volume->grid); v++) {
        const double x = vx_loaded_value(volume, v);
        if (isfinite(x) && x != 0) {
            sum += fabs(x);
            count++;
        }
    }
    return count ? sum / (double)count : 0;
}

static vx_status apply(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_reference_region *region = step->data;
    double sum = 0;
    int64_t count = 0;
    for (int64_t k = 0; k < region->voxels.count; k++) {
        const double x = vx_loaded_value(volume, region->voxels.index[k]);
        if (isfinite(x) && x != 0) {
            sum += x;
            count++;
        }
    }
    if (!count)
        return vx_fail(error, VX_INPUT, "the image has no value in the reference region %s", region->name);
    const double mean = sum / (double)count, least = MEAN_LEAST * magnitude(volume);
    if (!(mean > least))
        return vx_fail(error, VX_INPUT, "the mean over the reference region %s is %g; dividing by it takes one above "
                       "%.3g, a thousandth of the image's mean magnitude", region->name, mean, least);
    volume->slope /= mean;
    volume->inter /= mean;
    step->figure[0] = (vx_figure){"mean", mean};
    step->figure[1] = (vx_figure){"voxels", (double)count};
    step->figures = 2;
    return VX_OK;
}

vx_step vx_step_reference(const vx_reference_region *region)
{
    vx_step step = {.name = "reference", .data = region, .apply = apply};
    const char *name = strrchr(region->name, '/');
    snprintf(step.words, sizeof step.words, "divided by the mean over the reference region %.200s",
             name ? name + 1 : region->name);
    snprintf(step.parameters, sizeof step.parameters, "mask %s, %lld voxels", region->name,
             (long long)region->voxels.count);
    return step;
}
