#include "engine/engine.h"

#include "base/memory.h"
#include "engine/batch.h"

#include <string.h>

enum { INFINITE_BITS = 0x7f800000 }; /* of the float infinity: those of NaN are above */

static vx_status new_buffers(vx_engine *e, vx_error *error)
{
    const vx_problem *p = e->problem;
    const vx_schedule *s = &e->schedule;
    size_t lanes = (size_t)s->slab_tiles * VX_TILE, works = s->work_entries;
    size_t clusters = p->options.clusters, tfce = p->options.tfce;
    struct {
        vx_buffer **buffer;
        size_t bytes;
    } wanted[] = {
        {&e->y, lanes * (size_t)p->effect->n * 4},
        {&e->position, (p->position ? (size_t)p->voxels : 0) * 4},
        {&e->label, clusters * (size_t)(s->label_slabs * p->slab_size) * 4},
        {&e->parent, works * 4},
        {&e->size, works * 4},
        {&e->sum, works * 8},
        {&e->power, tfce * ((size_t)p->voxels + 1) * 8},
        {&e->work, (size_t)s->maps * s->map_words * 4},
    };
    vx_status status = VX_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && !status; i++)
        if (wanted[i].bytes)
            status = e->backend->buffer_new(e->backend, wanted[i].bytes, wanted[i].buffer, error);
    for (int64_t i = 0; p->options.count && i < s->voxel_slabs && !status; i++) {
        size_t bytes = (size_t)vx_slab_tiles(e, i) * VX_TILE * 4;
        if (!(status = e->backend->buffer_new(e->backend, bytes, &e->slab[i].high, error)) &&
            !(status = e->backend->buffer_new(e->backend, bytes, &e->slab[i].low, error)))
            status = e->backend->buffer_new(e->backend, bytes, &e->slab[i].count, error);
    }
    for (int queue = 0; queue < s->batches && !status; queue++)
        status = vx_batch_new(e, queue, error);
    return status;
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
    vx_status status = e->backend->upload(e->backend, 0, e->power, 0, power, count * sizeof *power, error);
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
    if ((status = new_buffers(e, error)))
        goto cleanup;
    if (problem->position &&
        (status = backend->upload(backend, 0, e->position, 0, problem->position,
                                  (size_t)problem->voxels * sizeof *problem->position, error)))
        goto cleanup;
    if (schedule->voxel_slabs == 1 && (status = vx_slab_upload(e, 0, 0, error)))
        goto cleanup;
    if (problem->options.tfce && (status = upload_powers(e, error)))
        goto cleanup;
    if ((status = backend->wait(backend, 0, error))) /* what is shared is there before the other queue asks for it */
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
    vx_buffer *buffer[] = {e->y, e->position, e->label, e->parent, e->size, e->sum, e->power, e->work};
    for (size_t i = 0; i < sizeof buffer / sizeof *buffer; i++)
        e->backend->buffer_free(e->backend, buffer[i]);
    for (int64_t s = 0; e->slab && s < e->schedule.voxel_slabs; s++) {
        e->backend->buffer_free(e->backend, e->slab[s].high);
        e->backend->buffer_free(e->backend, e->slab[s].low);
        e->backend->buffer_free(e->backend, e->slab[s].count);
    }
    for (int queue = 0; queue < VX_QUEUES; queue++)
        vx_batch_free(e, &e->batch[queue]);
    free(e->slab);
    free(e);
}

vx_status vx_engine_observe(vx_engine *e, int32_t *score, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_batch *batch = &e->batch[0];
    batch->index[0] = 0;
    vx_status status = vx_batch_dense(e, batch, 1, VX_STORE, 0, error);
    if (!status)
        status = vx_fetch(b, 0, batch->score, score, (size_t)e->problem->voxels * sizeof *score, error);
    batch->count = 0;
    return status;
}

/* Lanes past the last voxel get bounds too: their counts are never read. */
vx_status vx_engine_count_against(vx_engine *e, const int32_t *high, const int32_t *low, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_status status = VX_OK;
    for (int64_t s = 0; s < e->schedule.voxel_slabs && !status; s++) {
        int64_t v0 = vx_slab_first_tile(e, s) * VX_TILE;
        size_t bytes = (size_t)vx_slab_voxels(e, s) * 4;
        if (!(status = b->upload(b, 0, e->slab[s].high, 0, high + v0, bytes, error)))
            status = b->upload(b, 0, e->slab[s].low, 0, low + v0, bytes, error);
    }
    return status;
}

