#include "prepare/regrid.h"

#include "base/memory.h"
#include "prepare/spline.h"
#include "space/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <nifti2_io.h>

static const double shrinks = 2 * (1 + 1e-4); /* voxels that count as more than two, beyond the rounding of headers */

/* An image and the grid to which it is brought. */
typedef struct regridding {
    const vx_loaded *volume;
    vx_sample_args args;
    double placement[VX_PLACEMENT];
    double *value; /* of the spline, continued where there is no data; null: trilinear */
    float *sampled;
} regridding;

/* A voxel spans as many voxels of the image along one of its axes as a step along this axis is long in their
 * indices. */
static void count_points(const double between[3][4], int points[3])
{
    for (int k = 0; k < 3; k++) {
        double span = 0;
        for (int i = 0; i < 3; i++)
            span += between[i][k] * between[i][k];
        span = sqrt(span);
        points[k] = span > shrinks ? (int)ceil(span - 1e-3) : 1;
    }
}

static void describe(const vx_loaded *volume, const vx_grid *grid, regridding *r)
{
    double between[3][4];
    vx_grid_between(&volume->grid, grid, between);
    *r = (regridding){.volume = volume, .args = {.wide = volume->wide != NULL}};
    for (int k = 0; k < 3; k++) {
        r->args.dim[k] = (int)volume->grid.dim[k];
        r->args.to[k] = (int)grid->dim[k];
        memcpy(r->placement + 4 * k, between[k], sizeof between[k]);
    }
    count_points((const double(*)[4])between, r->args.points);
    r->placement[12] = volume->slope;
    r->placement[13] = volume->inter;
}

/* The values that the spline runs through. */
static vx_status find_values(regridding *r, vx_error *error)
{
    const vx_loaded *volume = r->volume;
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    if (!(r->value = vx_array((size_t)voxels, sizeof *r->value)))
        return vx_fail_memory(error);
#pragma omp parallel for schedule(static)
    for (int64_t v = 0; v < voxels; v++) {
        const double x = vx_loaded_value(volume, v);
        r->value[v] = vx_has_data(x) ? x : NAN;
    }
    return vx_spline_continue(volume->grid.dim, r->value, error);
}

/* The part of regridding that a device does. */
static vx_status sample(void *context, vx_backend *backend, vx_error *error)
{
    regridding *r = context;
    const vx_loaded *volume = r->volume;
    const size_t voxels = vx_grid_elements(&volume->grid);
    const size_t bytes = (size_t)r->args.to[0] * (size_t)r->args.to[1] * (size_t)r->args.to[2] * sizeof *r->sampled;
    vx_buffer *buffer[VX_BUFFERS] = {0}, **stored = &buffer[volume->wide ? VX_B_WIDE : VX_B_STORED];
    void *const values = volume->wide ? (void *)volume->wide : (void *)volume->data;
    r->args.parallel = backend->parallel[VX_OP_SAMPLE];
    vx_status status = vx_buffer_lend(backend, r->placement, sizeof r->placement, true, &buffer[VX_B_PLACEMENT], error);
    if (!status)
        status = vx_buffer_lend(backend, values, voxels * (volume->wide ? sizeof(double) : sizeof(float)), true, stored,
                                error);
    if (!status && r->value)
        status = vx_buffer_lend(backend, r->value, voxels * sizeof *r->value, true, &buffer[VX_B_COEFFICIENT], error);
    if (!status && r->value)
        status = vx_spline_filter(backend, volume->grid.dim, buffer[VX_B_COEFFICIENT], error);
    if (!status)
        status = vx_buffer_lend(backend, r->sampled, bytes, false, &buffer[VX_B_SAMPLED], error);
    if (!status)
        status = backend->run(backend, 0, VX_OP_SAMPLE, &r->args, buffer, error);
    if (!status)
        status = vx_buffer_return(backend, buffer[VX_B_SAMPLED], r->sampled, bytes, error);
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffer[b]);
    return status;
}

/* Samples on the device, and the first volume on the host, too. */
static vx_status sample_by(vx_worker *worker, regridding *r, vx_error *error)
{
    const vx_sample_args *args = &r->args;
    const size_t voxels = vx_grid_elements(&r->volume->grid), wide = r->volume->wide || r->value ? 8 : 4;
    const size_t made = (size_t)args->to[0] * (size_t)args->to[1] * (size_t)args->to[2];
    const size_t all = voxels * (r->value ? wide + 8 : wide) + made * sizeof *r->sampled;
    vx_backend *backend = vx_worker_backend(worker, wide * (voxels > made ? voxels : made), all);
    vx_status status = vx_worker_do(backend, sample, r, error);
    if (status || !vx_worker_compares(worker, backend, VX_OP_SAMPLE))
        return status;
    regridding again = *r; /* whose values are still those before the filter */
    if (!(again.sampled = vx_array(made, sizeof *again.sampled)))
        return vx_fail_memory(error);
    if (!(status = vx_worker_do(worker->host, sample, &again, error)))
        status = vx_worker_compare(backend, "brought to another grid", r->sampled, again.sampled, made, error);
    free(again.sampled);
    return status;
}

