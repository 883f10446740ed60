#include "prepare/smoothness.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

static double fwhm_of(double rho, double step)
{
    if (!(rho < 1)) /* NaN too */
        return NAN;
    return rho > 0 ? step * sqrt(-2 * log(2) / log(rho)) : 0;
}

/* ---- one volume ---- */

/* The rho of R = 3 - rho - rho^2 - rho^3, which falls from 3 to 0. */
static double correlation_of_ratio(double ratio)
{
    double low = 0, high = 1;
    if (!(ratio > 0)) /* NaN too */
        return NAN;
    while (high - low > 1e-9) {
        const double rho = (low + high) / 2;
        if (3 - rho * (1 + rho * (1 + rho)) > ratio)
            low = rho;
        else
            high = rho;
    }
    return ratio < 3 ? (low + high) / 2 : 0;
}

vx_differences vx_differences_of_volume(const vx_loaded *volume)
{
    const vx_grid *grid = &volume->grid;
    const int64_t stride[3] = {1, grid->dim[0], grid->dim[0] * grid->dim[1]};
    vx_differences sum = {0};
    for (int64_t v = 0; v < (int64_t)vx_grid_elements(grid); v++) {
        const double x = vx_loaded_value(volume, v);
        int64_t at[3];
        if (!vx_has_data(x))
            continue;
        vx_grid_voxel(grid, v, at);
        for (int k = 0; k < 3; k++) {
            if (at[k] == 0 || at[k] == grid->dim[k] - 1)
                continue;
            const double before = vx_loaded_value(volume, v - stride[k]);
            const double after = vx_loaded_value(volume, v + stride[k]);
            if (!vx_has_data(before) || !vx_has_data(after))
                continue;
            sum.first[k] += ((x - before) * (x - before) + (after - x) * (after - x)) / 2;
            sum.second[k] += (before - 2 * x + after) * (before - 2 * x + after);
        }
    }
    return sum;
}

void vx_smoothness_of_differences(const vx_differences *differences, const vx_grid *grid, double fwhm[3])
{
    for (int k = 0; k < 3; k++)
        fwhm[k] = fwhm_of(correlation_of_ratio(differences->second[k] / differences->first[k]),
                          vx_grid_step_mm(grid, k));
}

void vx_smoothness_of_volume(const vx_loaded *volume, double fwhm[3])
{
    const vx_differences differences = vx_differences_of_volume(volume);
    vx_smoothness_of_differences(&differences, &volume->grid, fwhm);
}

/* ---- residuals ---- */

enum { BLOCK = 512 }; /* elements at a time */

/* Squares of residuals below this share of the data's are rounding errors of their difference. */
static const double rounding = 1e-12;

/* r(v)'r(w) = y(v)'y(w) - sum_j b_j(v) b_j(w), where b_j = q_j'y and the q_j are an orthonormal basis of the design. */
typedef struct residuals {
    const vx_matrix *matrix;
    const vx_effect *effect;
    int64_t columns;
    double *basis;    /* columns x n */
    double *b;        /* columns x V */
    double *square;   /* V: r(v)'r(v) */
    int32_t *element; /* by place of the grid; -1: outside the mask */
    double (*sum)[3]; /* blocks: of the correlations */
    int64_t (*pairs)[3];
} residuals;

static const float *row_of(const residuals *r, int64_t i)
{
    return r->matrix->data + r->effect->row[i] * r->matrix->space.elements;
}

static void project_block(const residuals *r, int64_t from, int64_t to)
{
    const int64_t n = r->effect->n, voxels = r->matrix->space.elements;
    for (int64_t v = from; v < to; v++)
        r->square[v] = 0;
    for (int64_t i = 0; i < n; i++) {
        const float *y = row_of(r, i);
        for (int64_t v = from; v < to; v++)
            r->square[v] += (double)y[v] * (double)y[v];
        for (int64_t j = 0; j < r->columns; j++)
            for (int64_t v = from; v < to; v++)
                r->b[j * voxels + v] += r->basis[j * n + i] * (double)y[v];
    }
    for (int64_t v = from; v < to; v++) {
        const double before = r->square[v];
        for (int64_t j = 0; j < r->columns; j++)
            r->square[v] -= r->b[j * voxels + v] * r->b[j * voxels + v];
        if (r->square[v] < rounding * before)
            r->square[v] = 0;
    }
}

/* The elements of a block that have a next one along an axis of the grid, and that one. Returns their number. */
static int find_pairs(const residuals *r, int64_t from, int64_t to, int axis, int64_t one[BLOCK], int64_t other[BLOCK])
{
    const vx_space *space = &r->matrix->space;
    int pairs = 0;
    for (int64_t v = from; v < to; v++) {
        int64_t at[3];
        vx_grid_voxel(&space->grid, space->index[v], at);
        if (++at[axis] == space->grid.dim[axis])
            continue;
        const int32_t next = r->element[vx_grid_place(&space->grid, at)];
        if (next < 0 || !(r->square[v] > 0) || !(r->square[next] > 0))
            continue;
        one[pairs] = v;
        other[pairs++] = next;
    }
    return pairs;
}

