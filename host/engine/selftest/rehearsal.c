#include "engine/selftest/rehearsal.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/random.h"

enum { N = 11, SEED = 20 };

void vx_rehearsal_destroy(vx_rehearsal *r)
{
    if (!r)
        return;
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
    s->paced = false; /* a trial is of certain launches */
    if (r->of->slabs)
        s->slab_tiles = (r->problem->tiles + r->of->slabs - 1) / r->of->slabs;
    if (r->of->overflows && s->capacity)
        s->capacity = r->problem->voxels / 4;
    vx_schedule_sizes(&demand, s);
    return VX_OK;
}

vx_status vx_rehearsal_init(vx_rehearsal *r, const vx_trial *trial, vx_backend *backend, unsigned ops,
                            vx_error *error)
{
    vx_problem_options options = trial->options;
    options.clusters = options.clusters && ops & vx_op_bits(VX_OP_CLUSTERS);
    options.tfce = options.tfce && ops & vx_op_bits(VX_OP_TFCE);
    *r = (vx_rehearsal){.of = trial};
    vx_status status = make_matrix(r, trial->dim, error);
    if (status || (status = make_problem(r, &options, error)) || (status = make_schedule(r, backend, error)))
        return status;
    return vx_engine_new(backend, r->problem, &r->schedule, &r->engine, error);
}
