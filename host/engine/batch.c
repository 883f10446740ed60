#include "engine/batch.h"

#include "base/memory.h"

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
    int64_t left = e->problem->voxels - vx_slab_first_tile(e, s) * VX_TILE, room = vx_slab_tiles(e, s) * VX_TILE;
    return left < room ? left : room;
}

vx_status vx_slab_upload(vx_engine *e, int queue, int64_t s, vx_error *error)
{
    size_t tile_bytes = (size_t)e->problem->effect->n * VX_TILE * sizeof(float);
    const char *from = (const char *)e->problem->tile + (size_t)vx_slab_first_tile(e, s) * tile_bytes;
    return e->backend->upload(e->backend, queue, e->y, 0, from, (size_t)vx_slab_tiles(e, s) * tile_bytes, error);
}

/* The second time in two parts, the later one first: a bit that is always wrong at one place of a transfer is then at
 * another place of the data. */
vx_status vx_fetch(vx_backend *backend, int queue, vx_buffer *from, void *to, size_t bytes, vx_error *error)
{
    size_t first = bytes / 8 * 4;
    char *again = vx_array(bytes, 1);
    vx_status status = again ? backend->download(backend, queue, from, 0, to, bytes, error) : vx_fail_memory(error);
    if (!status &&
        !(status = backend->download(backend, queue, from, first, again + first, bytes - first, error)) && first)
        status = backend->download(backend, queue, from, 0, again, first, error);
    if (!status && memcmp(to, again, bytes) != 0)
        status = vx_fail(error, VX_DEVICE, "%s (%s) gave %zu bytes of results that were others when read again",
                         backend->info.id, backend->info.name, bytes);
    free(again);
    return status;
}

static vx_status new_buffers(vx_engine *e, vx_batch *b, vx_error *error)
{
    const vx_problem *p = e->problem;
    size_t batch = (size_t)e->schedule.batch, lists = e->schedule.list_entries, map = (size_t)p->tiles * VX_TILE;
    size_t clusters = p->options.clusters, tfce = p->options.tfce;
    struct {
        vx_buffer **buffer;
        size_t bytes;
    } wanted[] = {
        {&b->weights, batch * vx_weights_size(p)},
        {&b->high, batch * 4},
        {&b->low, batch * 4},
        {&b->score, (tfce ? batch : 1) * map * 4},
        {&b->list_voxel, lists * 4},
        {&b->list_score, lists * 4},
        {&b->list_size, clusters * batch * 4},
        {&b->extent, clusters * batch * 8},
        {&b->mass, clusters * batch * 16},
        {&b->best, tfce * batch * 16},
    };
    vx_status status = VX_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && !status; i++)
        if (wanted[i].bytes)
            status = e->backend->buffer_new(e->backend, wanted[i].bytes, wanted[i].buffer, error);
    return status;
}

vx_status vx_batch_new(vx_engine *e, int queue, vx_error *error)
{
    vx_batch *b = &e->batch[queue];
    size_t batch = (size_t)e->schedule.batch;
    b->queue = queue;
    b->index = vx_array(batch, sizeof *b->index);
    b->place = vx_array(batch, sizeof *b->place);
    b->host_weights = vx_array(batch, vx_weights_size(e->problem));
    b->host_high = vx_array(batch, sizeof *b->host_high);
    b->host_low = vx_array(batch, sizeof *b->host_low);
    b->host_size = vx_array(batch, sizeof *b->host_size);
    b->host_extent = vx_array(batch, sizeof *b->host_extent);
    b->host_mass = vx_array(batch, sizeof *b->host_mass);
    b->host_best = vx_array(batch, sizeof *b->host_best);
    bool all = b->index && b->place && b->host_weights && b->host_high && b->host_low && b->host_size &&
               b->host_extent && b->host_mass && b->host_best;
    return all ? new_buffers(e, b, error) : vx_fail_memory(error);
}

void vx_batch_free(vx_engine *e, vx_batch *b)
{
    if (!b)
        return;
    vx_buffer *buffer[] = {b->weights,    b->high,      b->low,    b->score, b->list_voxel,
                           b->list_score, b->list_size, b->extent, b->mass,  b->best};
    for (size_t i = 0; i < sizeof buffer / sizeof *buffer; i++)
        e->backend->buffer_free(e->backend, buffer[i]);
    free(b->index);
    free(b->place);
    free(b->host_weights);
    free(b->host_high);
    free(b->host_low);
    free(b->host_size);
    free(b->host_extent);
    free(b->host_mass);
    free(b->host_best);
}

/* The dense op on slab `s` for the relabellings whose weights are on the device. */
static vx_status run_dense(vx_engine *e, vx_batch *b, int64_t s, int flags, int64_t capacity, vx_error *error)
{
    const vx_problem *p = e->problem;
    vx_buffer *buffer[VX_DENSE_BUFFERS] = {
        [VX_Y] = e->y,
        [VX_W] = b->weights,
        [VX_HIGH] = b->high,
        [VX_LOW] = b->low,
        [VX_COUNT_HIGH] = e->slab[s].high,
        [VX_COUNT_LOW] = e->slab[s].low,
        [VX_COUNTS] = e->slab[s].count,
        [VX_SCORE] = b->score,
        [VX_LIST_VOXEL] = b->list_voxel,
        [VX_LIST_SCORE] = b->list_score,
        [VX_LIST_SIZE] = b->list_size,
    };
    vx_dense_args args = {.n = (int)p->effect->n,
                          .nuisance = (int)p->effect->nuisance,
                          .groups = p->groups,
                          .width = p->width,
                          .voxels = (int)vx_slab_voxels(e, s),
                          .tiles = (int)vx_slab_tiles(e, s),
                          .voxel0 = (int)(vx_slab_first_tile(e, s) * VX_TILE),
                          .relabellings = (int)b->count,
                          .flags = flags,
                          .cut_high = p->cut_high,
                          .cut_low = p->cut_low,
                          .near_high = p->near_high,
                          .near_low = p->near_low,
                          .capacity = (int)capacity,
                          .map = (int)(p->tiles * VX_TILE),
                          .map0 = (int)(vx_slab_first_tile(e, s) * VX_TILE)};
    return e->backend->run(e->backend, b->queue, p->op, &args, buffer, error);
}

