/* Known answers: tiny problems of every op, worked by hand. */
#include "engine/selftest/known.h"
#include "engine/selftest/selftest.h"

enum { ZEROS = 4 * VX_TILE }; /* of the largest buffer that begins with them */

vx_status vx_known_expect(const char *what, int index, long long found, long long wanted, vx_error *error)
{
    return found == wanted
               ? VX_OK
               : vx_fail(error, VX_DEVICE, "%s %d came out as %lld instead of %lld", what, index, found, wanted);
}

/* Makes the buffers. New buffers are zero already, but Oclgrind takes memory for uninitialised where nothing was
 * uploaded. */
vx_status vx_known_start(vx_backend *backend, const vx_known_buffer *all, size_t count, vx_buffer **buffers,
                         vx_error *error)
{
    static const int32_t zeros[ZEROS];
    for (size_t i = 0; i < count; i++) {
        vx_buffer **buffer = &buffers[all[i].place];
        const void *data = all[i].data ? all[i].data : zeros;
        if (!all[i].data && all[i].bytes > sizeof zeros)
            return vx_fail(error, VX_INTERNAL, "the self-test wants %zu zeros", all[i].bytes);
        vx_status status = backend->buffer_new(backend, all[i].bytes, buffer, error);
        if (status == VX_OK)
            status = backend->upload(backend, 0, *buffer, 0, data, all[i].bytes, error);
        if (status != VX_OK)
            return status;
    }
    return VX_OK;
}

vx_status vx_selftest_known(vx_backend *backend, unsigned ops, vx_error *error)
{
    static vx_status (*const known[VX_OPS][VX_OP_VARIANTS_MAX])(vx_backend *backend, vx_error *error) = {
        [VX_OP_RELABEL] = {vx_selftest_relabel},
        [VX_OP_SIGNFLIP] = {vx_known_signflip},
        [VX_OP_CORRELATION] = {vx_known_correlation, vx_known_nuisance},
        [VX_OP_CLUSTERS] = {vx_known_clusters},
        [VX_OP_TFCE] = {vx_known_tfce},
        [VX_OP_CONVOLVE] = {vx_known_convolve},
        [VX_OP_SPLINE] = {vx_known_spline},
        [VX_OP_SAMPLE] = {vx_known_sample},
    };
    vx_status status = VX_OK;
    for (vx_op op = 0; op < VX_OPS; op++)
        for (int v = 0; v < vx_op_table[op].variants && !status; v++)
            if (ops & vx_op_bit(op, v))
                status = known[op][v](backend, error);
    return status;
}
