/* Known answers of the steps on volumes: a few numbers, worked by hand in the comments. */
#include "engine/selftest/known.h"

#include <math.h>

/* An op and the buffer that it fills. */
typedef struct vx_known_step {
    vx_op op;
    const void *args;
    const vx_known_buffer *all;
    size_t count;
    vx_buffer_name result;
} vx_known_step;

static vx_status run(vx_backend *backend, const vx_known_step *step, void *found, size_t bytes, vx_error *error)
{
    vx_buffer *buffers[VX_BUFFERS] = {0};
    vx_status status = vx_known_start(backend, step->all, step->count, buffers, error);
    if (status == VX_OK)
        status = backend->run(backend, 0, step->op, step->args, buffers, error);
    if (status == VX_OK)
        status = backend->download(backend, 0, buffers[step->result], 0, found, bytes, error);
    for (int b = 0; b < VX_BUFFERS; b++)
        backend->buffer_free(backend, buffers[b]);
    return status;
}

static vx_status expect(const char *what, int index, double found, double wanted, double tolerance, vx_error *error)
{
    return fabs(found - wanted) <= tolerance
               ? VX_OK
               : vx_fail(error, VX_DEVICE, "%s %d came out as %.9g instead of %.9g", what, index, found, wanted);
}

/* 2 blocks of 2 lines beside each other, of 3 elements, and w = 1, 1/2, 1/4. Line 0 0 8 gives 8/4, 8/2 and 8, and line
 * 4 0 0 gives 4, 2 and 1. The second block has the same lines, with the opposite sign. */
vx_status vx_known_convolve(vx_backend *backend, vx_error *error)
{
    enum { N = 12 };
    static const double taps[] = {1, 0.5, 0.25};
    static const double from[N] = {0, 4, 0, 0, 8, 0, 0, -4, 0, 0, -8, 0};
    static const double wanted[N] = {2, 4, 4, 2, 8, 1, -2, -4, -4, -2, -8, -1};
    const vx_convolve_args args = {.outer = 2, .length = 3, .stride = 2, .reach = 2, .parallel = 2};
    const vx_known_buffer all[] = {{VX_B_TAPS, taps, sizeof taps}, {VX_B_FROM, from, sizeof from},
                                   {VX_B_TO, NULL, sizeof wanted}};
    const vx_known_step step = {VX_OP_CONVOLVE, &args, all, sizeof all / sizeof *all, VX_B_TO};
    double found[N];
    vx_status status = run(backend, &step, found, sizeof found, error);
    for (int i = 0; i < N && !status; i++)
        status = expect("element", i, found[i], wanted[i], 0, error);
    return status ? vx_error_prefix(error, status, "convolve") : VX_OK;
}

/* Lines of 2 and of 3 values in an array of 3 x 2. Of the mirrored spline, values are (2 c1 + 4 c0) / 6 at an end and
 * (c0 + 4 c1 + c2) / 6 between. So c = (0, 3) gives the values 1 and 2; along the lines of 3, (6, 0, 0) gives 4, 1, 0.
 * The product of both is the array, and rounding of a few operations of numbers below 20 is below 1e-14. */
vx_status vx_known_spline(vx_backend *backend, vx_error *error)
{
    enum { N = 6 };
    static const double value[N] = {4 * 1, 1 * 1, 0 * 1, 4 * 2, 1 * 2, 0 * 2};
    static const double wanted[N] = {6 * 0, 0 * 0, 0 * 0, 6 * 3, 0 * 3, 0 * 3};
    static const double z = VX_SPLINE_POLE;
    const double start[2][3] = {{1 - z * z * z * z, z + z * z * z, z * z}, {1 - z * z, z}};
    const vx_spline_args args[2] = {{.outer = 2, .length = 3, .stride = 1, .parallel = 2},
                                    {.outer = 1, .length = 2, .stride = 3, .parallel = 2}};
    double found[N];
    vx_status status = VX_OK;
    for (int i = 0; i < N; i++)
        found[i] = value[i];
    for (int k = 0; k < 2 && !status; k++) {
        const double(*now)[N] = (const double(*)[N]) & found;
        const vx_known_buffer all[] = {{VX_B_START, start[k], sizeof start[k]}, {VX_B_COEFFICIENT, now, sizeof *now}};
        const vx_known_step step = {VX_OP_SPLINE, &args[k], all, sizeof all / sizeof *all, VX_B_COEFFICIENT};
        status = run(backend, &step, found, sizeof found, error);
    }
    for (int i = 0; i < N && !status; i++)
        status = expect("coefficient", i, found[i], wanted[i], 1e-14, error);
    return status ? vx_error_prefix(error, status, "spline") : VX_OK;
}

