/* The work of a run on the host, before and after the permutations: load, prepare, write. */
#include "bench/rows.h"

#include "base/error.h"
#include "base/memory.h"
#include "engine/problem.h"
#include "image/means.h"
#include "output/manifest.h"
#include "output/output.h"

#include <stdio.h>
#include <unistd.h>

enum {
    PERMUTATIONS = 100, /* of the results that are written; their number hardly changes the files */
    REGIONS = 62        /* of equal size, together the mask */
};

/* A cohort, and the results of its mean change. */
typedef struct vx_stages {
    vx_study *study;
    const vx_study_modality *modality;
    vx_matrix *matrix;
    vx_mask_report mask;
    vx_model *model;
    vx_device *device;
    vx_result *result;
    vx_sources sources;
    vx_voxel_set region[REGIONS];
    int threads;
} vx_stages;

static vx_status run_load(void *context, vx_error *error)
{
    const vx_stages *s = context;
    vx_mask_options mask = VX_OPTIONS(vx_mask_options);
    vx_mask_report report;
    vx_matrix *matrix = NULL;
    vx_status status = vx_matrix_read(s->modality->row, s->modality->n, &mask, s->threads, &matrix, &report, error);
    vx_matrix_free(matrix);
    return status;
}

/* The images once more without any region, and for all regions. */
static vx_status run_means(vx_stages *s, size_t regions, vx_error *error)
{
    vx_means *means = NULL;
    vx_status status = vx_means_read(&s->sources, s->region, regions, s->threads, &means, error);
    if (!status && means->missing)
        status = vx_fail(error, VX_INPUT, "%s", means->first_missing);
    vx_means_free(means);
    return status;
}

static vx_status run_again(void *context, vx_error *error)
{
    return run_means(context, 0, error);
}

static vx_status run_regions(void *context, vx_error *error)
{
    return run_means(context, REGIONS, error);
}

/* The plan, residuals of unit length in tiles, and places in the grid. */
static vx_status run_prepare(void *context, vx_error *error)
{
    const vx_stages *s = context;
    const vx_effect *effect = &s->model->effect[0];
    const vx_problem_options options = {.threshold_t = 3, .connectivity = 26, .clusters = true};
    vx_relabellings *relabellings = NULL;
    vx_problem *problem = NULL;
    vx_status status = vx_relabellings_new(effect, PERMUTATIONS, 0, &relabellings, error);
    if (!status)
        status = vx_problem_new(s->matrix, effect, relabellings, &options, &problem, error);
    if (!status)
        status = vx_problem_fill(problem, s->matrix, error);
    vx_problem_free(problem);
    vx_relabellings_free(relabellings);
    return status;
}

/* Writes every file of one effect into a folder that is removed afterwards. */
static vx_status run_write(void *context, vx_error *error)
{
    const vx_stages *s = context;
    const char *parent = getenv("TMPDIR");
    const vx_record_modality modality = {.name = s->modality->name, .study = s->modality, .matrix = s->matrix,
                                         .mask = s->mask, .model = s->model, .result = &s->result};
    const vx_record record = {.version = VOXSTAT_VERSION, .command_line = "voxstat bench", .started = "",
                              .device = vx_device_properties(s->device), .study = s->study, .modality = &modality,
                              .modalities = 1};
    vx_folder *folder = NULL;
    char *out = vx_text("%s/voxstat-bench-%ld", parent ? parent : "/tmp", (long)getpid());
    const vx_folder_options options = {.out = out, .kind = VX_KIND_ANALYSIS};
    vx_status status = out ? vx_folder_begin(&options, &folder, error) : vx_fail_memory(error);
    if (!status)
        status = vx_write_results(vx_folder_path(folder), &record, error);
    vx_folder_abandon(folder);
    free(out);
    return status;
}

static vx_status stages_init(vx_stages *s, const char *data, vx_error *error)
{
    char *table = vx_text("%s/participants.tsv", data);
    vx_study_options options = VX_OPTIONS(vx_study_options, .table = table, .design = VX_PAIRED);
    vx_mask_options mask = VX_OPTIONS(vx_mask_options);
    const vx_model_options mean = VX_OPTIONS(vx_model_options, .mean_name = "change");
    vx_inference_options inference = vx_inference_defaults();
    inference.permutations = PERMUTATIONS;
    vx_status status = table ? vx_study_read(&options, &s->study, error) : vx_fail_memory(error);
    if (status)
        goto cleanup;
    s->modality = &s->study->modality[0];
    if ((status = vx_sources_init(s->modality->row, s->modality->n, &mask, false, &s->sources, error)) ||
        (status = vx_matrix_from_sources(&s->sources, 0, NULL, &s->matrix, &s->mask, error)) ||
        (status = vx_model_new(&mean, s->modality->n, NULL, 0, NULL, 0, &s->model, error)) ||
        (status = vx_device_open("cpu", NULL, &s->device, NULL, 0, error)))
        goto cleanup;
    const int64_t voxels = s->matrix->space.elements;
    for (int64_t r = 0; r < REGIONS; r++) {
        const int64_t first = voxels * r / REGIONS;
        s->region[r] = (vx_voxel_set){.index = s->matrix->space.index + first,
                                      .voxels = voxels * (r + 1) / REGIONS - first};
    }
    status = vx_infer(s->device, s->matrix, &s->model->effect[0], &inference, NULL, NULL, &s->result, error);
cleanup:
    free(table);
    return status;
}

static void stages_destroy(vx_stages *s)
{
    vx_sources_destroy(&s->sources);
    vx_result_free(s->result);
    vx_device_free(s->device);
    vx_model_free(s->model);
    vx_matrix_free(s->matrix);
    vx_study_free(s->study);
}

vx_status vx_bench_stages(vx_bench_state *state, vx_error *error)
{
    vx_stages s = {0};
    vx_status status = stages_init(&s, state->options->data, error);
    if (status)
        goto cleanup;
    long long images = 2 * (long long)s.modality->n;
    char one[40], all[40], again[40], regions[48], files[40];
    snprintf(one, sizeof one, "%lld images, 1 thread", images);
    snprintf(all, sizeof all, "%lld images, all threads", images);
    snprintf(again, sizeof again, "%lld images, once more", images);
    snprintf(regions, sizeof regions, "%d regions of %lld images", REGIONS, images);
    snprintf(files, sizeof files, "one effect, %d maps and HDF5", (int)s.result->maps);
    s.threads = 1;
    if ((status = vx_bench_measure(state, &(vx_bench_row){.part = "load", .name = one}, run_load, &s, error)))
        goto cleanup;
    s.threads = 0;
    if ((status = vx_bench_measure(state, &(vx_bench_row){.part = "load", .name = all}, run_load, &s, error)) ||
        (status = vx_bench_measure(state, &(vx_bench_row){.part = "load", .name = again}, run_again, &s, error)) ||
        (status = vx_bench_measure(state, &(vx_bench_row){.part = "load", .name = regions}, run_regions, &s, error)) ||
        (status = vx_bench_measure(state, &(vx_bench_row){.part = "prepare", .name = "one effect"}, run_prepare, &s,
                                   error)))
        goto cleanup;
    status = vx_bench_measure(state, &(vx_bench_row){.part = "write", .name = files}, run_write, &s, error);
    if (!status)
        status = vx_bench_image_rows(state, s.modality->row[0].session[0].path, error);
cleanup:
    stages_destroy(&s);
    return status;
}
