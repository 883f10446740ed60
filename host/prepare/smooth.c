#include "prepare/smooth.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>

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

/* Doubles to convolve along the axes of a volume. */
typedef struct convolution {
    const gaussian *g; /* of each axis */
    const int64_t *dim;
    double *data, *spare; /* of the volume's size */
} convolution;

/* Convolves along the axes, from one buffer to the other and back. The result is in the buffer *data. */
static vx_status run_axes(const convolution *c, vx_backend *backend, vx_buffer **data, vx_buffer **spare,
                          vx_error *error)
{
    vx_status status = VX_OK;
    for (int k = 0; k < 3 && !status; k++) {
        const gaussian *g = &c->g[k];
        const int64_t inner = k == 0 ? 1 : k == 1 ? c->dim[0] : c->dim[0] * c->dim[1];
        const int64_t outer = k == 0 ? c->dim[1] * c->dim[2] : k == 1 ? c->dim[2] : 1;
        const vx_convolve_args args = {.outer = (int)outer, .length = (int)c->dim[k], .stride = (int)inner,
                                       .reach = (int)g->reach, .parallel = backend->parallel[VX_OP_CONVOLVE]};
        vx_buffer *buffer[VX_BUFFERS] = {[VX_B_FROM] = *data, [VX_B_TO] = *spare}, *from = *data;
        if (g->reach == 0)
            continue;
        status = vx_buffer_lend(backend, g->weight, ((size_t)g->reach + 1) * sizeof *g->weight, true,
                                &buffer[VX_B_TAPS], error);
        if (!status)
            status = backend->run(backend, 0, VX_OP_CONVOLVE, &args, buffer, error);
        if (!status)
            status = backend->wait(backend, 0, error); /* before the taps are freed */
        backend->buffer_free(backend, buffer[VX_B_TAPS]);
        *data = *spare;
        *spare = from;
    }
    return status;
}

/* The sum over u of w(u - v) data(u) for every v. It may end in `spare`, which then takes the place of `data`. */
static vx_status convolve_all(void *context, vx_backend *backend, vx_error *error)
{
    convolution *c = context;
    const size_t bytes = (size_t)c->dim[0] * (size_t)c->dim[1] * (size_t)c->dim[2] * sizeof(double);
    vx_buffer *data = NULL, *spare = NULL, *before;
    vx_status status = vx_buffer_lend(backend, c->data, bytes, true, &data, error);
    if (!status)
        status = vx_buffer_lend(backend, c->spare, bytes, false, &spare, error);
    before = data;
    if (!status)
        status = run_axes(c, backend, &data, &spare, error);
    if (data != before) {
        double *const was = c->data;
        c->data = c->spare;
        c->spare = was;
    }
    if (!status)
        status = vx_buffer_return(backend, data, c->data, bytes, error);
    backend->buffer_free(backend, data);
    backend->buffer_free(backend, spare);
    return status;
}

/* The quotient of the header's equation, at the voxels that have data; the others keep their value. `smooth` may be the
 * data of the volume. */
static vx_status smooth_on(vx_backend *backend, const gaussian g[3], const vx_loaded *volume, float *smooth,
                           vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid);
    double *sum = vx_array(voxels, sizeof *sum), *weight = vx_array(voxels, sizeof *weight);
    double *spare = vx_array(voxels, sizeof *spare);
    convolution c = {.g = g, .dim = volume->grid.dim, .data = sum, .spare = spare};
    vx_status status = sum && weight && spare ? VX_OK : vx_fail_memory(error);
    for (size_t v = 0; v < voxels && !status; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        weight[v] = vx_has_data(x);
        sum[v] = vx_has_data(x) ? x : 0;
    }
    if (!status)
        status = vx_worker_do(backend, convolve_all, &c, error);
    sum = c.data;
    c.data = weight;
    if (!status)
        status = vx_worker_do(backend, convolve_all, &c, error);
    weight = c.data;
    for (size_t v = 0; v < voxels && !status; v++) {
        const double x = vx_loaded_value(volume, (int64_t)v);
        smooth[v] = (float)(vx_has_data(x) ? sum[v] / weight[v] : x);
    }
    free(sum);
    free(weight);
    free(c.spare);
    return status;
}

static vx_status smooth_data(vx_worker *worker, const gaussian g[3], vx_loaded *volume, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid), bytes = voxels * sizeof(double);
    vx_backend *backend = vx_worker_backend(worker, bytes, 2 * bytes);
    const bool compares = vx_worker_compares(worker, backend, VX_OP_CONVOLVE);
    const bool in_place = volume->data && !compares;
    float *again = compares ? vx_array(voxels, sizeof *again) : NULL;
    float *data = in_place ? volume->data : vx_array(voxels, sizeof *data);
    vx_status status = data && (again || !compares) ? VX_OK : vx_fail_memory(error);
    if (!status)
        status = smooth_on(backend, g, volume, data, error);
    if (!status && compares && !(status = smooth_on(worker->host, g, volume, again, error)))
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

vx_status vx_smooth_volume(vx_worker *worker, vx_loaded *volume, const double fwhm[3], vx_error *error)
{
    gaussian g[3] = {{0}};
    vx_status status = check_axes(&volume->grid, error);
    for (int k = 0; k < 3 && !status; k++)
        if (fwhm[k] > 0)
            status = gaussian_init(fwhm[k] / sqrt(8 * log(2)) / vx_grid_step_mm(&volume->grid, k), volume->grid.dim[k],
                                   &g[k], error);
    if (!status)
        status = smooth_data(worker, g, volume, error);
    for (int k = 0; k < 3; k++)
        free(g[k].weight);
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
    vx_step step = {.name = "smooth", .data = how, .figures = how->target > 0 ? 3 : 0, .apply = apply};
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
