#include "atlas/regions.h"

#include "base/memory.h"
#include "base/sort.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The state of bringing an atlas to a grid. */
typedef struct bringing {
    const vx_atlas *atlas;
    const vx_space *space;
    vx_step step;
    vx_regions *regions;
    double outside, all; /* weights at voxels of the atlas: outside the grid, and everywhere */
    double largest;      /* weight */
} bringing;

/* The region of a value, and its weight. Regions of labels are sought only where the label changes. */
typedef struct reader { const vx_atlas *atlas; int64_t volume, region; double last; } reader;

static int64_t region_of(reader *r, double value, double *weight)
{
    *weight = 1;
    if (!isfinite(value) || value == 0)
        return -1;
    if (r->atlas->probabilities) {
        *weight = value;
        return r->volume;
    }
    if (value != r->last) {
        r->last = value;
        r->region = vx_atlas_find(r->atlas, (int64_t)value);
    }
    return r->region;
}

static reader reader_of(const bringing *b, int64_t volume)
{
    return (reader){.atlas = b->atlas, .volume = volume, .region = -1};
}

/* Adds the weights outside the grid, in voxels of the grid, to the regions. */
static vx_status count_outside(bringing *b, int64_t volume, const vx_loaded *loaded, vx_error *error)
{
    const vx_grid *grid = &b->space->grid;
    const double voxel = vx_grid_voxel_mm3(&loaded->grid) / vx_grid_voxel_mm3(grid);
    const int64_t voxels = (int64_t)vx_grid_elements(&loaded->grid);
    reader read = reader_of(b, volume);
    double between[3][4], weight;
    vx_grid_between(grid, &loaded->grid, between);
    for (int64_t v = 0; v < voxels; v++) {
        int64_t at[3];
        const int64_t r = region_of(&read, vx_loaded_value(loaded, v), &weight);
        if (r < 0)
            continue;
        if (weight < 0 || weight > 100)
            return vx_fail(error, VX_INPUT, "%s: region %s has the value %.9g; probabilities are 0 to 1, or per cent",
                           b->atlas->path, b->atlas->name[r], weight);
        b->all += weight;
        b->largest = fmax(b->largest, weight);
        if (vx_grid_meets(grid, (const double(*)[4])between, &loaded->grid, v, at))
            continue;
        b->outside += weight;
        b->regions->region[r].total += weight * voxel;
    }
    return VX_OK;
}

/* Counts the voxels of the regions in the mask, and sums weights. */
static void count_inside(bringing *b, int64_t volume, const vx_loaded *loaded)
{
    const vx_space *space = b->space;
    const int64_t voxels = (int64_t)vx_grid_elements(&loaded->grid);
    reader read = reader_of(b, volume);
    double weight;
    for (int64_t v = 0, e = 0; v < voxels; v++) {
        const int64_t r = region_of(&read, vx_loaded_value(loaded, v), &weight);
        const bool inside = e < space->elements && space->index[e] == v;
        e += inside;
        if (r < 0)
            continue;
        b->regions->region[r].total += weight;
        b->regions->region[r].inside += inside ? weight : 0;
        b->regions->region[r].voxels += inside;
    }
}

/* Lists the voxels that count_inside counted. */
static vx_status list_inside(bringing *b, int64_t volume, const vx_loaded *loaded, vx_error *error)
{
    const vx_space *space = b->space;
    reader read = reader_of(b, volume);
    double weight;
    for (int64_t r = 0; r < b->regions->count; r++) {
        vx_region *region = &b->regions->region[r];
        if (b->atlas->probabilities && r != volume)
            continue;
        region->index = vx_array((size_t)region->voxels, sizeof *region->index);
        region->weight = b->atlas->probabilities ? vx_array((size_t)region->voxels, sizeof *region->weight) : NULL;
        if (!region->index || (b->atlas->probabilities && !region->weight))
            return vx_fail_memory(error);
        region->voxels = 0;
    }
    for (int64_t e = 0; e < space->elements; e++) {
        const int64_t r = region_of(&read, vx_loaded_value(loaded, space->index[e]), &weight);
        if (r < 0)
            continue;
        vx_region *region = &b->regions->region[r];
        if (region->weight)
            region->weight[region->voxels] = (float)weight;
        region->index[region->voxels++] = space->index[e];
    }
    return VX_OK;
}

