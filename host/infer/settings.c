#include "infer/settings.h"

#include "base/distribution.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

void vx_inference_defaults_fill(vx_inference_options *options, size_t size)
{
    const vx_inference_options defaults =
        VX_OPTIONS(vx_inference_options, .permutations = VX_PERMUTATIONS_AUTO,
                   .correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS | VX_CORRECT_FDR | VX_CORRECT_TFCE,
                   .tfce_extent = 0.5, .tfce_height = 2.0, .cluster_p = 0.001, .connectivity = 26,
                   .tails = VX_TWO_TAILS);
    memset(options, 0, size);
    memcpy(options, &defaults, size < sizeof defaults ? size : sizeof defaults);
    memcpy(options, &size, sizeof size);
}

vx_status vx_settings_check(const vx_inference_options *o, vx_error *error)
{
    if (o->connectivity != 6 && o->connectivity != 18 && o->connectivity != 26)
        return vx_fail(error, VX_USAGE, "connectivity %d; it must be 6, 18 or 26", o->connectivity);
    if (o->cluster_t == 0.0 && !(o->cluster_p > 0.0 && o->cluster_p < 0.5))
        return vx_fail(error, VX_USAGE, "forming threshold p = %g; it must be between 0 and 0.5", o->cluster_p);
    if (!(o->cluster_t >= 0.0 && o->cluster_t < (double)VX_MASS_T_MAX))
        return vx_fail(error, VX_USAGE, "forming threshold t = %g; it must be between 0 and %g", o->cluster_t,
                       (double)VX_MASS_T_MAX);
    if (o->permutations < VX_PERMUTATIONS_AUTO)
        return vx_fail(error, VX_USAGE, "%lld permutations", (long long)o->permutations);
    if (o->correct & VX_CORRECT_TFCE && !(o->tfce_extent >= 0.0 && o->tfce_extent <= 10.0 && o->tfce_height >= 0.0 &&
                                          o->tfce_height <= 10.0))
        return vx_fail(error, VX_USAGE, "TFCE with E = %g, H = %g; both must be between 0 and 10", o->tfce_extent,
                       o->tfce_height);
    if (o->tfce_preset != VX_TFCE_EXACT && o->tfce_height != 2.0)
        return vx_fail(error, VX_USAGE, "TFCE with another tool's preset needs H = 2, not %g", o->tfce_height);
    return VX_OK;
}

/* A threshold given as p has the same limits as one given as t. */
static vx_status find_threshold(const vx_inference_options *o, const vx_effect *effect, double *t, vx_error *error)
{
    const double p_min = fmax(vx_t_upper((double)VX_MASS_T_MAX, effect->df), VX_QUANTILE_P_MIN);
    if (o->cluster_t == 0.0 && !(o->cluster_p > p_min))
        return vx_fail(error, VX_USAGE, "forming threshold p = %g; with %g degrees of freedom it must be between "
                       "%.4g and 0.5", o->cluster_p, effect->df, p_min);
    *t = o->cluster_t > 0.0 ? o->cluster_t : vx_t_quantile_upper(o->cluster_p, effect->df);
    return VX_OK;
}

/* Chooses the tails to compute and the steps of the preset. FSL's step follows from the observed map. */
static void choose_tfce(const vx_inference_options *o, const vx_relabellings *set, vx_problem_options *options)
{
    bool both = o->tails == VX_TWO_TAILS || set->mirrored;
    options->tfce_tails = both ? 3 : o->tails == VX_POSITIVE ? 1 : 2;
    switch (o->tfce_preset) {
    case VX_TFCE_EXACT:
    case VX_TFCE_FSL: break;
    case VX_TFCE_PALM:
    case VX_TFCE_NILEARN:
        options->tfce_step = 0.01f;
        options->tfce_step_relative = o->tails == VX_TWO_TAILS ? 2 : 1;
        options->tfce_step_times = o->tfce_preset == VX_TFCE_PALM;
        break;
    case VX_TFCE_MRTRIX: options->tfce_step = 0.1f; break;
    }
}

vx_status vx_settings_problem(const vx_inference_options *options, const vx_effect *effect,
                              const vx_relabellings *relabellings, vx_problem_options *problem, vx_error *error)
{
    double threshold = 0.0;
    vx_status status = find_threshold(options, effect, &threshold, error);
    if (status)
        return status;
    *problem = (vx_problem_options){
        .threshold_t = threshold,
        .connectivity = options->connectivity,
        .clusters = (options->correct & (VX_CORRECT_EXTENT | VX_CORRECT_MASS)) != 0,
        .count = true,
        .statistics = options->statistics,
        .tfce = (options->correct & VX_CORRECT_TFCE) != 0,
        .tfce_extent = options->tfce_extent,
        .tfce_height = options->tfce_height,
    };
    choose_tfce(options, relabellings, problem);
    return VX_OK;
}

float vx_settings_fsl_step(const vx_problem *problem, vx_tails tails, const int32_t *score)
{
    float highest = 0.0f;
    for (int64_t v = 0; v < problem->voxels; v++) {
        bool asked = tails == VX_TWO_TAILS || (tails == VX_POSITIVE) == (score[v] > 0);
        highest = asked ? fmaxf(highest, vx_score_height(problem, score[v])) : highest;
    }
    return nextafterf(highest / 100.0f, 0.0f);
}