vx_status vx_regrid_volume(vx_worker *worker, vx_loaded *volume, const vx_grid *grid, vx_regrid_method method,
                           int64_t *points, vx_error *error)
{
    regridding r;
    describe(volume, grid, &r);
    r.args.cubic = method == VX_REGRID_CUBIC;
    r.sampled = vx_array(vx_grid_elements(grid), sizeof *r.sampled);
    *points = (int64_t)r.args.points[0] * r.args.points[1] * r.args.points[2];
    vx_status status = r.sampled ? VX_OK : vx_fail_memory(error);
    if (!status && r.args.cubic)
        status = find_values(&r, error);
    if (!status)
        status = sample_by(worker, &r, error);
    if (!status) {
        free(volume->data);
        free(volume->wide);
        *volume = (vx_loaded){.grid = *grid, .data = r.sampled, .slope = 1, .mm_per_unit = volume->mm_per_unit,
                              .side_assumed = volume->side_assumed};
        r.sampled = NULL;
    }
    free(r.value);
    free(r.sampled);
    return status;
}

vx_status vx_regrid_isotropic(const vx_grid *from, double mm, vx_grid *grid, vx_error *error)
{
    static const double margin = 1e-6; /* voxels: a centre on the face of the box is outside */
    double inverse[3][4], first[3], voxels = 1;
    vx_grid made = {.pixdim = {mm, mm, mm}, .qfac = 1,
                    .sform_code = from->sform_code > 0   ? from->sform_code
                                  : from->qform_code > 0 ? from->qform_code
                                                         : NIFTI_XFORM_ALIGNED_ANAT};
    vx_grid_inverse(from, inverse); /* its last column has the origin of the space in voxel indices */
    for (int k = 0; k < 3; k++) {
        const double step = vx_grid_step_mm(from, k), ratio = step / mm;
        first[k] = ceil((-0.5 + margin - inverse[k][3]) * ratio);
        const double last = floor(((double)from->dim[k] - 0.5 - margin - inverse[k][3]) * ratio);
        const double count = last - first[k] + 1;
        const double length = step * (double)from->dim[k];
        if (!(count >= 1 && mm <= length))
            return vx_fail(error, VX_INPUT, "voxels of %g mm are too large for the images, which are %.4g mm along "
                           "their axis %c", mm, length, "xyz"[k]);
        if (count > INT16_MAX)
            return vx_fail(error, VX_INPUT, "voxels of %g mm are too small for the images, which are %.4g mm along "
                           "their axis %c: NIfTI files hold at most %d along one", mm, length, "xyz"[k], INT16_MAX);
        made.dim[k] = (int64_t)count;
        voxels *= count;
        for (int i = 0; i < 3; i++) {
            made.affine[i][k] = from->affine[i][k] / ratio;
            made.affine[i][3] += made.affine[i][k] * first[k];
        }
    }
    if (voxels > INT32_MAX)
        return vx_fail(error, VX_INPUT, "a grid of %lld x %lld x %lld voxels of %g mm is too large",
                       (long long)made.dim[0], (long long)made.dim[1], (long long)made.dim[2], mm);
    made.affine[3][3] = 1;
    memcpy(made.sform, made.affine, sizeof made.sform);
    *grid = made;
    return VX_OK;
}

static bool is_empty(const vx_loaded *volume)
{
    for (size_t v = 0; v < vx_grid_elements(&volume->grid); v++)
        if (vx_has_data(volume->data[v]))
            return false;
    return true;
}

static vx_status apply(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_regridding *how = step->data;
    int64_t points = 0;
    vx_status status = VX_OK;
    if (!vx_grid_same(&how->grid, &volume->grid, how->tolerance, NULL, 0)) {
        status = vx_regrid_volume(how->worker, volume, &how->grid, how->method, &points, error);
        if (!status && is_empty(volume))
            status = vx_fail(error, VX_INPUT, "no voxel of the grid of %s has data of this image: is it in another "
                             "space?", how->name);
    }
    step->figure[0] = (vx_figure){"points", (double)points};
    step->figures = 1;
    return status;
}

vx_step vx_step_regrid(const vx_regridding *how)
{
    static const char *const method[] = {[VX_REGRID_LINEAR] = "trilinear interpolation",
                                         [VX_REGRID_CUBIC] = "cubic B-splines"};
    const int64_t *dim = how->grid.dim;
    const char *file = strrchr(how->name, '/');
    vx_step step = {.name = "regrid", .regrids = true, .grid = how->grid, .data = how, .apply = apply};
    snprintf(step.words, sizeof step.words, "brought to the grid of %.150s by %s", file ? file + 1 : how->name,
             method[how->method]);
    snprintf(step.parameters, sizeof step.parameters, "grid of %s, %lld x %lld x %lld voxels; %s; averaged where a "
             "voxel spans more than two of the image", how->name, (long long)dim[0], (long long)dim[1],
             (long long)dim[2], method[how->method]);
    return step;
}
