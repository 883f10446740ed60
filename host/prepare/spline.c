#include "prepare/spline.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { LAYERS = 8 };

/* ---- coefficients ---- */

/* The table `start` of kernels/args.h. */
static void fill_start(int64_t length, double *start)
{
    const double pole = VX_SPLINE_POLE, last = pow(pole, (double)(length - 1));
    double ahead = pole, back = last * last / pole;
    for (int64_t k = 1; k < length - 1; k++) {
        start[k] = ahead + back;
        ahead *= pole;
        back /= pole;
    }
    start[0] = 1 - last * last;
    start[length - 1] = last;
}

static vx_status filter_axis(vx_backend *backend, const vx_spline_args *args, vx_buffer *coefficient, vx_error *error)
{
    const size_t length = (size_t)args->length;
    vx_buffer *buffer[VX_BUFFERS] = {[VX_B_COEFFICIENT] = coefficient};
    double *start = vx_array(length, sizeof *start);
    if (!start)
        return vx_fail_memory(error);
    fill_start(args->length, start);
    vx_status status = vx_buffer_lend(backend, start, length * sizeof *start, true, &buffer[VX_B_START], error);
    if (!status)
        status = backend->run(backend, 0, VX_OP_SPLINE, args, buffer, error);
    if (!status)
        status = backend->wait(backend, 0, error);
    backend->buffer_free(backend, buffer[VX_B_START]);
    free(start);
    return status;
}

vx_status vx_spline_filter(vx_backend *backend, const int64_t dim[3], vx_buffer *coefficient, vx_error *error)
{
    vx_status status = VX_OK;
    int64_t inner = 1;
    for (int k = 0; k < 3 && !status; k++) {
        const vx_spline_args args = {.outer = (int)(dim[0] * dim[1] * dim[2] / (dim[k] * inner)),
                                     .length = (int)dim[k], .stride = (int)inner,
                                     .parallel = backend->parallel[VX_OP_SPLINE]};
        if (dim[k] > 1) /* a mirrored line of one voxel is constant, and is its own coefficient */
            status = filter_axis(backend, &args, coefficient, error);
        inner *= dim[k];
    }
    return status;
}

/* ---- continuation ---- */

/* States of voxels. Only VALUE has the lowest bit. */
enum { MISSING = 0, VALUE = 1, QUEUED = 2, OUTSIDE = 4 };

/* The states of a volume with a margin of one voxel that is OUTSIDE, so that every voxel has six neighbours. */
typedef struct continuation {
    const int64_t *dim;
    double *value;
    unsigned char *state;
    int64_t to[3];    /* neighbours: the way to the next voxel along each axis, among the values */
    int64_t apart[3]; /* ... and among the states */
} continuation;

/* A voxel in both arrays. */
typedef struct missing_voxel {
    int64_t value, state;
} missing_voxel;

static vx_status continuation_init(const int64_t dim[3], double *value, continuation *c, vx_error *error)
{
    *c = (continuation){.dim = dim, .value = value, .to = {1, dim[0], dim[0] * dim[1]},
                        .apart = {1, dim[0] + 2, (dim[0] + 2) * (dim[1] + 2)}};
    const size_t states = (size_t)c->apart[2] * (size_t)(dim[2] + 2);
    if (!(c->state = vx_array(states, 1)))
        return vx_fail_memory(error);
    memset(c->state, OUTSIDE, states);
    return VX_OK;
}

/* Where a row begins, among the values and among the states. */
static missing_voxel row_start(const continuation *c, int64_t row)
{
    const int64_t y = row % c->dim[1], z = row / c->dim[1];
    return (missing_voxel){row * c->dim[0], 1 + (y + 1) * c->apart[1] + (z + 1) * c->apart[2]};
}

