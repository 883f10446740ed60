/* sample: a volume brought to another grid. Where an axis of the volume runs along one axis of the new grid, the points
 * of this axis are found once; where all do, splines are summed axis by axis. kernels/sample.h has the order of the
 * sums.
 *
 * Per point: 9 values of the volume, or one and 64 coefficients. Error: none beside the rounding of doubles. Plain
 * reference: tests/ops/sample.c. */
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"
#include "sample.h"

#include <omp.h>

/* What an op works on. */
typedef struct sampling {
    const vx_sample_args *args;
    const double (*placement)[4];
    vx_sampled from;
    int along[3];          /* the axis of the new grid along which an axis of the volume runs; -1: none */
    vx_crossing *table[3]; /* the points along it, [to * points]; null: none */
    double *plane;         /* of a spline: see sum_plane; null: not made */
} sampling;

static int64_t points_along(const vx_sample_args *args, int axis)
{
    return (int64_t)args->to[axis] * args->points[axis];
}

/* A point: the number of its new voxel along each axis, times the points of a voxel, and its own number in it. */
static double index_of(const vx_sample_args *args, int k, int64_t point)
{
    return vx_sample_index((int)(point / args->points[k]), (int)(point % args->points[k]), args->points[k]);
}

static vx_status fill_tables(sampling *s, vx_error *error)
{
    const vx_sample_args *args = s->args;
    for (int k = 0; k < 3; k++) {
        const double *b = s->placement[k];
        const int axes = (b[0] != 0) + (b[1] != 0) + (b[2] != 0), a = b[1] != 0 ? 1 : b[2] != 0 ? 2 : 0;
        s->along[k] = axes <= 1 ? a : -1;
        if (axes > 1)
            continue;
        const int64_t points = points_along(args, a);
        if (!(s->table[k] = vx_array_zero((size_t)points, sizeof *s->table[k])))
            return vx_fail_memory(error);
        for (int64_t p = 0; p < points; p++)
            vx_cross(b[a] * index_of(args, a, p) + b[3], args->dim[k], args->cubic, &s->table[k][p]);
    }
    return VX_OK;
}

/* ---- splines where all axes run along axes: the sums of a row, then those of a plane, serve many points ---- */

/* Whether a voxel of the volume's axis k counts at any point. */
static void find_used(const sampling *s, int k, bool *used)
{
    for (int64_t p = 0; p < points_along(s->args, s->along[k]); p++)
        for (int i = 0; i < 4 && s->table[k][p].nearest >= 0; i++)
            used[s->table[k][p].place[i]] = true;
}

/* The sums over x of plane z, rows[y][points], and over y of these, s->plane[z][points][points]. */
static void sum_plane(const sampling *s, int64_t z, const bool *used, double *rows)
{
    const vx_sample_args *args = s->args;
    const int64_t across = points_along(args, s->along[0]), down = points_along(args, s->along[1]);
    for (int64_t y = 0; y < args->dim[1]; y++) {
        const double *row = s->from.coefficient + vx_sample_place(args, 0, (int)y, (int)z);
        for (int64_t p = 0; p < across && used[y]; p++) {
            const vx_crossing *x = &s->table[0][p];
            double line = 0;
            for (int i = 0; i < 4; i++)
                line += x->weight[i] * row[x->place[i]];
            rows[y * across + p] = line;
        }
    }
    for (int64_t p = 0; p < down; p++) {
        const vx_crossing *y = &s->table[1][p];
        double *slice = s->plane + (z * down + p) * across;
        const double *row[4];
        for (int j = 0; j < 4; j++)
            row[j] = rows + y->place[j] * across;
        for (int64_t i = 0; i < across && y->nearest >= 0; i++) {
            double sum = 0;
            for (int j = 0; j < 4; j++)
                sum += y->weight[j] * row[j][i];
            slice[i] = sum;
        }
    }
}

