/* Order statistics of the scores of one relabelling, and of their sizes: those that sorting would give, for less.
 *
 *     1. Scores are counted in bins of equal width, which are mirror images about zero.
 *     2. The counts say in which bins the wanted ones lie, and only the scores in these are gathered.
 *     3. The wanted one is selected among those of its bin (Hoare 1961, FIND). */
#ifndef VX_INFER_ORDER_H
#define VX_INFER_ORDER_H

#include "engine/problem.h"

typedef struct vx_order vx_order; /* memory for the problem's voxels; threads need one each */

typedef struct vx_order_place {
    bool size;     /* among the sizes |s|; else among the scores */
    int64_t place; /* from 0, the smallest, to voxels - 1 */
} vx_order_place;

vx_order *vx_order_new(const vx_problem *problem); /* null without memory */
void vx_order_free(vx_order *order);

/* Finds the scores of some places. A size is given as the score that has it and is not negative. */
void vx_order_find(vx_order *order, const int32_t *score, const vx_order_place *place, size_t places, int32_t *found);

#endif
