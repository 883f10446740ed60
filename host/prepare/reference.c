#include "prepare/reference.h"

#include "atlas/regions.h"
#include "image/global.h"
#include "prepare/erode.h"
#include "space/grid.h"
#include "space/space.h"

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

/* The voxels at which the weights of the members sum to at least one half; a label weighs 1. */
static vx_status union_of(const vx_regions *regions, const vx_planned_region *of, const vx_grid *grid,
                          vx_candidates *voxels, vx_error *error)
{
    const int64_t elements = (int64_t)vx_grid_elements(grid);
    float *weight = vx_array_zero((size_t)elements, sizeof *weight);
    vx_candidates found = {0};
    for (int64_t k = 0; weight && k < of->members; k++) {
        const vx_region *region = &regions->region[of->member[k]];
        for (int64_t v = 0; v < region->voxels; v++)
            weight[region->index[v]] += region->weight ? region->weight[v] : 1;
    }
    for (int64_t v = 0; weight && v < elements; v++)
        found.count += weight[v] >= 0.5F;
    if (weight && (found.index = vx_array((size_t)found.count, sizeof *found.index))) {
        found.count = 0;
        for (int64_t v = 0; v < elements; v++)
            if (weight[v] >= 0.5F)
                found.index[found.count++] = v;
        *voxels = found;
    }
    free(weight);
    return found.index ? VX_OK : vx_fail_memory(error);
}

vx_status vx_reference_region_of_atlas(const vx_atlas *atlas, const char *names, const vx_loading *how,
                                       vx_reference_region *region, vx_error *error)
{
    vx_planned_region of = {.name = (char *)names};
    vx_source source = {.path = atlas->path};
    vx_regions regions = {0};
    vx_space space = {0};
    vx_status status = vx_planned_region_add(&of, atlas, names, error);
    if (!status)
        status = vx_space_whole(&how->grid, &space, error);
    if (!status)
        status = vx_regions_on(atlas, &source, &space, how->grid_path, &regions, error);
    if (!status)
        status = union_of(&regions, &of, &how->grid, &region->voxels, error);
    if (!status && !region->voxels.count)
        status = vx_fail(error, VX_INPUT, "%s: no voxel of %s lies on the grid of the images", atlas->path, names);
    region->name = names;
    free(of.member);
    vx_space_destroy(&space);
    vx_regions_destroy(&regions);
    vx_source_destroy(&source);
    return status ? vx_error_prefix(error, status, "reference region") : VX_OK;
}

vx_status vx_reference_region_erode(vx_reference_region *region, const vx_grid *grid, double radius_mm, vx_error *error)
{
    const int64_t before = region->voxels.count;
    vx_status status = vx_candidates_erode(grid, radius_mm, &region->voxels, error);
    region->erosion = radius_mm;
    if (!status && !region->voxels.count)
        status = vx_fail(error, VX_INPUT, "reference region %s: an erosion by %g mm leaves none of its %lld voxels",
                         region->name, radius_mm, (long long)before);
    return status;
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
    const double global = vx_global_of(volume).mean;
    if (!(mean > least))
        return vx_fail(error, VX_INPUT, "the mean over the reference region %s is %g; dividing by it takes one above "
                       "%.3g, a thousandth of the image's mean magnitude", region->name, mean, least);
    volume->slope /= mean;
    volume->inter /= mean;
    step->figure[0] = (vx_figure){VX_FIGURE_MEAN, mean};
    step->figure[1] = (vx_figure){VX_FIGURE_VOXELS, (double)count};
    step->figure[2] = (vx_figure){VX_FIGURE_GLOBAL, global};
    step->figures = 3;
    return VX_OK;
}

vx_step vx_step_reference(const vx_reference_region *region)
{
    vx_step step = {.name = VX_STEP_REFERENCE, .data = region, .apply = apply};
    const char *name = strrchr(region->name, '/');
    char eroded[64] = "";
    if (region->erosion > 0)
        snprintf(eroded, sizeof eroded, ", eroded by %g mm", region->erosion);
    snprintf(step.words, sizeof step.words, "divided by the mean over the reference region %.150s%s",
             name ? name + 1 : region->name, eroded);
    snprintf(step.parameters, sizeof step.parameters, "region %.800s%s, %lld voxels", region->name, eroded,
             (long long)region->voxels.count);
    return step;
}
