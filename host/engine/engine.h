/* The engine: evaluates ranges of relabellings of one problem on one device.
 *
 * Relabellings are evaluated in batches. A batch leaves maxima and counts, and merging these is associative, so ranges
 * may be evaluated anywhere and in any order. A vx_engine owns its device buffers. */
#ifndef VX_ENGINE_ENGINE_H
#define VX_ENGINE_ENGINE_H

#include "engine/schedule.h"
#include "engine/tally.h"

typedef struct vx_engine vx_engine;

/* Makes an engine by the schedule. */
vx_status vx_engine_new(vx_backend *backend, const vx_problem *problem, const vx_schedule *schedule, vx_engine **engine,
                        vx_error *error);
void vx_engine_free(vx_engine *engine);

/* The same by a schedule for so many relabellings, within `limit` bytes; 0: 80 % of what is free. */
vx_status vx_engine_make(vx_backend *backend, const vx_problem *problem, uint64_t evaluations, size_t limit,
                         vx_engine **engine, vx_error *error);

/* Makes an engine by the schedule. Where the device lacks the memory, tries half of the bytes, and half of those, until
 * the smallest schedule does not fit either; the error is then that of the first attempt. *schedule becomes the
 * schedule of the engine. */
vx_status vx_engine_open(vx_backend *backend, const vx_problem *problem, vx_schedule *schedule, vx_engine **engine,
                         vx_error *error);

/* Computes the scores of the observed data (problem->voxels of them), with the op of all relabellings. */
vx_status vx_engine_observe(vx_engine *engine, int32_t *score, vx_error *error);

/* Sets the bounds that vx_engine_run counts against, as scores (problem->voxels each). */
vx_status vx_engine_count_against(vx_engine *engine, const int32_t *high, const int32_t *low, vx_error *error);

/* Called between batches. Returning false stops the run with VX_INTERRUPTED. */
typedef bool (*vx_engine_progress)(void *context, uint64_t done, uint64_t total);

/* Evaluates [first, last), stores the maxima of each relabelling at the place of its index, and adds the counts.
 * Errors: VX_DEVICE for results that no correct device gives, such as maxima that were never written, or clusters that
 * do not agree with the maxima. */
vx_status vx_engine_run(vx_engine *engine, uint64_t first, uint64_t last, vx_tally *tally, vx_engine_progress progress,
                        void *context, vx_error *error);

/* Evaluates relabelling index[k] into place k, for a problem without counts. */
vx_status vx_engine_evaluate(vx_engine *engine, const uint64_t *index, int64_t count, vx_tally *tally,
                             vx_error *error);

/* Computes the scores of relabelling index[k] alone into score[k], maps of tiles * VX_TILE, on a backend that works in
 * the memory of the host: nothing is copied. */
vx_status vx_engine_scores(vx_engine *engine, const uint64_t *index, int64_t count, int32_t *score, vx_error *error);

#endif
