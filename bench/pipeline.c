/* Complete effects through vx_infer, as a run computes them. */
#include "bench/rows.h"

enum {
    TFCE_PERMUTATIONS = 500,
    VOLUME_SHARE = 16 /* one voxel in so many is in the search volume; the three of sample_data have as many together */
};

static vx_status run_infer(void *context, vx_error *error)
{
    vx_bench_effect *t = context;
    vx_result *result = NULL;
    vx_status status = vx_infer(t->device, t->matrix, t->effect, &t->options, NULL, NULL, &result, error);
    vx_result_free(result);
    return status;
}

vx_status vx_bench_infer(vx_bench_state *state, const char *part, const char *name, vx_bench_effect *tested,
                         vx_error *error)
{
    vx_plan plan;
    vx_status status = vx_infer_plan(tested->device, tested->matrix, tested->effect, &tested->options, &plan, error);
    if (status)
        return status;
    vx_bench_row row = {.part = part, .name = name, .relabellings = (double)plan.relabellings,
                        .evaluations = (double)plan.evaluations * (double)tested->matrix->space.elements};
    return vx_bench_measure(state, &row, run_infer, tested, error);
}

/* What a search volume costs beside the rows of the complete matrix. */
static vx_status measure_volume(vx_bench_state *state, vx_device *device, vx_error *error)
{
    const vx_space *space = &state->matrix->space;
    const int64_t share = space->elements / VOLUME_SHARE;
    vx_bench_effect p = {.device = device, .effect = &state->model->effect[1], .options = vx_inference_defaults()};
    vx_matrix *volume = NULL;
    vx_status status = vx_matrix_restrict(state->matrix, share > 0 ? share : 1, space->index, &volume, error);
    p.matrix = volume;
    p.options.correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS;
    if (!status)
        status = vx_bench_infer(state, "pipeline", "the same in a search volume", &p, error);
    vx_matrix_free(volume);
    return status;
}

vx_status vx_bench_pipeline(vx_bench_state *state, vx_device *device, vx_error *error)
{
    vx_bench_effect p = {.device = device, .matrix = state->matrix, .options = vx_inference_defaults()};
    const unsigned clusters = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS;
    vx_status status;
    p.effect = &state->model->effect[0];
    p.options.correct = VX_CORRECT_VOXEL;
    if ((status = vx_bench_infer(state, "pipeline", "sign flips, voxel", &p, error)))
        return status;
    p.options.correct = clusters;
    if ((status = vx_bench_infer(state, "pipeline", "sign flips, voxel + extent + mass", &p, error)))
        return status;
    p.effect = &state->model->effect[1];
    p.options.correct = VX_CORRECT_VOXEL;
    if ((status = vx_bench_infer(state, "pipeline", "covariate, voxel", &p, error)))
        return status;
    p.options.correct = clusters;
    if ((status = vx_bench_infer(state, "pipeline", "covariate, voxel + extent + mass", &p, error)))
        return status;
    if ((status = measure_volume(state, device, error)))
        return status;
    if (!vx_device_properties(device)->has_double)
        return VX_OK;
    p.options.correct = VX_CORRECT_TFCE;
    p.options.permutations = TFCE_PERMUTATIONS;
    p.options.tails = VX_POSITIVE;
    return vx_bench_infer(state, "pipeline", "covariate, tfce, one tail", &p, error);
}
