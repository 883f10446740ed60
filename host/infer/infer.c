#include "voxstat/result.h"

#include "base/clock.h"
#include "base/distribution.h"
#include "base/memory.h"
#include "engine/verify.h"
#include "infer/exact.h"
#include "infer/maps.h"

#include <math.h>
#include <string.h>

vx_inference_options vx_inference_defaults(void)
{
    return (vx_inference_options){
        .permutations = VX_PERMUTATIONS_AUTO,
        .correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS | VX_CORRECT_FDR | VX_CORRECT_TFCE,
        .tfce_extent = 0.5,
        .tfce_height = 2.0,
        .cluster_p = 0.001,
        .connectivity = 26,
        .tails = VX_TWO_TAILS,
    };
}

static vx_status check_options(const vx_inference_options *o, vx_error *error)
{
    if (o->connectivity != 6 && o->connectivity != 18 && o->connectivity != 26)
        return vx_fail(error, VX_USAGE, "connectivity %d; it is 6, 18 or 26", o->connectivity);
    if (o->cluster_t == 0.0 && !(o->cluster_p > 0.0 && o->cluster_p < 0.5))
        return vx_fail(error, VX_USAGE, "forming threshold p = %g; it lies between 0 and 0.5", o->cluster_p);
    if (!(o->cluster_t >= 0.0 && o->cluster_t < (double)VX_MASS_T_MAX))
        return vx_fail(error, VX_USAGE, "forming threshold t = %g; it lies between 0 and %g", o->cluster_t,
                       (double)VX_MASS_T_MAX);
    if (o->permutations < VX_PERMUTATIONS_AUTO)
        return vx_fail(error, VX_USAGE, "%lld permutations", (long long)o->permutations);
    if (o->correct & VX_CORRECT_TFCE && !(o->tfce_extent >= 0.0 && o->tfce_extent <= 10.0 && o->tfce_height >= 0.0 &&
                                          o->tfce_height <= 10.0))
        return vx_fail(error, VX_USAGE, "TFCE with E = %g, H = %g; both lie between 0 and 10", o->tfce_extent,
                       o->tfce_height);
    if (o->tfce_preset != VX_TFCE_EXACT && o->tfce_height != 2.0)
        return vx_fail(error, VX_USAGE, "TFCE in another tool's steps has H = 2, not %g", o->tfce_height);
    return VX_OK;
}

/* A t found from p has the limits of one that is given. */
static vx_status find_threshold(const vx_inference_options *o, const vx_effect *effect, double *t, vx_error *error)
{
    const double least = fmax(vx_t_upper((double)VX_MASS_T_MAX, effect->df), VX_QUANTILE_P_LEAST);
    if (o->cluster_t == 0.0 && !(o->cluster_p > least))
        return vx_fail(error, VX_USAGE, "forming threshold p = %g; with %g degrees of freedom it lies between %.4g "
                       "and 0.5", o->cluster_p, effect->df, least);
    *t = o->cluster_t > 0.0 ? o->cluster_t : vx_t_quantile_upper(o->cluster_p, effect->df);
    return VX_OK;
}

/* 80 % of what is free, where no limit was given. */
static size_t memory_limit(const vx_inference_options *o, const vx_device_info *info)
{
    return o->memory_limit ? o->memory_limit : info->memory_free / 10 * 8;
}

static vx_status make_schedule(vx_work *w, vx_error *error)
{
    vx_demand demand = vx_demand_of(w->problem);
    const vx_backend *backend = vx_device_backend(w->device);
    return vx_schedule_make(&demand, backend, memory_limit(w->options, &backend->info), &w->schedule, error);
}

/* The tails that are needed, and the steps of the preset. FSL's follow from the observed map: see permute. */
static void choose_tfce(const vx_work *w, vx_problem_options *options)
{
    bool both = w->options->tails == VX_TWO_TAILS || w->relabellings->mirrored;
    options->tfce_tails = both ? 3 : w->options->tails == VX_POSITIVE ? 1 : 2;
    switch (w->options->tfce_preset) {
    case VX_TFCE_EXACT:
    case VX_TFCE_FSL: break;
    case VX_TFCE_PALM:
    case VX_TFCE_NILEARN:
        options->tfce_step = 0.01f;
        options->tfce_step_relative = w->options->tails == VX_TWO_TAILS ? 2 : 1;
        options->tfce_step_times = w->options->tfce_preset == VX_TFCE_PALM;
        break;
    case VX_TFCE_MRTRIX: options->tfce_step = 0.1f; break;
    }
}

/* A hundredth of the largest observed height in the tails in question, rounded down so that the hundredth step still
 * reaches it. */
static float step_of_fsl(const vx_work *w)
{
    float highest = 0.0f;
    for (int64_t v = 0; v < w->problem->voxels; v++) {
        bool asked = w->options->tails == VX_TWO_TAILS || (w->options->tails == VX_POSITIVE) == (w->score[v] > 0);
        highest = asked ? fmaxf(highest, vx_score_height(w->problem, w->score[v])) : highest;
    }
    return nextafterf(highest / 100.0f, 0.0f);
}

