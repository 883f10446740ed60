#include "engine/schedule.h"

#include "base/distribution.h"
#include <string.h>

enum {
    BATCH_SMALL = 64,      /* a smaller launch does not pay for its overhead */
    SLAB_TILES_SMALL = 64,
    MAPS_BYTES = 64 << 20, /* of the maps of one batch, where the device does not need more to be busy */
    FEW = 32, WIDTH_FEW = 2, /* larger tables of sums pay only for many relabellings */
    WIDTH_MAX = 7,
    BYTE = 8,
    TABLES = 256,          /* entries of the C backend: of one tile they fit into the nearest caches */
};

/* The sizes that may be lowered. */
typedef enum vx_schedule_size {
    SIZE_BATCH,
    SIZE_MAPS,
    SIZE_GRIDS,
    SIZE_SLAB,
    SIZES,
    SIZE_FIXED = SIZES
} vx_schedule_size;

/* The one size on which a buffer depends. */
static const vx_schedule_size size_of_buffer[VX_BUFFERS] = {
    [VX_B_INDEX] = SIZE_BATCH,
    [VX_B_PEOPLE] = SIZE_FIXED,
    [VX_B_DESIGN] = SIZE_FIXED,
    [VX_B_KEY] = SIZE_BATCH,
    [VX_B_ORDER] = SIZE_BATCH,
    [VX_B_Y] = SIZE_SLAB,
    [VX_B_W] = SIZE_BATCH,
    [VX_B_HIGH] = SIZE_BATCH,
    [VX_B_LOW] = SIZE_BATCH,
    [VX_B_COUNT_HIGH] = SIZE_SLAB,
    [VX_B_COUNT_LOW] = SIZE_SLAB,
    [VX_B_COUNTS] = SIZE_SLAB,
    [VX_B_SCORE] = SIZE_BATCH,
    [VX_B_HEIGHT] = SIZE_BATCH,
    [VX_B_LIST_VOXEL] = SIZE_BATCH,
    [VX_B_LIST_HEIGHT] = SIZE_BATCH,
    [VX_B_LIST_SIZE] = SIZE_BATCH,
    [VX_B_POSITION] = SIZE_FIXED,
    [VX_B_EXTENT] = SIZE_BATCH,
    [VX_B_MASS] = SIZE_BATCH,
    [VX_B_LABEL] = SIZE_GRIDS,
    [VX_B_PARENT] = SIZE_GRIDS,
    [VX_B_SIZE] = SIZE_GRIDS,
    [VX_B_SUM] = SIZE_GRIDS,
    [VX_B_POWER] = SIZE_FIXED,
    [VX_B_BEST] = SIZE_BATCH,
    [VX_B_WORK] = SIZE_MAPS,
    [VX_B_TAPS] = SIZE_FIXED,
    [VX_B_FROM] = SIZE_FIXED,
    [VX_B_TO] = SIZE_FIXED,
    [VX_B_START] = SIZE_FIXED,
    [VX_B_COEFFICIENT] = SIZE_FIXED,
    [VX_B_STORED] = SIZE_FIXED,
    [VX_B_WIDE] = SIZE_FIXED,
    [VX_B_PLACEMENT] = SIZE_FIXED,
    [VX_B_SAMPLED] = SIZE_FIXED,
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
        .bits = p->op == VX_OP_SIGNFLIP,
        .weights = (size_t)((1 + p->effect->nuisance) * p->effect->n) * sizeof(float),
        .participants = p->relabellings->n,
        .permutes = p->relabellings->scheme & VX_PERMUTE,
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
    size_t slab = (size_t)s->slab_tiles * VX_TILE, people = (size_t)d->participants;
    switch (name) {
    case VX_B_INDEX: return batch * sizeof(uint64_t);
    case VX_B_PEOPLE: return VX_PEOPLE_ROWS * people * sizeof(int32_t);
    case VX_B_DESIGN: return d->bits ? 0 : d->weights;
    case VX_B_KEY: return d->permutes ? batch * people * sizeof(uint64_t) : 0;
    case VX_B_ORDER: return d->permutes ? batch * people * sizeof(int32_t) : 0;
    case VX_B_Y: return slab * d->row_bytes;
    case VX_B_W: return VX_INTERLEAVED(batch) * (d->bits ? (size_t)s->groups : d->weights);
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
    default: break; /* of steps */
    }
    return 0;
}

