/* p-values: from what the engine tallied to null distributions, and from those to p. */
#ifndef VX_INFER_PVALUE_H
#define VX_INFER_PVALUE_H

#include "engine/engine.h"
#include "voxstat/result.h"

/* Maxima of every relabelling for the tails in question, index 0 the data as observed. Two tails: the larger of both.
 * An empty supra-threshold set counts as 0. vx_max_statistics_destroy frees; extent, mass and tfce are null where not
 * tallied. */
typedef struct vx_max_statistics {
    uint64_t count;
    double *r, *extent, *mass, *tfce;
} vx_max_statistics;

vx_status vx_max_statistics_new(const vx_problem *problem, const vx_tally *tally, vx_tails tails,
                                vx_max_statistics *maxima, vx_error *error);
void vx_max_statistics_destroy(vx_max_statistics *maxima);

/* p of an observed value: #{maxima >= observed - tolerance} / count. The observed labelling is among the maxima, so for
 * random relabellings this is (1 + #{permuted >= observed}) / (1 + permutations) (Phipson & Smyth 2010, eq. 2) and for
 * all of them count / total; it is never 0. `sorted` ascends. */
double vx_p_from_maxima(const double *sorted, uint64_t count, double observed, double tolerance);

/* Bounds for the engine to count against, so that vx_p_uncorrected can follow (problem->voxels of each). */
void vx_exceedance_bounds(const vx_problem *problem, vx_tails tails, const int32_t *score, int32_t *high, int32_t *low);
double vx_p_uncorrected(const vx_problem *problem, vx_tails tails, uint64_t exceed);

/* The smallest p that the relabellings allow: two-sided, a relabelling and its mirror have the same |t|. */
double vx_p_smallest(const vx_relabellings *relabellings, vx_tails tails);

/* Benjamini & Hochberg 1995 (J. R. Stat. Soc. B 57:289): q_(i) = min_{j >= i} p_(j) m / j. VX_INTERNAL without memory.
 * */
vx_status vx_fdr(const float *p, int64_t m, float *q, vx_error *error);

#endif
