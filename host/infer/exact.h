/* Exact uncorrected p of a one-sample effect over all 2^n sign flips, without enumeration. */
#ifndef VX_INFER_EXACT_H
#define VX_INFER_EXACT_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* Whether vx_exact_p applies: sign flips without nuisance, and n <= 24 so that the count is cheap. */
bool vx_exact_possible(const vx_problem *problem);

/* p[v] is the share of the 2^n sign flips whose sum is at least as extreme as the observed one. Sums are in the fixed
 * point of the problem and compared with its tolerance, so that p has the bits of a count over all flips. */
vx_status vx_exact_p(const vx_problem *problem, vx_tails tails, float *p, vx_error *error);

#endif
