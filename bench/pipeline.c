/* Whole effects through vx_infer, as a run computes them, and the loading of images. */
#include "bench/rows.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>

enum { TFCE_PERMUTATIONS = 500 };

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
                        .evaluations = (double)plan.evaluations * (double)tested->matrix->voxels};
    return vx_bench_measure(state, &row, run_infer, tested, error);
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
    p.options.correct = VX_CORRECT_TFCE;
    p.options.permutations = TFCE_PERMUTATIONS;
    p.options.tails = VX_POSITIVE;
    return vx_bench_infer(state, "pipeline", "covariate, tfce, one tail", &p, error);
}

typedef struct vx_load {
    const vx_study_modality *modality;
    int threads;
} vx_load;

static vx_status run_load(void *context, vx_error *error)
{
    const vx_load *load = context;
    vx_mask_options mask = {0};
    vx_mask_report report;
    vx_matrix *matrix = NULL;
    vx_status status =
        vx_matrix_read(load->modality->row, load->modality->n, &mask, load->threads, &matrix, &report, error);
    vx_matrix_free(matrix);
    return status;
}

vx_status vx_bench_load(vx_bench_state *state, vx_error *error)
{
    vx_study *study = NULL;
    char *table = vx_text("%s/participants.tsv", state->options->data);
    if (!table)
        return vx_fail_memory(error);
    vx_study_options options = {.table = table, .design = VX_PAIRED};
    vx_status status = vx_study_read(&options, &study, error);
    if (status)
        goto cleanup;
    vx_load load = {.modality = &study->modality[0]};
    char one[40], all[40];
    snprintf(one, sizeof one, "%lld images, 1 thread", (long long)(2 * load.modality->n));
    snprintf(all, sizeof all, "%lld images, all threads", (long long)(2 * load.modality->n));
    vx_bench_row row = {.part = "load", .name = one};
    load.threads = 1;
    if ((status = vx_bench_measure(state, &row, run_load, &load, error)))
        goto cleanup;
    row.name = all;
    load.threads = 0;
    status = vx_bench_measure(state, &row, run_load, &load, error);
cleanup:
    vx_study_free(study);
    free(table);
    return status;
}
