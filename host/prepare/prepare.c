#include "prepare/prepare.h"

#include "base/memory.h"
#include "prepare/image_smoothness.h"
#include "prepare/stable.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *vx_reference_of_atlas(const char *reference)
{
    static const char start[] = "atlas:";
    return !strncmp(reference, start, sizeof start - 1) ? reference + sizeof start - 1 : NULL;
}

bool vx_reference_is_of_data(const char *reference)
{
    return reference && !strcmp(reference, "data");
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

bool vx_preparation_same(const vx_preparation_options *a, const vx_preparation_options *b)
{
    const bool regrids = a->regrid || a->regrid_mm > 0, refers = a->scale == VX_SCALE_REFERENCE;
    return a->suv == b->suv && a->pvc == b->pvc && same_text(a->regrid, b->regrid) && a->regrid_mm == b->regrid_mm &&
           (!regrids || a->regrid_method == b->regrid_method) && a->scale == b->scale &&
           (!refers || (same_text(a->reference, b->reference) && a->reference_level == b->reference_level &&
                        a->reference_erosion == b->reference_erosion)) &&
           a->smooth == b->smooth && a->smooth_to == b->smooth_to;
}

void vx_preparation_init(const vx_preparation_options *options, vx_preparation *preparation)
{
    *preparation = (vx_preparation){.options = *options, .grid = {.path = options->regrid}};
    if (options->scale == VX_SCALE_REFERENCE && !vx_reference_of_atlas(options->reference) &&
        !vx_reference_is_of_data(options->reference))
        preparation->mask.path = options->reference;
}

void vx_preparation_destroy(vx_preparation *preparation)
{
    if (!preparation)
        return;
    vx_worker_destroy(&preparation->worker);
    vx_source_destroy(&preparation->grid);
    vx_source_destroy(&preparation->mask);
    vx_reference_region_destroy(&preparation->region);
    free(preparation->suv);
    free(preparation->pvc);
    free(preparation->smoothing);
}

size_t vx_preparation_files(vx_preparation *preparation, vx_source *file[VX_PREPARATION_FILES])
{
    size_t files = 0;
    if (preparation->grid.path)
        file[files++] = &preparation->grid;
    if (preparation->mask.path)
        file[files++] = &preparation->mask;
    return files;
}

static vx_status add_to_all(vx_sources *sources, const vx_step *step, vx_error *error)
{
    vx_status status = VX_OK;
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && !status; s++)
            status = vx_source_add_step(vx_sources_image(sources, i, s), step, error);
    return status;
}

/* Every image has a dose and a weight of its own. */
static vx_status add_suv(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    vx_status status = VX_OK;
    const double *weight = preparation->options.body_weight;
    preparation->suv = vx_array_zero((size_t)(sources->n * sources->sessions), sizeof *preparation->suv);
    if (!preparation->suv)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && !status; s++) {
            const int64_t k = i * sources->sessions + s;
            vx_source *image = vx_sources_image(sources, i, s);
            vx_sidecar sidecar;
            status = vx_sidecar_read(image->path, &sidecar, error);
            if (!status) {
                status = vx_suv_of(&sidecar, weight ? weight[k] : NAN, &preparation->suv[k], error);
                vx_sidecar_destroy(&sidecar);
            }
            const vx_step step = vx_step_suv(&preparation->suv[k]);
            if (!status)
                status = vx_source_add_step(image, &step, error);
            if (status)
                return vx_source_prefix(image, status, error);
        }
    return status;
}

static bool one_spread(const vx_sources *sources, const vx_image_tissue *tissue)
{
    for (int64_t i = 0; i < sources->n * sources->sessions; i++)
        for (int k = 0; k < 3; k++)
            if (sources->image[i].path && tissue[i].fwhm[k] != tissue[0].fwhm[k])
                return false;
    return true;
}

/* Every image has maps of its own. */
static vx_status add_pvc(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    vx_image_tissue *tissue = preparation->options.tissue;
    const bool alike = one_spread(sources, tissue);
    vx_status status = VX_OK;
    preparation->pvc = vx_array_zero((size_t)(sources->n * sources->sessions), sizeof *preparation->pvc);
    if (!preparation->pvc)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < sources->n * sources->sessions; i++) {
        vx_source *image = &sources->image[i];
        if (!image->path)
            continue;
        preparation->pvc[i] = (vx_pvc){.method = preparation->options.pvc, .tissue = &tissue[i], .how = sources->how,
                                       .alike = alike};
        if ((status = vx_tissue_check(&tissue[i], preparation->options.psf, error)))
            return vx_source_prefix(image, status, error);
        const vx_step step = vx_step_pvc(&preparation->pvc[i]);
        if ((status = vx_source_add_step(image, &step, error)))
            return status;
    }
    return VX_OK;
}

