/* The trials of the self-test. Values are whole numbers of a small range, so that many scores and heights tie. */
#include "engine/selftest/selftest.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/random.h"
#include "engine/verify.h"

#include <string.h>

enum {
    N = 11,
    SLICE = 64 * 64, /* voxels for each compute unit: several strips for every group of every form in op.c */
    UNITS_MAX = 256,
    SEED = 20,
};

typedef struct vx_trial {
    const char *name;
    bool slope, nuisance;  /* the effect: a regressor's or the mean, beside nuisance or alone */
    bool wide;             /* a slice of voxels for each compute unit; else `dim` */
    int64_t dim[3];
    int64_t permutations;  /* beside the observed labelling */
    int64_t batch;         /* relabellings of a launch; 0: all */
    int64_t slabs;         /* of voxels; 0: one */
    bool overflows;        /* lists hold a quarter of the voxels, which is too short for some relabellings */
    vx_problem_options options;
} vx_trial;

/* Every kind of result, and a forming threshold that gives large clusters. */
#define EVERYTHING                                                                                                     \
    .threshold_t = 1.2, .clusters = true, .count = true, .tfce = true, .tfce_tails = 3, .tfce_extent = 0.5,            \
    .tfce_height = 2

/* More than 128 relabellings a launch, whose number is no multiple of a block. */
static const vx_trial trials[] = {
    {"flips of many strips", .wide = true, .permutations = 300, .batch = 163, .options = {.count = true}},
    {"permutations of many strips", .slope = true, .wide = true, .permutations = 300, .batch = 163,
     .options = {.count = true}},
    {"permutations beside nuisance of many strips", .slope = true, .nuisance = true, .wide = true, .permutations = 300,
     .batch = 163, .options = {.count = true}},
    {"flips in slabs", .dim = {11, 9, 7}, .permutations = 133, .slabs = 3, .overflows = true,
     .options = {EVERYTHING, .connectivity = 26}},
    {"permutations of lists that overflow", .slope = true, .nuisance = true, .dim = {11, 9, 7}, .permutations = 133,
     .overflows = true, .options = {EVERYTHING, .connectivity = 18}},
    {"permutations whose scores are kept", .slope = true, .dim = {13, 9, 1}, .permutations = 133, .slabs = 2,
     .options = {EVERYTHING, .connectivity = 6, .statistics = true}},
    {"flips of one voxel", .dim = {1, 1, 1}, .permutations = 9, .options = {EVERYTHING, .connectivity = 26}},
    {"permutations of one voxel", .slope = true, .nuisance = true, .dim = {1, 1, 1}, .permutations = 9,
     .options = {EVERYTHING, .connectivity = 6}},
};

/* A trial under way, which owns everything but `of`. */
typedef struct vx_rehearsal {
    const vx_trial *of;
    vx_matrix *matrix;
    vx_model *model;
    const vx_effect *effect;
    vx_relabellings *relabellings;
    vx_problem *problem;
    vx_schedule schedule;
    vx_engine *engine;
    vx_tally *tally;
    int32_t *score, *low;
} vx_rehearsal;

static void destroy(vx_rehearsal *r)
{
    vx_engine_free(r->engine);
    vx_problem_free(r->problem);
    vx_relabellings_free(r->relabellings);
    vx_model_free(r->model);
    vx_matrix_free(r->matrix);
    vx_tally_free(r->tally);
    free(r->score);
    free(r->low);
}

/* Makes values from -8 to 7, 4 bits of a random number each. */
static void fill_values(float *data, int64_t voxels)
{
    for (int64_t v = 0; v < voxels; v++) {
        const vx_random4 random = vx_philox(SEED, (uint64_t)v, 0, VX_STREAM_TEST);
        for (int i = 0; i < N; i++)
            data[i * voxels + v] = (float)((int)(random.word[i / 8] >> i % 8 * 4 & 15) - 8);
    }
}

/* The voxels of the box but for every 17th and the last three: there are gaps, and the last tile has a tail. A box of
 * few voxels has no gaps. */
static vx_status make_matrix(vx_rehearsal *r, const int64_t dim[3], vx_error *error)
{
    const int64_t box = dim[0] * dim[1] * dim[2], few = 17;
    const vx_grid grid = vx_grid_new(dim[0], dim[1], dim[2], 1, (double[3]){0});
    vx_space space = {0};
    int64_t voxels = 0;
    int64_t *index = vx_array((size_t)box, sizeof *index);
    float *data = vx_array((size_t)box * N, sizeof *data);
    vx_status status = index && data ? VX_OK : vx_fail_memory(error);
    for (int64_t at = 0; at < box && !status; at++)
        if (box <= few || (at % few && at < box - 3))
            index[voxels++] = at;
    if (status || (status = vx_space_on_grid(&grid, voxels, index, &space, error)))
        goto cleanup;
    fill_values(data, voxels);
    status = vx_matrix_new(&space, N, data, &r->matrix, error);
cleanup:
    vx_space_destroy(&space);
    free(index);
    free(data);
    return status;
}