/* Checks the options and prepares relabellings, problem and schedule. */
static vx_status prepare(vx_work *w, vx_error *error)
{
    double threshold = 0.0;
    vx_status status = check_options(w->options, error);
    if (status || (status = find_threshold(w->options, w->effect, &threshold, error)) ||
        (status = vx_relabellings_new(w->effect, w->options->permutations, w->options->seed, &w->relabellings, error)))
        return status;
    vx_problem_options options = {
        .threshold_t = threshold,
        .connectivity = w->options->connectivity,
        .clusters = (w->options->correct & (VX_CORRECT_EXTENT | VX_CORRECT_MASS)) != 0,
        .tfce = (w->options->correct & VX_CORRECT_TFCE) != 0,
        .tfce_extent = w->options->tfce_extent,
        .tfce_height = w->options->tfce_height,
    };
    choose_tfce(w, &options);
    if ((status = vx_problem_new(w->matrix, w->effect, w->relabellings, &options, &w->problem, error)))
        return status;
    w->exact = !w->relabellings->exhaustive && vx_exact_possible(w->problem);
    w->problem->options.count = !w->exact;
    return make_schedule(w, error);
}

static vx_plan plan_of(const vx_work *w)
{
    return (vx_plan){
        .possible = w->relabellings->possible,
        .relabellings = w->relabellings->count,
        .evaluations = w->relabellings->evaluations,
        .exhaustive = w->relabellings->exhaustive,
        .exact_uncorrected = w->exact,
        .p_smallest = vx_p_smallest(w->relabellings, w->options->tails),
        .threshold_t = w->problem->options.threshold_t,
        .device_bytes = w->schedule.bytes,
        .batch = w->schedule.batch,
        .slabs = w->schedule.voxel_slabs,
    };
}

static void destroy_work(vx_work *w)
{
    vx_engine_free(w->engine);
    vx_tally_free(w->tally);
    vx_problem_free(w->problem);
    vx_relabellings_free(w->relabellings);
    vx_estimates_destroy(&w->estimates);
    vx_maxima_destroy(&w->maxima);
    free(w->score);
    free(w->high);
    free(w->low);
    vx_result_free(w->result);
}

vx_status vx_infer_plan(const vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                        const vx_inference_options *options, vx_plan *plan, vx_error *error)
{
    vx_work w = {.device = (vx_device *)device, .matrix = matrix, .effect = effect, .options = options};
    vx_status status = prepare(&w, error);
    if (!status)
        *plan = plan_of(&w);
    destroy_work(&w);
    return status;
}

/* Observes the data, evaluates every relabelling, and checks what the device gave. */
static vx_status permute(vx_work *w, vx_progress progress, void *context, vx_error *error)
{
    size_t voxels = (size_t)w->problem->voxels;
    w->score = vx_array(voxels, sizeof *w->score);
    w->high = vx_array(voxels, sizeof *w->high);
    w->low = vx_array(voxels, sizeof *w->low);
    if (!w->score || !w->high || !w->low)
        return vx_fail_memory(error);
    vx_status status = vx_problem_fill(w->problem, w->matrix, error);
    if (status || (status = vx_tally_new(w->problem, w->relabellings->evaluations, &w->tally, error)) ||
        (status = vx_engine_new(vx_device_backend(w->device), w->problem, &w->schedule, &w->engine, error)) ||
        (status = vx_engine_observe(w->engine, w->score, error)))
        return status;
    if (w->options->tfce_preset == VX_TFCE_FSL)
        w->problem->options.tfce_step = step_of_fsl(w);
    if (w->problem->options.count) {
        vx_bounds(w->problem, w->options->tails, w->score, w->high, w->low);
        if ((status = vx_engine_count_against(w->engine, w->high, w->low, error)))
            return status;
    }
    if ((status = vx_engine_run(w->engine, 0, w->relabellings->evaluations, w->tally, progress, context, error)))
        return status;
    vx_engine_free(w->engine); /* its buffers go before those of the check come */
    w->engine = NULL;
    return vx_verify(&(vx_evidence){.device = vx_device_properties(w->device),
                                    .problem = w->problem,
                                    .tally = w->tally,
                                    .score = w->score,
                                    .high = w->high,
                                    .low = w->low,
                                    .batch = w->schedule.batch,
                                    .limit = w->options->memory_limit},
                     error);
}

vx_status vx_infer(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                   const vx_inference_options *options, vx_progress progress, void *context, vx_result **result,
                   vx_error *error)
{
    vx_work w = {.device = device, .matrix = matrix, .effect = effect, .options = options};
    vx_status status = VX_OK;
    w.result = vx_array_zero(1, sizeof *w.result);
    if (!w.result || !(w.result->map = vx_array_zero(VX_QUANTITIES, sizeof *w.result->map))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    w.result->effect = effect;
    w.result->options = *options;
    if ((status = prepare(&w, error)) || (status = vx_estimate(matrix, effect, &w.estimates, error)))
        goto cleanup;
    w.result->plan = plan_of(&w);
    double started = vx_seconds();
    if ((status = permute(&w, progress, context, error)) ||
        (status = vx_maxima_new(w.problem, w.tally, options->tails, &w.maxima, error)))
        goto cleanup;
    w.result->seconds = vx_seconds() - started;
    w.result->overflows = w.tally->overflows;
    if ((status = vx_maps_make(&w, error)))
        goto cleanup;
    *result = w.result;
    w.result = NULL;
cleanup:
    destroy_work(&w);
    return status;
}