static vx_status bring_volume(bringing *b, int64_t volume, vx_loaded *loaded, vx_error *error)
{
    vx_status status = count_outside(b, volume, loaded, error);
    if (!status)
        status = vx_steps_apply(&b->step, 1, loaded, error);
    if (status)
        return status;
    count_inside(b, volume, loaded);
    return list_inside(b, volume, loaded, error);
}

/* Per cent become shares. */
static void scale_weights(const vx_regions *regions)
{
    for (int64_t r = 0; r < regions->count; r++) {
        vx_region *region = &regions->region[r];
        region->inside /= 100;
        region->total /= 100;
        for (int64_t v = 0; v < region->voxels; v++)
            region->weight[v] /= 100;
    }
}

static vx_status regions_new(const vx_atlas *atlas, vx_regions *regions, vx_error *error)
{
    if (!(regions->region = vx_array_zero((size_t)atlas->regions, sizeof *regions->region)))
        return vx_fail_memory(error);
    for (int64_t r = 0; r < atlas->regions; r++) {
        vx_region *region = &regions->region[regions->count++];
        region->name = vx_copy_text(atlas->name[r]);
        region->family = vx_copy_text(VX_FAMILY_EXPLORATORY);
        if (!region->name || !region->family)
            return vx_fail_memory(error);
    }
    return VX_OK;
}

vx_status vx_regions_on(const vx_atlas *atlas, vx_source *source, const vx_space *space, const char *grid_path,
                        vx_regions *regions, vx_error *error)
{
    vx_regions made = {0};
    vx_grid grid;
    bringing b = {.atlas = atlas, .space = space, .step = vx_step_nearest(&space->grid, grid_path), .regions = &made};
    vx_status status = regions_new(atlas, &made, error);
    if (!status)
        status = vx_source_open(source, &atlas->how, &grid, error);
    const int64_t volumes = status ? 0 : vx_source_volumes(source);
    if (!status && (volumes > 1) != atlas->probabilities)
        status = vx_fail(error, VX_INPUT, "%s: not what it was any more", atlas->path);
    for (int64_t k = 0; !status && k < volumes; k++) {
        vx_loaded loaded = {0};
        status = vx_source_read(source, &atlas->how, &loaded, error);
        if (!status)
            status = bring_volume(&b, k, &loaded, error);
        vx_loaded_destroy(&loaded);
    }
    if (!status && !(b.outside < 0.5 * b.all))
        status = vx_fail(error, VX_INPUT, "%s: %.0f %% of it lie outside the grid of %s: it is in another space",
                         atlas->path, b.all > 0 ? 100 * b.outside / b.all : 100, grid_path);
    if (!status)
        status = vx_source_add_step(source, &b.step, error);
    if (!status && atlas->probabilities && b.largest > 1)
        scale_weights(&made);
    if (status)
        vx_regions_destroy(&made);
    else
        *regions = made;
    return status ? vx_error_prefix(error, status, "atlas") : VX_OK;
}

void vx_regions_destroy(vx_regions *regions)
{
    if (!regions)
        return;
    for (int64_t r = 0; r < regions->count; r++) {
        free(regions->region[r].name);
        free(regions->region[r].family);
        free(regions->region[r].index);
        free(regions->region[r].weight);
    }
    free(regions->region);
    *regions = (vx_regions){0};
}

/* ---- planned regions ---- */

typedef struct weighted { int64_t index; float weight; } weighted;

static int by_index(const void *a, const void *b)
{
    const weighted *x = a, *y = b;
    return vx_compare((double)x->index, (double)y->index);
}

/* Moves sorted voxels into the region; weights at one voxel are added. */
static vx_status take_voxels(const weighted *voxel, size_t count, bool weights, vx_region *region, vx_error *error)
{
    region->index = vx_array(count, sizeof *region->index);
    region->weight = weights ? vx_array(count, sizeof *region->weight) : NULL;
    if (!region->index || (weights && !region->weight))
        return vx_fail_memory(error);
    for (size_t i = 0; i < count; i++) {
        const bool again = region->voxels && region->index[region->voxels - 1] == voxel[i].index;
        if (again && weights)
            region->weight[region->voxels - 1] += voxel[i].weight;
        if (again)
            continue;
        if (weights)
            region->weight[region->voxels] = voxel[i].weight;
        region->index[region->voxels++] = voxel[i].index;
    }
    return VX_OK;
}

