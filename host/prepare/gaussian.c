#include "prepare/gaussian.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

static const double SHEAR_MOST = 1e-3; /* the largest cosine between two axes: 0.06 degrees */

static vx_status check_axes(const vx_grid *grid, vx_error *error)
{
    for (int k = 0; k < 3; k++) {
        const int j = (k + 1) % 3;
        double product = 0;
        for (int i = 0; i < 3; i++)
            product += grid->affine[i][k] * grid->affine[i][j];
        const double cosine = product / (vx_grid_step_mm(grid, k) * vx_grid_step_mm(grid, j));
        if (fabs(cosine) > SHEAR_MOST)
            return vx_fail(error, VX_INPUT, "axes %c and %c of its grid meet at %.2f degrees; a Gaussian needs right "
                           "angles, and --regrid brings images to a grid that has them", "xyz"[k], "xyz"[j],
                           acos(fmax(-1, fmin(1, cosine))) * 180 / M_PI);
    }
    return VX_OK;
}

/* `sigma` is in voxels. Voxels outside the line add nothing, so that the kernel need not be longer than it. */
static vx_status axis_init(double sigma, int64_t length, vx_gaussian *g, vx_error *error)
{
    const double reach = ceil(VX_GAUSSIAN_REACH * sigma);
    g->reach = reach < (double)length ? (int64_t)reach : length - 1;
    if (!(g->weight = vx_array((size_t)g->reach + 1, sizeof *g->weight)))
        return vx_fail_memory(error);
    g->weight[0] = 1;
    g->sum = 1;
    for (int64_t t = 1; t <= (int64_t)reach; t++) {
        const double weight = exp(-0.5 * (double)(t * t) / (sigma * sigma));
        g->sum += 2 * weight;
        if (t <= g->reach)
            g->weight[t] = weight;
    }
    return VX_OK;
}

vx_status vx_gaussian_init(const vx_grid *grid, const double fwhm[3], vx_gaussian g[3], vx_error *error)
{
    vx_status status = check_axes(grid, error);
    for (int k = 0; k < 3; k++)
        g[k] = (vx_gaussian){.sum = 1};
    for (int k = 0; k < 3 && !status; k++)
        if (fwhm[k] > 0)
            status = axis_init(fwhm[k] / sqrt(8 * log(2)) / vx_grid_step_mm(grid, k), grid->dim[k], &g[k], error);
    return status;
}

void vx_gaussian_destroy(vx_gaussian g[3])
{
    for (int k = 0; g && k < 3; k++) {
        free(g[k].weight);
        g[k] = (vx_gaussian){0};
    }
}

/* Convolves along the axes, from one buffer to the other and back. The result is in the buffer *data. */
static vx_status run_axes(vx_backend *backend, const vx_gaussian g[3], const int64_t dim[3], vx_buffer **data,
                          vx_buffer **spare, vx_error *error)
{
    vx_status status = VX_OK;
    for (int k = 0; k < 3 && !status; k++) {
        const int64_t inner = k == 0 ? 1 : k == 1 ? dim[0] : dim[0] * dim[1];
        const int64_t outer = k == 0 ? dim[1] * dim[2] : k == 1 ? dim[2] : 1;
        const vx_convolve_args args = {.outer = (int)outer, .length = (int)dim[k], .stride = (int)inner,
                                       .reach = (int)g[k].reach, .parallel = backend->parallel[VX_OP_CONVOLVE]};
        vx_buffer *buffer[VX_BUFFERS] = {[VX_B_FROM] = *data, [VX_B_TO] = *spare}, *from = *data;
        if (g[k].reach == 0)
            continue;
        status = vx_buffer_lend(backend, g[k].weight, ((size_t)g[k].reach + 1) * sizeof *g[k].weight, true,
                                &buffer[VX_B_TAPS], error);
        if (!status)
            status = backend->run(backend, 0, VX_OP_CONVOLVE, &args, buffer, error);
        if (!status)
            status = backend->wait(backend, 0, error);
        backend->buffer_free(backend, buffer[VX_B_TAPS]);
        *data = *spare;
        *spare = from;
    }
    return status;
}

vx_status vx_gaussian_sum_by(vx_backend *backend, const vx_gaussian g[3], const int64_t dim[3], double **data,
                             double **spare, vx_error *error)
{
    const size_t bytes = (size_t)dim[0] * (size_t)dim[1] * (size_t)dim[2] * sizeof **data;
    vx_buffer *in_data = NULL, *in_spare = NULL;
    vx_status status = vx_buffer_lend(backend, *data, bytes, true, &in_data, error);
    if (!status)
        status = vx_buffer_lend(backend, *spare, bytes, false, &in_spare, error);
    vx_buffer *const first = in_data;
    if (!status)
        status = run_axes(backend, g, dim, &in_data, &in_spare, error);
    if (in_data != first) {
        double *const was = *data;
        *data = *spare;
        *spare = was;
    }
    if (!status)
        status = vx_buffer_return(backend, in_data, *data, bytes, error);
    backend->buffer_free(backend, in_data);
    backend->buffer_free(backend, in_spare);
    return status;
}

vx_status vx_gaussian_sum(const vx_gaussian g[3], const int64_t dim[3], double *data, vx_error *error)
{
    const size_t voxels = (size_t)dim[0] * (size_t)dim[1] * (size_t)dim[2];
    vx_backend *backend = NULL;
    double *made = vx_array(voxels, sizeof *made), *sum = data, *spare = made;
    vx_status status = made ? vx_cpu_open(0, &backend, error) : vx_fail_memory(error);
    if (!status && !(status = vx_gaussian_sum_by(backend, g, dim, &sum, &spare, error)) && sum != data)
        memcpy(data, sum, voxels * sizeof *data);
    if (backend)
        backend->free(backend);
    free(made);
    return status;
}

vx_status vx_gaussian_convolve(const vx_gaussian g[3], const int64_t dim[3], double *data, vx_error *error)
{
    const int64_t voxels = dim[0] * dim[1] * dim[2];
    const double sum = g[0].sum * g[1].sum * g[2].sum;
    const vx_status status = vx_gaussian_sum(g, dim, data, error);
    for (int64_t v = 0; v < voxels && !status; v++)
        data[v] /= sum;
    return status;
}
