/* Holm's step-down: one correction more, over the effects that a run tests. */
#ifndef VX_INFER_HOLM_H
#define VX_INFER_HOLM_H

#include "voxstat/result.h"

/* A p that is a share of relabellings: `reached` of `count`. */
typedef struct vx_share {
    uint64_t reached, count;
} vx_share;

/* The adjusted p of one of K tests. With p_(1) <= ... <= p_(K) (Holm 1979, Scand J Stat 6:65)
 *
 *     adjusted p_(i) = min(1, max_{j <= i} (K - j + 1) p_(j)).
 *
 * It holds whatever the tests depend on one another. Multiples are of counts, so that one which equals the level does
 * not fall below it by rounding. */
double vx_holm_adjusted(const vx_share *p, size_t tests, size_t which);

#endif