/* A maximum that was never written, or is no number, is none that a score can have (args.h). */
static bool is_score(int32_t score)
{
    return (vx_ordered(score) & INT32_MAX) <= INFINITE_BITS;
}

/* What must hold of the maxima of every relabelling, whatever the data. */
static vx_status check_maxima(const vx_engine *e, const vx_batch *batch, int64_t i, vx_error *error)
{
    int32_t high = batch->host_high[i], low = batch->host_low[i];
    const double *best = batch->host_best[i];
    if (is_score(high) && is_score(low) && low <= high &&
        !(e->problem->options.tfce && !(best[0] >= 0.0 && best[1] >= 0.0)))
        return VX_OK;
    return vx_fail(error, VX_DEVICE,
                   "%s (%s) left no valid maxima of relabelling %llu; --device cpu computes without it",
                   e->backend->info.id, e->backend->info.name, (unsigned long long)batch->index[i]);
}

/* Takes the clusters of a relabelling into the tally. There are some exactly where the maxima are beyond the forming
 * threshold, and no more voxels in them than in the list. */
static vx_status keep_clusters(const vx_engine *e, const vx_batch *batch, int64_t i, vx_tally *tally, vx_error *error)
{
    const int32_t *extent = batch->host_extent[i];
    const int64_t *mass = batch->host_mass[i];
    bool high = batch->host_high[i] > e->problem->cut_high, low = batch->host_low[i] < e->problem->cut_low;
    if ((extent[0] > 0) != high || (extent[1] > 0) != low || extent[0] < 0 || extent[1] < 0 || mass[0] < 0 ||
        mass[1] < 0 || (int64_t)extent[0] + extent[1] > batch->host_size[i])
        return vx_fail(error, VX_DEVICE,
                       "%s (%s) found largest clusters of %d and %d voxels in relabelling %llu, which do not agree "
                       "with its maxima; --device cpu computes without it",
                       e->backend->info.id, e->backend->info.name, extent[0], extent[1],
                       (unsigned long long)batch->index[i]);
    for (int tail = 0; tail < 2; tail++) {
        tally->extent[batch->place[i]][tail] = extent[tail];
        tally->mass[batch->place[i]][tail] = (double)mass[tail] / (double)VX_MASS_ONE;
    }
    return VX_OK;
}

/* Computes the relabellings at `again` in the batch once more, with lists that hold every voxel. */
static vx_status run_overflows(vx_engine *e, vx_batch *batch, const int64_t *again, int64_t count, vx_tally *tally,
                               vx_error *error)
{
    int64_t voxels = e->problem->voxels, room = (int64_t)e->schedule.list_entries / voxels;
    room = room < e->schedule.batch ? room : e->schedule.batch;
    for (int64_t done = 0; done < count; done += room) {
        int64_t now = count - done < room ? count - done : room;
        for (int64_t i = 0; i < now; i++) { /* again[done + i] >= done + i: none is taken that was written over */
            batch->index[i] = batch->index[again[done + i]];
            batch->place[i] = batch->place[again[done + i]];
        }
        vx_status status = vx_batch_start(e, batch, now, VX_COMPACT, voxels, error);
        if (status || (status = vx_batch_finish(e, batch, VX_COMPACT, error)))
            return status;
        for (int64_t i = 0; i < now && !status; i++)
            status = keep_clusters(e, batch, i, tally, error);
        if (status)
            return status;
    }
    tally->overflows += (uint64_t)count;
    return VX_OK;
}

/* What a batch of a run leaves. */
static int run_flags(const vx_engine *e)
{
    const vx_problem_options *o = &e->problem->options;
    return (o->count ? VX_COUNT : 0) | (o->clusters ? VX_COMPACT : 0) | (o->tfce ? VX_STORE : 0);
}