/* Makes s->plane where all axes run along axes; else it stays null. */
static vx_status sum_planes(sampling *s, int threads, vx_error *error)
{
    const int *dim = s->args->dim;
    if (!s->args->cubic || !s->table[0] || !s->table[1] || !s->table[2])
        return VX_OK;
    const size_t across = (size_t)points_along(s->args, s->along[0]), down = (size_t)points_along(s->args, s->along[1]);
    const size_t size = (size_t)dim[1] * across; /* of the rows of a plane */
    bool *used = vx_array_zero((size_t)dim[1] + (size_t)dim[2], sizeof *used);
    double *rows = vx_array_zero(size * (size_t)threads, sizeof *rows);
    s->plane = vx_array((size_t)dim[2] * down * across, sizeof *s->plane);
    const vx_status status = used && rows && s->plane ? VX_OK : vx_fail_memory(error);
    if (!status) {
        find_used(s, 1, used);
        find_used(s, 2, used + dim[1]);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (int64_t z = 0; z < dim[2]; z++)
            if (used[dim[1] + z])
                sum_plane(s, z, used, rows + size * (size_t)omp_get_thread_num());
    }
    free(used);
    free(rows);
    return status;
}

/* The spline at a point, whose numbers along the axes of the new grid are given. */
static double spline_of_planes(const sampling *s, const int64_t point[3])
{
    const int64_t across = points_along(s->args, s->along[0]), down = points_along(s->args, s->along[1]);
    const vx_crossing *z = &s->table[2][point[s->along[2]]];
    const double *plane = s->plane + point[s->along[1]] * across + point[s->along[0]];
    double sum = 0;
    for (int k = 0; k < 4; k++)
        sum += z->weight[k] * plane[z->place[k] * down * across];
    return sum;
}

/* ---- every voxel ---- */

/* Where a point of the new grid lies along axis k of the volume. */
static double find_place(const sampling *s, int k, const int64_t point[3])
{
    const double *b = s->placement[k];
    return b[0] * index_of(s->args, 0, point[0]) + b[1] * index_of(s->args, 1, point[1]) +
           b[2] * index_of(s->args, 2, point[2]) + b[3];
}

/* Sets the value at a point of the new grid that has data, and returns what is there. */
static int find_value(const sampling *s, const int64_t point[3], double *value)
{
    const vx_sample_args *args = s->args;
    vx_crossing own[3];
    const vx_crossing *at[3];
    for (int k = 0; k < 3; k++) {
        at[k] = s->table[k] ? &s->table[k][point[s->along[k]]] : &own[k];
        if (!s->table[k])
            vx_cross(find_place(s, k, point), args->dim[k], args->cubic, &own[k]);
    }
    const int kind = vx_sample_kind_at(args, &s->from, at[0], at[1], at[2]);
    if (kind == VX_SAMPLE_DATA)
        *value = s->plane      ? spline_of_planes(s, point)
                 : args->cubic ? vx_sample_cubic(args, s->from.coefficient, at[0], at[1], at[2])
                               : vx_sample_linear(args, &s->from, at[0], at[1], at[2]);
    return kind;
}

static float voxel_value(const sampling *s, int64_t i, int64_t j, int64_t k)
{
    const int *points = s->args->points;
    double sum = 0;
    int values = 0, zeros = 0;
    for (int c = 0; c < points[2]; c++)
        for (int b = 0; b < points[1]; b++)
            for (int a = 0; a < points[0]; a++) {
                double value = 0;
                const int kind = find_value(s, (const int64_t[]){i * points[0] + a, j * points[1] + b,
                                                                 k * points[2] + c}, &value);
                sum += kind == VX_SAMPLE_DATA ? value : 0;
                values += kind == VX_SAMPLE_DATA;
                zeros += kind == VX_SAMPLE_ZERO;
            }
    return vx_sample_mean(sum, values, zeros, points[0] * points[1] * points[2]);
}

vx_status vx_variant(vx_sample)(const void *arguments, void *const data[VX_BUFFERS], int threads, vx_error *error)
{
    const vx_sample_args *args = arguments;
    const double *placement = data[VX_B_PLACEMENT];
    const int64_t rows = (int64_t)args->to[1] * args->to[2];
    float *sampled = data[VX_B_SAMPLED];
    sampling s = {.args = args, .placement = (const double(*)[4])placement,
                  .from = {data[VX_B_STORED], data[VX_B_WIDE], data[VX_B_COEFFICIENT], placement[12], placement[13]}};
    vx_status status = fill_tables(&s, error);
    if (!status)
        status = sum_planes(&s, threads, error);
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads) if (!status)
    for (int64_t row = 0; row < (status ? 0 : rows); row++)
        for (int64_t x = 0; x < args->to[0]; x++)
            sampled[row * args->to[0] + x] = voxel_value(&s, x, row % args->to[1], row / args->to[1]);
    for (int k = 0; k < 3; k++)
        free(s.table[k]);
    free(s.plane);
    return status;
}