static vx_status make_problem(vx_rehearsal *r, const vx_problem_options *options, vx_error *error)
{
    static const double level[N] = {5, 3, 7, 4, 8, 2, 4, 6, 5, 3, 9};
    static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61};
    static const vx_regressor covariate = {"level", level}, nuisance = {"age", age};
    const vx_trial *t = r->of;
    vx_status status = vx_model_new(&VX_OPTIONS(vx_model_options, .mean_name = "mean"), N, &covariate, t->slope,
                                    &nuisance, t->nuisance, &r->model, error);
    if (status)
        return status;
    r->effect = &r->model->effect[t->slope];
    if ((status = vx_relabellings_new(r->effect, t->permutations, SEED, &r->relabellings, error)) ||
        (status = vx_problem_new(r->matrix, r->effect, r->relabellings, options, &r->problem, error)))
        return status;
    return vx_problem_fill(r->problem, r->matrix, error);
}

static vx_status make_schedule(vx_rehearsal *r, vx_backend *backend, vx_error *error)
{
    const vx_demand demand = vx_demand_of(r->problem);
    vx_schedule *s = &r->schedule;
    vx_status status = vx_schedule_make(&demand, backend, vx_schedule_memory(&backend->info), s, error);
    if (status)
        return status;
    if (r->of->batch && r->of->batch < s->batch) {
        s->batch = r->of->batch;
        s->batches = backend->queues;
    }
    if (r->of->slabs)
        s->slab_tiles = (r->problem->tiles + r->of->slabs - 1) / r->of->slabs;
    if (r->of->overflows && s->capacity)
        s->capacity = r->problem->voxels / 4;
    vx_schedule_sizes(&demand, s);
    return VX_OK;
}

/* Counts against the observed score of either sign. */
static vx_status observe(vx_rehearsal *r, vx_error *error)
{
    const size_t voxels = (size_t)r->problem->voxels;
    r->score = vx_array(voxels, sizeof *r->score);
    r->low = vx_array(voxels, sizeof *r->low);
    vx_status status = r->score && r->low ? vx_engine_observe(r->engine, r->score, error) : vx_fail_memory(error);
    if (status)
        return status;
    for (size_t v = 0; v < voxels; v++)
        r->low[v] = v % 3 ? vx_r_score(r->problem, -vx_score_r(r->problem, r->score[v])) : r->score[v];
    return vx_engine_count_against(r->engine, r->score, r->low, error);
}

static vx_status evaluate(vx_rehearsal *r, vx_backend *backend, vx_error *error)
{
    const uint64_t all = r->relabellings->evaluations;
    vx_status status = vx_engine_new(backend, r->problem, &r->schedule, &r->engine, error);
    if (status || (status = observe(r, error)) || (status = vx_tally_new(r->problem, all, &r->tally, error)) ||
        (status = vx_engine_run(r->engine, 0, all, r->tally, NULL, NULL, error)))
        return status;
    const bool cut = r->tally->overflows > 0, expected = r->of->overflows && r->problem->options.clusters;
    if (cut != expected)
        return vx_fail(error, VX_DEVICE, "%llu lists overflowed, where %s must",
                       (unsigned long long)r->tally->overflows, expected ? "some" : "none");
    return vx_verify(&(vx_evidence){.device = &backend->info,
                                    .problem = r->problem,
                                    .tally = r->tally,
                                    .range = {0, all},
                                    .score = r->score,
                                    .high = r->score,
                                    .low = r->low,
                                    .batch = r->schedule.batch,
                                    .all = true},
                     error);
}

static vx_status rehearse(const vx_trial *trial, vx_backend *backend, unsigned ops, vx_error *error)
{
    const int units = backend->info.compute_units;
    const int64_t wide[3] = {64, SLICE / 64, units < 1 ? 1 : units < UNITS_MAX ? units : UNITS_MAX};
    vx_rehearsal r = {.of = trial};
    vx_problem_options options = trial->options;
    options.clusters = options.clusters && ops & 1 << VX_OP_CLUSTERS;
    options.tfce = options.tfce && ops & 1 << VX_OP_TFCE;
    vx_status status = make_matrix(&r, trial->wide ? wide : trial->dim, error);
    if (!status && !(status = make_problem(&r, &options, error)) &&
        !(status = make_schedule(&r, backend, error)))
        status = evaluate(&r, backend, error);
    destroy(&r);
    return status ? vx_error_prefix(error, status, "%s", trial->name) : VX_OK;
}

vx_status vx_selftest_trials(vx_backend *backend, unsigned ops, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t t = 0; t < sizeof trials / sizeof *trials && !status; t++) {
        const vx_op op = trials[t].slope ? VX_OP_CORRELATION : VX_OP_SIGNFLIP;
        if (ops & 1u << op)
            status = rehearse(&trials[t], backend, ops, error);
    }
    return status;
}
