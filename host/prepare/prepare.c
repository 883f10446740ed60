#include "prepare/prepare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void vx_preparation_init(const vx_preparation_options *options, vx_preparation *preparation)
{
    *preparation = (vx_preparation){.options = *options, .grid = {.path = options->regrid},
                                    .mask = {.path = options->reference}};
}

void vx_preparation_destroy(vx_preparation *preparation)
{
    if (!preparation)
        return;
    vx_source_destroy(&preparation->grid);
    vx_source_destroy(&preparation->mask);
    vx_reference_region_destroy(&preparation->region);
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
    *how = (vx_regridding){.name = options->regrid, .method = options->regrid_method,
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

static vx_status add_reference(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    vx_status status = vx_sources_find_grid(sources, error);
    if (!status)
        status = vx_reference_region_read(&preparation->mask, &sources->how, preparation->options.reference_level,
                                          &preparation->region, error);
    if (status)
        return status;
    const vx_step step = vx_step_reference(&preparation->region);
    return add_to_all(sources, &step, error);
}

vx_status vx_preparation_add_steps(vx_preparation *preparation, vx_sources *sources, vx_error *error)
{
    const vx_preparation_options *options = &preparation->options;
    vx_status status = VX_OK;
    if (options->regrid || options->regrid_mm > 0)
        status = add_regrid(preparation, sources, error);
    if (!status && options->reference)
        status = add_reference(preparation, sources, error);
    if (!status && options->smooth.fwhm > 0) {
        const vx_step step = vx_step_smooth(&options->smooth);
        status = add_to_all(sources, &step, error);
    }
    return status;
}

/* The largest smoothness along an axis that smoothing to a target found in an image; 0 without the step. */
static double smoothness_found(const vx_source *image)
{
    double largest = 0;
    for (size_t k = 0; k < image->steps; k++)
        for (int f = 0; f < image->step[k].figures && !strcmp(image->step[k].name, "smooth"); f++)
            largest = fmax(largest, image->step[k].figure[f].value);
    return largest;
}

vx_status vx_preparation_remark(const vx_preparation *preparation, const vx_sources *sources, vx_remarks *remarks,
                                vx_error *error)
{
    const vx_smoothing *smooth = &preparation->options.smooth;
    const vx_source *smoothest = NULL;
    int64_t images = 0;
    char whose[512];
    for (int64_t i = 0; i < sources->n; i++)
        for (int64_t s = 0; s < sources->row[i].sessions && smooth->target; s++) {
            const vx_source *image = vx_sources_image(sources, i, s);
            images += smoothness_found(image) >= smooth->fwhm;
            if (!smoothest || smoothness_found(image) > smoothness_found(smoothest))
                smoothest = image;
        }
    if (!images)
        return VX_OK;
    vx_source_describe(smoothest, whose, sizeof whose);
    return vx_remarks_add(remarks, error, "%lld image%s smoother than --smooth-to %g mm along some axis, and left as "
                          "they are along it; the smoothest, of %s, has %.3g mm", (long long)images,
                          images == 1 ? " is" : "s are", smooth->fwhm, whose, smoothness_found(smoothest));
}
