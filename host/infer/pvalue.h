/* p-values: null distributions from the engine's tally, and p from those. */
#ifndef VX_INFER_PVALUE_H
#define VX_INFER_PVALUE_H

#include "engine/engine.h"
#include "voxstat/result.h"

/* Maximum statistics of every relabelling over the requested tails; index 0 is the observed data. Two-sided, a maximum
 * is the larger of both tails. Extent and mass are 0 where no voxel is supra-threshold. extent, mass and tfce are null
 * where they were not tallied. vx_max_statistics_destroy releases the arrays. */
typedef struct vx_max_statistics {
    uint64_t count;
    double *r, *extent, *mass, *tfce;
} vx_max_statistics;

vx_status vx_max_statistics_new(const vx_problem *problem, const vx_tally *tally, vx_tails tails,
                                vx_max_statistics *maxima, vx_error *error);
void vx_max_statistics_destroy(vx_max_statistics *maxima);

/* p of an observed value. `sorted` ascends and includes the maximum of the observed labelling:
 *
 *     p = #{maxima >= observed - tolerance} / count
 *
 * For random relabellings this is (1 + #{permuted >= observed}) / (1 + permutations) (Phipson & Smyth 2010, eq. 2), so
 * p is never 0. */
double vx_p_from_maxima(const double *sorted, uint64_t count, double observed, double tolerance);

/* Bounds of exceedance (problem->voxels each). The engine counts the relabellings whose score is >= high or <= low. */
void vx_exceedance_bounds(const vx_problem *problem, vx_tails tails, const int32_t *score, int32_t *high, int32_t *low);

/* Uncorrected p of a voxel from its count of exceedances. */
double vx_p_uncorrected(const vx_problem *problem, vx_tails tails, uint64_t exceed);

/* The smallest possible p. Two-sided, a relabelling and its mirror image have the same |t| and are counted together. */
double vx_p_smallest(const vx_relabellings *relabellings, vx_tails tails);

/* min(1, times p), where p is a share of `count` relabellings. `times` multiplies the integer number of relabellings,
 * so that a product equal to the level is not rounded below it: in double, 7 (36 / 5040.) < 0.05. */
double vx_p_times(double p, size_t times, uint64_t count);

/* Holm 1979 (Scand. J. Stat. 6:65): max_{j <= i} min(1, (m - j + 1) p_(j)), of p that are shares of `count`
 * relabellings. Errors: VX_INTERNAL without memory. */
vx_status vx_holm(const double *p, int64_t m, uint64_t count, double *adjusted, vx_error *error);

/* Benjamini & Hochberg 1995 (J. R. Stat. Soc. B 57:289): q_(i) = min_{j >= i} p_(j) m / j. `q` may be `p`. Errors:
 * VX_INTERNAL without memory. */
vx_status vx_fdr(const double *p, int64_t m, double *q, vx_error *error);

#endif
