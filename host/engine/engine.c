#include "engine/engine.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* The buffers of one voxel slab that stay on the device. */
typedef struct slab {
    vx_buffer *high, *low, *count;
} slab;

struct vx_engine {
    vx_backend *backend;
    const vx_problem *problem;
    vx_schedule schedule;
    slab *slab;
    vx_buffer *y, *weights, *high, *low, *score, *list_voxel, *list_score, *list_size;
    vx_buffer *position, *extent, *mass, *label, *parent, *size, *sum, *power, *best, *work;

    uint64_t *index; /* relabellings of the batch at hand */
    void *host_weights;
    int32_t *host_high, *host_low, *host_size, (*host_extent)[2];
    int64_t (*host_mass)[2];
    double (*host_best)[2];
};

static int64_t first_tile(const vx_engine *e, int64_t s)
{
    return s * e->schedule.slab_tiles;
}

static int64_t tiles_of(const vx_engine *e, int64_t s)
{
    int64_t left = e->problem->tiles - first_tile(e, s);
    return left < e->schedule.slab_tiles ? left : e->schedule.slab_tiles;
}

static int64_t voxels_of(const vx_engine *e, int64_t s)
{
    int64_t left = e->problem->voxels - first_tile(e, s) * VX_TILE, room = tiles_of(e, s) * VX_TILE;
    return left < room ? left : room;
}

static vx_status upload_slab(vx_engine *e, int64_t s, vx_error *error)
{
    size_t tile_bytes = (size_t)e->problem->effect->n * VX_TILE * sizeof(float);
    const char *from = (const char *)e->problem->tile + (size_t)first_tile(e, s) * tile_bytes;
    return e->backend->upload(e->backend, e->y, 0, from, (size_t)tiles_of(e, s) * tile_bytes, error);
}

static vx_status new_buffers(vx_engine *e, vx_error *error)
{
    const vx_problem *p = e->problem;
    const vx_schedule *s = &e->schedule;
    size_t batch = (size_t)s->batch, lanes = (size_t)s->slab_tiles * VX_TILE, lists = s->list_entries;
    size_t map = (size_t)p->tiles * VX_TILE;
    size_t works = s->work_entries, clusters = p->options.clusters, tfce = p->options.tfce;
    struct {
        vx_buffer **buffer;
        size_t bytes;
    } wanted[] = {
        {&e->y, lanes * (size_t)p->effect->n * 4},
        {&e->weights, batch * vx_weights_size(p)},
        {&e->high, batch * 4},
        {&e->low, batch * 4},
        {&e->score, (tfce ? batch : 1) * map * 4},
        {&e->list_voxel, lists * 4},
        {&e->list_score, lists * 4},
        {&e->list_size, clusters * batch * 4},
        {&e->position, (p->position ? (size_t)p->voxels : 0) * 4},
        {&e->extent, clusters * batch * 8},
        {&e->mass, clusters * batch * 16},
        {&e->label, clusters * (size_t)(s->label_slabs * p->slab_size) * 4},
        {&e->parent, works * 4},
        {&e->size, works * 4},
        {&e->sum, works * 8},
        {&e->power, tfce * ((size_t)p->voxels + 1) * 8},
        {&e->best, tfce * batch * 16},
        {&e->work, (size_t)s->maps * s->map_words * 4},
    };
    vx_status status = VX_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && !status; i++)
        if (wanted[i].bytes)
            status = e->backend->buffer_new(e->backend, wanted[i].bytes, wanted[i].buffer, error);
    for (int64_t i = 0; p->options.count && i < s->voxel_slabs && !status; i++) {
        size_t bytes = (size_t)tiles_of(e, i) * VX_TILE * 4;
        if (!(status = e->backend->buffer_new(e->backend, bytes, &e->slab[i].high, error)) &&
            !(status = e->backend->buffer_new(e->backend, bytes, &e->slab[i].low, error)))
            status = e->backend->buffer_new(e->backend, bytes, &e->slab[i].count, error);
    }
    return status;
}

