/* Exact uncorrected p of a one-sample effect, over all 2^n sign flips, without listing them. */
#ifndef VX_INFER_EXACT_H
#define VX_INFER_EXACT_H

#include "engine/problem.h"
#include "voxstat/result.h"

/* Whether that can be had for the problem: sign flips without nuisance, and n small enough (24) that it is cheap. */
bool vx_exact_possible(const vx_problem *problem);

/* p[v] = share of the 2^n sign flips whose sum is at least as extreme as the observed one, in the problem's own fixed
 * point and with its tolerance: what counting over all flips would give, to the last bit. */
vx_status vx_exact_p(const vx_problem *problem, vx_tails tails, float *p, vx_error *error);

#endif
