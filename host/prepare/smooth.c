#include "prepare/smooth.h"

#include "base/memory.h"
#include "prepare/gaussian.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>

/* The two sums of the header's equation, of which `spare` is a third volume. */
typedef struct smooth_sums {
    const vx_gaussian *g;
    const int64_t *dim;
    double *sum, *weight, *spare;
} smooth_sums;

static vx_status find_sums(void *context, vx_backend *backend, vx_error *error)
{
    smooth_sums *s = context;
    const vx_status status = vx_gaussian_sum_by(backend, s->g, s->dim, &s->sum, &s->spare, error);
    return status ? status : vx_gaussian_sum_by(backend, s->g, s->dim, &s->weight, &s->spare, error);
}

/* The quotient of the header's equation, at the voxels that have data; the others keep their value. `smooth` may be the
 * data of the volume. */
static vx_status smooth_by(vx_backend *backend, const vx_gaussian g[3], const vx_loaded *volume, float *smooth,
                           vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid);
    smooth_sums s = {.g = g, .dim = volume->grid.dim, .sum = vx_array(voxels, sizeof(double)),
                     .weight = vx_array(voxels, sizeof(double)), .spare = vx_array(voxels, sizeof(double))};
    vx_status status = s.sum && s.weight && s.spare ? VX_OK : vx_fail_memory(error);
    for (size_t v = 0; v < voxels && !status; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        s.weight[v] = vx_has_data(x);
        s.sum[v] = vx_has_data(x) ? x : 0;
    }
    if (!status)
        status = vx_worker_do(backend, find_sums, &s, error);
    for (size_t v = 0; v < voxels && !status; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        smooth[v] = (float)(vx_has_data(x) ? s.sum[v] / s.weight[v] : x);
    }
    free(s.sum);
    free(s.weight);
    free(s.spare);
    return status;
}

static vx_status smooth_data(vx_worker *worker, const vx_gaussian g[3], vx_loaded *volume, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid), bytes = voxels * sizeof(double);
    vx_backend *backend = vx_worker_backend(worker, bytes, 2 * bytes);
    const bool compares = vx_worker_compares(worker, backend, VX_OP_CONVOLVE);
    const bool in_place = volume->data && !compares;
    float *again = compares ? vx_array(voxels, sizeof *again) : NULL;
    float *data = in_place ? volume->data : vx_array(voxels, sizeof *data);
    vx_status status = data && (again || !compares) ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = smooth_by(backend, g, volume, data, error);
    if (!status && compares && !(status = smooth_by(worker->host, g, volume, again, error)))
        status = vx_worker_compare(backend, "smoothed", data, again, voxels, error);
    free(again);
    if (status) {
        if (!in_place)
            free(data);
        return status;
    }
    if (!in_place)
        free(volume->data);
    free(volume->wide);
    *volume = (vx_loaded){.grid = volume->grid, .data = data, .slope = 1, .mm_per_unit = volume->mm_per_unit,
                          .side_assumed = volume->side_assumed};
    return VX_OK;
}

vx_status vx_smooth_volume(vx_worker *worker, vx_loaded *volume, const double fwhm[3], vx_error *error)
{
    vx_gaussian g[3];
    vx_status status = vx_gaussian_init(&volume->grid, fwhm, g, error);
    if (!status)
        status = smooth_data(worker, g, volume, error);
    vx_gaussian_destroy(g);
    return status;
}

vx_smoothing vx_smoothing_to(vx_worker *worker, double target, const double there[3])
{
    vx_smoothing how = {.worker = worker, .target = target};
    for (int k = 0; k < 3; k++) {
        how.there[k] = there[k];
        how.fwhm[k] = there[k] < target ? sqrt(target * target - there[k] * there[k]) : 0;
    }
    return how;
}

static vx_status apply(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_smoothing *how = step->data;
    return vx_smooth_volume(how->worker, volume, how->fwhm, error);
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