static vx_status new_host_arrays(vx_engine *e, vx_error *error)
{
    size_t batch = (size_t)e->schedule.batch;
    e->index = vx_array(batch, sizeof *e->index);
    e->host_weights = vx_array(batch, vx_weights_size(e->problem));
    e->host_high = vx_array(batch, sizeof *e->host_high);
    e->host_low = vx_array(batch, sizeof *e->host_low);
    e->host_size = vx_array(batch, sizeof *e->host_size);
    e->host_extent = vx_array(batch, sizeof *e->host_extent);
    e->host_mass = vx_array(batch, sizeof *e->host_mass);
    e->host_best = vx_array(batch, sizeof *e->host_best);
    bool all = e->index && e->host_weights && e->host_high && e->host_low && e->host_size && e->host_extent &&
               e->host_mass && e->host_best;
    return all ? VX_OK : vx_fail_memory(error);
}

/* power[s] = s^E: the same doubles for every device. */
static vx_status upload_powers(vx_engine *e, vx_error *error)
{
    size_t count = (size_t)e->problem->voxels + 1;
    double *power = vx_array(count, sizeof *power);
    if (!power)
        return vx_fail_memory(error);
    for (size_t s = 0; s < count; s++)
        power[s] = vx_tfce_power((int64_t)s, e->problem->options.tfce_extent);
    vx_status status = e->backend->upload(e->backend, e->power, 0, power, count * sizeof *power, error);
    free(power);
    return status;
}

