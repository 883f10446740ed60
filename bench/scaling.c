/* How the time of a covariate's analysis with clusters grows with voxels, participants and permutations. The memory
 * column shows that memory does not grow with permutations. */
#include "bench/rows.h"

#include <stdio.h>

enum { POINTS = 4, PERMUTATIONS = 1000 };

/* One point: n participants, V voxels, P permutations. */
static vx_status point(vx_bench_state *state, vx_device *device, int64_t n, int64_t voxels, int64_t permutations,
                       vx_error *error)
{
    enum { COVARIATE = 1 };
    vx_matrix *matrix = NULL;
    vx_model *model = NULL;
    vx_status status = vx_bench_corner(state->matrix, n, voxels, &matrix, error);
    if (status || (status = vx_bench_model(n, &model, error)))
        goto cleanup;
    vx_bench_effect tested = {device, matrix, &model->effect[COVARIATE], vx_inference_defaults()};
    tested.options.permutations = permutations;
    tested.options.correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS;
    char name[64];
    snprintf(name, sizeof name, "V %lld, n %lld, P %lld", (long long)voxels, (long long)n, (long long)permutations);
    status = vx_bench_infer(state, "scaling", name, &tested, error);
cleanup:
    vx_matrix_free(matrix);
    vx_model_free(model);
    return status;
}

vx_status vx_bench_scaling(vx_bench_state *state, vx_device *device, vx_error *error)
{
    static const int64_t permutations[] = {250, 1000, 4000, 16000};
    int64_t n = state->options->participants, voxels = state->matrix->space.elements;
    vx_status status = VX_OK;
    for (int i = 0; i < POINTS && !status; i++)
        status = point(state, device, n, voxels >> (POINTS - 1 - i), PERMUTATIONS, error);
    for (int i = 0; i < POINTS && !status; i++)
        if ((n << i) / 2 >= 5) /* fewer participants leave no degrees of freedom beside a covariate */
            status = point(state, device, (n << i) / 2, voxels, PERMUTATIONS, error);
    for (int i = 0; i < POINTS && !status; i++)
        status = point(state, device, n, voxels, permutations[i], error);
    return status;
}
