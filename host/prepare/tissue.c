#include "prepare/tissue.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>

static const char *const tissue_words[] = {[VX_OF_GREY] = "grey", [VX_OF_WHITE] = "white"};

void vx_tissue_destroy(vx_image_tissue *tissue)
{
    for (int k = 0; tissue && k < VX_TISSUE_MAPS; k++)
        vx_source_destroy(&tissue->map[k]);
}

vx_status vx_tissue_check(const vx_image_tissue *tissue, const char *psf, vx_error *error)
{
    for (int k = 0; k < VX_TISSUE_MAPS; k++)
        if (!tissue->map[k].path)
            return vx_fail(error, VX_INPUT, "no map of %s matter in column %s, which partial-volume correction needs",
                           tissue_words[k], vx_source_name(tissue->map[k].column));
    if (!(tissue->fwhm[0] > 0 && tissue->fwhm[1] > 0 && tissue->fwhm[2] > 0))
        return vx_fail(error, VX_INPUT, "no point spread in %s, which partial-volume correction needs", psf);
    return VX_OK;
}

void vx_tissue_maps_destroy(vx_tissue_maps *maps)
{
    for (int k = 0; maps && k < VX_TISSUE_MAPS; k++) {
        free(maps->share[k]);
        maps->share[k] = NULL;
    }
}

/* The shares of one map: what is not finite becomes 0, and what is outside 0 to 1 by rounding the nearer of the two. */
static vx_status take_shares(const vx_loaded *volume, const char *path, const char *tissue, double *share,
                             vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    double sum = 0;
    for (int64_t v = 0; v < voxels; v++) {
        const double x = vx_loaded_value(volume, v);
        if (isfinite(x) && (x < -VX_SHARE_TOLERANCE || x > 1 + VX_SHARE_TOLERANCE))
            return vx_fail(error, VX_INPUT, "%s: the map of %s matter has the value %g; shares of a voxel from 0 to 1 "
                           "are needed", path, tissue, x);
        share[v] = isfinite(x) ? fmax(0, fmin(1, x)) : 0;
        sum += share[v];
    }
    return sum > 0 ? VX_OK : vx_fail(error, VX_INPUT, "%s: the map of %s matter is empty: it is 0 everywhere", path,
                                     tissue);
}

static vx_status read_map(vx_source *map, const vx_loading *how, const vx_grid *grid, const char *tissue,
                          double **share, vx_error *error)
{
    vx_loading any = *how;
    vx_loaded volume = {0};
    char difference[300];
    any.grid_path = NULL;
    any.hashed = true; /* maps are inputs of the results, whoever reads them first */
    vx_status status = vx_source_read(map, &any, &volume, error);
    if (status)
        return vx_error_prefix(error, status, "the map of %s matter", tissue);
    if (!vx_grid_same(grid, &volume.grid, how->tolerance, difference, sizeof difference))
        status = vx_fail(error, VX_INPUT, "%s: the map of %s matter is on another grid than its image: %s; it must be "
                         "brought to that of the image as it is in its file", map->path, tissue, difference);
    else if (!(*share = vx_array(vx_grid_elements(grid), sizeof **share)))
        status = vx_fail_memory(error);
    else
        status = take_shares(&volume, map->path, tissue, *share, error);
    vx_loaded_destroy(&volume);
    return status;
}

/* Rounding may bring both maps to slightly more than 1 in sum, which is left. */
static vx_status check_sum(const vx_image_tissue *tissue, const vx_tissue_maps *maps, int64_t voxels, vx_error *error)
{
    int64_t above = 0, most = 0;
    for (int64_t v = 0; v < voxels; v++) {
        const double sum = maps->share[VX_OF_GREY][v] + maps->share[VX_OF_WHITE][v];
        above += sum > 1 + VX_SHARE_TOLERANCE;
        most = sum > maps->share[VX_OF_GREY][most] + maps->share[VX_OF_WHITE][most] ? v : most;
    }
    return !above ? VX_OK
                  : vx_fail(error, VX_INPUT, "%s, %s: grey and white matter are more than all of a voxel in %lld of "
                            "them, and %g in sum at most", tissue->map[VX_OF_GREY].path, tissue->map[VX_OF_WHITE].path,
                            (long long)above, maps->share[VX_OF_GREY][most] + maps->share[VX_OF_WHITE][most]);
}

vx_status vx_tissue_read(vx_image_tissue *tissue, const vx_loading *how, const vx_grid *grid, vx_tissue_maps *maps,
                         vx_error *error)
{
    vx_status status = VX_OK;
    *maps = (vx_tissue_maps){0};
    for (int k = 0; k < VX_TISSUE_MAPS && !status; k++)
        status = read_map(&tissue->map[k], how, grid, tissue_words[k], &maps->share[k], error);
    if (!status)
        status = check_sum(tissue, maps, (int64_t)vx_grid_elements(grid), error);
    if (status)
        vx_tissue_maps_destroy(maps);
    return status;
}

vx_status vx_tissue_spread(const vx_image_tissue *tissue, const vx_grid *grid, vx_gaussian g[3], vx_error *error)
{
    static const double rounding = 1e-4; /* of a voxel, as headers store them in float */
    for (int k = 0; k < 3; k++) {
        const double step = vx_grid_step_mm(grid, k);
        g[k] = (vx_gaussian){0};
        if (grid->dim[k] > 1 && tissue->fwhm[k] < step * (1 - rounding))
            return vx_fail(error, VX_INPUT, "the point spread is %g mm along axis %c of the image, whose voxels are "
                           "%.4g mm; one that is narrower than a voxel cannot be told on its grid", tissue->fwhm[k],
                           "xyz"[k], step);
    }
    return vx_gaussian_init(grid, tissue->fwhm, g, error);
}
