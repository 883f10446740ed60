/* The regions of every image, and their values by the geometric transfer matrix. */
#include "prepare/gtm.h"

#include "atlas/regions.h"
#include "base/each.h"
#include "base/memory.h"
#include "base/stop.h"
#include "space/grid.h"
#include "space/space.h"

#include <math.h>

/* What a voxel is made of; the third is neither. */
enum { OTHER = VX_TISSUE_MAPS, KINDS };

const char *const vx_gtm_kinds[] = {"grey matter", "white matter", "neither", NULL};
static const char *const rest_name[KINDS] = {"grey matter of no region", "white matter of no region",
                                             "the rest, neither grey nor white matter,"};
static const double SHARE_LEAST = 1e-6; /* of a voxel, that counts */

/* A grid of images, and the atlas on it. */
typedef struct gridded {
    vx_grid grid;
    vx_regions atlas;
} gridded;

typedef struct gtm_reading {
    vx_sources *sources;
    vx_image_tissue *tissue;
    const vx_atlas *atlas;
    vx_loading how;   /* of images and maps: on any grid */
    int64_t images;
    gridded *grid;    /* grids: those that images have */
    size_t grids;
    size_t *on;       /* images: their grid */
    double *amount;   /* atlas->regions x KINDS, over all images */
    vx_gtm *gtm;
} gtm_reading;

