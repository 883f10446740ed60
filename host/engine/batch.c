#include "engine/batch.h"

#include "base/memory.h"
#include "engine/weights.h"

#include <math.h>
#include <string.h>

int64_t vx_slab_first_tile(const vx_engine *e, int64_t s)
{
    return s * e->schedule.slab_tiles;
}

int64_t vx_slab_tiles(const vx_engine *e, int64_t s)
{
    int64_t left = e->problem->tiles - vx_slab_first_tile(e, s);
    return left < e->schedule.slab_tiles ? left : e->schedule.slab_tiles;
}

int64_t vx_slab_voxels(const vx_engine *e, int64_t s)
{
    int64_t left = e->problem->voxels - vx_slab_first_tile(e, s) * VX_TILE, lanes = vx_slab_tiles(e, s) * VX_TILE;
    return left < lanes ? left : lanes;
}

vx_status vx_slab_upload(vx_engine *e, int queue, vx_buffer *to, int64_t s, vx_error *error)
{
    size_t tile_bytes = (size_t)e->problem->effect->n * VX_TILE * sizeof(float);
    const char *from = (const char *)e->problem->tile + (size_t)vx_slab_first_tile(e, s) * tile_bytes;
    size_t bytes = (size_t)vx_slab_tiles(e, s) * tile_bytes;
    return e->backend->upload(e->backend, queue, to, 0, from, bytes, error);
}

/* The second download is in two parts, the later one first. A bit that is always wrong at one place of a transfer is
 * then wrong at another place of the data. */
vx_status vx_fetch(vx_backend *backend, int queue, vx_buffer *from, void *to, size_t bytes, vx_error *error)
{
    size_t first = bytes / 8 * 4;
    char *again = vx_array(bytes, 1);
    vx_status status = again ? backend->download(backend, queue, from, 0, to, bytes, error) : vx_fail_memory(error);
    if (!status &&
        !(status = backend->download(backend, queue, from, first, again + first, bytes - first, error)) && first)
        status = backend->download(backend, queue, from, 0, again, first, error);
    if (!status && memcmp(to, again, bytes) != 0)
        status = vx_fail(error, VX_DEVICE, "%s (%s) gave %zu bytes of results that differed when they were read again",
                         backend->info.id, backend->info.name, bytes);
    free(again);
    return status;
}

vx_status vx_buffers_new(vx_engine *e, vx_owner owner, vx_buffer *buffer[VX_BUFFERS], vx_error *error)
{
    vx_status status = VX_OK;
    for (vx_buffer_name b = 0; b < VX_BUFFERS && !status; b++)
        if (vx_schedule_owner(&e->schedule, b) == owner && e->schedule.buffer[b])
            status = e->backend->buffer_new(e->backend, e->schedule.buffer[b], &buffer[b], error);
    return status;
}

void vx_buffers_free(vx_engine *e, vx_buffer *buffer[VX_BUFFERS])
{
    for (vx_buffer_name b = 0; buffer && b < VX_BUFFERS; b++)
        e->backend->buffer_free(e->backend, buffer[b]);
}

vx_status vx_batch_new(vx_engine *e, int queue, vx_error *error)
{
    vx_batch *b = &e->batch[queue];
    size_t batch = (size_t)e->schedule.batch;
    b->queue = queue;
    b->index = vx_array(batch, sizeof *b->index);
    b->place = vx_array(batch, sizeof *b->place);
    b->overflow = vx_array(batch, sizeof *b->overflow);
    bool all = b->index && b->place && b->overflow;
    for (vx_buffer_name name = 0; name < VX_BUFFERS && all; name++)
        if (e->schedule.buffer[name] && vx_buffer_table[name].fetched)
            all = (b->host[name] = vx_array(e->schedule.buffer[name], 1)) != NULL;
    return all ? vx_buffers_new(e, VX_OF_BATCH, b->buffer, error) : vx_fail_memory(error);
}

void vx_batch_free(vx_engine *e, vx_batch *b)
{
    if (!b)
        return;
    vx_buffers_free(e, b->buffer);
    for (vx_buffer_name name = 0; name < VX_BUFFERS; name++)
        free(b->host[name]);
    free(b->index);
    free(b->place);
    free(b->overflow);
}

/* Launches an op with the buffers of the batch, of voxel slab `s` and of the engine. */
static vx_status run_op(vx_engine *e, const vx_batch *b, int64_t s, vx_op op, const void *args, vx_error *error)
{
    vx_buffer *buffer[VX_BUFFERS];
    for (vx_buffer_name name = 0; name < VX_BUFFERS; name++) {
        vx_buffer *const *const owner[] = {
            [VX_OF_ENGINE] = e->buffer, [VX_OF_BATCH] = b->buffer, [VX_OF_SLAB] = e->slab[s],
            [VX_OF_STEP] = e->buffer /* which has none of them */};
        buffer[name] = owner[vx_schedule_owner(&e->schedule, name)][name];
    }
    return e->backend->run(e->backend, b->queue, op, args, buffer, error);
}