vx_owner vx_schedule_owner(const vx_schedule *s, vx_buffer_name name)
{
    return name == VX_B_Y && s->streams ? VX_OF_BATCH : vx_buffer_table[name].owner;
}

/* The bytes of all buffers of that name. */
static size_t bytes_of(const vx_schedule *s, vx_buffer_name name)
{
    const size_t copies[] = {
        [VX_OF_ENGINE] = 1, [VX_OF_BATCH] = (size_t)s->batches, [VX_OF_SLAB] = (size_t)s->voxel_slabs,
        [VX_OF_STEP] = 0};
    return s->buffer[name] * copies[vx_schedule_owner(s, name)];
}

void vx_schedule_sizes(const vx_demand *d, vx_schedule *s)
{
    int64_t tiles = (d->voxels + VX_TILE - 1) / VX_TILE;
    s->voxel_slabs = (tiles + s->slab_tiles - 1) / s->slab_tiles;
    s->list_entries = (size_t)larger(s->batch * s->capacity, d->voxels);
    s->work_entries = (size_t)larger(s->label_grids * s->capacity, d->voxels);
    s->bytes = 0;
    const int flags = d->flags | VX_STORE; /* every analysis stores the scores of the data as observed */
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++) {
        const vx_buffer_info *info = &vx_buffer_table[b];
        s->buffer[b] = !info->need || info->need & flags ? buffer_size(d, s, b) : 0;
        s->bytes += bytes_of(s, b);
    }
}

size_t vx_schedule_memory(const vx_device_info *device)
{
    return device->memory_free / 10 * 8;
}

/* What a schedule is made from. */
typedef struct vx_schedule_task {
    const vx_demand *demand;
    size_t limit, allocation_max; /* bytes of all buffers and of one */
    int queues;
} vx_schedule_task;

static int64_t *size_in(vx_schedule *s, vx_schedule_size which)
{
    int64_t *const size[SIZES] = {&s->batch, &s->maps, &s->label_grids, &s->slab_tiles};
    return size[which];
}

/* Lowers one size. Slabs stay equally long, and a batch holds all relabellings that are worked on at the same time. */
static void lower(const vx_schedule_task *task, vx_schedule *s, vx_schedule_size which, int64_t to)
{
    const int64_t tiles = (task->demand->voxels + VX_TILE - 1) / VX_TILE;
    const int64_t slabs = (tiles + to - 1) / to, evaluations = (int64_t)task->demand->evaluations;
    *size_in(s, which) = which == SIZE_SLAB ? (tiles + slabs - 1) / slabs : to;
    s->maps = smaller(s->maps, s->batch);
    s->label_grids = smaller(s->label_grids, s->batch);
    s->batches = (int)smaller(task->queues, (evaluations + s->batch - 1) / s->batch);
    vx_schedule_sizes(task->demand, s);
}

/* Lowers the sizes of the buffers that are larger than the device allows. False where a buffer stays too large. */
static bool fit_buffers(const vx_schedule_task *task, vx_schedule *s)
{
    const size_t most = task->allocation_max;
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
        while (most && s->buffer[b] > most) {
            const vx_schedule_size which = size_of_buffer[b];
            const int64_t size = which == SIZE_FIXED ? 1 : *size_in(s, which);
            if (size == 1)
                return false;
            const int64_t to = (int64_t)((double)size * ((double)most / (double)s->buffer[b]));
            lower(task, s, which, larger(1, smaller(to, size - 1)));
        }
    return true;
}

/* While all buffers together are too large, lowers the size that takes the most bytes, by an eighth, but not below
 * `least`. False where they stay too large. */
static bool fit_memory(const vx_schedule_task *task, const int64_t least[SIZES], vx_schedule *s)
{
    while (s->bytes > task->limit) {
        size_t bytes[SIZES + 1] = {0}, most = 0;
        vx_schedule_size which = SIZES;
        for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
            bytes[size_of_buffer[b]] += bytes_of(s, b);
        for (vx_schedule_size k = 0; k < SIZES; k++)
            if (*size_in(s, k) > least[k] && bytes[k] > most && (k != SIZE_SLAB || s->streams)) {
                which = k;
                most = bytes[k];
            }
        if (which == SIZES)
            return false;
        const int64_t size = *size_in(s, which);
        lower(task, s, which, larger(least[which], size - larger(1, size / 8)));
    }
    return true;
}

/* Cuts the n rows into groups of nearly equal width, as wide as the tables allow. An OpenCL device on which no tables
 * pay adds row by row (signflip.cl); the groups are then those that a byte holds. */