/* Marks the voxels that have values. Returns the number of those that do not, and sets the mean of the others. */
static int64_t mark_values(const continuation *c, double *mean)
{
    enum { SUMS = 8 }; /* at the same time: each addition waits for the one before it */
    const int64_t length = c->dim[0], rows = c->dim[1] * c->dim[2];
    double sum[SUMS] = {0};
    int64_t values = 0;
    for (int64_t row = 0; row < rows; row++) {
        const missing_voxel start = row_start(c, row);
        const double *restrict value = c->value + start.value;
        unsigned char *restrict state = c->state + start.state;
        int there = 0;
        for (int64_t x = 0; x < length; x++)
            state[x] = value[x] == value[x];
        for (int64_t x = 0; x < length; x++)
            there += state[x];
        values += there;
        for (int64_t x = 0; there && x < length; x += SUMS)
            for (int64_t i = x; i < x + SUMS && i < length; i++)
                sum[i - x] += state[i] ? value[i] : 0;
    }
    for (int i = 1; i < SUMS; i++)
        sum[0] += sum[i];
    *mean = values ? sum[0] / (double)values : 0;
    return rows * length - values;
}

/* Gives missing voxels of a row the mean, and queues those next to a value. Returns their number. */
static int64_t begin_row(const continuation *c, int64_t row, double mean, unsigned char *restrict next,
                         missing_voxel *queue)
{
    const missing_voxel start = row_start(c, row);
    const int64_t length = c->dim[0], y = c->apart[1], z = c->apart[2];
    const unsigned char *restrict state = c->state + start.state, *found = next;
    double *restrict value = c->value + start.value;
    int64_t queued = 0;
    for (int64_t x = 0; x < length; x++)
        next[x] = state[x - 1] | state[x + 1] | state[x - y] | state[x + y] | state[x - z] | state[x + z];
    for (int64_t x = 0; x < length; x++)
        next[x] = (state[x] == MISSING) & next[x];
    for (int64_t x = 0; x < length; x++)
        value[x] = state[x] ? value[x] : mean;
    while ((found = memchr(found, 1, (size_t)(next + length - found)))) {
        queue[queued++] = (missing_voxel){start.value + (found - next), start.state + (found - next)};
        found++;
    }
    return queued;
}

/* The mean of the neighbours that have values. */
static double mean_near(const continuation *c, missing_voxel at)
{
    double sum = 0;
    int values = 0;
    for (int k = 0; k < 3; k++)
        for (int side = -1; side <= 1; side += 2)
            if (c->state[at.state + side * c->apart[k]] == VALUE) {
                sum += c->value[at.value + side * c->to[k]];
                values++;
            }
    return sum / values;
}

/* Gives the `layer` voxels at the front of the queue their values, and puts the missing voxels next to them in their
 * place. Returns their number. */
static int64_t fill_layer(const continuation *c, missing_voxel **queue, int64_t layer)
{
    missing_voxel *const at = *queue, *const behind = at + layer;
    int64_t next = 0;
    for (int64_t i = 0; i < layer; i++)
        c->value[at[i].value] = mean_near(c, at[i]);
    for (int64_t i = 0; i < layer; i++)
        c->state[at[i].state] = VALUE;
    for (int64_t i = 0; i < layer; i++)
        for (int k = 0; k < 3; k++)
            for (int side = -1; side <= 1; side += 2) {
                const missing_voxel near = {at[i].value + side * c->to[k], at[i].state + side * c->apart[k]};
                if (c->state[near.state] == MISSING) {
                    c->state[near.state] = QUEUED;
                    behind[next++] = near;
                }
            }
    *queue = behind;
    return next;
}

vx_status vx_spline_continue(const int64_t dim[3], double *value, vx_error *error)
{
    continuation c;
    missing_voxel *queued = NULL, *queue;
    unsigned char *next = NULL;
    double mean;
    int64_t layer = 0;
    vx_status status = continuation_init(dim, value, &c, error);
    if (status)
        return status;
    const int64_t missing = mark_values(&c, &mean);
    queue = queued = vx_array((size_t)missing, sizeof *queued); /* each once */
    next = vx_array((size_t)dim[0], 1);
    if (!queued || !next) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t row = 0; row < dim[1] * dim[2]; row++)
        layer += begin_row(&c, row, mean, next, queue + layer);
    for (int64_t i = 0; i < layer; i++)
        c.state[queue[i].state] = QUEUED;
    for (int times = 0; times < LAYERS && layer; times++)
        layer = fill_layer(&c, &queue, layer);
cleanup:
    free(next);
    free(queued);
    free(c.state);
    return status;
}
