#include "voxstat/inference.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/options.h"
#include "engine/verify.h"
#include "infer/estimate.h"
#include "infer/exact.h"
#include "infer/fingerprint.h"
#include "infer/host_tfce.h"
#include "infer/maps.h"
#include "infer/pvalue.h"
#include "infer/quantiles.h"
#include "infer/settings.h"

struct vx_inference {
    vx_device *device;
    const vx_matrix *matrix;
    const vx_effect *effect;
    vx_relabellings *relabellings;
    vx_problem *problem; /* holds the data after vx_inference_observe */
    vx_problem on_device; /* the part of the problem that the device computes; it borrows from `problem` */
    vx_schedule schedule;
    vx_plan plan;
    vx_engine *engine;          /* null between runs */
    int32_t *score;             /* voxels: of the observed data; null before vx_inference_observe */
    int32_t *high, *low;        /* voxels: bounds of exceedance */
    vx_fingerprint fingerprint; /* set by vx_inference_observe */
    vx_result *result;          /* plan, options and the maps computed so far */
    enum { NEW, OBSERVED, ENDED } stage;
};

static vx_status new_result(vx_inference *in, const vx_inference_options *options, vx_error *error)
{
    in->result = vx_array_zero(1, sizeof *in->result);
    if (!in->result || !(in->result->map = vx_array_zero(VX_QUANTITIES, sizeof *in->result->map)))
        return vx_fail_memory(error);
    in->result->effect = in->effect;
    in->result->voxels = in->matrix->space.elements;
    vx_status status = vx_options_take(options, "vx_inference_options", sizeof in->result->options,
                                       &in->result->options, error);
    return status ? status : vx_settings_check(&in->result->options, error);
}

/* The part of the device is the problem as it is now, but a device without double precision leaves TFCE to the host. */
static void update_device_part(vx_inference *in)
{
    in->on_device = *in->problem;
    in->on_device.options.tfce &= vx_backend_supports(vx_device_backend(in->device), VX_OP_TFCE);
}

/* Makes relabellings, problem and schedule. */
static vx_status prepare(vx_inference *in, vx_error *error)
{
    const vx_inference_options *options = &in->result->options;
    vx_problem_options asked;
    const vx_backend *backend = vx_device_backend(in->device);
    if (options->statistics && !in->matrix->space.name)
        return vx_fail(error, VX_USAGE, "the statistic of every relabelling is kept of elements with names, not of %s",
                       in->matrix->space.plural);
    vx_status status = vx_relabellings_new(in->effect, options->permutations, options->seed, &in->relabellings, error);
    if (status || (status = vx_settings_problem(options, in->effect, in->relabellings, &asked, error)) ||
        (status = vx_problem_new(in->matrix, in->effect, in->relabellings, &asked, &in->problem, error)))
        return status;
    if ((status = vx_device_need(in->device, vx_problem_ops(in->problem), error)))
        return status;
    in->problem->options.count = in->relabellings->exhaustive || !vx_exact_possible(in->problem);
    update_device_part(in);
    vx_demand demand = vx_demand_of(&in->on_device);
    const size_t limit = options->memory_limit ? options->memory_limit : vx_schedule_memory(&backend->info);
    return vx_schedule_make(&demand, backend, limit, &in->schedule, error);
}

static void plan_schedule(vx_plan *plan, const vx_schedule *schedule)
{
    plan->device_bytes = schedule->bytes;
    plan->batch = schedule->batch;
    plan->slabs = schedule->voxel_slabs;
}

static vx_plan plan_of(const vx_inference *in)
{
    vx_plan plan = {
        .possible = in->relabellings->possible,
        .relabellings = in->relabellings->count,
        .evaluations = in->relabellings->evaluations,
        .exhaustive = in->relabellings->exhaustive,
        .exact_uncorrected = !in->problem->options.count,
        .p_smallest = vx_p_smallest(in->relabellings, in->result->options.tails),
        .threshold_t = in->problem->options.threshold_t,
        .host_tfce = in->problem->options.tfce && !in->on_device.options.tfce,
    };
    plan_schedule(&plan, &in->schedule);
    return plan;
}

vx_status vx_inference_new(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                           const vx_inference_options *options, vx_inference **inference, vx_error *error)
{
    vx_status status = VX_OK;
    vx_inference *in = vx_array_zero(1, sizeof *in);
    if (!in)
        return vx_fail_memory(error);
    in->device = device;
    in->matrix = matrix;
    in->effect = effect;
    if ((status = new_result(in, options, error)) || (status = prepare(in, error))) {
        vx_inference_free(in);
        return status;
    }
    in->plan = in->result->plan = plan_of(in);
    *inference = in;
    return VX_OK;
}