/* The image is read to its end, because its hash is recorded. */
static vx_status read_grid(vx_source *image, const vx_loading *how, vx_grid *grid, vx_error *error)
{
    vx_loading any = *how;
    vx_loaded volume = {0};
    any.grid_path = NULL;
    const vx_status status = vx_source_read(image, &any, &volume, error);
    *grid = volume.grid;
    vx_loaded_destroy(&volume);
    return status ? vx_error_prefix(error, status, "--regrid") : VX_OK;
}

/* Sets the grid of the images to the one that they are brought to. */
static vx_status add_regrid(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    vx_regridding *how = &preparation->regridding;
    vx_status status = VX_OK;
    *how = (vx_regridding){.worker = &preparation->worker, .name = options->regrid, .method = options->regrid_method,
                           .tolerance = sources->how.tolerance};
    if (options->regrid) {
        status = read_grid(&preparation->grid, &sources->how, &how->grid, error);
    } else {
        snprintf(preparation->grid_name, sizeof preparation->grid_name, "%g mm voxels", options->regrid_mm);
        how->name = preparation->grid_name;
        status = vx_sources_find_grid(sources, error);
        if (!status)
            status = vx_regrid_isotropic(&sources->how.grid, options->regrid_mm, &how->grid, error);
    }
    if (status)
        return status;
    sources->how.grid = how->grid;
    sources->how.grid_path = how->name;
    const vx_step step = vx_step_regrid(how);
    return add_to_all(sources, &step, error);
}

static vx_status find_region(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    vx_reference_region *region = &preparation->region;
    if (preparation->mask.path)
        return vx_reference_region_read(&preparation->mask, &sources->how, options->reference_level, region, error);
    if (!vx_reference_is_of_data(options->reference))
        return vx_reference_region_of_atlas(options->atlas, vx_reference_of_atlas(options->reference), &sources->how,
                                            region, error);
    region->name = "of the voxels that vary least at baseline";
    return vx_stable_voxels_find(sources, options->threads, &region->voxels, error);
}

static vx_status add_reference(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    vx_reference_region *region = &preparation->region;
    vx_status status = vx_sources_find_grid(sources, error);
    if (!status)
        status = find_region(preparation, sources, error);
    if (!status && options->reference_erosion > 0)
        status = vx_reference_region_erode(region, &sources->how.grid, options->reference_erosion, error);
    if (status)
        return status;
    const vx_step step = vx_step_reference(region);
    return add_to_all(sources, &step, error);
}

static vx_status add_scaling(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_scale scale = preparation->options.scale;
    if (scale == VX_SCALE_REFERENCE)
        return add_reference(preparation, sources, error);
    const vx_step step = vx_step_global_mean(scale == VX_SCALE_GLOBAL);
    return add_to_all(sources, &step, error);
}

static vx_status add_smooth(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const double fwhm = preparation->options.smooth;
    if (!(preparation->smoothing = vx_array(1, sizeof *preparation->smoothing)))
        return vx_fail_memory(error);
    *preparation->smoothing = (vx_smoothing){.worker = &preparation->worker, .fwhm = {fwhm, fwhm, fwhm}};
    const vx_step step = vx_step_smooth(preparation->smoothing);
    return add_to_all(sources, &step, error);
}

/* Every image has a step of its own. */
static vx_status add_smooth_to(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const size_t images = (size_t)(sources->n * sources->sessions); /* fits: `sources` has an array of as many */
    double(*there)[3] = vx_array(images, sizeof *there);
    preparation->smoothing = vx_array_zero(images, sizeof *preparation->smoothing);
    vx_status status = there && preparation->smoothing ? VX_OK : vx_fail_memory(error);
    if (!status && (status = vx_image_smoothness_find(sources, preparation->options.threads, there, error)))
        vx_error_prefix(error, status, "--smooth-to");
    for (size_t i = 0; i < images && !status; i++) {
        vx_source *image = &sources->image[i];
        if (!image->path)
            continue;
        preparation->smoothing[i] = vx_smoothing_to(&preparation->worker, preparation->options.smooth_to, there[i]);
        const vx_step step = vx_step_smooth(&preparation->smoothing[i]);
        status = vx_source_add_step(image, &step, error);
    }
    free(there);
    return status;
}

