/* The options of the grid and the smoothness of images, and the smoothness of the residuals. */
#include "cli/run.h"

#include "base/number.h"
#include "prepare/smoothness.h"
#include "space/grid.h"

#include <math.h>

/* Voxels of FWHM below which residuals count as white noise. */
static const double white = 1.5;

/* --regrid takes a number of mm, or else the path of an image. */
static vx_status read_regrid(const vx_arguments *arguments, vx_preparation_options *options, vx_error *error)
{
    const char *text = vx_argument_text(arguments, VX_OPTION_REGRID);
    if (!text && vx_argument_given(arguments, VX_OPTION_REGRID_METHOD))
        return vx_fail(error, VX_USAGE, "--regrid-method says how --regrid is meant, which is not given");
    if (!text || !vx_number_read(text, &options->regrid_mm))
        options->regrid = text;
    else if (!(options->regrid_mm > 0))
        return vx_fail(error, VX_USAGE, "--regrid %s: a size above 0 mm, or an image, is needed", text);
    options->regrid_method = (vx_regrid_method)vx_argument_choice(arguments, VX_OPTION_REGRID_METHOD);
    return VX_OK;
}

vx_status vx_run_read_grid(const vx_arguments *arguments, vx_preparation_options *options, vx_error *error)
{
    options->smooth = vx_argument_real(arguments, VX_OPTION_SMOOTH);
    options->smooth_to = vx_argument_real(arguments, VX_OPTION_SMOOTH_TO);
    options->threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    if (options->smooth > 0 && options->smooth_to > 0)
        return vx_fail(error, VX_USAGE, "--smooth and --smooth-to exclude each other");
    return read_regrid(arguments, options, error);
}

static vx_status remark_white_noise(vx_run *run, const vx_run_modality *modality, const double voxels[3],
                                    vx_error *error)
{
    double largest = 0;
    for (int k = 0; k < 3; k++)
        largest = fmax(largest, voxels[k]); /* the number of the two where the other is NaN */
    if (largest >= white || isnan(voxels[0] + voxels[1] + voxels[2]))
        return VX_OK;
    return vx_run_remark(run, error, "%s: the residuals are white noise from voxel to voxel (FWHM %.2g x %.2g x %.2g "
                         "voxels): were the images meant to be smoothed (--smooth)?", modality->study->name, voxels[0],
                         voxels[1], voxels[2]);
}

vx_status vx_run_find_smoothness(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    const vx_grid *grid = &modality->matrix->space.grid;
    double *mm = modality->smoothness, voxels[3];
    char text[2][3][32]; /* in mm and voxels */
    vx_status status = vx_smoothness_of_residuals(modality->matrix, &modality->model->effect[0], mm, error);
    if (status)
        return status;
    for (int k = 0; k < 3; k++) {
        voxels[k] = mm[k] / vx_grid_step_mm(grid, k);
        for (int unit = 0; unit < 2; unit++)
            snprintf(text[unit][k], sizeof text[unit][k], isnan(mm[k]) ? "n/a" : "%.3g", unit ? voxels[k] : mm[k]);
    }
    if (run->verbose)
        vx_say(run, "%s: smoothness of the residuals %s x %s x %s mm FWHM (%s x %s x %s voxels)\n",
               modality->study->name, text[0][0], text[0][1], text[0][2], text[1][0], text[1][1], text[1][2]);
    return remark_white_noise(run, modality, voxels, error);
}