static vx_status join_members(const vx_regions *atlas, const vx_planned_region *plan, vx_region *region,
                              vx_error *error)
{
    size_t count = 0, k = 0;
    bool weights = false;
    for (int64_t m = 0; m < plan->members; m++)
        count += (size_t)atlas->region[plan->member[m]].voxels;
    weighted *voxel = vx_array(count, sizeof *voxel);
    if (!voxel)
        return vx_fail_memory(error);
    for (int64_t m = 0; m < plan->members; m++) {
        const vx_region *member = &atlas->region[plan->member[m]];
        region->inside += member->inside;
        region->total += member->total;
        weights = weights || member->weight;
        for (int64_t v = 0; v < member->voxels; v++)
            voxel[k++] = (weighted){member->index[v], member->weight ? member->weight[v] : 1};
    }
    if (count && plan->members > 1)
        qsort(voxel, count, sizeof *voxel, by_index);
    vx_status status = take_voxels(voxel, count, weights, region, error);
    free(voxel);
    return status;
}

/* Names the regions that are not tested, with their coverage. */
static vx_status remark_untested(const vx_regions *regions, double coverage, vx_remarks *remarks, vx_error *error)
{
    char text[900] = "";
    int64_t untested = 0;
    for (int64_t r = 0; r < regions->count; r++) {
        const vx_region *region = &regions->region[r];
        const size_t used = strlen(text);
        if (region->tested)
            continue;
        if (used < 800)
            snprintf(text + used, sizeof text - used, "%s%.60s (%.2f)", used ? ", " : "", region->name,
                     vx_region_coverage(region));
        else if (used < sizeof text - 20 && text[used - 1] == ')')
            snprintf(text + used, sizeof text - used, " and others");
        untested++;
    }
    if (!untested)
        return VX_OK;
    return vx_remarks_add(remarks, error, "%lld of %lld regions are not tested, because the mask covers less than "
                          "--coverage %g of each: %s", (long long)untested, (long long)regions->count, coverage, text);
}

vx_status vx_regions_plan(const vx_regions *atlas, const vx_region_plan *plan, double coverage, bool strict,
                          vx_remarks *remarks, vx_regions *planned, vx_error *error)
{
    vx_regions made = {.region = vx_array_zero((size_t)plan->regions, sizeof *made.region)};
    vx_status status = made.region ? VX_OK : vx_fail_memory(error);
    int64_t tested = 0;
    for (int64_t r = 0; !status && r < plan->regions; r++) {
        vx_region *region = &made.region[made.count++];
        region->name = vx_copy_text(plan->region[r].name);
        region->family = vx_copy_text(plan->region[r].family);
        status = region->name && region->family ? join_members(atlas, &plan->region[r], region, error)
                                                : vx_fail_memory(error);
        region->tested = !status && region->voxels && vx_region_coverage(region) >= coverage;
        tested += region->tested;
        if (!status && strict && !region->voxels)
            status = vx_fail(error, VX_INPUT, "region %s has no voxel in the mask", region->name);
    }
    if (!status && !tested)
        status = vx_fail(error, VX_INPUT, "the mask covers no region of the atlas to --coverage %g: is the atlas in "
                         "the space of the images?", coverage);
    if (!status)
        status = remark_untested(&made, coverage, remarks, error);
    if (status)
        vx_regions_destroy(&made);
    else
        *planned = made;
    return status;
}

vx_status vx_regions_space(const vx_regions *regions, vx_space *space, vx_error *error)
{
    int64_t tested = 0;
    const char **name = vx_array((size_t)regions->count, sizeof *name);
    if (!name)
        return vx_fail_memory(error);
    for (int64_t r = 0; r < regions->count; r++)
        if (regions->region[r].tested)
            name[tested++] = regions->region[r].name;
    vx_status status = vx_space_of_names("region", "regions", tested, name, space, error);
    free(name);
    return status;
}