/* Asks for the relabellings [first, first + count). */
static vx_status begin_range(vx_engine *e, vx_batch *batch, uint64_t first, int64_t count, vx_error *error)
{
    for (int64_t i = 0; i < count; i++)
        batch->index[i] = batch->place[i] = first + (uint64_t)i;
    return vx_batch_start(e, batch, count, run_flags(e), e->schedule.capacity, error);
}

/* Takes what a batch left into the tally. */
static vx_status end_batch(vx_engine *e, vx_batch *batch, vx_tally *tally, vx_error *error)
{
    const vx_problem *p = e->problem;
    int64_t count = batch->count, overflows = 0, again[VX_BATCH_MAX];
    vx_status status = vx_batch_finish(e, batch, run_flags(e), error);
    for (int64_t i = 0; i < count && !status; i++) {
        uint64_t place = batch->place[i];
        if ((status = check_maxima(e, batch, i, error)))
            break;
        tally->high[place] = vx_score_r(p, batch->host_high[i]);
        tally->low[place] = vx_score_r(p, batch->host_low[i]);
        for (int tail = 0; p->options.tfce && tail < 2; tail++)
            tally->tfce[place][tail] = batch->host_best[i][tail] * vx_problem_tfce_scale(p);
        if (!p->options.clusters)
            continue;
        if (batch->host_size[i] > e->schedule.capacity)
            again[overflows++] = i;
        else
            status = keep_clusters(e, batch, i, tally, error);
    }
    if (!status && overflows)
        status = run_overflows(e, batch, again, overflows, tally, error);
    if (!status)
        batch->count = 0;
    return status;
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
        size_t bytes = (size_t)vx_slab_tiles(e, s) * VX_TILE * sizeof *count;
        if ((status = vx_fetch(b, 0, e->slab[s].count, count, bytes, error)) ||
            (status = b->fill(b, 0, e->slab[s].count, 0, bytes, 0, error)))
            break;
        for (int64_t v = 0; v < vx_slab_voxels(e, s); v++)
            tally->exceed[vx_slab_first_tile(e, s) * VX_TILE + v] += count[v];
    }
    free(count);
    return status;
}

/* Leaves no batch under way, also where a run ended early. */
static void abandon_batches(vx_engine *e)
{
    for (int queue = 0; queue < e->schedule.batches; queue++) {
        if (e->batch[queue].count)
            e->backend->wait(e->backend, queue, NULL);
        e->batch[queue].count = 0;
    }
}

/* The batches take turns: each is fetched, and sent off again with the next relabellings, while the others are under
 * way. */
vx_status vx_engine_run(vx_engine *e, uint64_t first, uint64_t last, vx_tally *tally, vx_engine_progress progress,
                        void *context, vx_error *error)
{
    uint64_t size = (uint64_t)e->schedule.batch, next = first, done = first;
    vx_status status = VX_OK;
    for (int turn = 0; done < last && !status; turn = (turn + 1) % e->schedule.batches) {
        vx_batch *batch = &e->batch[turn];
        uint64_t ended = (uint64_t)batch->count, count = last - next < size ? last - next : size;
        if (ended && (status = end_batch(e, batch, tally, error)))
            break;
        done += ended;
        if (progress && !progress(context, done - first, last - first))
            status = vx_fail(error, VX_INTERRUPTED, "stopped after %llu of %llu relabellings",
                             (unsigned long long)(done - first), (unsigned long long)(last - first));
        if (!status && count)
            status = begin_range(e, batch, next, (int64_t)count, error);
        next += count;
    }
    abandon_batches(e);
    return !status && e->problem->options.count ? collect_counts(e, tally, error) : status;
}

vx_status vx_engine_evaluate(vx_engine *e, const uint64_t *index, int64_t count, vx_tally *tally, vx_error *error)
{
    vx_batch *batch = &e->batch[0];
    vx_status status = VX_OK;
    for (int64_t done = 0, now; done < count && !status; done += now) {
        now = count - done < e->schedule.batch ? count - done : e->schedule.batch;
        for (int64_t i = 0; i < now; i++) {
            batch->index[i] = index[done + i];
            batch->place[i] = (uint64_t)(done + i);
        }
        if (!(status = vx_batch_start(e, batch, now, run_flags(e), e->schedule.capacity, error)))
            status = end_batch(e, batch, tally, error);
    }
    abandon_batches(e);
    return status;
}
