/* The parts of the self-test, which a device must pass before it is used for a trial. `ops` is a set of op.h that the
 * backend supports. */
#ifndef VX_ENGINE_SELFTEST_H
#define VX_ENGINE_SELFTEST_H

#include "engine/backend.h"

/* Tiny problems with answers worked by hand. Errors: VX_DEVICE where an answer differs. */
vx_status vx_selftest_known(vx_backend *backend, unsigned ops, vx_error *error);

/* The part of vx_selftest_known for the op relabel. */
vx_status vx_selftest_relabel(vx_backend *backend, vx_error *error);

/* Analyses of small trials, of which vx_verify checks every result:
 *
 *     1. several strips of voxels for every work-group, as the largest trials have voxels for each compute unit;
 *     2. more than 128 relabellings a launch, in numbers that are no multiple of a block, on both queues;
 *     3. lists that overflow, slabs of voxels, tiles with a tail, gaps in the mask, one voxel;
 *     4. ties of scores and of heights, since the values are small integers.
 *
 * Errors: VX_DEVICE where a result is not that of the C backend. */
vx_status vx_selftest_trials(vx_backend *backend, unsigned ops, vx_error *error);

#endif
