#include "prepare/spline.h"

#include "base/memory.h"

#include <math.h>

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

/* Neighbours that share a face. Returns their number. */
static int faces(const int64_t dim[3], int64_t at, int64_t neighbour[6])
{
    int64_t stride = 1, rest = at;
    int count = 0;
    for (int k = 0; k < 3; k++) {
        const int64_t i = rest % dim[k];
        if (i > 0)
            neighbour[count++] = at - stride;
        if (i < dim[k] - 1)
            neighbour[count++] = at + stride;
        rest /= dim[k];
        stride *= dim[k];
    }
    return count;
}

enum { MISSING, VALUE, QUEUED };

static bool next_to_value(const int64_t dim[3], const unsigned char *state, int64_t at)
{
    int64_t neighbour[6];
    const int count = faces(dim, at, neighbour);
    for (int i = 0; i < count; i++)
        if (state[neighbour[i]] == VALUE)
            return true;
    return false;
}

/* The mean of the neighbours that have values. */
static double mean_near(const int64_t dim[3], const unsigned char *state, const double *value, int64_t at)
{
    int64_t neighbour[6];
    const int count = faces(dim, at, neighbour);
    double sum = 0;
    int values = 0;
    for (int i = 0; i < count; i++)
        if (state[neighbour[i]] == VALUE) {
            sum += value[neighbour[i]];
            values++;
        }
    return sum / values;
}

/* Gives the `layer` voxels at the front of the queue their values, and puts the missing voxels next to them in their
 * place. Returns their number. */
static int64_t fill_layer(const int64_t dim[3], unsigned char *state, double *value, int64_t **queue, int64_t layer)
{
    int64_t *const at = *queue, *const behind = at + layer;
    int64_t next = 0, neighbour[6];
    for (int64_t i = 0; i < layer; i++)
        value[at[i]] = mean_near(dim, state, value, at[i]);
    for (int64_t i = 0; i < layer; i++)
        state[at[i]] = VALUE;
    for (int64_t i = 0; i < layer; i++) {
        const int count = faces(dim, at[i], neighbour);
        for (int k = 0; k < count; k++)
            if (state[neighbour[k]] == MISSING) {
                state[neighbour[k]] = QUEUED;
                behind[next++] = neighbour[k];
            }
    }
    *queue = behind;
    return next;
}

/* Marks the voxels that have values. Returns the number of those that do not, and sets the mean of the others. */
static int64_t mark_values(const double *value, int64_t voxels, unsigned char *state, double *mean)
{
    int64_t missing = 0;
    double sum = 0;
    for (int64_t v = 0; v < voxels; v++) {
        state[v] = isnan(value[v]) ? MISSING : VALUE;
        missing += state[v] == MISSING;
        sum += state[v] == VALUE ? value[v] : 0;
    }
    *mean = missing < voxels ? sum / (double)(voxels - missing) : 0;
    return missing;
}

vx_status vx_spline_continue(const int64_t dim[3], double *value, vx_error *error)
{
    const int64_t voxels = dim[0] * dim[1] * dim[2];
    double mean;
    unsigned char *state = vx_array((size_t)voxels, 1);
    if (!state)
        return vx_fail_memory(error);
    const int64_t missing = mark_values(value, voxels, state, &mean);
    int64_t *queued = vx_array((size_t)missing, sizeof *queued), *queue = queued, layer = 0; /* each once */
    const vx_status status = queued ? VX_OK : vx_fail_memory(error);
    for (int64_t v = 0; v < voxels && !status; v++)
        if (state[v] == MISSING && next_to_value(dim, state, v)) {
            state[v] = QUEUED;
            queue[layer++] = v;
        }
    for (int times = 0; times < LAYERS && layer; times++)
        layer = fill_layer(dim, state, value, &queue, layer);
    for (int64_t v = 0; v < voxels && !status; v++)
        if (state[v] != VALUE)
            value[v] = mean;
    free(queued);
    free(state);
    return status;
}
