/* The trials of the self-test. */
#include "engine/selftest/selftest.h"

#include "base/memory.h"
#include "engine/selftest/rehearsal.h"
#include "engine/verify.h"

#include <string.h>

enum {
    SLICE = 64 * 64, /* voxels for each compute unit: several strips for every group of every form in op.c */
    UNITS_MAX = 256,
    FEW = 4 * SLICE, /* voxels that one thread checks before others have woken up */
};

/* Every kind of result, and a forming threshold that gives large clusters. */
#define EVERYTHING                                                                                                     \
    .threshold_t = 1.2, .clusters = true, .count = true, .tfce = true, .tfce_tails = 3, .tfce_extent = 0.5,            \
    .tfce_height = 2

/* More than 128 relabellings a launch, whose number is no multiple of a block. A box without a third dimension has a
 * slice for each compute unit. */
static const vx_trial trials[] = {
    {"flips of many strips", .dim = {64, SLICE / 64}, .permutations = 300, .batch = 163, .options = {.count = true}},
    {"permutations of many strips", .slope = true, .dim = {64, SLICE / 64}, .permutations = 300, .batch = 163,
     .options = {.count = true}},
    {"permutations beside nuisance of many strips", .slope = true, .nuisance = true, .dim = {64, SLICE / 64},
     .permutations = 300, .batch = 163, .options = {.count = true}},
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
    vx_status status = observe(r, error);
    if (status || (status = vx_tally_new(r->problem, all, &r->tally, error)) ||
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
                                    .threads = r->problem->voxels > FEW ? 0 : 1,
                                    .all = true},
                     error);
}

static vx_status rehearse(const vx_trial *trial, vx_backend *backend, unsigned ops, vx_error *error)
{
    const int units = backend->info.compute_units;
    vx_trial sized = *trial;
    vx_rehearsal r = {0};
    if (!sized.dim[2])
        sized.dim[2] = units < 1 ? 1 : units < UNITS_MAX ? units : UNITS_MAX;
    vx_status status = vx_rehearsal_init(&r, &sized, backend, ops, error);
    if (!status)
        status = evaluate(&r, backend, error);
    vx_rehearsal_destroy(&r);
    return status ? vx_error_prefix(error, status, "%s", trial->name) : VX_OK;
}

vx_status vx_selftest_trials(vx_backend *backend, unsigned ops, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t t = 0; t < sizeof trials / sizeof *trials && !status; t++) {
        vx_trial trial = trials[t];
        const vx_op op = trial.slope ? VX_OP_CORRELATION : VX_OP_SIGNFLIP;
        /* The trials of clusters and TFCE take the program of correlation that there is. */
        if (trial.slope && trial.options.clusters && !(ops & vx_op_bit(op, trial.nuisance)))
            trial.nuisance = !trial.nuisance;
        if (ops & vx_op_bit(op, trial.nuisance))
            status = rehearse(&trial, backend, ops, error);
    }
    return status;
}