static vx_status run_clusters(vx_engine *e, vx_batch *b, int64_t capacity, vx_error *error)
{
    const vx_problem *p = e->problem;
    vx_buffer *buffer[VX_CLUSTERS_BUFFERS] = {
        [VX_C_POSITION] = e->position,     [VX_C_LIST_VOXEL] = b->list_voxel, [VX_C_LIST_SCORE] = b->list_score,
        [VX_C_LIST_SIZE] = b->list_size,   [VX_C_EXTENT] = b->extent,         [VX_C_MASS] = b->mass,
        [VX_C_SLAB] = e->label,            [VX_C_PARENT] = e->parent,         [VX_C_SIZE] = e->size,
        [VX_C_SUM] = e->sum,
    };
    int64_t slabs = (int64_t)e->schedule.work_entries / capacity;
    slabs = slabs < e->schedule.label_slabs ? slabs : e->schedule.label_slabs;
    vx_clusters_args args = {.relabellings = (int)b->count,
                             .capacity = (int)capacity,
                             .slabs = (int)slabs,
                             .slab_size = (int)p->slab_size,
                             .stride_y = (int)p->stride_y,
                             .stride_z = (int)p->stride_z,
                             .connectivity = p->options.connectivity,
                             .fixed_point = p->op == VX_OP_SIGNFLIP,
                             .scale = (float)p->unit,
                             .root_df = (float)sqrt(p->effect->df),
                             .threshold = (float)p->options.threshold_t};
    return e->backend->run(e->backend, b->queue, VX_OP_CLUSTERS, &args, buffer, error);
}

static vx_status run_tfce(vx_engine *e, vx_batch *b, vx_error *error)
{
    vx_buffer *buffer[VX_TFCE_BUFFERS] = {
        [VX_T_SCORE] = b->score, [VX_T_POSITION] = e->position, [VX_T_POWER] = e->power,
        [VX_T_BEST] = b->best,   [VX_T_WORK] = e->work,
    };
    vx_tfce_args args = vx_problem_tfce_args(e->problem);
    args.relabellings = (int)b->count;
    args.slabs = (int)e->schedule.maps;
    return e->backend->run(e->backend, b->queue, VX_OP_TFCE, &args, buffer, error);
}

vx_status vx_batch_dense(vx_engine *e, vx_batch *b, int64_t count, int flags, int64_t capacity, vx_error *error)
{
    vx_backend *d = e->backend;
    size_t words = (size_t)count * 4, bytes = (size_t)count * vx_weights_size(e->problem);
    b->count = count;
    vx_status status = vx_weights_fill(e->problem, b->index, count, b->host_weights, error);
    if (status || (status = d->upload(d, b->queue, b->weights, 0, b->host_weights, bytes, error)) ||
        (status = d->fill(d, b->queue, b->high, 0, words, INT32_MIN, error)) ||
        (status = d->fill(d, b->queue, b->low, 0, words, INT32_MAX, error)) ||
        (e->problem->options.clusters && (status = d->fill(d, b->queue, b->list_size, 0, words, 0, error))))
        return status;
    for (int64_t s = 0; s < e->schedule.voxel_slabs; s++) {
        if (e->schedule.voxel_slabs > 1 && (status = vx_slab_upload(e, b->queue, s, error)))
            return status;
        if ((status = run_dense(e, b, s, flags, capacity, error)))
            return status;
    }
    return VX_OK;
}

vx_status vx_batch_start(vx_engine *e, vx_batch *b, int64_t count, int flags, int64_t capacity, vx_error *error)
{
    vx_status status = vx_batch_dense(e, b, count, flags, capacity, error);
    if (!status && flags & VX_STORE)
        status = run_tfce(e, b, error);
    if (!status && flags & VX_COMPACT)
        status = run_clusters(e, b, capacity, error);
    return status;
}

vx_status vx_batch_finish(vx_engine *e, vx_batch *b, int flags, vx_error *error)
{
    vx_backend *d = e->backend;
    size_t words = (size_t)b->count * 4;
    vx_status status = VX_OK;
    if (flags & VX_STORE)
        status = vx_fetch(d, b->queue, b->best, b->host_best, words * 4, error);
    if (!status && flags & VX_COMPACT && !(status = vx_fetch(d, b->queue, b->list_size, b->host_size, words, error)) &&
        !(status = vx_fetch(d, b->queue, b->extent, b->host_extent, words * 2, error)))
        status = vx_fetch(d, b->queue, b->mass, b->host_mass, words * 4, error);
    if (!status && !(status = vx_fetch(d, b->queue, b->high, b->host_high, words, error)))
        status = vx_fetch(d, b->queue, b->low, b->host_low, words, error);
    return status;
}
