/* The peak rates of a device, with which its other rows are compared. */
#include "bench/rows.h"

#include "engine/backend.h"

#include <string.h>

enum {
    PROCESSOR_FLOATS = 1 << 24, /* in an array: 64 MiB, beyond most caches */
    GPU_FLOATS = 1 << 26
};

typedef struct vx_peak_body {
    vx_backend *backend;
    vx_peak which;
    vx_buffer *array;
    size_t floats;
    double work;
} vx_peak_body;

static vx_status run_peak(void *context, vx_error *error)
{
    vx_peak_body *body = context;
    return body->backend->peak(body->backend, body->which, body->array, body->floats, &body->work, error);
}

/* Floats of one of the three arrays, which are one buffer. */
static size_t choose_floats(const vx_device_info *info)
{
    const size_t most = strcmp(info->kind, "cpu") ? GPU_FLOATS : PROCESSOR_FLOATS;
    const size_t fitting = (info->memory_free / 2 < info->allocation_max ? info->memory_free / 2
                                                                         : info->allocation_max) / VX_PEAK_TRIAD_BYTES;
    return (fitting < most ? fitting : most) / VX_PEAK_FLOATS * VX_PEAK_FLOATS;
}

/* Measures one rate, and returns it in *rate; 0 where the device does not measure it. */
static vx_status measure(vx_bench_state *state, vx_peak_body *body, vx_peak which, double *rate, vx_error *error)
{
    vx_bench_row row = {.part = "peak", .name = which == VX_PEAK_MEMORY ? "triad" : "multiply-add, float"};
    body->which = which;
    vx_status status = run_peak(body, error); /* how much work it is */
    *(which == VX_PEAK_MEMORY ? &row.bytes : &row.operations) = body->work;
    if (status || body->work <= 0)
        return status;
    status = vx_bench_measure(state, &row, run_peak, body, error);
    *rate = body->work / state->best;
    return status;
}

vx_status vx_bench_peak(vx_bench_state *state, vx_device *device, vx_error *error)
{
    const float one = 1;
    int32_t word;
    vx_peak_body body = {.backend = vx_device_backend(device)};
    state->peak_operations = state->peak_bytes = 0;
    body.floats = choose_floats(&body.backend->info);
    const size_t bytes = VX_PEAK_TRIAD_BYTES * body.floats;
    if (!body.backend->peak || !bytes)
        return VX_OK;
    memcpy(&word, &one, sizeof word);
    vx_status status = body.backend->buffer_new(body.backend, bytes, &body.array, error);
    /* The system maps unwritten pages to one page of zeros, which stays in the cache. */
    if (status || (status = body.backend->fill(body.backend, 0, body.array, 0, bytes, word, error)) ||
        (status = body.backend->wait(body.backend, 0, error)))
        goto cleanup;
    double operations = 0, memory = 0;
    if (!(status = measure(state, &body, VX_PEAK_ARITHMETIC, &operations, error)))
        status = measure(state, &body, VX_PEAK_MEMORY, &memory, error);
    state->peak_operations = operations;
    state->peak_bytes = memory;
cleanup:
    body.backend->buffer_free(body.backend, body.array);
    return status;
}
