/* Mid-ranks: equal values share the mean of the ranks that they span (Kendall 1945, Biometrika 33:239). */
#ifndef VX_MODEL_RANKS_H
#define VX_MODEL_RANKS_H

#include <stdint.h>

typedef struct vx_ranked {
    double value;
    int64_t index;
} vx_ranked;

/* Replaces `value` (n) by its mid-ranks, 1 to n. A value is tied with the smallest one of its group where it exceeds
 * that by at most `width` (0: equal values alone are tied). `scratch` has n elements. */
void vx_midranks(double *value, int64_t n, double width, vx_ranked *scratch);

#endif
