#include "prepare/smooth.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

enum { LANES = 8 }; /* lines that are smoothed at the same time */

static const double REACH_SIGMA = 5;
static const double SHEAR_MOST = 1e-3; /* the largest cosine between two axes: 0.06 degrees */

/* One half of a kernel: weight[t] for the voxels at distance t, of which weight[0] = 1. */
typedef struct gaussian {
    int64_t reach;
    double *weight; /* reach + 1 */
} gaussian;

/* `sigma` is in voxels. Voxels outside the line add nothing, so that the kernel need not be longer than it. */
static vx_status gaussian_init(double sigma, int64_t length, gaussian *g, vx_error *error)
{
    const double reach = ceil(REACH_SIGMA * sigma);
    g->reach = reach < (double)length ? (int64_t)reach : length - 1;
    if (!(g->weight = vx_array((size_t)g->reach + 1, sizeof *g->weight)))
        return vx_fail_memory(error);
    g->weight[0] = 1;
    for (int64_t t = 1; t <= g->reach; t++)
        g->weight[t] = exp(-0.5 * (double)(t * t) / (sigma * sigma));
    return VX_OK;
}

/* Convolves the lines in `padded`, which has g->reach zeros before and behind each. */
static void convolve(const gaussian *g, int64_t length, const double (*padded)[LANES], double (*smooth)[LANES])
{
    for (int64_t j = 0; j < length; j++) {
        const double(*here)[LANES] = padded + g->reach + j;
        double sum[LANES];
        for (int l = 0; l < LANES; l++)
            sum[l] = here[0][l];
        for (int64_t t = 1; t <= g->reach; t++)
            for (int l = 0; l < LANES; l++)
                sum[l] += g->weight[t] * (here[-t][l] + here[t][l]);
        memcpy(smooth[j], sum, sizeof sum);
    }
}

/* Convolves the lines from number `first` on. `base` is where a line begins and `stride` the way to its next element.
 * Lines of zeros, as outside the head, stay so. */
static void convolve_lines(const gaussian *g, double *data, const int64_t base[LANES], int lines, int64_t length,
                           int64_t stride, double (*padded)[LANES])
{
    double(*smooth)[LANES] = padded + length + 2 * g->reach;
    bool empty = true;
    for (int64_t j = 0; j < length; j++)
        for (int l = 0; l < lines; l++) {
            const double value = data[base[l] + j * stride];
            padded[g->reach + j][l] = value;
            empty = empty && value == 0;
        }
    if (empty)
        return;
    convolve(g, length, (const double(*)[LANES])padded, smooth);
    for (int64_t j = 0; j < length; j++)
        for (int l = 0; l < lines; l++)
            data[base[l] + j * stride] = smooth[j][l];
}

/* Convolves along one axis of an array of shape outer x length x inner. */
static vx_status convolve_axis(const gaussian *g, double *data, int64_t outer, int64_t length, int64_t inner,
                               vx_error *error)
{
    const int64_t lines = outer * inner, tiles = (lines + LANES - 1) / LANES;
    const size_t rows = (size_t)(2 * (length + g->reach));
    double(*scratch)[LANES] = vx_array_zero(rows * (size_t)omp_get_max_threads(), sizeof *scratch);
    if (!scratch)
        return vx_fail_memory(error);
#pragma omp parallel for schedule(static)
    for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t first = tile * LANES;
        const int count = lines - first < LANES ? (int)(lines - first) : LANES;
        int64_t base[LANES];
        for (int l = 0; l < count; l++)
            base[l] = (first + l) / inner * length * inner + (first + l) % inner;
        convolve_lines(g, data, base, count, length, inner, scratch + rows * (size_t)omp_get_thread_num());
    }
    free(scratch);
    return VX_OK;
}

/* The sum over u of w(u - v) data(u) for every v, in place. */
static vx_status convolve_all(const gaussian g[3], const int64_t dim[3], double *data, vx_error *error)
{
    vx_status status = VX_OK;
    for (int k = 0; k < 3 && !status; k++) {
        const int64_t inner = k == 0 ? 1 : k == 1 ? dim[0] : dim[0] * dim[1];
        const int64_t outer = k == 0 ? dim[1] * dim[2] : k == 1 ? dim[2] : 1;
        if (g[k].reach > 0)
            status = convolve_axis(&g[k], data, outer, dim[k], inner, error);
    }
    return status;
}

/* The quotient of the header's equation, at the voxels that have data; the others keep their value. */
static vx_status smooth_data(const gaussian g[3], vx_loaded *volume, vx_error *error)
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
    if (!status && !(status = convolve_all(g, volume->grid.dim, sum, error)))
        status = convolve_all(g, volume->grid.dim, weight, error);
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

static vx_status check_axes(const vx_grid *grid, vx_error *error)
{
    for (int k = 0; k < 3; k++) {
        const int j = (k + 1) % 3;
        double product = 0;
        for (int i = 0; i < 3; i++)
            product += grid->affine[i][k] * grid->affine[i][j];
        const double cosine = product / (vx_grid_step_mm(grid, k) * vx_grid_step_mm(grid, j));
        if (fabs(cosine) > SHEAR_MOST)
            return vx_fail(error, VX_INPUT, "axes %c and %c of its grid meet at %.2f degrees; smoothing needs right "
                           "angles, and --regrid brings images to a grid that has them", "xyz"[k], "xyz"[j],
                           acos(fmax(-1, fmin(1, cosine))) * 180 / M_PI);
    }
    return VX_OK;
}

vx_status vx_smooth_volume(vx_loaded *volume, const double fwhm[3], vx_error *error)
{
    gaussian g[3] = {{0}};
    vx_status status = check_axes(&volume->grid, error);
    for (int k = 0; k < 3 && !status; k++)
        if (fwhm[k] > 0)
            status = gaussian_init(fwhm[k] / sqrt(8 * log(2)) / vx_grid_step_mm(&volume->grid, k), volume->grid.dim[k],
                                   &g[k], error);
    if (!status)
        status = smooth_data(g, volume, error);
    for (int k = 0; k < 3; k++)
        free(g[k].weight);
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
             "have data", how->fwhm[0], how->fwhm[1], how->fwhm[2], REACH_SIGMA);
    return step;
}
