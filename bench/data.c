/* The data of the bench: smooth noise without effect, and a covariate. */
#include "bench/rows.h"

#include "base/error.h"
#include "base/memory.h"
#include "simulate/draw.h"
#include "simulate/smooth.h"
#include "space/grid.h"

#include <string.h>

enum { VOXEL_MM = 2, SEED = 0 };
#define SIGMA_MM (10.0 / 2.3548) /* FWHM 10 mm, as the cohort's images */

vx_status vx_bench_matrix(int64_t n, int64_t voxels, vx_matrix **matrix, vx_error *error)
{
    vx_phantom *phantom = NULL;
    float *volume = NULL, *scratch = NULL, *data = NULL;
    vx_status status = vx_phantom_new(VOXEL_MM, &phantom, error);
    if (status)
        return status;
    const int64_t *dim = phantom->space.grid.dim;
    size_t size = vx_grid_elements(&phantom->space.grid);
    if (voxels <= 0 || voxels > phantom->space.elements)
        voxels = phantom->space.elements;
    size_t cells = 0;
    bool fits = vx_multiply((size_t)n, (size_t)voxels, &cells);
    volume = vx_array(size, sizeof *volume);
    scratch = vx_array(size, sizeof *scratch);
    data = fits ? vx_array(cells, sizeof *data) : NULL;
    if (!volume || !scratch || !data) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t i = 0; i < n; i++) {
#pragma omp parallel for
        for (size_t at = 0; at < size; at++)
            volume[at] = (float)vx_draw_normal(SEED, VX_DRAW_NOISE_BASELINE, i, (uint32_t)at);
        vx_smooth(dim, SIGMA_MM / VOXEL_MM, volume, scratch);
        for (int64_t v = 0; v < voxels; v++)
            data[i * voxels + v] = volume[phantom->space.index[v]];
    }
    phantom->space.elements = voxels;
    status = vx_matrix_new(&phantom->space, n, data, matrix, error);
cleanup:
    free(volume);
    free(scratch);
    free(data);
    vx_phantom_free(phantom);
    return status;
}

vx_status vx_bench_model(int64_t n, vx_model **model, vx_error *error)
{
    double *level = vx_array((size_t)n, sizeof *level);
    if (!level)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < n; i++)
        level[i] = vx_draw_normal(SEED, VX_DRAW_BLOOD, i, VX_48H);
    vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "change", .correlation = VX_PEARSON);
    vx_regressor covariate = {.name = "level", .value = level};
    vx_status status = vx_model_new(&options, n, &covariate, 1, NULL, 0, model, error);
    free(level);
    return status;
}

vx_status vx_bench_corner(const vx_matrix *full, int64_t n, int64_t voxels, vx_matrix **matrix, vx_error *error)
{
    float *data = vx_array((size_t)(n * voxels), sizeof *data); /* no overflow: a part of `full` */
    if (!data)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < n; i++)
        memcpy(data + i * voxels, full->data + i * full->space.elements, (size_t)voxels * sizeof *data);
    vx_space corner = full->space; /* borrows the index: vx_matrix_new copies it */
    corner.elements = voxels;
    vx_status status = vx_matrix_new(&corner, n, data, matrix, error);
    free(data);
    return status;
}