/* Opens who smooths and regrids, where anything is. */
static vx_status add_worker(vx_preparation *preparation, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    unsigned ops = vx_preparation_smooths(options) ? vx_op_bit(VX_OP_CONVOLVE, 0) : 0;
    if (vx_preparation_regrids(options))
        ops |= vx_op_bit(VX_OP_SAMPLE, 0) |
               (options->regrid_method == VX_REGRID_CUBIC ? vx_op_bit(VX_OP_SPLINE, 0) : 0);
    return ops ? vx_worker_init(options->device, ops, options->threads, &preparation->worker, error) : VX_OK;
}

vx_status vx_preparation_add_steps(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    vx_status status = add_worker(preparation, error);
    if (!status && options->suv)
        status = add_suv(preparation, sources, error);
    if (!status && options->pvc != VX_PVC_NONE)
        status = add_pvc(preparation, sources, error);
    if (!status && vx_preparation_regrids(options))
        status = add_regrid(preparation, sources, error);
    if (!status && options->scale != VX_SCALE_NONE)
        status = add_scaling(preparation, sources, error);
    if (!status && options->smooth > 0)
        status = add_smooth(preparation, sources, error);
    if (!status && options->smooth_to > 0)
        status = add_smooth_to(preparation, sources, error);
    return status;
}

static double smoothest_axis(const vx_smoothing *how)
{
    return fmax(how->there[0], fmax(how->there[1], how->there[2])); /* passes over NaN */
}

/* The number that a step found in an image; NaN without such a step. */
static double figure_of(const vx_source *image, const char *step, const char *figure)
{
    for (size_t k = 0; k < image->steps; k++)
        for (int f = 0; f < image->step[k].figures && !strcmp(image->step[k].name, step); f++)
            if (!strcmp(image->step[k].figure[f].name, figure))
                return image->step[k].figure[f].value;
    return NAN;
}

/* Müller-Gärtner's method leaves grey matter alone. The mean over the rim of grey matter of a region of white matter is
 * no reference. */
static vx_status check_reference(const vx_preparation *preparation, const vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    const double all = (double)preparation->region.voxels.count;
    if (options->pvc != VX_PVC_MG || options->scale != VX_SCALE_REFERENCE)
        return VX_OK;
    for (int64_t i = 0; i < sources->n * sources->sessions; i++) {
        const double voxels = figure_of(&sources->image[i], VX_STEP_REFERENCE, VX_FIGURE_VOXELS);
        if (!(voxels < 0.5 * all))
            continue;
        const vx_status status = vx_fail(error, VX_INPUT, "%.0f of the %.0f voxels of the reference region %s have a "
                                         "value: --pvc mg leaves grey matter alone. Take a region of grey matter, "
                                         "--pvc meltzer, or images that were divided before", voxels, all,
                                         preparation->region.name);
        return vx_source_prefix(&sources->image[i], status, error);
    }
    return VX_OK;
}

vx_status vx_preparation_remark(const vx_preparation *preparation, const vx_sources *sources, vx_remarks *remarks,
                                vx_error *error)
{
    const double target = preparation->options.smooth_to;
    const int64_t images = target > 0 ? sources->n * sources->sessions : 0;
    int64_t smoother = 0, smoothest = 0;
    char whose[512];
    vx_status status = check_reference(preparation, sources, error);
    if (status)
        return status;
    for (int64_t i = 0; i < images; i++) {
        const double there = smoothest_axis(&preparation->smoothing[i]);
        smoother += there >= target;
        smoothest = there > smoothest_axis(&preparation->smoothing[smoothest]) ? i : smoothest;
    }
    if (!smoother)
        return VX_OK;
    vx_source_describe(&sources->image[smoothest], whose, sizeof whose);
    return vx_remarks_add(remarks, error, "%lld image%s smoother than --smooth-to %g mm along some axis, and left as "
                          "they are along it; the smoothest, of %s, has %.3g mm", (long long)smoother,
                          smoother == 1 ? " is" : "s are", target, whose,
                          smoothest_axis(&preparation->smoothing[smoothest]));
}
