#include "engine/selftest/selftest.h"

#include <string.h>

vx_status vx_backend_selftest(vx_backend *backend, unsigned ops, vx_error *error)
{
    for (vx_op op = 0; op < VX_OPS; op++)
        if (!vx_backend_supports(backend, op))
            ops &= ~vx_op_bits(op);
    vx_status status = vx_selftest_known(backend, ops, error);
    if (!status && strcmp(backend->info.id, "cpu") != 0)
        status = vx_selftest_trials(backend, ops, error);
    return status ? vx_error_prefix(error, status, "%s: the self-test failed", backend->info.id) : VX_OK;
}
