/* The cost of the check that follows every effect (engine/verify.h). Compare it with the rows of `pipeline`. */
#include "bench/rows.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "engine/verify.h"
#include "infer/pvalue.h"

#define CLUSTER_P 0.001
enum { TFCE_PERMUTATIONS = 500 };

/* An effect whose relabellings have been evaluated. */
typedef struct vx_checked {
    vx_relabellings *relabellings;
    vx_problem *problem;
    vx_engine *engine;
    vx_tally *tally;
    int32_t *score, *high, *low;
    vx_evidence evidence;
} vx_checked;

static vx_status run_check(void *context, vx_error *error)
{
    return vx_verify(context, error);
}

static void checked_destroy(vx_checked *c)
{
    vx_engine_free(c->engine);
    vx_tally_free(c->tally);
    vx_problem_free(c->problem);
    vx_relabellings_free(c->relabellings);
    free(c->score);
    free(c->high);
    free(c->low);
}

/* Evaluates the relabellings in the same way as vx_infer. */
static vx_status checked_init(vx_checked *c, vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                              int64_t permutations, const vx_problem_options *options, vx_error *error)
{
    vx_backend *backend = vx_device_backend(device);
    vx_schedule schedule;
    vx_status status = vx_relabellings_new(effect, permutations, 0, &c->relabellings, error);
    if (status || (status = vx_problem_new(matrix, effect, c->relabellings, options, &c->problem, error)) ||
        (status = vx_problem_fill(c->problem, matrix, error)))
        return status;
    vx_demand demand = vx_demand_of(c->problem);
    size_t voxels = (size_t)c->problem->voxels;
    c->score = vx_array(voxels, sizeof *c->score);
    c->high = vx_array(voxels, sizeof *c->high);
    c->low = vx_array(voxels, sizeof *c->low);
    if (!c->score || !c->high || !c->low)
        return vx_fail_memory(error);
    if ((status = vx_schedule_make(&demand, backend, vx_schedule_memory(&backend->info), &schedule, error)) ||
        (status = vx_tally_new(c->problem, c->relabellings->evaluations, &c->tally, error)) ||
        (status = vx_engine_new(backend, c->problem, &schedule, &c->engine, error)) ||
        (status = vx_engine_observe(c->engine, c->score, error)))
        return status;
    vx_exceedance_bounds(c->problem, VX_TWO_TAILS, c->score, c->high, c->low);
    if ((status = vx_engine_count_against(c->engine, c->high, c->low, error)) ||
        (status = vx_engine_run(c->engine, 0, c->relabellings->evaluations, c->tally, NULL, NULL, error)))
        return status;
    c->evidence = (vx_evidence){.device = &backend->info, .problem = c->problem, .tally = c->tally,
                                .range = {0, c->relabellings->evaluations}, .score = c->score, .high = c->high,
                                .low = c->low, .batch = schedule.batch,
                                .threads = vx_device_threads(device)};
    return VX_OK;
}

static vx_status check_row(vx_bench_state *state, vx_device *device, int effect, int64_t permutations, bool clusters,
                           bool tfce, const char *name, vx_error *error)
{
    const vx_effect *tested = &state->model->effect[effect];
    const vx_problem_options options = {.threshold_t = vx_t_quantile_upper(CLUSTER_P, tested->df), .connectivity = 26,
                                        .clusters = clusters, .count = true, .tfce = tfce, .tfce_tails = 3,
                                        .tfce_extent = 0.5, .tfce_height = 2};
    const vx_bench_row row = {.part = "check", .name = name};
    vx_checked c = {0};
    vx_status status = checked_init(&c, device, state->matrix, tested, permutations, &options, error);
    if (!status)
        status = vx_bench_measure(state, &row, run_check, &c.evidence, error);
    checked_destroy(&c);
    return status;
}

vx_status vx_bench_check(vx_bench_state *state, vx_device *device, vx_error *error)
{
    vx_status status;
    if ((status = check_row(state, device, 0, VX_PERMUTATIONS_AUTO, false, false, "sign flips, voxel", error)) ||
        (status = check_row(state, device, 1, VX_PERMUTATIONS_AUTO, true, false, "covariate, voxel + extent + mass",
                            error)))
        return status;
    if (!vx_device_properties(device)->has_double)
        return VX_OK;
    return check_row(state, device, 1, TFCE_PERMUTATIONS, true, true, "covariate, clusters and tfce", error);
}
