/* sample: a volume brought to another grid. Where an axis of the volume runs along one axis of the new grid, the points
 * of this axis are found once; else at each new voxel. kernels/sample.h has the order of the sums.
 *
 * Per point: 9 values of the volume, or one and 64 coefficients. Error: none beside the rounding of doubles. Plain
 * reference: tests/ops/sample.c. */
#include "base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/cpu/simd.h"
#include "sample.h"

/* What an op works on. */
typedef struct sampling {
    const vx_sample_args *args;
    const double (*placement)[4];
    vx_sampled from;
    int along[3];          /* the axis of the new grid along which an axis of the volume runs; -1: none */
    vx_crossing *table[3]; /* the points along it, [to * points]; null: none */
} sampling;

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
        const int64_t points = (int64_t)args->to[a] * args->points[a];
        if (!(s->table[k] = vx_array((size_t)points, sizeof *s->table[k])))
            return vx_fail_memory(error);
        for (int64_t p = 0; p < points; p++)
            vx_cross(b[a] * index_of(args, a, p) + b[3], args->dim[k], args->cubic, &s->table[k][p]);
    }
    return VX_OK;
}

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
        *value = args->cubic ? vx_sample_cubic(args, s->from.coefficient, at[0], at[1], at[2])
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
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads) if (!status)
    for (int64_t row = 0; row < (status ? 0 : rows); row++)
        for (int64_t x = 0; x < args->to[0]; x++)
            sampled[row * args->to[0] + x] = voxel_value(&s, x, row % args->to[1], row / args->to[1]);
    for (int k = 0; k < 3; k++)
        free(s.table[k]);
    return status;
}
