/* Weights: relabellings in the form that the dense ops take. Those of one relabelling are `elements` numbers, which are
 * stored with those of other relabellings as VX_INTERLEAVE of args.h says:
 *
 *     signflip       uint8 flip[groups], a bit for each row of a group
 *     correlation    float W[1 + k][n]: the regressor and the k nuisances, permuted and with signs */
#ifndef VX_ENGINE_WEIGHTS_H
#define VX_ENGINE_WEIGHTS_H

#include "engine/problem.h"

/* The bytes of the weights of `count` relabellings, in full blocks. */
size_t vx_weights_size(const vx_problem *problem, int64_t count);

/* Fills the weights of the relabellings in `index`, and the rest of the last block with zeros. `weights` has
 * vx_weights_size bytes. Errors: VX_INTERNAL without memory. */
vx_status vx_weights_fill(const vx_problem *problem, const uint64_t *index, int64_t count, void *weights,
                          vx_error *error);

#endif
