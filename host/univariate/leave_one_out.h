/* How much a result hangs on single participants: p and the estimate without each of them.
 *
 * The most influential participant is the one whose leaving changes the estimate most; of equal ones (vx_tie_width),
 * the first. */
#ifndef VX_UNIVARIATE_LEAVE_ONE_OUT_H
#define VX_UNIVARIATE_LEAVE_ONE_OUT_H

#include "univariate/flips.h"

typedef struct vx_leave_one_out {
    double p_min, p_max;
    double estimate_min, estimate_max;
    int64_t participant;       /* index in the series; -1 where nobody can be left out */
    double participant_change; /* the estimate without that participant, less the estimate of all */
} vx_leave_one_out;

/* Of the mean, with exact p of sign flips against 0. */
vx_leave_one_out vx_leave_one_out_mean(const vx_flips *flips, vx_tails tails);

/* Of an effect of y (n values, in the order of the effect's rows), given its nuisance. Each fit is on the other
 * participants, among whom regressors are centred and, for Spearman, all values are ranked. The estimate is the mean or
 * the slope in the data's units; for Spearman, rho. p is that of t, not of permutations. Participants without whom the
 * design is rank-deficient, or y has no variance, cannot be left out. With n < 3, or parameters for all others, nobody
 * can: the numbers are then NaN.
 * Errors: VX_INTERNAL without memory. */
VX_MUST_USE vx_status vx_leave_one_out_effect(const vx_effect *effect, const double *y, vx_tails tails,
                                              vx_leave_one_out *result, vx_error *error);

#endif
