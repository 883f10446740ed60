/* TFCE on the host, for devices that do not compute in double precision. They do the rest of the same relabellings. */
#ifndef VX_INFER_HOST_TFCE_H
#define VX_INFER_HOST_TFCE_H

#include "engine/engine.h"

/* Evaluates the largest TFCE of the relabellings of `range` into the tally, by the C backend. `threads` 0: all.
 * `limit` is the memory for it; 0: 80 % of what is free. */
vx_status vx_host_tfce(const vx_problem *problem, vx_range range, int threads, size_t limit, vx_tally *tally,
                       vx_engine_progress progress, void *context, vx_error *error);

#endif
