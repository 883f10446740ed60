#include "engine/engine.h"

#include "base/memory.h"
#include "engine/batch.h"
#include "engine/weights.h"

#include <string.h>

/* The times of launches. Systems stop a device that does not answer its display for about 2 s, so a launch should take
 * no more than LAUNCH_SECONDS, and half of it is the aim.
 *
 *     1. A launch of p relabellings takes a + b p seconds with a, b >= 0, and so one of f p at most f times as long.
 *     2. The first launch has one relabelling. The next has f times as many, where f = aim / time, but f <= GROWTH.
 *     3. Results do not depend on it. */
static const double LAUNCH_SECONDS = 0.5;
enum { GROWTH = 8 };

static int64_t first_launch(const vx_engine *e)
{
    vx_backend *b = e->backend;
    for (int queue = 0; queue < e->schedule.batches && b->longest; queue++)
        b->longest(b, queue); /* forgets the launches of other engines */
    return e->schedule.paced && b->longest ? 1 : e->schedule.batch;
}

/* Sizes the next launch by those of the batch, which have ended. A launch of fewer relabellings than were allowed, as
 * the last one of a range, does not lower the number unless it took too long. */
static void pace(vx_engine *e, const vx_batch *batch)
{
    if (!e->schedule.paced || !e->backend->longest)
        return;
    const double aim = LAUNCH_SECONDS / 2, taken = e->backend->longest(e->backend, batch->queue);
    const double factor = taken > aim / GROWTH ? aim / taken : GROWTH;
    const int64_t count = (int64_t)(factor * (double)batch->count), now = e->launch;
    const int64_t next = factor < 1 ? (count < now ? count : now) : (count > now ? count : now);
    e->launch = next < 1 ? 1 : next < e->schedule.batch ? next : e->schedule.batch;
}

static vx_status new_buffers(vx_engine *e, vx_error *error)
{
    vx_status status = vx_buffers_new(e, VX_OF_ENGINE, e->buffer, error);
    for (int64_t s = 0; s < e->schedule.voxel_slabs && !status; s++)
        status = vx_buffers_new(e, VX_OF_SLAB, e->slab[s], error);
    for (int queue = 0; queue < e->schedule.batches && !status; queue++)
        status = vx_batch_new(e, queue, error);
    return status;
}