static vx_status bring_atlas(gtm_reading *r, const vx_source *image, const vx_grid *grid, size_t *place,
                             vx_error *error)
{
    vx_source source = {.path = r->atlas->path};
    vx_space space = {0};
    for (*place = 0; *place < r->grids; ++*place)
        if (vx_grid_same(&r->grid[*place].grid, grid, r->how.tolerance, NULL, 0))
            return VX_OK;
    gridded *grown = vx_array_grow(r->grid, r->grids, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    r->grid = grown;
    r->grid[r->grids++] = (gridded){.grid = *grid};
    vx_status status = vx_space_whole(grid, &space, error);
    if (!status)
        status = vx_regions_on(r->atlas, &source, &space, image->path, &r->grid[*place].atlas, error);
    vx_space_destroy(&space);
    vx_source_destroy(&source);
    return status;
}

/* The shares of every kind, as they are and as they are left. */
typedef struct shares {
    vx_tissue_maps maps; /* two of `all` */
    double *all[KINDS], *left[KINDS];
} shares;

static void shares_release(shares *s)
{
    vx_tissue_maps_destroy(&s->maps);
    free(s->all[OTHER]);
    for (int kind = 0; kind < KINDS; kind++)
        free(s->left[kind]);
}

static vx_status read_shares(gtm_reading *r, int64_t image, const vx_grid *grid, shares *s, vx_error *error)
{
    const size_t voxels = vx_grid_elements(grid);
    vx_status status = vx_tissue_read(&r->tissue[image], &r->how, grid, &s->maps, error);
    if (status)
        return status;
    s->all[VX_OF_GREY] = s->maps.share[VX_OF_GREY];
    s->all[VX_OF_WHITE] = s->maps.share[VX_OF_WHITE];
    if (!(s->all[OTHER] = vx_array(voxels, sizeof **s->all)))
        return vx_fail_memory(error);
    for (size_t v = 0; v < voxels; v++)
        s->all[OTHER][v] = fmax(0, 1 - s->all[VX_OF_GREY][v] - s->all[VX_OF_WHITE][v]);
    return VX_OK;
}

static double weight_at(const vx_region *region, int64_t k)
{
    return region->weight ? (double)region->weight[k] : 1;
}

/* Finds the grid of an image, and how much the regions of the atlas have of each kind in it. */
static vx_status survey(gtm_reading *r, int64_t image, vx_error *error)
{
    vx_source *source = &r->sources->image[image];
    shares s = {0};
    vx_grid grid;
    vx_source_close(source); /* where its header was read before */
    vx_status status = vx_source_open(source, &r->how, &grid, error);
    vx_source_close(source);
    if (!status)
        status = bring_atlas(r, source, &grid, &r->on[image], error);
    if (!status)
        status = read_shares(r, image, &grid, &s, error);
    for (int64_t a = 0; a < r->atlas->regions && !status; a++) {
        const vx_region *region = &r->grid[r->on[image]].atlas.region[a];
        for (int64_t k = 0; k < region->voxels; k++)
            for (int kind = 0; kind < KINDS; kind++)
                r->amount[a * KINDS + kind] += weight_at(region, k) * s.all[kind][region->index[k]];
    }
    shares_release(&s);
    return status;
}

/* Every region has the kind that it has most of, and the first of equal ones. */
static void choose_kinds(gtm_reading *r)
{
    for (int64_t a = 0; a < r->atlas->regions; a++) {
        const double *amount = &r->amount[a * KINDS];
        r->gtm->kind[a] = 0;
        for (int kind = 1; kind < KINDS; kind++)
            r->gtm->kind[a] = amount[kind] > amount[r->gtm->kind[a]] ? kind : r->gtm->kind[a];
    }
}

static vx_status region_new(const char *name, int64_t voxels, vx_gtm_region *region, vx_error *error)
{
    *region = (vx_gtm_region){.name = name, .index = vx_array((size_t)voxels, sizeof *region->index),
                              .share = vx_array((size_t)voxels, sizeof *region->share)};
    return region->index && region->share ? VX_OK : vx_fail_memory(error);
}

/* Takes a share of a voxel for a region, as far as it is left. */
static void take(vx_gtm_region *region, int64_t index, double share, double *left)
{
    share = fmin(share, left[index]);
    if (share <= SHARE_LEAST)
        return;
    left[index] -= share;
    region->index[region->voxels] = index;
    region->share[region->voxels++] = share;
}

/* The regions of the atlas within their kinds, and what is left of each kind, if its voxels with data have one voxel's
 * worth of it. */
static vx_status cut_regions(const gtm_reading *r, const vx_regions *atlas, const vx_loaded *volume, shares *s,
                             vx_gtm_region *region, int64_t *regions, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    vx_status status = VX_OK;
    for (int kind = 0; kind < KINDS && !status; kind++) {
        if (!(s->left[kind] = vx_array((size_t)voxels, sizeof **s->left)))
            return vx_fail_memory(error);
        for (int64_t v = 0; v < voxels; v++)
            s->left[kind][v] = s->all[kind][v];
    }
    for (*regions = 0; *regions < atlas->count && !status; ++*regions) {
        const vx_region *from = &atlas->region[*regions];
        const int kind = r->gtm->kind[*regions];
        status = region_new(from->name, from->voxels, &region[*regions], error);
        for (int64_t k = 0; k < from->voxels && !status; k++)
            take(&region[*regions], from->index[k], weight_at(from, k) * s->all[kind][from->index[k]], s->left[kind]);
    }
    for (int kind = 0; kind < KINDS && !status; kind++) {
        double amount = 0;
        for (int64_t v = 0; v < voxels; v++)
            amount += vx_has_data(vx_loaded_value(volume, v)) ? s->left[kind][v] : 0;
        if (amount < 1)
            continue;
        status = region_new(rest_name[kind], voxels, &region[*regions], error);
        for (int64_t v = 0; v < voxels && !status; v++)
            take(&region[*regions], v, s->left[kind][v], s->left[kind]);
        ++*regions;
    }
    return status;
}

static void keep_values(gtm_reading *r, int64_t image, const vx_gtm_region *region, const double *value)
{
    for (int64_t a = 0; a < r->atlas->regions; a++) {
        const int64_t place = image * r->atlas->regions + a;
        r->gtm->value[place] = value[a];
        r->gtm->size[place] = 0;
        for (int64_t k = 0; k < region[a].voxels; k++)
            r->gtm->size[place] += region[a].share[k];
    }
}

static vx_status solve_image(gtm_reading *r, int64_t image, vx_error *error)
{
    const size_t most = (size_t)r->atlas->regions + KINDS;
    const vx_regions *atlas = &r->grid[r->on[image]].atlas;
    vx_gtm_region *region = vx_array_zero(most, sizeof *region);
    double *value = vx_array(most, sizeof *value);
    vx_loaded volume = {0};
    vx_gaussian g[3] = {{0}};
    shares s = {0};
    int64_t regions = 0;
    vx_status status = region && value ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = vx_source_read(&r->sources->image[image], &r->how, &volume, error);
    if (!status)
        status = vx_tissue_spread(&r->tissue[image], &volume.grid, g, error);
    if (!status)
        status = read_shares(r, image, &volume.grid, &s, error);
    if (!status)
        status = cut_regions(r, atlas, &volume, &s, region, &regions, error);
    if (!status)
        status = vx_gtm_solve(&volume, g, region, regions, value, error);
    if (!status)
        keep_values(r, image, region, value);
    for (size_t i = 0; region && i < most; i++) {
        free(region[i].index);
        free(region[i].share);
    }
    free(region);
    free(value);
    shares_release(&s);
    vx_gaussian_destroy(g);
    vx_loaded_destroy(&volume);
    return status;
}

static vx_status solve_given_image(void *reading, int64_t image, vx_error *error)
{
    gtm_reading *r = reading;
    vx_source *source = &r->sources->image[image];
    if (!source->path)
        return VX_OK;
    vx_status status = vx_stop_check(error);
    if (!status)
        status = solve_image(r, image, error);
    return status ? vx_source_prefix(source, status, error) : VX_OK;
}

static vx_status gtm_new(int64_t images, int64_t regions, vx_gtm **made, vx_error *error)
{
    size_t cells;
    const bool fits = vx_multiply((size_t)images, (size_t)regions, &cells);
    vx_gtm *gtm = *made = vx_array_zero(1, sizeof *gtm);
    if (!gtm)
        return vx_fail_memory(error);
    *gtm = (vx_gtm){.images = images, .regions = regions};
    gtm->value = fits ? vx_array(cells, sizeof *gtm->value) : NULL;
    gtm->size = fits ? vx_array_zero(cells, sizeof *gtm->size) : NULL;
    gtm->kind = vx_array_zero((size_t)regions, sizeof *gtm->kind);
    if (!gtm->value || !gtm->size || !gtm->kind)
        return vx_fail_memory(error);
    for (size_t i = 0; i < cells; i++)
        gtm->value[i] = NAN;
    return VX_OK;
}

vx_status vx_gtm_read(vx_sources *sources, vx_image_tissue *tissue, const vx_atlas *atlas, int threads, vx_gtm **gtm,
                      vx_error *error)
{
    gtm_reading r = {.sources = sources, .tissue = tissue, .atlas = atlas, .how = sources->how,
                     .images = sources->n * sources->sessions};
    r.how.grid_path = NULL;
    r.on = vx_array_zero((size_t)r.images, sizeof *r.on);
    r.amount = vx_array_zero((size_t)atlas->regions, KINDS * sizeof *r.amount);
    vx_status status = gtm_new(r.images, atlas->regions, &r.gtm, error);
    if (!status && (!r.on || !r.amount))
        status = vx_fail_memory(error);
    for (int64_t image = 0; image < r.images && !status; image++)
        if (sources->image[image].path && (status = survey(&r, image, error)))
            vx_source_prefix(&sources->image[image], status, error);
    if (!status) {
        choose_kinds(&r);
        status = vx_each(r.images, threads, false, solve_given_image, &r, error);
    }
    for (size_t k = 0; k < r.grids; k++)
        vx_regions_destroy(&r.grid[k].atlas);
    free(r.grid);
    free(r.on);
    free(r.amount);
    if (status)
        vx_gtm_free(r.gtm);
    else
        *gtm = r.gtm;
    return status;
}

void vx_gtm_free(vx_gtm *gtm)
{
    if (!gtm)
        return;
    free(gtm->value);
    free(gtm->size);
    free(gtm->kind);
    free(gtm);
}

double vx_gtm_mean(const vx_gtm *gtm, int64_t image, const vx_planned_region *of)
{
    double sum = 0, size = 0;
    for (int64_t k = 0; k < of->members; k++) {
        const int64_t place = image * gtm->regions + of->member[k];
        sum += gtm->size[place] * gtm->value[place];
        size += gtm->size[place];
    }
    return sum / size;
}
