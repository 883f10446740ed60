/* p-values: from what the engine tallied to null distributions, and from those to p. */
#ifndef VX_INFER_PVALUE_H
#define VX_INFER_PVALUE_H

#include "engine/engine.h"
#include "voxstat/result.h"

/* The maxima of every relabelling in the tails that the run tests; index 0 is the observed labelling. With two tails
 * the larger maximum counts, and an empty supra-threshold set counts as 0. extent, mass and tfce are null where not
 * tallied. vx_tail_maxima_destroy frees. */
typedef struct vx_tail_maxima {
    uint64_t count;
    double *r, *extent, *mass, *tfce;
} vx_tail_maxima;

vx_status vx_tail_maxima_new(const vx_problem *problem, const vx_tally *tally, vx_tails tails, vx_tail_maxima *maxima,
                             vx_error *error);
void vx_tail_maxima_destroy(vx_tail_maxima *maxima);

/* p of an observed value: #{maxima >= observed - tolerance} / count. The observed labelling is among the maxima, so for
 * random relabellings this is (1 + #{permuted >= observed}) / (1 + permutations) (Phipson & Smyth 2010, eq. 2) and for
 * all of them count / total; it is never 0. `sorted` ascends. */
double vx_p_from_maxima(const double *sorted, uint64_t count, double observed, double tolerance);

/* Bounds for the engine to count against, so that vx_p_uncorrected can follow (problem->voxels of each). */
void vx_bounds(const vx_problem *problem, vx_tails tails, const int32_t *score, int32_t *high, int32_t *low);
double vx_p_uncorrected(const vx_problem *problem, vx_tails tails, uint64_t exceed);

/* The smallest p that the relabellings allow: two-sided, a relabelling and its mirror have the same |t|. */
double vx_p_smallest(const vx_relabellings *relabellings, vx_tails tails);

/* Benjamini & Hochberg 1995 (J. R. Stat. Soc. B 57:289): q_(i) = min_{j >= i} p_(j) m / j. VX_INTERNAL without memory.
 * */
vx_status vx_fdr(const float *p, int64_t m, float *q, vx_error *error);

#endif