/* Makes an engine. *refused becomes true where the device gave no memory for a buffer. */
static vx_status make_engine(vx_backend *backend, const vx_problem *problem, const vx_schedule *schedule,
                             vx_engine **engine, bool *refused, vx_error *error)
{
    vx_status status = VX_OK;
    vx_engine *e = vx_array_zero(1, sizeof *e);
    if (!e)
        return vx_fail_memory(error);
    e->backend = backend;
    e->problem = problem;
    e->schedule = *schedule;
    e->launch = first_launch(e);
    if (!(e->slab = vx_array_zero((size_t)schedule->voxel_slabs, sizeof *e->slab))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if ((status = new_buffers(e, error))) {
        *refused = status == VX_DEVICE;
        goto cleanup;
    }
    if ((status = vx_weights_upload(problem, backend, e->buffer, error)))
        goto cleanup;
    if (problem->lattice.position &&
        (status = backend->upload(backend, 0, e->buffer[VX_B_POSITION], 0, problem->lattice.position,
                                  schedule->buffer[VX_B_POSITION], error)))
        goto cleanup;
    for (int64_t s = 0; s < schedule->voxel_slabs && !schedule->streams; s++)
        if ((status = vx_slab_upload(e, 0, e->slab[s][VX_B_Y], s, error)))
            goto cleanup;
    if (problem->options.tfce && (status = vx_problem_upload_powers(problem, backend, e->buffer[VX_B_POWER], error)))
        goto cleanup;
    if ((status = backend->wait(backend, 0, error))) /* shared buffers are filled before the other queue uses them */
        goto cleanup;
    *engine = e;
    e = NULL;
cleanup:
    vx_engine_free(e);
    return status;
}

vx_status vx_engine_new(vx_backend *backend, const vx_problem *problem, const vx_schedule *schedule, vx_engine **engine,
                        vx_error *error)
{
    bool refused = false;
    return make_engine(backend, problem, schedule, engine, &refused, error);
}

vx_status vx_engine_make(vx_backend *backend, const vx_problem *problem, uint64_t evaluations, size_t limit,
                         vx_engine **engine, vx_error *error)
{
    vx_schedule schedule;
    vx_demand demand = vx_demand_of(problem);
    demand.evaluations = evaluations;
    const size_t bytes = limit ? limit : vx_schedule_memory(&backend->info);
    vx_status status = vx_schedule_make(&demand, backend, bytes, &schedule, error);
    return status ? status : vx_engine_new(backend, problem, &schedule, engine, error);
}

vx_status vx_engine_open(vx_backend *backend, const vx_problem *problem, vx_schedule *schedule, vx_engine **engine,
                         vx_error *error)
{
    const vx_demand demand = vx_demand_of(problem);
    vx_schedule tried = *schedule;
    bool refused = false;
    vx_status status = make_engine(backend, problem, &tried, engine, &refused, error), again = status;
    while (again && refused && !vx_schedule_make(&demand, backend, tried.bytes / 2, &tried, NULL)) {
        refused = false;
        again = make_engine(backend, problem, &tried, engine, &refused, NULL);
    }
    if (again)
        return status;
    *schedule = tried;
    return VX_OK;
}

void vx_engine_free(vx_engine *e)
{
    if (!e)
        return;
    vx_buffers_free(e, e->buffer);
    for (int64_t s = 0; e->slab && s < e->schedule.voxel_slabs; s++)
        vx_buffers_free(e, e->slab[s]);
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
    vx_status status = vx_batch_start(e, batch, 1, VX_STORE, 0, error);
    if (!status)
        status = vx_fetch(b, 0, batch->buffer[VX_B_SCORE], score, (size_t)e->problem->voxels * sizeof *score, error);
    pace(e, batch);
    batch->count = 0;
    return status;
}

/* The bounds of lanes past the last voxel stay 0, as their counts are never read. */
vx_status vx_engine_count_against(vx_engine *e, const int32_t *high, const int32_t *low, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_status status = VX_OK;
    for (int64_t s = 0; s < e->schedule.voxel_slabs && !status; s++) {
        int64_t v0 = vx_slab_first_tile(e, s) * VX_TILE;
        size_t bytes = (size_t)vx_slab_voxels(e, s) * 4;
        if (!(status = b->upload(b, 0, e->slab[s][VX_B_COUNT_HIGH], 0, high + v0, bytes, error)))
            status = b->upload(b, 0, e->slab[s][VX_B_COUNT_LOW], 0, low + v0, bytes, error);
    }
    return status;
}

static vx_status finish(vx_engine *e, vx_batch *batch, vx_error *error)
{
    vx_status status = vx_batch_finish(e, batch, error);
    pace(e, batch);
    return status;
}

/* Evaluates the relabellings whose lists were cut again, with lists that hold every voxel. */
static vx_status run_overflows(vx_engine *e, vx_batch *batch, vx_tally *tally, vx_error *error)
{
    int64_t voxels = e->problem->voxels, most = (int64_t)e->schedule.list_entries / voxels, count = batch->overflows;
    most = most < e->schedule.batch ? most : e->schedule.batch;
    tally->overflows += (uint64_t)count;
    for (int64_t done = 0, now; done < count; done += now) {
        now = most < e->launch ? most : e->launch;
        now = count - done < now ? count - done : now;
        for (int64_t i = 0; i < now; i++) { /* overflow[done + i] >= done + i, so no element is read after it was
                                             * overwritten */
            batch->index[i] = batch->index[batch->overflow[done + i]];
            batch->place[i] = batch->place[batch->overflow[done + i]];
        }
        vx_status status = vx_batch_start(e, batch, now, VX_COMPACT, voxels, error);
        if (status || (status = finish(e, batch, error)) || (status = vx_batch_reduce(e, batch, tally, error)))
            return status;
    }
    return VX_OK;
}

/* Starts the relabellings [first, first + count). */
static vx_status begin_range(vx_engine *e, vx_batch *batch, uint64_t first, int64_t count, vx_error *error)
{
    for (int64_t i = 0; i < count; i++)
        batch->index[i] = batch->place[i] = first + (uint64_t)i;
    return vx_batch_start(e, batch, count, vx_problem_flags(e->problem), e->schedule.capacity, error);
}

/* Finishes a batch and adds its results to the tally. */
static vx_status end_batch(vx_engine *e, vx_batch *batch, vx_tally *tally, vx_error *error)
{
    vx_status status = finish(e, batch, error);
    batch->overflows = 0;
    if (!status)
        status = vx_batch_reduce(e, batch, tally, error);
    if (!status && batch->overflows)
        status = run_overflows(e, batch, tally, error);
    if (!status)
        batch->count = 0;
    return status;
}

/* Moves the counts to the tally and sets the device's to 0, because they have only 32 bits. */
static vx_status collect_counts(vx_engine *e, vx_tally *tally, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_status status = VX_OK;
    uint32_t *count = vx_array((size_t)(e->schedule.slab_tiles * VX_TILE), sizeof *count);
    if (!count)
        return vx_fail_memory(error);
    for (int64_t s = 0; s < e->schedule.voxel_slabs && !status; s++) {
        size_t bytes = (size_t)vx_slab_tiles(e, s) * VX_TILE * sizeof *count;
        if ((status = vx_fetch(b, 0, e->slab[s][VX_B_COUNTS], count, bytes, error)) ||
            (status = b->fill(b, 0, e->slab[s][VX_B_COUNTS], 0, bytes, 0, error)))
            break;
        for (int64_t v = 0; v < vx_slab_voxels(e, s); v++)
            tally->exceed[vx_slab_first_tile(e, s) * VX_TILE + v] += count[v];
    }
    free(count);
    return status;
}

/* Waits for batches that are still under way, where a run ended early. */
static void abandon_batches(vx_engine *e)
{
    for (int queue = 0; queue < e->schedule.batches; queue++) {
        if (e->batch[queue].count)
            e->backend->wait(e->backend, queue, NULL);
        e->batch[queue].count = 0;
    }
}

/* The batches take turns: each is finished, and started again with the next relabellings, while the other is under
 * way. */
vx_status vx_engine_run(vx_engine *e, uint64_t first, uint64_t last, vx_tally *tally, vx_engine_progress progress,
                        void *context, vx_error *error)
{
    uint64_t next = first, done = first;
    vx_status status = VX_OK;
    for (int turn = 0; done < last && !status; turn = (turn + 1) % e->schedule.batches) {
        vx_batch *batch = &e->batch[turn];
        uint64_t ended = (uint64_t)batch->count;
        if (ended && (status = end_batch(e, batch, tally, error)))
            break;
        const uint64_t size = (uint64_t)e->launch, count = last - next < size ? last - next : size;
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
        now = count - done < e->launch ? count - done : e->launch;
        for (int64_t i = 0; i < now; i++) {
            batch->index[i] = index[done + i];
            batch->place[i] = (uint64_t)(done + i);
        }
        if (!(status = vx_batch_start(e, batch, now, vx_problem_flags(e->problem), e->schedule.capacity, error)))
            status = end_batch(e, batch, tally, error);
    }
    abandon_batches(e);
    return status;
}

vx_status vx_engine_scores(vx_engine *e, const uint64_t *index, int64_t count, int32_t *score, vx_error *error)
{
    vx_backend *b = e->backend;
    vx_batch *batch = &e->batch[0];
    vx_buffer *const own = batch->buffer[VX_B_SCORE];
    const int64_t map = e->problem->tiles * VX_TILE;
    vx_status status = VX_OK;
    for (int64_t done = 0, now; done < count && !status; done += now) {
        now = count - done < e->schedule.batch ? count - done : e->schedule.batch;
        memcpy(batch->index, index + done, (size_t)now * sizeof *index);
        if ((status = b->buffer_over(b, score + done * map, &batch->buffer[VX_B_SCORE], error)))
            break;
        if (!(status = vx_batch_start(e, batch, now, VX_STORE, 0, error)))
            status = b->wait(b, batch->queue, error);
        b->buffer_free(b, batch->buffer[VX_B_SCORE]);
    }
    batch->buffer[VX_B_SCORE] = own;
    batch->count = 0;
    return status;
}
