/* The engine: runs ranges of relabellings of one problem on one device.
 *
 * Work goes in batches; a batch leaves maxima and counts, which merge associatively, so that ranges may run anywhere
 * and in any order. A vx_engine owns its device buffers. */
#ifndef VX_ENGINE_ENGINE_H
#define VX_ENGINE_ENGINE_H

#include "engine/schedule.h"
#include "engine/tally.h"

typedef struct vx_engine vx_engine;

vx_status vx_engine_new(vx_backend *backend, const vx_problem *problem, const vx_schedule *schedule, vx_engine **engine,
                        vx_error *error);
void vx_engine_free(vx_engine *engine);

/* The scores of the data as observed (problem->voxels of them), from the same op as all others. */
vx_status vx_engine_observe(vx_engine *engine, int32_t *score, vx_error *error);

/* The bounds that vx_engine_run counts against, in scores (problem->voxels of each). */
vx_status vx_engine_count_against(vx_engine *engine, const int32_t *high, const int32_t *low, vx_error *error);

/* Called between batches; returning false stops with VX_INTERRUPTED. */
typedef bool (*vx_engine_progress)(void *context, uint64_t done, uint64_t total);

/* Evaluates [first, last), each into the place of its own number, and adds the counts. VX_DEVICE where what the device
 * leaves cannot be: maxima that were never written, clusters that are not those of the maxima. */
vx_status vx_engine_run(vx_engine *engine, uint64_t first, uint64_t last, vx_tally *tally, vx_engine_progress progress,
                        void *context, vx_error *error);

/* Evaluates the relabellings index[k] into places k, for a problem that counts nothing. */
vx_status vx_engine_evaluate(vx_engine *engine, const uint64_t *index, int64_t count, vx_tally *tally,
                             vx_error *error);

#endif
