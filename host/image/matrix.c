#include "voxstat/image.h"

#include "base/memory.h"
#include "space/space.h"

#include <string.h>

vx_status vx_matrix_new(const vx_space *space, int64_t n, const float *data, vx_matrix **matrix, vx_error *error)
{
    vx_status status = VX_OK;
    size_t cells;
    if (n < 1)
        return vx_fail(error, VX_INPUT, "a matrix of %lld rows; at least one is needed", (long long)n);
    vx_matrix *made = vx_array_zero(1, sizeof *made);
    if (!made || !vx_multiply((size_t)n, (size_t)space->elements, &cells) ||
        !(made->data = vx_array(cells, sizeof *data))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if ((status = vx_space_copy(space, &made->space, error)))
        goto cleanup;
    made->n = n;
    memcpy(made->data, data, cells * sizeof *data);
    *matrix = made;
    made = NULL;
cleanup:
    vx_matrix_free(made);
    return status;
}

void vx_matrix_free(vx_matrix *matrix)
{
    if (matrix) {
        free(matrix->data);
        vx_space_destroy(&matrix->space);
        free(matrix);
    }
}
