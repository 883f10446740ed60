#include "engine/schedule.h"

#include "base/distribution.h"

#include <string.h>

enum {
    BATCH_SMALL = 64,        /* a smaller launch does not pay for its overhead, so other sizes are cut first */
    SLAB_TILES_SMALL = 64,
    MAPS_BYTES = 64 << 20,   /* of the maps that TFCE keeps at the same time */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

vx_demand vx_demand_of(const vx_problem *p)
{
    return (vx_demand){
        .voxels = p->voxels,
        .row_bytes = (size_t)p->effect->n * sizeof(float),
        .weights = vx_weights_size(p),
        .evaluations = p->relabellings->evaluations,
        .flags = vx_problem_flags(p),
        .threshold_p = vx_t_upper(p->options.threshold_t, p->effect->df),
        .grid_size = p->lattice.size,
    };
}

/* The bytes of one buffer. */
static size_t buffer_size(const vx_demand *d, const vx_schedule *s, vx_buffer_name name)
{
    size_t voxels = (size_t)d->voxels, lanes = (voxels + VX_TILE - 1) / VX_TILE * VX_TILE, batch = (size_t)s->batch;
    size_t slab = (size_t)s->slab_tiles * VX_TILE;
    switch (name) {
    case VX_B_Y: return slab * d->row_bytes;
    case VX_B_W: return batch * d->weights;
    case VX_B_HIGH:
    case VX_B_LOW:
    case VX_B_LIST_SIZE: return batch * sizeof(int32_t);
    case VX_B_COUNT_HIGH:
    case VX_B_COUNT_LOW:
    case VX_B_COUNTS: return slab * sizeof(int32_t);
    case VX_B_SCORE: return (d->flags & VX_STORE ? batch : 1) * lanes * sizeof(int32_t);
    case VX_B_HEIGHT: return batch * lanes * sizeof(float);
    case VX_B_LIST_VOXEL:
    case VX_B_LIST_HEIGHT: return s->list_entries * sizeof(int32_t);
    case VX_B_POSITION: return voxels * sizeof(int32_t);
    case VX_B_EXTENT: return batch * sizeof(int32_t[2]);
    case VX_B_MASS: return batch * sizeof(int64_t[2]);
    case VX_B_LABEL: return (size_t)(s->label_grids * d->grid_size) * sizeof(int32_t);
    case VX_B_PARENT:
    case VX_B_SIZE: return s->work_entries * sizeof(int32_t);
    case VX_B_SUM: return s->work_entries * sizeof(int64_t);
    case VX_B_POWER: return (voxels + 1) * sizeof(double);
    case VX_B_BEST: return batch * sizeof(double[2]);
    case VX_B_WORK:
        return (size_t)s->maps * sizeof(int32_t) *
               (VX_TFCE_GRID_WORDS * (size_t)d->grid_size + VX_TFCE_VOXEL_WORDS * lanes);
    case VX_BUFFERS: break;
    }
    return 0;
}

vx_owner vx_schedule_owner(const vx_schedule *s, vx_buffer_name name)
{
    return name == VX_B_Y && s->voxel_slabs > 1 ? VX_OF_BATCH : vx_buffer_table[name].owner;
}

void vx_schedule_sizes(const vx_demand *d, vx_schedule *s)
{
    int64_t tiles = (d->voxels + VX_TILE - 1) / VX_TILE;
    s->voxel_slabs = (tiles + s->slab_tiles - 1) / s->slab_tiles;
    s->list_entries = (size_t)larger(s->batch * s->capacity, d->voxels);
    s->work_entries = (size_t)larger(s->label_grids * s->capacity, d->voxels);
    s->bytes = 0;
    const int flags = d->flags | VX_STORE; /* every analysis stores the scores of the data as observed */
    const size_t copies[] = {
        [VX_OF_ENGINE] = 1, [VX_OF_BATCH] = (size_t)s->batches, [VX_OF_SLAB] = (size_t)s->voxel_slabs};
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++) {
        const vx_buffer_info *info = &vx_buffer_table[b];
        s->buffer[b] = !info->need || info->need & flags ? buffer_size(d, s, b) : 0;
        s->bytes += s->buffer[b] * copies[vx_schedule_owner(s, b)];
    }
}

static size_t largest_buffer(const vx_schedule *s)
{
    size_t largest = 0;
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
        largest = s->buffer[b] > largest ? s->buffer[b] : largest;
    return largest;
}

/* Halves the size whose reduction costs the smallest amount of time. False where every size is minimal. */
static bool cut_down(const vx_demand *d, vx_schedule *s)
{
    if (s->batch > BATCH_SMALL || (d->flags & VX_HEIGHTS && s->batch > 2 * s->maps))
        s->batch /= 2;
    else if (s->batches > 1)
        s->batches = 1;
    else if (s->label_grids > 1)
        s->label_grids /= 2;
    else if (s->maps > 1)
        s->maps /= 2;
    else if (s->slab_tiles > SLAB_TILES_SMALL)
        s->slab_tiles = (s->slab_tiles + 1) / 2;
    else if (s->batch > 1)
        s->batch /= 2;
    else
        return false;
    return true;
}

vx_status vx_schedule_make(const vx_demand *d, const vx_backend *backend, size_t limit, vx_schedule *schedule,
                           vx_error *error)
{
    int64_t tiles = (d->voxels + VX_TILE - 1) / VX_TILE;
    /* Lists that hold four times what chance alone puts above the threshold in both tails, and a little more;
     * a relabelling that needs more is computed again. */
    int64_t expected = (int64_t)((double)d->voxels * (8.0 * d->threshold_p + 1.0 / 64.0)) + VX_TILE;
    vx_schedule s = {
        .batch = d->evaluations < VX_BATCH_MAX ? (int64_t)d->evaluations : VX_BATCH_MAX,
        .batches = backend->queues,
        .capacity = d->flags & VX_COMPACT ? smaller(expected, d->voxels) : 0,
        .slab_tiles = tiles,
    };
    if (d->flags & VX_HEIGHTS) {
        s.maps = larger(1, smaller(backend->parallel[VX_OP_TFCE], s.batch));
        s.batch = smaller(s.batch, larger(s.maps, larger(BATCH_SMALL, MAPS_BYTES / s.batches / (4 * d->voxels))));
    }
    if (d->flags & VX_STORE)
        s.batch = smaller(s.batch, larger(BATCH_SMALL, MAPS_BYTES / s.batches / (4 * d->voxels)));
    s.label_grids = d->flags & VX_COMPACT ? larger(1, smaller(backend->parallel[VX_OP_CLUSTERS], s.batch)) : 0;
    s.batches = (int)smaller(s.batches, ((int64_t)d->evaluations + s.batch - 1) / s.batch);
    size_t most = backend->info.allocation_max;
    for (;;) {
        vx_schedule_sizes(d, &s);
        if (s.bytes <= limit && (!most || largest_buffer(&s) <= most))
            break;
        if (!cut_down(d, &s))
            return vx_fail(error, VX_USAGE, "--memory-limit of %zu MiB; this analysis needs at least %zu MiB",
                           limit >> 20, (s.bytes >> 20) + 1);
    }
    *schedule = s;
    return VX_OK;
}
