/* Mid-ranks: equal values share the mean of the ranks that they span (Kendall 1945, Biometrika 33:239). */
#ifndef VX_MODEL_RANKS_H
#define VX_MODEL_RANKS_H

#include <stdint.h>

typedef struct vx_ranked {
    double value;
    int64_t index;
} vx_ranked;

/* Replaces `value` (n) by its mid-ranks, 1 to n. `scratch` has n elements. */
void vx_midranks(double *value, int64_t n, vx_ranked *scratch);

#endif
