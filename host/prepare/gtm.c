#include "prepare/gtm.h"

#include "base/memory.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

#include <lapacke.h>

static const double SIZE_LEAST = 1;         /* voxels of a region that have data */
static const double CONDITION_LEAST = 1e-4; /* reciprocal, in the norm of row sums: that of the largest error */

/* One image on its way. */
typedef struct solving {
    const vx_loaded *volume;
    const vx_gaussian *g;
    const vx_gtm_region *region;
    int64_t regions;
    bool *data;       /* of every voxel: whether it has data */
    double *seen;     /* P*R_j on the grid */
    double *matrix;   /* regions x regions, row i, column j */
    double *mean;     /* t, and then c */
    double *size;     /* r */
} solving;

/* A part of the grid: the voxels from low to high, both in it. */
typedef struct gtm_box { int64_t low[3], dim[3]; } gtm_box;

/* The voxels that a region reaches through the point spread. */
static gtm_box box_of(const solving *s, const vx_gtm_region *region)
{
    const vx_grid *grid = &s->volume->grid;
    int64_t low[3] = {INT64_MAX, INT64_MAX, INT64_MAX}, high[3] = {-1, -1, -1};
    gtm_box b;
    for (int64_t k = 0; k < region->voxels; k++) {
        int64_t at[3];
        vx_grid_voxel(grid, region->index[k], at);
        for (int a = 0; a < 3; a++) {
            low[a] = at[a] < low[a] ? at[a] : low[a];
            high[a] = at[a] > high[a] ? at[a] : high[a];
        }
    }
    for (int a = 0; a < 3; a++) {
        b.low[a] = low[a] > s->g[a].reach ? low[a] - s->g[a].reach : 0;
        b.dim[a] = (high[a] + s->g[a].reach < grid->dim[a] ? high[a] + s->g[a].reach + 1 : grid->dim[a]) - b.low[a];
    }
    return b;
}

/* Adds the part to `seen`, or clears it there. */
static void put_part(const solving *s, const gtm_box *b, const double *part)
{
    const vx_grid *grid = &s->volume->grid;
    for (int64_t z = 0; z < b->dim[2]; z++)
        for (int64_t y = 0; y < b->dim[1]; y++) {
            const int64_t at[3] = {b->low[0], b->low[1] + y, b->low[2] + z};
            double *line = s->seen + vx_grid_place(grid, at);
            if (part)
                memcpy(line, part + b->dim[0] * (y + b->dim[1] * z), (size_t)b->dim[0] * sizeof *line);
            else
                memset(line, 0, (size_t)b->dim[0] * sizeof *line);
        }
}

/* Column j of the matrix. Outside the box of region j nothing is seen of it. */
static vx_status fill_column(const solving *s, int64_t j, vx_error *error)
{
    const vx_gtm_region *region = &s->region[j];
    const gtm_box b = box_of(s, region);
    double *part = vx_array_zero((size_t)(b.dim[0] * b.dim[1] * b.dim[2]), sizeof *part); /* not above the grid's */
    if (!part)
        return vx_fail_memory(error);
    for (int64_t k = 0; k < region->voxels; k++) {
        int64_t at[3];
        vx_grid_voxel(&s->volume->grid, region->index[k], at);
        part[at[0] - b.low[0] + b.dim[0] * (at[1] - b.low[1] + b.dim[1] * (at[2] - b.low[2]))] = region->share[k];
    }
    vx_status status = vx_gaussian_convolve(s->g, b.dim, part, error);
    if (!status)
        put_part(s, &b, part);
    for (int64_t i = 0; i < s->regions && !status; i++) {
        const vx_gtm_region *over = &s->region[i];
        double sum = 0;
        for (int64_t k = 0; k < over->voxels; k++)
            sum += s->data[over->index[k]] ? over->share[k] * s->seen[over->index[k]] : 0;
        s->matrix[i * s->regions + j] = sum / s->size[i];
    }
    put_part(s, &b, NULL);
    free(part);
    return status;
}

