#include "prepare/smooth.h"

#include "base/memory.h"
#include "prepare/gaussian.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The quotient of the header's equation, at the voxels that have data; the others keep their value. */
static vx_status smooth_data(const vx_gaussian g[3], vx_loaded *volume, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid);
    double *sum = vx_array(voxels, sizeof *sum), *weight = vx_array(voxels, sizeof *weight);
    float *data = volume->data ? volume->data : vx_array(voxels, sizeof *data);
    vx_status status = sum && weight && data ? VX_OK : vx_fail_memory(error);
    for (size_t v = 0; v < voxels && !status; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        weight[v] = vx_has_data(x);
        sum[v] = vx_has_data(x) ? x : 0;
    }
    if (!status && !(status = vx_gaussian_sum(g, volume->grid.dim, sum, error)))
        status = vx_gaussian_sum(g, volume->grid.dim, weight, error);
    if (!status) {
        for (size_t v = 0; v < voxels; v++) {
            const double x = vx_loaded_value(volume, (int64_t)v);
            data[v] = (float)(vx_has_data(x) ? sum[v] / weight[v] : x);
        }
        free(volume->wide);
        *volume = (vx_loaded){.grid = volume->grid, .data = data, .slope = 1, .mm_per_unit = volume->mm_per_unit,
                              .side_assumed = volume->side_assumed};
    } else if (data != volume->data) {
        free(data);
    }
    free(sum);
    free(weight);
    return status;
}

vx_status vx_smooth_volume(vx_loaded *volume, const double fwhm[3], vx_error *error)
{
    vx_gaussian g[3];
    vx_status status = vx_gaussian_init(&volume->grid, fwhm, g, error);
    if (!status)
        status = smooth_data(g, volume, error);
    vx_gaussian_destroy(g);
    return status;
}

vx_smoothing vx_smoothing_to(double target, const double there[3])
{
    vx_smoothing how = {.target = target};
    for (int k = 0; k < 3; k++) {
        how.there[k] = there[k];
        how.fwhm[k] = there[k] < target ? sqrt(target * target - there[k] * there[k]) : 0;
    }
    return how;
}

static vx_status apply(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_smoothing *how = step->data;
    return vx_smooth_volume(volume, how->fwhm, error);
}

vx_step vx_step_smooth(const vx_smoothing *how)
{
    static const char *const name[] = {"fwhm_x", "fwhm_y", "fwhm_z"};
    vx_step step = {.name = VX_STEP_SMOOTH, .data = how, .figures = how->target > 0 ? 3 : 0, .apply = apply};
    for (int k = 0; k < step.figures; k++)
        step.figure[k] = (vx_figure){name[k], how->there[k]};
    if (how->target > 0)
        snprintf(step.words, sizeof step.words, "smoothed to a FWHM of %g mm, from the smoothness that its noise had "
                 "along each axis", how->target);
    else
        snprintf(step.words, sizeof step.words, "smoothed by a Gaussian of %g mm FWHM", how->fwhm[0]);
    snprintf(step.parameters, sizeof step.parameters, "FWHM %.4g x %.4g x %.4g mm; cut at %g sigma; over voxels that "
             "have data", how->fwhm[0], how->fwhm[1], how->fwhm[2], (double)VX_GAUSSIAN_REACH);
    return step;
}