vx_status vx_engine_new(vx_backend *backend, const vx_problem *problem, const vx_schedule *schedule, vx_engine **engine,
                        vx_error *error)
{
    vx_status status = VX_OK;
    vx_engine *e = vx_array_zero(1, sizeof *e);
    if (!e)
        return vx_fail_memory(error);
    e->backend = backend;
    e->problem = problem;
    e->schedule = *schedule;
    if (!(e->slab = vx_array_zero((size_t)schedule->voxel_slabs, sizeof *e->slab))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if ((status = new_host_arrays(e, error)) || (status = new_buffers(e, error)))
        goto cleanup;
    if (problem->position &&
        (status = backend->upload(backend, e->position, 0, problem->position,
                                  (size_t)problem->voxels * sizeof *problem->position, error)))
        goto cleanup;
    if (schedule->voxel_slabs == 1 && (status = upload_slab(e, 0, error)))
        goto cleanup;
    if (problem->options.tfce && (status = upload_powers(e, error)))
        goto cleanup;
    *engine = e;
    e = NULL;
cleanup:
    vx_engine_free(e);
    return status;
}

void vx_engine_free(vx_engine *e)
{
    if (!e)
        return;
    vx_buffer *buffer[] = {e->y,         e->weights,  e->high,   e->low,  e->score, e->list_voxel, e->list_score,
                           e->list_size, e->position, e->extent, e->mass, e->label, e->parent,     e->size,
                           e->sum,       e->power,    e->best,    e->work};
    for (size_t i = 0; i < sizeof buffer / sizeof *buffer; i++)
        e->backend->buffer_free(e->backend, buffer[i]);
    for (int64_t s = 0; e->slab && s < e->schedule.voxel_slabs; s++) {
        e->backend->buffer_free(e->backend, e->slab[s].high);
        e->backend->buffer_free(e->backend, e->slab[s].low);
        e->backend->buffer_free(e->backend, e->slab[s].count);
    }
    free(e->slab);
    free(e->index);
    free(e->host_weights);
    free(e->host_high);
    free(e->host_low);
    free(e->host_size);
    free(e->host_extent);
    free(e->host_mass);
    free(e->host_best);
    free(e);
}

/* The dense op on slab `s` for `count` relabellings whose weights are on the device. */
static vx_status run_dense(vx_engine *e, int64_t s, int64_t count, int flags, int64_t capacity, vx_error *error)
{
    const vx_problem *p = e->problem;
    vx_buffer *buffer[VX_DENSE_BUFFERS] = {
        [VX_Y] = e->y,
        [VX_W] = e->weights,
        [VX_HIGH] = e->high,
        [VX_LOW] = e->low,
        [VX_COUNT_HIGH] = e->slab[s].high,
        [VX_COUNT_LOW] = e->slab[s].low,
        [VX_COUNTS] = e->slab[s].count,
        [VX_SCORE] = e->score,
        [VX_LIST_VOXEL] = e->list_voxel,
        [VX_LIST_SCORE] = e->list_score,
        [VX_LIST_SIZE] = e->list_size,
    };
    vx_dense_args args = {.n = (int)p->effect->n,
                          .nuisance = (int)p->effect->nuisance,
                          .groups = p->groups,
                          .width = p->width,
                          .voxels = (int)voxels_of(e, s),
                          .tiles = (int)tiles_of(e, s),
                          .voxel0 = (int)(first_tile(e, s) * VX_TILE),
                          .relabellings = (int)count,
                          .flags = flags,
                          .cut_high = p->cut_high,
                          .cut_low = p->cut_low,
                          .capacity = (int)capacity,
                          .map = (int)(p->tiles * VX_TILE),
                          .map0 = (int)(first_tile(e, s) * VX_TILE)};
    return e->backend->run(e->backend, p->op, &args, buffer, error);
}

static vx_status run_clusters(vx_engine *e, int64_t count, int64_t capacity, vx_error *error)
{
    const vx_problem *p = e->problem;
    vx_buffer *buffer[VX_CLUSTERS_BUFFERS] = {
        [VX_C_POSITION] = e->position,     [VX_C_LIST_VOXEL] = e->list_voxel, [VX_C_LIST_SCORE] = e->list_score,
        [VX_C_LIST_SIZE] = e->list_size,   [VX_C_EXTENT] = e->extent,         [VX_C_MASS] = e->mass,
        [VX_C_SLAB] = e->label,            [VX_C_PARENT] = e->parent,         [VX_C_SIZE] = e->size,
        [VX_C_SUM] = e->sum,
    };
    int64_t slabs = (int64_t)e->schedule.work_entries / capacity;
    slabs = slabs < e->schedule.label_slabs ? slabs : e->schedule.label_slabs;
    vx_clusters_args args = {.relabellings = (int)count,
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
    return e->backend->run(e->backend, VX_OP_CLUSTERS, &args, buffer, error);
}

static vx_status run_tfce(vx_engine *e, int64_t count, vx_error *error)
{
    vx_buffer *buffer[VX_TFCE_BUFFERS] = {
        [VX_T_SCORE] = e->score, [VX_T_POSITION] = e->position, [VX_T_POWER] = e->power,
        [VX_T_BEST] = e->best,   [VX_T_WORK] = e->work,
    };
    vx_tfce_args args = vx_problem_tfce_args(e->problem);
    args.relabellings = (int)count;
    args.slabs = (int)e->schedule.maps;
    return e->backend->run(e->backend, VX_OP_TFCE, &args, buffer, error);
}

/* Everything of the `count` relabellings in e->index, into the host arrays. */
static vx_status run_batch(vx_engine *e, int64_t count, int flags, int64_t capacity, vx_error *error)
{
    vx_backend *b = e->backend;
    const vx_problem *p = e->problem;
    size_t words = (size_t)count * 4;
    vx_status status = vx_weights_fill(p, e->index, count, e->host_weights, error);
    if (status ||
        (status = b->upload(b, e->weights, 0, e->host_weights, (size_t)count * vx_weights_size(p), error)) ||
        (status = b->fill(b, e->high, 0, words, INT32_MIN, error)) ||
        (status = b->fill(b, e->low, 0, words, INT32_MAX, error)) ||
        (p->options.clusters && (status = b->fill(b, e->list_size, 0, words, 0, error))))
        return status;
    for (int64_t s = 0; s < e->schedule.voxel_slabs; s++) {
        if (e->schedule.voxel_slabs > 1 && (status = upload_slab(e, s, error)))
            return status;
        if ((status = run_dense(e, s, count, flags, capacity, error)))
            return status;
    }
    if (flags & VX_STORE) {
        if ((status = run_tfce(e, count, error)) ||
            (status = b->download(b, e->best, 0, e->host_best, (size_t)count * sizeof *e->host_best, error)))
            return status;
    }
    if (flags & VX_COMPACT) {
        if ((status = run_clusters(e, count, capacity, error)) ||
            (status = b->download(b, e->list_size, 0, e->host_size, words, error)) ||
            (status = b->download(b, e->extent, 0, e->host_extent, words * 2, error)) ||
            (status = b->download(b, e->mass, 0, e->host_mass, words * 4, error)))
            return status;
    }
    if ((status = b->download(b, e->high, 0, e->host_high, words, error)))
        return status;
    return b->download(b, e->low, 0, e->host_low, words, error);
}

vx_status vx_engine_observe(vx_engine *e, int32_t *score, vx_error *error)
{
    vx_backend *b = e->backend;
    int32_t start[2] = {INT32_MIN, INT32_MAX};
    e->index[0] = 0;
    vx_status status = vx_weights_fill(e->problem, e->index, 1, e->host_weights, error);
    if (status || (status = b->upload(b, e->weights, 0, e->host_weights, vx_weights_size(e->problem), error)) ||
        (status = b->upload(b, e->high, 0, &start[0], sizeof start[0], error)) ||
        (status = b->upload(b, e->low, 0, &start[1], sizeof start[1], error)))
        return status;
    for (int64_t s = 0; s < e->schedule.voxel_slabs; s++) {
        if (e->schedule.voxel_slabs > 1 && (status = upload_slab(e, s, error)))
            return status;
        if ((status = run_dense(e, s, 1, VX_STORE, 0, error)))
            return status;
    }
    return b->download(b, e->score, 0, score, (size_t)e->problem->voxels * sizeof *score, error);
}

/* Lanes past the last voxel get bounds too: their counts are never read. */
vx_status vx_engine_count_against(vx_engine *e, const int32_t *high, const int32_t *low, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_status status = VX_OK;
    for (int64_t s = 0; s < e->schedule.voxel_slabs && !status; s++) {
        int64_t v0 = first_tile(e, s) * VX_TILE;
        size_t bytes = (size_t)voxels_of(e, s) * 4;
        if (!(status = b->upload(b, e->slab[s].high, 0, high + v0, bytes, error)))
            status = b->upload(b, e->slab[s].low, 0, low + v0, bytes, error);
    }
    return status;
}

static void keep_clusters(const vx_engine *e, int64_t i, vx_tally *tally, uint64_t evaluation)
{
    for (int tail = 0; tail < 2; tail++) {
        tally->extent[evaluation][tail] = e->host_extent[i][tail];
        tally->mass[evaluation][tail] = (double)e->host_mass[i][tail] / (double)VX_MASS_ONE;
    }
}

/* Computes the relabellings in `again` once more, with lists that hold every voxel. */
static vx_status run_overflows(vx_engine *e, const uint64_t *again, int64_t count, vx_tally *tally, vx_error *error)
{
    int64_t voxels = e->problem->voxels, room = (int64_t)e->schedule.list_entries / voxels;
    room = room < e->schedule.batch ? room : e->schedule.batch;
    for (int64_t done = 0; done < count; done += room) {
        int64_t now = count - done < room ? count - done : room;
        memcpy(e->index, again + done, (size_t)now * sizeof *again);
        vx_status status = run_batch(e, now, VX_COMPACT, voxels, error);
        if (status)
            return status;
        for (int64_t i = 0; i < now; i++)
            keep_clusters(e, i, tally, again[done + i]);
    }
    tally->overflows += (uint64_t)count;
    return VX_OK;
}

/* One batch [first, first + count) into the tally. */
static vx_status run_range(vx_engine *e, uint64_t first, int64_t count, vx_tally *tally, vx_error *error)
{
    const vx_problem *p = e->problem;
    int64_t overflows = 0, capacity = e->schedule.capacity;
    int flags = (p->options.count ? VX_COUNT : 0) | (p->options.clusters ? VX_COMPACT : 0) |
                (p->options.tfce ? VX_STORE : 0);
    for (int64_t i = 0; i < count; i++)
        e->index[i] = first + (uint64_t)i;
    vx_status status = run_batch(e, count, flags, capacity, error);
    if (status)
        return status;
    uint64_t again[VX_BATCH_MAX];
    for (int64_t i = 0; i < count; i++) {
        tally->high[first + (uint64_t)i] = vx_score_r(p, e->host_high[i]);
        tally->low[first + (uint64_t)i] = vx_score_r(p, e->host_low[i]);
        for (int tail = 0; p->options.tfce && tail < 2; tail++)
            tally->tfce[first + (uint64_t)i][tail] = e->host_best[i][tail] * vx_problem_tfce_scale(p);
        if (!p->options.clusters)
            continue;
        keep_clusters(e, i, tally, first + (uint64_t)i);
        if (e->host_size[i] > capacity)
            again[overflows++] = first + (uint64_t)i;
    }
    return overflows ? run_overflows(e, again, overflows, tally, error) : VX_OK;
}

/* Moves the device's counts into the tally and clears them: they are 32 bits wide. */
static vx_status collect_counts(vx_engine *e, vx_tally *tally, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_status status = VX_OK;
    uint32_t *count = vx_array((size_t)(e->schedule.slab_tiles * VX_TILE), sizeof *count);
    if (!count)
        return vx_fail_memory(error);
    for (int64_t s = 0; s < e->schedule.voxel_slabs && !status; s++) {
        size_t bytes = (size_t)tiles_of(e, s) * VX_TILE * sizeof *count;
        if ((status = b->download(b, e->slab[s].count, 0, count, bytes, error)) ||
            (status = b->fill(b, e->slab[s].count, 0, bytes, 0, error)))
            break;
        for (int64_t v = 0; v < voxels_of(e, s); v++)
            tally->exceed[first_tile(e, s) * VX_TILE + v] += count[v];
    }
    free(count);
    return status;
}

vx_status vx_engine_run(vx_engine *e, uint64_t first, uint64_t last, vx_tally *tally, vx_engine_progress progress,
                        void *context, vx_error *error)
{
    uint64_t batch = (uint64_t)e->schedule.batch;
    for (uint64_t done = first; done < last; done += batch) {
        if (progress && !progress(context, done - first, last - first))
            return vx_fail(error, VX_INTERRUPTED, "stopped after %llu of %llu relabellings",
                           (unsigned long long)(done - first), (unsigned long long)(last - first));
        vx_status status = run_range(e, done, (int64_t)(last - done < batch ? last - done : batch), tally, error);
        if (status)
            return status;
    }
    if (progress)
        progress(context, last - first, last - first);
    return e->problem->options.count ? collect_counts(e, tally, error) : VX_OK;
}

vx_status vx_tally_new(const vx_problem *problem, vx_tally **tally, vx_error *error)
{
    size_t count = (size_t)problem->evaluations;
    bool clusters = problem->options.clusters, counts = problem->options.count, tfce = problem->options.tfce;
    vx_tally *t = vx_array_zero(1, sizeof *t);
    if (!t)
        return vx_fail_memory(error);
    t->evaluations = problem->evaluations;
    t->high = vx_array(count, sizeof *t->high);
    t->low = vx_array(count, sizeof *t->low);
    t->extent = clusters ? vx_array_zero(count, sizeof *t->extent) : NULL;
    t->mass = clusters ? vx_array_zero(count, sizeof *t->mass) : NULL;
    t->tfce = tfce ? vx_array_zero(count, sizeof *t->tfce) : NULL;
    t->exceed = counts ? vx_array_zero((size_t)problem->voxels, sizeof *t->exceed) : NULL;
    if (!t->high || !t->low || (clusters && (!t->extent || !t->mass)) || (counts && !t->exceed) || (tfce && !t->tfce)) {
        vx_tally_free(t);
        return vx_fail_memory(error);
    }
    *tally = t;
    return VX_OK;
}

void vx_tally_free(vx_tally *tally)
{
    if (!tally)
        return;
    free(tally->high);
    free(tally->low);
    free(tally->extent);
    free(tally->mass);
    free(tally->tfce);
    free(tally->exceed);
    free(tally);
}
