/* How fast a device is, by a short trial with every result of a default analysis. */
#include "engine/selftest/selftest.h"

#include "engine/selftest/rehearsal.h"

enum { FIRST = 8, ALL = 128 }; /* a driver may build programs at the first launch, which is not measured */

static const vx_trial of_all = {
    .name = "pace",
    .dim = {24, 24, 24},
    .permutations = ALL - 1,
    .options = {.threshold_t = 2.5, .connectivity = 26, .clusters = true, .count = true, .tfce = true,
                .tfce_tails = 3, .tfce_extent = 0.5, .tfce_height = 2},
};

vx_status vx_backend_pace(vx_backend *backend, unsigned ops, double seconds[VX_OPS], vx_error *error)
{
    vx_trial trial = of_all;
    vx_rehearsal r = {0};
    trial.slope = ops & vx_op_bits(VX_OP_CORRELATION);
    trial.nuisance = trial.slope && !(ops & vx_op_bit(VX_OP_CORRELATION, 0));
    for (vx_op op = 0; op < VX_OPS; op++)
        if (!vx_backend_supports(backend, op))
            ops &= ~vx_op_bits(op);
    vx_status status = vx_rehearsal_init(&r, &trial, backend, ops, error);
    if (status || (status = vx_tally_new(r.problem, ALL, &r.tally, error)) ||
        (status = vx_engine_run(r.engine, 0, FIRST, r.tally, NULL, NULL, error)))
        goto cleanup;
    for (vx_op op = 0; op < VX_OPS; op++)
        seconds[op] = -backend->seconds(backend, op);
    if ((status = vx_engine_run(r.engine, FIRST, ALL, r.tally, NULL, NULL, error)))
        goto cleanup;
    for (vx_op op = 0; op < VX_OPS; op++)
        seconds[op] = (seconds[op] + backend->seconds(backend, op)) / (ALL - FIRST);
cleanup:
    vx_rehearsal_destroy(&r);
    return status;
}
