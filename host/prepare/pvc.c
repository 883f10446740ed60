#include "prepare/pvc.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>

static const double TISSUE_LEAST = 0.3; /* of P*(G + W) */
static const double GREY_LEAST = 0.3;   /* of G, */
static const double SEEN_LEAST = 0.1;   /* and of P*G */
static const double CORE_LEAST = 0.9;   /* of P*W */
enum { CORE_VOXELS = 10 };

/* The maps as they are seen through the point spread; the caller frees. */
static vx_status see(const vx_gaussian g[3], const vx_grid *grid, const double *share, double **seen, vx_error *error)
{
    const size_t voxels = vx_grid_elements(grid);
    if (!(*seen = vx_array(voxels, sizeof **seen)))
        return vx_fail_memory(error);
    for (size_t v = 0; v < voxels; v++)
        (*seen)[v] = share[v];
    return vx_gaussian_convolve(g, grid->dim, *seen, error);
}

/* The value of white matter by least squares over its core; without grey matter there, of its own term alone. */
static vx_status find_white(const vx_loaded *volume, const double *grey, const double *white, vx_pvc_found *found,
                            vx_error *error)
{
    double ww = 0, wg = 0, gg = 0, wx = 0, gx = 0;
    int64_t voxels = 0;
    for (int64_t v = 0; v < (int64_t)vx_grid_elements(&volume->grid); v++) {
        const double x = vx_loaded_value(volume, v);
        if (white[v] <= CORE_LEAST || !vx_has_data(x))
            continue;
        ww += white[v] * white[v];
        wg += white[v] * grey[v];
        gg += grey[v] * grey[v];
        wx += white[v] * x;
        gx += grey[v] * x;
        voxels++;
    }
    if (voxels < CORE_VOXELS)
        return vx_fail(error, VX_INPUT, "%lld voxel%s data and %s so deep in white matter that %g %% of what the point "
                       "spread lets them see is white; Müller-Gärtner takes the value of white matter from %d or more",
                       (long long)voxels, voxels == 1 ? " has" : "s have", voxels == 1 ? "lies" : "lie",
                       100 * CORE_LEAST, CORE_VOXELS);
    const double determinant = ww * gg - wg * wg;
    found->white = determinant > 1e-9 * ww * gg ? (wx * gg - gx * wg) / determinant : wx / ww;
    found->white_voxels = voxels;
    return VX_OK;
}

/* The equations of the header at one voxel, which has data. */
static double corrected(vx_pvc_method method, double x, double share, double grey, double white, double c)
{
    if (method == VX_PVC_MELTZER)
        return grey + white > TISSUE_LEAST ? x / (grey + white) : NAN;
    return share > GREY_LEAST && grey > SEEN_LEAST ? (x - c * white) / grey : NAN;
}

vx_status vx_pvc_volume(vx_loaded *volume, vx_pvc_method method, const vx_gaussian g[3], const vx_tissue_maps *maps,
                        vx_pvc_found *found, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid);
    double *grey = NULL, *white = NULL;
    float *data = NULL;
    *found = (vx_pvc_found){.white = NAN};
    vx_status status = see(g, &volume->grid, maps->share[VX_OF_GREY], &grey, error);
    if (!status)
        status = see(g, &volume->grid, maps->share[VX_OF_WHITE], &white, error);
    if (!status && method == VX_PVC_MG)
        status = find_white(volume, grey, white, found, error);
    if (!status && !(data = vx_array(voxels, sizeof *data)))
        status = vx_fail_memory(error);
    for (size_t v = 0; v < voxels && !status; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        data[v] = (float)(vx_has_data(x)
                              ? corrected(method, x, maps->share[VX_OF_GREY][v], grey[v], white[v], found->white)
                              : x);
        found->voxels += vx_has_data(data[v]);
    }
    if (!status && !found->voxels)
        status = vx_fail(error, VX_INPUT, "no voxel of the image with data lies in tissue of its maps");
    if (!status) {
        free(volume->data);
        free(volume->wide);
        *volume = (vx_loaded){.grid = volume->grid, .data = data, .slope = 1, .mm_per_unit = volume->mm_per_unit,
                              .side_assumed = volume->side_assumed};
        data = NULL;
    }
    free(data);
    free(grey);
    free(white);
    return status;
}

static vx_status apply(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_pvc *how = step->data;
    vx_tissue_maps maps = {0};
    vx_gaussian g[3] = {{0}};
    vx_pvc_found found;
    vx_status status = vx_tissue_spread(how->tissue, &volume->grid, g, error);
    if (!status)
        status = vx_tissue_read(how->tissue, &how->how, &volume->grid, &maps, error);
    if (!status)
        status = vx_pvc_volume(volume, how->method, g, &maps, &found, error);
    if (!status) {
        step->figure[0] = (vx_figure){VX_FIGURE_VOXELS, (double)found.voxels};
        step->figure[1] = (vx_figure){"white", found.white};
        step->figure[2] = (vx_figure){"white_voxels", (double)found.white_voxels};
        step->figures = how->method == VX_PVC_MG ? 3 : 1;
    }
    vx_gaussian_destroy(g);
    vx_tissue_maps_destroy(&maps);
    return status ? vx_error_prefix(error, status, "partial-volume correction") : VX_OK;
}

vx_step vx_step_pvc(const vx_pvc *how)
{
    const double *fwhm = how->tissue->fwhm;
    const bool mg = how->method == VX_PVC_MG;
    char spread[100] = "its own point spread";
    vx_step step = {.name = VX_STEP_PVC, .data = how, .apply = apply};
    if (how->alike)
        snprintf(spread, sizeof spread, "a point spread of %.4g x %.4g x %.4g mm FWHM", fwhm[0], fwhm[1], fwhm[2]);
    snprintf(step.words, sizeof step.words, "corrected for partial volume by the method of %s, with maps of grey and "
             "white matter and %s", mg ? "Müller-Gärtner" : "Meltzer", spread);
    snprintf(step.parameters, sizeof step.parameters, "%s; FWHM %.4g x %.4g x %.4g mm along the axes of the image; %s; "
             "maps %.300s, %.300s", mg ? "Müller-Gärtner (grey matter)" : "Meltzer (grey and white matter)", fwhm[0],
             fwhm[1], fwhm[2], mg ? "grey matter above 0.3, seen above 0.1; white matter by least squares where 0.9 of "
             "what is seen is white" : "where tissue is above 0.3 as it is seen", how->tissue->map[VX_OF_GREY].path,
             how->tissue->map[VX_OF_WHITE].path);
    return step;
}