/* A volume of 4 x 1 x 1 that holds 1, 3, 0 and 5 by slope 2 and intercept 1. New voxels have half its size, and begin
 * at its index 0: at 0, 0.5, 1 and 1.5 they find 1, (1 + 3) / 2, 3, and at 1.5, which is nearest to the 0, that 0; then
 * 0, and at 2.5, whose neighbour is 0, the 5 alone; 5; and at 3.5 nothing.
 *
 * New voxels of its own size, of two points each: (1 + 1.5) / 2 from -0.25 and 0.25, as outside no voxel has a weight;
 * (2.5 + 3) / 2 from 0.75 and 1.25, where the second leaves out the 0; 0; (5 + 5) / 2. */
static vx_status check_linear(vx_backend *backend, int points, vx_error *error)
{
    enum { N = 8 };
    static const float stored[4] = {0, 1, -0.5f, 2};
    static const float wanted[3][N] = {[1] = {1, 2, 3, 0, 0, 5, 5, NAN}, [2] = {1.25f, 2.75f, 0, 5}};
    const int size = points == 1 ? N : 4;
    const double placement[VX_PLACEMENT] = {points == 1 ? 0.5 : 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2, 1};
    const vx_sample_args args = {.dim = {4, 1, 1}, .to = {size, 1, 1}, .points = {points, 1, 1}, .parallel = 3};
    const vx_known_buffer all[] = {{VX_B_STORED, stored, sizeof stored}, {VX_B_PLACEMENT, placement, sizeof placement},
                                   {VX_B_SAMPLED, NULL, (size_t)size * sizeof(float)}};
    const vx_known_step step = {VX_OP_SAMPLE, &args, all, sizeof all / sizeof *all, VX_B_SAMPLED};
    float found[N];
    vx_status status = run(backend, &step, found, (size_t)size * sizeof *found, error);
    for (int i = 0; i < size && !status; i++)
        if (!(isnan(wanted[points][i]) && isnan(found[i])))
            status = expect("voxel", i, (double)found[i], (double)wanted[points][i], 0, error);
    return status;
}

/* The coefficients 0 and 3 of a line of two voxels: at 0 the value is 1, at 1 it is 2, and halfway, by symmetry, 1.5.
 * Stored values are doubles, and count as data. */
static vx_status check_cubic(vx_backend *backend, vx_error *error)
{
    static const double wide[2] = {7, 7}, coefficient[2] = {0, 3};
    static const float wanted[3] = {1, 1.5f, 2};
    const double placement[VX_PLACEMENT] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.5, 0, 1, 0};
    const vx_sample_args args = {.dim = {1, 1, 2}, .to = {1, 1, 3}, .points = {1, 1, 1}, .wide = 1, .cubic = 1,
                                 .parallel = 1};
    const vx_known_buffer all[] = {{VX_B_WIDE, wide, sizeof wide}, {VX_B_COEFFICIENT, coefficient, sizeof coefficient},
                                   {VX_B_PLACEMENT, placement, sizeof placement}, {VX_B_SAMPLED, NULL, sizeof wanted}};
    const vx_known_step step = {VX_OP_SAMPLE, &args, all, sizeof all / sizeof *all, VX_B_SAMPLED};
    float found[3];
    vx_status status = run(backend, &step, found, sizeof found, error);
    for (int i = 0; i < 3 && !status; i++)
        status = expect("voxel of a spline", i, (double)found[i], (double)wanted[i], 2e-7, error);
    return status;
}

vx_status vx_known_sample(vx_backend *backend, vx_error *error)
{
    vx_status status = check_linear(backend, 1, error);
    if (!status)
        status = check_linear(backend, 2, error);
    if (!status)
        status = check_cubic(backend, error);
    return status ? vx_error_prefix(error, status, "sample") : VX_OK;
}
