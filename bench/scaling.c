/* How the time of a covariate's analysis, clusters included, grows with voxels, participants and permutations; and that
 * its memory does not grow with the permutations. */
#include "bench/rows.h"

#include <stdio.h>

enum { POINTS = 4, PERMUTATIONS = 1000 };

typedef struct vx_scaling {
    vx_device *device;
    const vx_matrix *matrix;
    const vx_effect *effect;
    vx_inference_options options;
} vx_scaling;

static vx_status run_infer(void *context, vx_error *error)
{
    vx_scaling *s = context;
    vx_result *result = NULL;
    vx_status status = vx_infer(s->device, s->matrix, s->effect, &s->options, NULL, NULL, &result, error);
    vx_result_free(result);
    return status;
}

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
    vx_scaling s = {device, matrix, &model->effect[COVARIATE], vx_inference_defaults()};
    s.options.permutations = permutations;
    s.options.correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS;
    vx_plan plan;
    if ((status = vx_infer_plan(device, matrix, s.effect, &s.options, &plan, error)))
        goto cleanup;
    char name[64];
    snprintf(name, sizeof name, "V %lld, n %lld, P %lld", (long long)voxels, (long long)n, (long long)permutations);
    vx_bench_row row = {.part = "scaling", .name = name, .relabellings = (double)plan.relabellings,
                        .evaluations = (double)plan.evaluations * (double)voxels};
    status = vx_bench_measure(state, &row, run_infer, &s, error);
cleanup:
    vx_matrix_free(matrix);
    vx_model_free(model);
    return status;
}

vx_status vx_bench_scaling(vx_bench_state *state, vx_device *device, vx_error *error)
{
    static const int64_t permutations[] = {250, 1000, 4000, 16000};
    int64_t n = state->options->participants, voxels = state->matrix->voxels;
    vx_status status = VX_OK;
    for (int i = 0; i < POINTS && !status; i++)
        status = point(state, device, n, voxels >> (POINTS - 1 - i), PERMUTATIONS, error);
    for (int i = 0; i < POINTS && !status; i++)
        if ((n << i) / 2 >= 5) /* a covariate leaves none fewer any degrees of freedom */
            status = point(state, device, (n << i) / 2, voxels, PERMUTATIONS, error);
    for (int i = 0; i < POINTS && !status; i++)
        status = point(state, device, n, voxels, permutations[i], error);
    return status;
}
