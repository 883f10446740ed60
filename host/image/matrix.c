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

/* Finds the elements of a matrix that lie at ascending grid indices. */
static vx_status find_elements(const vx_space *space, int64_t voxels, const int64_t *index, int64_t *element,
                               vx_error *error)
{
    int64_t e = 0;
    for (int64_t v = 0; v < voxels; v++) {
        while (e < space->elements && space->index[e] < index[v])
            e++;
        if (e == space->elements || space->index[e] != index[v])
            return vx_fail(error, VX_INPUT, "grid index %lld is no voxel of the matrix", (long long)index[v]);
        element[v] = e;
    }
    return VX_OK;
}

vx_status vx_matrix_restrict(const vx_matrix *matrix, int64_t voxels, const int64_t *index, vx_matrix **restricted,
                             vx_error *error)
{
    vx_space space = {0};
    vx_matrix *made = NULL;
    int64_t *element = NULL;
    size_t cells;
    if (matrix->space.name)
        return vx_fail(error, VX_INPUT, "a matrix of %s has no voxels to choose from", matrix->space.plural);
    vx_status status = vx_space_on_grid(&matrix->space.grid, voxels, index, &space, error);
    if (status)
        return status;
    made = vx_array_zero(1, sizeof *made);
    element = vx_array((size_t)voxels, sizeof *element);
    if (!made || !element || !vx_multiply((size_t)matrix->n, (size_t)voxels, &cells) ||
        !(made->data = vx_array(cells, sizeof *made->data))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if ((status = find_elements(&matrix->space, voxels, index, element, error)))
        goto cleanup;
    for (int64_t i = 0; i < matrix->n; i++)
        for (int64_t v = 0; v < voxels; v++)
            made->data[i * voxels + v] = matrix->data[i * matrix->space.elements + element[v]];
    made->n = matrix->n;
    made->space = space;
    space = (vx_space){0};
    *restricted = made;
    made = NULL;
cleanup:
    vx_space_destroy(&space);
    vx_matrix_free(made);
    free(element);
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
