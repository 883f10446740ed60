#include "voxstat/image.h"

#include "base/memory.h"

#include <string.h>

vx_status vx_matrix_new(const vx_grid *grid, int64_t n, int64_t voxels, const float *data, const int64_t *index,
                        vx_matrix **matrix, vx_error *error)
{
    size_t cells, plane, volume;
    if (n < 1 || voxels < 1)
        return vx_fail(error, VX_INPUT, "a matrix of %lld x %lld; at least one row and one voxel are needed",
                       (long long)n, (long long)voxels);
    if (!vx_multiply((size_t)grid->dim[0], (size_t)grid->dim[1], &plane) ||
        !vx_multiply(plane, (size_t)grid->dim[2], &volume))
        return vx_fail(error, VX_INPUT, "the size of the grid overflows");
    for (int64_t v = 0; v < voxels; v++)
        if (index[v] < 0 || (size_t)index[v] >= volume || (v > 0 && index[v] <= index[v - 1]))
            return vx_fail(error, VX_INPUT, "voxel %lld has grid index %lld; ascending indices below %zu are needed",
                           (long long)v, (long long)index[v], volume);
    vx_matrix *made = calloc(1, sizeof *made);
    if (made) {
        *made = (vx_matrix){.n = n, .voxels = voxels, .grid = *grid};
        made->index = vx_array((size_t)voxels, sizeof *index);
        if (vx_multiply((size_t)n, (size_t)voxels, &cells))
            made->data = vx_array(cells, sizeof *data);
    }
    if (!made || !made->data || !made->index) {
        vx_matrix_free(made);
        return vx_fail_memory(error);
    }
    memcpy(made->data, data, cells * sizeof *data);
    memcpy(made->index, index, (size_t)voxels * sizeof *index);
    *matrix = made;
    return VX_OK;
}

void vx_matrix_free(vx_matrix *matrix)
{
    if (matrix) {
        free(matrix->data);
        free(matrix->index);
        free(matrix);
    }
}
