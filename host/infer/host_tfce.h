/* TFCE on the host, for devices that do not compute in double precision. The device does the rest of the same
 * relabellings, and while it is at the next ones, the host computes TFCE of those that it has done. */
#ifndef VX_INFER_HOST_TFCE_H
#define VX_INFER_HOST_TFCE_H

#include "engine/engine.h"

/* Evaluates the relabellings of `range` into the tally: the device's engine by its own problem, and the C backend the
 * largest TFCE of `problem`. `threads` 0: all. `limit` is the memory for TFCE; 0: 80 % of what is free. */
vx_status vx_host_tfce_run(vx_engine *device, const vx_problem *problem, vx_range range, int threads, size_t limit,
                           vx_tally *tally, vx_engine_progress progress, void *context, vx_error *error);

#endif
