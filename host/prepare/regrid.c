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
    const vx_grid *to;
    double between[3][4];      /* from voxel indices of `to` to those of the volume */
    int64_t points[3];         /* of a voxel of `to`, along its axes */
    const double *coefficient; /* of the spline; null: trilinear */
} regridding;

/* The trilinear mean of the voxels around a point that have data. The nearest one is among them, with a weight of an
 * eighth or more. */
static double linear_at(const vx_loaded *volume, const double point[3])
{
    const int64_t *dim = volume->grid.dim;
    int64_t below[3];
    double share[3], sum = 0, weights = 0;
    for (int k = 0; k < 3; k++) {
        below[k] = (int64_t)floor(point[k]);
        share[k] = point[k] - (double)below[k];
    }
    for (int corner = 0; corner < 8; corner++) {
        int64_t at[3];
        double weight = 1;
        for (int k = 0; k < 3; k++) {
            const int up = corner >> k & 1;
            at[k] = below[k] + up;
            weight *= up ? share[k] : 1 - share[k];
            if (at[k] < 0 || at[k] >= dim[k])
                weight = 0;
        }
        if (weight == 0)
            continue;
        const double x = vx_loaded_value(volume, vx_grid_place(&volume->grid, at));
        if (vx_has_data(x)) {
            sum += weight * x;
            weights += weight;
        }
    }
    return sum / weights;
}

/* Whether a point in voxel indices of the image has data. *value is f there, else 0 or NaN. */
static bool find_value(const regridding *r, const double point[3], double *value)
{
    const vx_grid *grid = &r->volume->grid;
    int64_t nearest[3];
    *value = NAN;
    if (!vx_grid_nearest(grid->dim, point, nearest))
        return false;
    const double x = vx_loaded_value(r->volume, vx_grid_place(grid, nearest));
    if (!vx_has_data(x)) {
        *value = x == 0 ? 0 : NAN;
        return false;
    }
    *value = r->coefficient ? vx_spline_at(grid->dim, r->coefficient, point) : linear_at(r->volume, point);
    return true;
}

/* The point number `s` of voxel (i, j, k), in voxel indices of the image. */
static void find_point(const regridding *r, const int64_t voxel[3], int64_t s, double point[3])
{
    double index[3];
    for (int k = 0; k < 3; k++) {
        index[k] = (double)voxel[k] + ((double)(s % r->points[k]) + 0.5) / (double)r->points[k] - 0.5;
        s /= r->points[k];
    }
    for (int k = 0; k < 3; k++)
        point[k] = r->between[k][0] * index[0] + r->between[k][1] * index[1] + r->between[k][2] * index[2] +
                   r->between[k][3];
}

static double voxel_value(const regridding *r, const int64_t voxel[3])
{
    const int64_t points = r->points[0] * r->points[1] * r->points[2];
    double sum = 0;
    int64_t values = 0, zeros = 0;
    for (int64_t s = 0; s < points; s++) {
        double point[3], value;
        find_point(r, voxel, s, point);
        if (find_value(r, point, &value)) {
            sum += value;
            values++;
        } else {
            zeros += value == 0;
        }
    }
    return 2 * values >= points ? sum / (double)values : zeros ? 0 : NAN;
}

/* A voxel spans as many voxels of the image along one of its axes as a step along this axis is long in their
 * indices. */
static void count_points(regridding *r)
{
    for (int k = 0; k < 3; k++) {
        double span = 0;
        for (int i = 0; i < 3; i++)
            span += r->between[i][k] * r->between[i][k];
        span = sqrt(span);
        r->points[k] = span > shrinks ? (int64_t)ceil(span - 1e-3) : 1;
    }
}

/* The coefficients of the spline through a volume, which the caller frees. */
static vx_status fit_spline(const vx_loaded *volume, double **coefficient, vx_error *error)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    double *value = vx_array((size_t)voxels, sizeof *value);
    if (!value)
        return vx_fail_memory(error);
    for (int64_t v = 0; v < voxels; v++) {
        const double x = vx_loaded_value(volume, v);
        value[v] = vx_has_data(x) ? x : NAN;
    }
    *coefficient = value;
    const vx_status status = vx_spline_continue(volume->grid.dim, value, error);
    if (!status)
        vx_spline_coefficients(volume->grid.dim, value);
    return status;
}

vx_status vx_regrid_volume(vx_loaded *volume, const vx_grid *grid, vx_regrid_method method, int64_t *points,
                           vx_error *error)
{
    const int64_t rows = grid->dim[1] * grid->dim[2];
    regridding r = {.volume = volume, .to = grid};
    double *coefficient = NULL;
    float *data = vx_array(vx_grid_elements(grid), sizeof *data);
    vx_status status = data ? VX_OK : vx_fail_memory(error);
    vx_grid_between(&volume->grid, grid, r.between);
    count_points(&r);
    *points = r.points[0] * r.points[1] * r.points[2];
    if (!status && method == VX_REGRID_CUBIC)
        status = fit_spline(volume, &coefficient, error);
    if (status)
        goto cleanup;
    r.coefficient = coefficient;
#pragma omp parallel for schedule(dynamic, 16)
    for (int64_t row = 0; row < rows; row++)
        for (int64_t x = 0; x < grid->dim[0]; x++)
            data[row * grid->dim[0] + x] =
                (float)voxel_value(&r, (const int64_t[3]){x, row % grid->dim[1], row / grid->dim[1]});
    free(volume->data);
    free(volume->wide);
    *volume = (vx_loaded){.grid = *grid, .data = data, .slope = 1, .mm_per_unit = volume->mm_per_unit,
                          .side_assumed = volume->side_assumed};
    data = NULL;
cleanup:
    free(coefficient);
    free(data);
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
        status = vx_regrid_volume(volume, &how->grid, how->method, &points, error);
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