static vx_status find_means(const solving *s, vx_error *error)
{
    for (int64_t i = 0; i < s->regions; i++) {
        const vx_gtm_region *over = &s->region[i];
        s->mean[i] = s->size[i] = 0;
        for (int64_t k = 0; k < over->voxels; k++)
            if (s->data[over->index[k]]) {
                s->mean[i] += over->share[k] * vx_loaded_value(s->volume, over->index[k]);
                s->size[i] += over->share[k];
            }
        if (!(s->size[i] >= SIZE_LEAST))
            return vx_fail(error, VX_INPUT, "the geometric transfer matrix needs a voxel's worth of every region, and "
                           "%s has %.2g in this image", over->name, s->size[i]);
        s->mean[i] /= s->size[i];
    }
    return VX_OK;
}

/* The region of which its own mean shows least; it is named where regions cannot be told apart. */
static int64_t least_seen(const solving *s, const double *matrix)
{
    int64_t least = 0;
    for (int64_t i = 0; i < s->regions; i++)
        least = matrix[i * (s->regions + 1)] < matrix[least * (s->regions + 1)] ? i : least;
    return least;
}

static vx_status solve(const solving *s, vx_error *error)
{
    const lapack_int n = (lapack_int)s->regions;
    const int64_t least = least_seen(s, s->matrix);
    const double own = s->matrix[least * (s->regions + 1)];
    const double norm = LAPACKE_dlange(LAPACK_ROW_MAJOR, 'I', n, n, s->matrix, n);
    double condition = 0;
    lapack_int *pivot = vx_array((size_t)n, sizeof *pivot);
    if (!pivot)
        return vx_fail_memory(error);
    lapack_int info = LAPACKE_dgetrf(LAPACK_ROW_MAJOR, n, n, s->matrix, n, pivot);
    if (info == 0)
        info = LAPACKE_dgecon(LAPACK_ROW_MAJOR, 'I', n, s->matrix, n, norm, &condition);
    if (info == 0 && condition >= CONDITION_LEAST)
        info = LAPACKE_dgetrs(LAPACK_ROW_MAJOR, 'N', n, 1, s->matrix, n, pivot, s->mean, 1);
    free(pivot);
    if (info < 0)
        return vx_fail_memory(error);
    if (info > 0 || condition < CONDITION_LEAST)
        return vx_fail(error, VX_INPUT, "the geometric transfer matrix is singular: regions cannot be told apart in "
                       "this image, least of all '%s': its mean shows %.2g %% of its own value", s->region[least].name,
                       100 * own);
    return VX_OK;
}

vx_status vx_gtm_solve(const vx_loaded *volume, const vx_gaussian g[3], const vx_gtm_region *region, int64_t regions,
                       double *value, vx_error *error)
{
    const size_t voxels = vx_grid_elements(&volume->grid);
    size_t cells;
    const bool fits = vx_multiply((size_t)regions, (size_t)regions, &cells);
    solving s = {.volume = volume, .g = g, .region = region, .regions = regions, .mean = value};
    s.data = vx_array(voxels, sizeof *s.data);
    s.seen = vx_array_zero(voxels, sizeof *s.seen);
    s.matrix = fits ? vx_array(cells, sizeof *s.matrix) : NULL;
    s.size = vx_array((size_t)regions, sizeof *s.size);
    vx_status status = s.data && s.seen && s.matrix && s.size ? VX_OK : vx_fail_memory(error);
    for (size_t v = 0; v < voxels && !status; v++)
        s.data[v] = vx_has_data(vx_loaded_value(volume, (int64_t)v));
    if (!status)
        status = find_means(&s, error);
    for (int64_t j = 0; j < regions && !status; j++)
        status = fill_column(&s, j, error);
    if (!status)
        status = solve(&s, error);
    free(s.data);
    free(s.seen);
    free(s.matrix);
    free(s.size);
    return status;
}
