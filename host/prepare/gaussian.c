#include "prepare/gaussian.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { LANES = 8 }; /* lines that are convolved at the same time */

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

/* Convolves the lines in `padded`, which has g->reach zeros before and behind each. */
static void convolve(const vx_gaussian *g, int64_t length, const double (*padded)[LANES], double (*smooth)[LANES])
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
static void convolve_lines(const vx_gaussian *g, double *data, const int64_t base[LANES], int lines, int64_t length,
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
static vx_status convolve_axis(const vx_gaussian *g, double *data, int64_t outer, int64_t length, int64_t inner,
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

vx_status vx_gaussian_sum(const vx_gaussian g[3], const int64_t dim[3], double *data, vx_error *error)
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

vx_status vx_gaussian_convolve(const vx_gaussian g[3], const int64_t dim[3], double *data, vx_error *error)
{
    const int64_t voxels = dim[0] * dim[1] * dim[2];
    const double sum = g[0].sum * g[1].sum * g[2].sum;
    const vx_status status = vx_gaussian_sum(g, dim, data, error);
    for (int64_t v = 0; v < voxels && !status; v++)
        data[v] /= sum;
    return status;
}
