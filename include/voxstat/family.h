/* Families: elements of any number of results that are corrected together, such as the primary regions of a trial, or
 * every region with every covariate.
 *
 * The results must have been computed with vx_inference_options.statistics, and must share their relabellings: the same
 * scheme, participants (vx_model_options.shared), number and seed, so that relabelling i is the same in all of them.
 * With N relabellings, 0 being the data as observed, and t_ij the statistic of relabelling i and member j:
 *
 *     S_ij         = z(|t_ij|), z(t_ij) or z(-t_ij), by the tails of the results
 *     z(t)         = sign(t) (8 df + 1) / (8 df + 3) sqrt(df log(1 + t^2 / df))     Wallace 1959, Ann Math Stat 30:1121
 *
 *     uncorrected  p_j = #{i: S_ij >= S_0j} / N
 *     fwe          #{i: max_k S_ik >= S_0j} / N
 *     stepdown     members ordered by descending S_0: p_(j) = max_{k <= j} #{i: max_{l >= k} S_i(l) >= S_0(k)} / N
 *                  (Westfall & Young 1993, Resampling-Based Multiple Testing, algorithm 4.1)
 *     holm         p_(1) <= p_(2) <= ...: max_{k <= j} min(1, (m - k + 1) p_(k))      Holm 1979, Scand J Stat 6:65
 *     fdr          min_{k >= j} m p_(k) / k              Benjamini & Hochberg 1995, J R Stat Soc B 57:289
 *
 * Every p is of these N relabellings, also where a result has an uncorrected p over all of them
 * (vx_plan.exact_uncorrected). S within its rounding bound counts as a tie (docs/statistics.md, "Ties and rounding").
 *
 * The maximum is over z and not over |t| because members may differ in their degrees of freedom: the t of few has
 * longer tails and would decide every maximum. z is so close to the normal quantile of t that members weigh alike. It
 * increases with t, so that the test is as valid as with t, and with equal df has the same p.
 *
 * fwe and stepdown control the family-wise error. Under sign flips they are exact where the errors of all members are
 * jointly symmetric about zero. Under permutation they are exact where the members have the same participants. Where
 * members lack different participants, each uncorrected p is still exact, and the joint distribution is approximate. */
#ifndef VOXSTAT_FAMILY_H
#define VOXSTAT_FAMILY_H

#include "voxstat/result.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vx_family_member {
    const vx_result *result; /* borrowed; null: a member that was not tested, which does not count */
    int64_t element;
} vx_family_member;

/* The p of a member; NaN for one that was not tested. */
typedef struct vx_family_p {
    double uncorrected, fwe, stepdown, holm, fdr;
} vx_family_p;

/* Sets p[j] for each of the `members`. Errors: VX_USAGE, naming the effects, for an element that a result lacks, a
 * result without statistics, and results with other tails or relabellings; VX_INTERNAL without memory. */
VX_API vx_status vx_family_correct(const vx_family_member *member, size_t members, vx_family_p *p, vx_error *error);

#ifdef __cplusplus
}
#endif
#endif
