#include "output/output.h"

#include "base/error.h"

#include <errno.h>
#include <sha256.h>
#include <string.h>

vx_status vx_hash_inputs(vx_input_file *input, size_t inputs, vx_error *error)
{
    size_t failed = inputs; /* the first that cannot be read, so that the message does not depend on the threads */
    int reason = 0;
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < inputs; i++)
        if (!SHA256File(input[i].path, input[i].sha256)) {
            int found = errno;
#pragma omp critical(vx_hash_inputs)
            if (i < failed) {
                failed = i;
                reason = found;
            }
        }
    if (failed == inputs)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: cannot be read for its checksum: %s", input[failed].path, strerror(reason));
}