void vx_inference_free(vx_inference *in)
{
    if (!in)
        return;
    vx_engine_free(in->engine);
    vx_problem_free(in->problem);
    vx_relabellings_free(in->relabellings);
    free(in->score);
    free(in->high);
    free(in->low);
    vx_result_free(in->result);
    free(in);
}

const vx_plan *vx_inference_plan(const vx_inference *in)
{
    return &in->plan;
}

/* Makes the engine. A device without the planned memory gets a smaller schedule, which stays. */
static vx_status new_engine(vx_inference *in, vx_error *error)
{
    const size_t planned = in->schedule.bytes;
    vx_status status = vx_engine_open(vx_device_backend(in->device), &in->on_device, &in->schedule, &in->engine, error);
    if (status || in->schedule.bytes == planned)
        return status;
    in->plan.device_bytes_refused = in->plan.device_bytes_refused ? in->plan.device_bytes_refused : planned;
    plan_schedule(&in->plan, &in->schedule);
    in->result->plan = in->plan;
    return VX_OK;
}

/* Brings the device into its state after observe(). */
static vx_status fill_device(vx_inference *in, vx_error *error)
{
    update_device_part(in);
    vx_status status = in->engine ? VX_OK : new_engine(in, error);
    return !status && in->problem->options.count ? vx_engine_count_against(in->engine, in->high, in->low, error)
                                                 : status;
}

static void empty_device(vx_inference *in)
{
    vx_engine_free(in->engine);
    in->engine = NULL;
}

/* Computes the observed scores, and from them FSL's step and the bounds of exceedance. */
static vx_status observe(vx_inference *in, vx_error *error)
{
    size_t voxels = (size_t)in->problem->voxels;
    const vx_inference_options *options = &in->result->options;
    in->high = vx_array(voxels, sizeof *in->high);
    in->low = vx_array(voxels, sizeof *in->low);
    in->score = vx_array(voxels, sizeof *in->score);
    if (!in->score || !in->high || !in->low)
        return vx_fail_memory(error);
    vx_status status = vx_problem_fill(in->problem, in->matrix, error);
    update_device_part(in);
    if (status || (status = new_engine(in, error)) ||
        (status = vx_engine_observe(in->engine, in->score, error)))
        return status;
    if (options->tfce_preset == VX_TFCE_FSL)
        in->problem->options.tfce_step = vx_settings_fsl_step(in->problem, options->tails, in->score);
    vx_exceedance_bounds(in->problem, options->tails, in->score, in->high, in->low);
    return VX_OK;
}

/* Steps must be called in order. A step that fails halfway ends the inference. */
static vx_status check_stage(const vx_inference *in, int stage, vx_error *error)
{
    static const char *const reason[] = {[NEW] = "it has been observed already",
                                         [OBSERVED] = "it has not been observed yet"};
    return (int)in->stage == stage ? VX_OK
                                   : vx_fail(error, VX_USAGE, "a step of an inference out of order: %s",
                                             in->stage == ENDED ? "it has ended" : reason[stage]);
}

vx_status vx_inference_observe(vx_inference *in, vx_error *error)
{
    vx_estimates estimates = {0};
    vx_status status = check_stage(in, NEW, error);
    if (status)
        return status;
    in->stage = ENDED;
    if ((status = vx_estimate(in->matrix, in->effect, &estimates, error)))
        return status;
    vx_result_add_estimates(in->result, &estimates);
    if ((status = vx_fingerprint_make(in->matrix, in->effect, &in->result->options, in->relabellings, &in->fingerprint,
                                    error)))
        return status;
    double started = vx_seconds();
    if ((status = observe(in, error)))
        return status;
    in->stage = OBSERVED;
    in->result->seconds += vx_seconds() - started;
    return VX_OK;
}

vx_status vx_inference_tally(const vx_inference *in, vx_tally **tally, vx_error *error)
{
    vx_status status = check_stage(in, OBSERVED, error);
    if (!status && !(status = vx_tally_new(in->problem, in->relabellings->evaluations, tally, error)))
        (*tally)->of = in->fingerprint;
    return status;
}

static vx_status check_tally(const vx_inference *in, const vx_tally *tally, vx_error *error)
{
    const vx_tally_shape shape = vx_tally_shape_of(in->problem, in->relabellings->evaluations);
    return vx_tally_check(tally, &in->fingerprint, &shape, error);
}

