/* Weights: relabellings in the form that the dense ops take, which the op relabel makes. Those of one relabelling are
 * `elements` numbers, which are stored with those of other relabellings as VX_INTERLEAVE of args.h says:
 *
 *     signflip       uint8 flip[groups], a bit for each row of a group
 *     correlation    float W[1 + k][n]: the regressor and the k nuisances, permuted and with signs */
#ifndef VX_ENGINE_WEIGHTS_H
#define VX_ENGINE_WEIGHTS_H

#include "engine/schedule.h"

/* The arguments of relabel for the relabellings [first, first + count). */
vx_relabel_args vx_weights_args(const vx_problem *problem, const vx_schedule *schedule, uint64_t first, int64_t count);

/* Fills VX_B_PEOPLE and VX_B_DESIGN. */
vx_status vx_weights_upload(const vx_problem *problem, vx_backend *backend, vx_buffer *const buffer[VX_BUFFERS],
                            vx_error *error);

/* Reads the weights of a launch of `count` relabellings back from VX_B_W. Computes a digest of 64 bits of each, which
 * does not depend on the schedule. Equal weights have equal bits, and so equal digests, on every device. */
vx_status vx_weights_digest(const vx_problem *problem, const vx_schedule *schedule, vx_backend *backend, int queue,
                            vx_buffer *buffer, int64_t count, uint64_t *digest, vx_error *error);

#endif