/* The bytes of a buffer of the batch that its present relabellings use. */
static size_t bytes_of(const vx_engine *e, const vx_batch *b, vx_buffer_name name)
{
    return e->schedule.buffer[name] / (size_t)e->schedule.batch * (size_t)b->count;
}

/* Whether the flags of the batch need a buffer. */
static bool needs(const vx_batch *b, vx_buffer_name name)
{
    return !vx_buffer_table[name].need || vx_buffer_table[name].need & b->flags;
}

static bool is_range(const vx_batch *b)
{
    for (int64_t i = 1; i < b->count; i++)
        if (b->index[i] != b->index[0] + (uint64_t)i)
            return false;
    return true;
}

/* Makes the weights of the relabellings, and resets the buffers that the ops merge into. */
static vx_status relabel(vx_engine *e, vx_batch *b, vx_error *error)
{
    vx_backend *d = e->backend;
    vx_relabel_args args = vx_weights_args(e->problem, &e->schedule, b->index[0], b->count);
    vx_status status = VX_OK;
    if (!is_range(b)) {
        args.listed = 1;
        status = d->upload(d, b->queue, b->buffer[VX_B_INDEX], 0, b->index, (size_t)b->count * sizeof *b->index, error);
    }
    if (!status)
        status = run_op(e, b, 0, VX_OP_RELABEL, &args, error);
    for (vx_buffer_name name = 0; name < VX_BUFFERS && !status; name++)
        if (vx_buffer_table[name].filled && needs(b, name))
            status = d->fill(d, b->queue, b->buffer[name], 0, bytes_of(e, b, name), vx_buffer_table[name].start, error);
    return status;
}

/* Computes the scores: runs the dense op on every voxel slab. */
static vx_status test(vx_engine *e, vx_batch *b, vx_error *error)
{
    vx_dense_args args = vx_problem_dense_args(e->problem);
    args.groups = e->schedule.groups;
    args.width = e->schedule.width;
    args.relabellings = (int)b->count;
    args.flags = b->flags;
    args.capacity = (int)b->capacity;
    for (int64_t s = 0; s < e->schedule.voxel_slabs; s++) {
        vx_status status = VX_OK;
        args.voxels = (int)vx_slab_voxels(e, s);
        args.tiles = (int)vx_slab_tiles(e, s);
        args.voxel0 = (int)(vx_slab_first_tile(e, s) * VX_TILE);
        args.map0 = (int)(vx_slab_first_tile(e, s) * VX_TILE);
        if (e->schedule.streams && (status = vx_slab_upload(e, b->queue, b->buffer[VX_B_Y], s, error)))
            return status;
        if ((status = run_op(e, b, s, e->problem->op, &args, error)))
            return status;
    }
    return VX_OK;
}

static vx_status enhance(vx_engine *e, vx_batch *b, vx_error *error)
{
    vx_tfce_args args = vx_problem_tfce_args(e->problem);
    args.relabellings = (int)b->count;
    args.parallel = (int)e->schedule.maps;
    return run_op(e, b, 0, VX_OP_TFCE, &args, error);
}

static vx_status find_clusters(vx_engine *e, vx_batch *b, vx_error *error)
{
    vx_clusters_args args = vx_problem_clusters_args(e->problem);
    int64_t parallel = (int64_t)e->schedule.work_entries / b->capacity;
    args.relabellings = (int)b->count;
    args.capacity = (int)b->capacity;
    args.parallel = (int)(parallel < e->schedule.label_grids ? parallel : e->schedule.label_grids);
    return run_op(e, b, 0, VX_OP_CLUSTERS, &args, error);
}

/* The stages of a batch in their order. */
static const struct {
    int flags; /* VX_ flags, any of which needs the stage; 0: every batch needs it */
    vx_status (*start)(vx_engine *engine, vx_batch *batch, vx_error *error);
} stages[] = {
    {0, relabel},
    {0, test},
    {VX_HEIGHTS, enhance},
    {VX_COMPACT, find_clusters},
};
vx_status vx_batch_start(vx_engine *e, vx_batch *b, int64_t count, int flags, int64_t capacity, vx_error *error)
{
    vx_status status = VX_OK;
    b->count = count;
    b->flags = flags;
    b->capacity = capacity;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && !status; i++)
        if (!stages[i].flags || stages[i].flags & flags)
            status = stages[i].start(e, b, error);
    return status;
}

vx_status vx_batch_finish(vx_engine *e, vx_batch *b, vx_error *error)
{
    vx_status status = VX_OK;
    for (vx_buffer_name name = 0; name < VX_BUFFERS && !status; name++)
        if (vx_buffer_table[name].fetched && needs(b, name))
            status = vx_fetch(e->backend, b->queue, b->buffer[name], b->host[name], bytes_of(e, b, name), error);
    return status;
}