/* Evaluates the relabellings of `range` into the maxima and counts of `part`, and checks them on the C backend. */
static vx_status evaluate(vx_inference *in, vx_range range, vx_tally *part, vx_progress progress, void *context,
                          vx_error *error)
{
    vx_status status = fill_device(in, error);
    if (!status && in->plan.host_tfce)
        status = vx_host_tfce_run(in->engine, in->problem, range, vx_device_threads(in->device),
                                  in->result->options.memory_limit, part, progress, context, error);
    else if (!status)
        status = vx_engine_run(in->engine, range.first, range.last, part, progress, context, error);
    empty_device(in); /* frees its buffers before the check allocates others */
    return status ? status
                  : vx_verify(&(vx_evidence){.device = vx_device_properties(in->device),
                                             .problem = in->problem,
                                             .tally = part,
                                             .range = range,
                                             .score = in->score,
                                             .high = in->high,
                                             .low = in->low,
                                             .batch = in->schedule.batch,
                                             .threads = vx_device_threads(in->device),
                                             .limit = in->result->options.memory_limit},
                              error);
}

vx_status vx_inference_run(vx_inference *in, uint64_t first, uint64_t last, vx_tally *tally, vx_progress progress,
                           void *context, vx_error *error)
{
    double started = vx_seconds();
    vx_range *all = NULL;
    size_t count = 0;
    vx_status status = check_stage(in, OBSERVED, error);
    if (status || (status = check_tally(in, tally, error)))
        return status;
    if (first >= last || last > in->relabellings->evaluations)
        return vx_fail(error, VX_USAGE, "relabellings %llu to %llu of 0 to %llu", (unsigned long long)first,
                       (unsigned long long)last, (unsigned long long)in->relabellings->evaluations);
    if ((status = vx_ranges_with(tally->range, tally->ranges, (vx_range){first, last}, &all, &count, error)))
        return status;
    /* Maxima go into the tally, at relabellings that it does not have yet. Counts are added after the check. */
    vx_tally part = *tally;
    part.overflows = 0;
    part.exceed = tally->exceed ? vx_array_zero((size_t)tally->voxels, sizeof *part.exceed) : NULL;
    status = tally->exceed && !part.exceed ? vx_fail_memory(error) : vx_tally_keep_weights(&part, error);
    if (!status)
        status = evaluate(in, (vx_range){first, last}, &part, progress, context, error);
    if (!status) {
        vx_tally_add_counts(tally, &part);
        vx_range *before = tally->range;
        tally->range = all;
        tally->ranges = count;
        all = before;
        in->result->seconds += vx_seconds() - started;
    }
    free(part.exceed);
    free(part.weights);
    free(all);
    return status;
}

/* A complete tally has one range, [0, evaluations). */
static vx_status check_complete(const vx_inference *in, const vx_tally *tally, vx_error *error)
{
    uint64_t all = in->relabellings->evaluations;
    uint64_t missing = tally->ranges && tally->range[0].first == 0 ? tally->range[0].last : 0;
    if (missing >= all)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "the tally lacks relabelling %llu of %llu", (unsigned long long)missing,
                   (unsigned long long)all);
}

static vx_status add_parts(vx_inference *in, const vx_tally *tally, vx_max_statistics *maxima, vx_error *error)
{
    const char *device = vx_device_properties(in->device)->id;
    vx_status status = vx_result_add_voxel_p(in->result, in->problem, in->score, tally, maxima, error);
    const vx_space *space = &in->matrix->space;
    if (!status && !space->name) /* names have no neighbours, and so no clusters */
        status = vx_result_add_clusters(in->result, space, in->problem, in->score, maxima, device, error);
    if (!status && tally->score)
        status = vx_result_add_statistics(in->result, in->problem, in->score, tally, error);
    if (!status && maxima->tfce)
        status = vx_result_add_tfce(in->result, in->problem, in->score, maxima, device, error);
    if (status)
        return status;
    vx_result_add_peaks(in->result, space);
    vx_result_add_null(in->result, maxima);
    const vx_inference_options *options = &in->result->options;
    return options->quantiles ? vx_quantiles_find(in->problem, options, vx_device_threads(in->device),
                                                  &in->result->quantiles, error)
                              : VX_OK;
}

vx_status vx_inference_finish(vx_inference *in, const vx_tally *tally, vx_result **result, vx_error *error)
{
    vx_max_statistics maxima = {0};
    vx_status status = check_stage(in, OBSERVED, error);
    if (status || (status = check_tally(in, tally, error)) || (status = check_complete(in, tally, error)))
        return status;
    in->stage = ENDED;
    if (!(status = vx_max_statistics_new(in->problem, tally, in->result->options.tails, &maxima, error)))
        status = add_parts(in, tally, &maxima, error);
    vx_max_statistics_destroy(&maxima);
    if (status)
        return status;
    in->result->overflows = tally->overflows;
    in->result->relabellings = in->relabellings;
    in->relabellings = NULL;
    *result = in->result;
    in->result = NULL;
    return VX_OK;
}