static void choose_groups(const vx_demand *d, int entries, vx_schedule *s)
{
    const int n = (int)(d->row_bytes / sizeof(float)), most = entries ? entries : TABLES;
    int width = d->evaluations < FEW ? WIDTH_FEW : WIDTH_MAX;
    while (width > 1 && ((n + width - 1) / width << width) > most)
        width--;
    width = width == 1 && entries ? BYTE : width;
    s->groups = (n + width - 1) / width;
    s->width = (n + s->groups - 1) / s->groups;
}

/* The schedule of a device without limits. */
static vx_schedule wish(const vx_demand *d, const vx_backend *backend)
{
    /* Lists that hold four times what chance alone puts above the threshold in both tails, and a little more;
     * a relabelling that needs more is computed again. */
    int64_t expected = (int64_t)((double)d->voxels * (8.0 * d->threshold_p + 1.0 / 64.0)) + VX_TILE;
    const int64_t maps_few = larger(BATCH_SMALL, MAPS_BYTES / backend->queues / (4 * d->voxels));
    vx_schedule s = {
        .paced = true,
        .batch = d->evaluations < VX_BATCH_MAX ? (int64_t)d->evaluations : VX_BATCH_MAX,
        .capacity = d->flags & VX_COMPACT ? smaller(expected, d->voxels) : 0,
        .slab_tiles = (d->voxels + VX_TILE - 1) / VX_TILE,
    };
    choose_groups(d, backend->tables, &s);
    if (d->flags & VX_HEIGHTS) {
        s.maps = larger(1, smaller(backend->parallel[VX_OP_TFCE], s.batch));
        s.batch = smaller(s.batch, larger(s.maps, maps_few));
    }
    if (d->flags & VX_STORE)
        s.batch = smaller(s.batch, maps_few);
    s.label_grids = d->flags & VX_COMPACT ? larger(1, smaller(backend->parallel[VX_OP_CLUSTERS], s.batch)) : 0;
    return s;
}

/* Tries one way to fit: with the matrix on the device or streamed through it, and sizes of at least `least`. */
static bool fit(vx_schedule_task *task, vx_schedule *s, bool streams, int queues, const int64_t least[SIZES])
{
    task->queues = queues;
    s->streams = streams;
    lower(task, s, SIZE_BATCH, s->batch);
    bool fits = fit_buffers(task, s) && fit_memory(task, least, s);
    if (fits && s->voxel_slabs == 1) {
        s->streams = false;
        vx_schedule_sizes(task->demand, s);
    }
    return fits;
}

/* The ways to fit, best first. Streaming costs a transfer of the matrix for every batch. One queue costs the overlap of
 * stages. Sizes below `enough` leave a part of the device idle. */
vx_status vx_schedule_make(const vx_demand *d, const vx_backend *backend, size_t limit, vx_schedule *schedule,
                           vx_error *error)
{
    const vx_schedule wanted = wish(d, backend);
    const int64_t units = larger(1, backend->info.compute_units), slab = smaller(wanted.slab_tiles, SLAB_TILES_SMALL);
    const int64_t maps = smaller(wanted.maps, units), grids = smaller(wanted.label_grids, units);
    const int64_t batch = smaller(wanted.batch, BATCH_SMALL);
    const int64_t enough[SIZES] = {batch, maps, grids, slab}, one[SIZES] = {1, 1, 1, slab};
    const struct {
        bool streams;
        int queues;
        const int64_t *least;
    } way[] = {{false, backend->queues, enough}, {true, backend->queues, enough}, {true, 1, enough}, {true, 1, one}};
    vx_schedule_task task = {.demand = d, .limit = limit, .allocation_max = backend->info.allocation_max};
    for (size_t w = 0; w < sizeof way / sizeof *way; w++) {
        *schedule = wanted;
        if (fit(&task, schedule, way[w].streams, way[w].queues, way[w].least))
            return VX_OK;
    }
    for (vx_buffer_name b = 0; b < VX_BUFFERS; b++)
        if (task.allocation_max && schedule->buffer[b] > task.allocation_max)
            return vx_fail(error, VX_DEVICE, "%s has buffers of at most %zu MiB; this analysis needs one of %zu MiB",
                           backend->info.id, task.allocation_max >> 20, (schedule->buffer[b] >> 20) + 1);
    return vx_fail(error, VX_USAGE, "--memory-limit of %zu MiB; this analysis needs at least %zu MiB", limit >> 20,
                   (schedule->bytes >> 20) + 1);
}