static void correlate_block(const residuals *r, int64_t block, int64_t from, int64_t to)
{
    const int64_t voxels = r->matrix->space.elements;
    int64_t one[BLOCK], other[BLOCK];
    for (int axis = 0; axis < 3; axis++) {
        double product[BLOCK] = {0}, sum = 0;
        const int pairs = find_pairs(r, from, to, axis, one, other);
        for (int64_t i = 0; i < r->effect->n; i++) {
            const float *y = row_of(r, i);
            for (int p = 0; p < pairs; p++)
                product[p] += (double)y[one[p]] * (double)y[other[p]];
        }
        for (int64_t j = 0; j < r->columns; j++)
            for (int p = 0; p < pairs; p++)
                product[p] -= r->b[j * voxels + one[p]] * r->b[j * voxels + other[p]];
        for (int p = 0; p < pairs; p++)
            sum += product[p] / sqrt(r->square[one[p]] * r->square[other[p]]);
        r->sum[block][axis] = sum;
        r->pairs[block][axis] = pairs;
    }
}

/* E c of the header. */
static double expected_correlation(double rho, double nu)
{
    const double gammas = exp(lgamma((nu + 1) / 2) - lgamma(nu / 2));
    double term = 1, sum = 1;
    for (int k = 0; k < 10000 && term > 1e-12 * sum; k++) {
        term *= (k + 0.5) * (k + 0.5) / ((nu / 2 + 1 + k) * (k + 1)) * rho * rho;
        sum += term;
    }
    return rho * (2 / nu) * gammas * gammas * sum;
}

/* The rho of which c is expected; E c rises from 0 to 1 with rho. */
static double correlation_behind(double c, double nu)
{
    double low = 0, high = 1;
    if (!(c > 0 && c < 1))
        return c;
    while (high - low > 1e-9) {
        const double middle = (low + high) / 2;
        if (expected_correlation(middle, nu) < c)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static vx_status residuals_init(residuals *r, int64_t blocks, vx_error *error)
{
    const vx_space *space = &r->matrix->space;
    const vx_effect *effect = r->effect;
    const size_t voxels = (size_t)space->elements, places = vx_grid_elements(&space->grid);
    size_t coordinates, cells;
    r->columns = effect->z_columns + 1;
    if (!vx_multiply((size_t)r->columns, voxels, &coordinates) ||
        !vx_multiply((size_t)r->columns, (size_t)effect->n, &cells))
        return vx_fail_memory(error);
    r->basis = vx_array(cells, sizeof *r->basis);
    r->b = vx_array_zero(coordinates, sizeof *r->b);
    r->square = vx_array(voxels, sizeof *r->square);
    r->element = vx_array(places, sizeof *r->element);
    r->sum = vx_array((size_t)blocks, sizeof *r->sum);
    r->pairs = vx_array((size_t)blocks, sizeof *r->pairs);
    if (!r->basis || !r->b || !r->square || !r->element || !r->sum || !r->pairs)
        return vx_fail_memory(error);
    memcpy(r->basis, effect->x, (size_t)effect->n * sizeof *r->basis);
    memcpy(r->basis + effect->n, effect->z, (size_t)(effect->z_columns * effect->n) * sizeof *r->basis);
    for (size_t p = 0; p < places; p++)
        r->element[p] = -1;
    for (int64_t v = 0; v < space->elements; v++)
        r->element[space->index[v]] = (int32_t)v;
    return VX_OK;
}

static void residuals_destroy(residuals *r)
{
    free(r->basis);
    free(r->b);
    free(r->square);
    free(r->element);
    free(r->sum);
    free(r->pairs);
}

vx_status vx_smoothness_of_residuals(const vx_matrix *matrix, const vx_effect *effect, double fwhm[3], vx_error *error)
{
    const int64_t voxels = matrix->space.elements, blocks = (voxels + BLOCK - 1) / BLOCK;
    residuals r = {.matrix = matrix, .effect = effect};
    vx_status status = residuals_init(&r, blocks, error);
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(static)
    for (int64_t block = 0; block < blocks; block++)
        project_block(&r, block * BLOCK, block + 1 < blocks ? (block + 1) * BLOCK : voxels);
#pragma omp parallel for schedule(static)
    for (int64_t block = 0; block < blocks; block++)
        correlate_block(&r, block, block * BLOCK, block + 1 < blocks ? (block + 1) * BLOCK : voxels);
    for (int axis = 0; axis < 3; axis++) {
        double sum = 0;
        int64_t pairs = 0;
        for (int64_t block = 0; block < blocks; block++) { /* in order, so that threads do not change the sum */
            sum += r.sum[block][axis];
            pairs += r.pairs[block][axis];
        }
        fwhm[axis] = fwhm_of(correlation_behind(sum / (double)pairs, effect->df),
                             vx_grid_step_mm(&matrix->space.grid, axis));
    }
cleanup:
    residuals_destroy(&r);
    return status;
}
