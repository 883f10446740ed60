/* The reducers: each keeps one kind of result of a relabelling, and checks it. */
#include "engine/batch.h"

#include "base/memory.h"
#include "engine/weights.h"

#include <string.h>

enum { INFINITE_BITS = 0x7f800000 }; /* of the float infinity; those of NaN are larger */

/* Whether a maximum is the value of a score (args.h). A maximum that was never written, or NaN, is not. */
static bool is_score(int32_t score)
{
    return (vx_ordered(score) & INT32_MAX) <= INFINITE_BITS;
}

static vx_status refuse_maxima(const vx_engine *e, const vx_batch *batch, int64_t i, vx_error *error)
{
    return vx_fail(error, VX_DEVICE,
                   "%s (%s) left no valid maxima of relabelling %llu; --device cpu computes without it",
                   e->backend->info.id, e->backend->info.name, (unsigned long long)batch->index[i]);
}

static vx_status keep_maxima(const vx_engine *e, vx_batch *batch, int64_t i, vx_tally *tally, vx_error *error)
{
    int32_t high = ((const int32_t *)batch->host[VX_B_HIGH])[i], low = ((const int32_t *)batch->host[VX_B_LOW])[i];
    if (!is_score(high) || !is_score(low) || low > high)
        return refuse_maxima(e, batch, i, error);
    tally->high[batch->place[i]] = vx_score_r(e->problem, high);
    tally->low[batch->place[i]] = vx_score_r(e->problem, low);
    return VX_OK;
}

static vx_status keep_tfce(const vx_engine *e, vx_batch *batch, int64_t i, vx_tally *tally, vx_error *error)
{
    const double *best = ((const double(*)[2])batch->host[VX_B_BEST])[i];
    if (!(best[0] >= 0.0 && best[1] >= 0.0))
        return refuse_maxima(e, batch, i, error);
    for (int tail = 0; tail < 2; tail++)
        tally->tfce[batch->place[i]][tail] = best[tail] * vx_problem_tfce_scale(e->problem);
    return VX_OK;
}

/* Clusters exist exactly where the maxima exceed the forming threshold, and have no more voxels than the list. A
 * relabelling whose list was cut is noted, and evaluated again later. */
static vx_status keep_clusters(const vx_engine *e, vx_batch *batch, int64_t i, vx_tally *tally, vx_error *error)
{
    const int32_t *extent = ((const int32_t(*)[2])batch->host[VX_B_EXTENT])[i];
    const int64_t *mass = ((const int64_t(*)[2])batch->host[VX_B_MASS])[i];
    int32_t size = ((const int32_t *)batch->host[VX_B_LIST_SIZE])[i];
    bool high = ((const int32_t *)batch->host[VX_B_HIGH])[i] > e->problem->cut_high;
    bool low = ((const int32_t *)batch->host[VX_B_LOW])[i] < e->problem->cut_low;
    if (size > batch->capacity) {
        batch->overflow[batch->overflows++] = i;
        return VX_OK;
    }
    if ((extent[0] > 0) != high || (extent[1] > 0) != low || extent[0] < 0 || extent[1] < 0 || mass[0] < 0 ||
        mass[1] < 0 || (int64_t)extent[0] + extent[1] > size)
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

/* The extremes of the scores are the maxima, which were found and fetched apart from them. */
static vx_status keep_scores(const vx_engine *e, vx_batch *batch, int64_t i, vx_tally *tally, vx_error *error)
{
    const int64_t voxels = e->problem->voxels, map = e->problem->tiles * VX_TILE;
    const int32_t *score = (const int32_t *)batch->host[VX_B_SCORE] + i * map;
    int32_t high = score[0], low = score[0];
    for (int64_t v = 1; v < voxels; v++) {
        high = score[v] > high ? score[v] : high;
        low = score[v] < low ? score[v] : low;
    }
    if (high != ((const int32_t *)batch->host[VX_B_HIGH])[i] || low != ((const int32_t *)batch->host[VX_B_LOW])[i])
        return vx_fail(error, VX_DEVICE,
                       "%s (%s) left statistics of relabelling %llu that do not agree with its maxima; --device cpu "
                       "computes without it",
                       e->backend->info.id, e->backend->info.name, (unsigned long long)batch->index[i]);
    memcpy(tally->score + (int64_t)batch->place[i] * voxels, score, (size_t)voxels * sizeof *score);
    return VX_OK;
}

static const struct {
    int flags; /* VX_ flags, any of which needs the reducer; 0: every batch needs it */
    vx_status (*keep)(const vx_engine *engine, vx_batch *batch, int64_t i, vx_tally *tally, vx_error *error);
} reducers[] = {
    {0, keep_maxima},
    {VX_STORE, keep_scores},
    {VX_HEIGHTS, keep_tfce},
    {VX_COMPACT, keep_clusters},
};

/* The digests of the weights, as they stand after the ops have used them. */
static vx_status keep_weights(const vx_engine *e, const vx_batch *batch, vx_tally *tally, vx_error *error)
{
    uint64_t *digest = vx_array((size_t)batch->count, sizeof *digest);
    vx_status status = digest ? vx_weights_digest(e->problem, &e->schedule, e->backend, batch->queue,
                                                  batch->buffer[VX_B_W], batch->count, digest, error)
                              : vx_fail_memory(error);
    for (int64_t i = 0; i < batch->count && !status; i++)
        tally->weights[batch->place[i]] = digest[i];
    free(digest);
    return status;
}

vx_status vx_batch_reduce(vx_engine *e, vx_batch *batch, vx_tally *tally, vx_error *error)
{
    vx_status status = tally->weights ? keep_weights(e, batch, tally, error) : VX_OK;
    for (int64_t i = 0; i < batch->count; i++)
        for (size_t r = 0; r < sizeof reducers / sizeof *reducers && !status; r++)
            if (!reducers[r].flags || reducers[r].flags & batch->flags)
                status = reducers[r].keep(e, batch, i, tally, error);
    return status;
}
