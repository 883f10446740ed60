/* Scores near |r| = 1, as args.h defines them: 1 - r^2 without the subtraction that cancels. docs/statistics.md has the
 * equations and the error of t under "r near 1".
 *
 * The code takes one voxel at a time, and is the same in C and OpenCL C. Fewer than one voxel in 10,000 needs it.
 * Floats are multiplied and added by fma in ascending order, so the bits are the same wherever root and division are
 * rounded correctly. Plain reference: tests/ops/reference.h, vx_reference_refit and vx_reference_signflip. */
#ifndef VX_NEAR_H
#define VX_NEAR_H

#include "args.h"
#include "language.h"

/* The score of `size`, which is |r| or 1 / sqrt(1 - r^2), with the sign of r. */
static inline int vx_near_score(float size, int negative)
{
    union {
        float value;
        int bits;
    } s = {size};
    return negative && size > 0.0f ? ~s.bits : s.bits;
}

/* signflip:
 *
 *     1 - r^2 = (n sum_i k_i^2 - u^2) / (n sum_i k_i^2)
 *
 * The integers are below 2^61 and so exact: sqrt(n) |k| < 2^30 + n / 2. k begins at the voxel. */
static inline int vx_near_signflip(const vx_dense_args *args, VX_GLOBAL const int *k, int u)
{
    VX_LONG square = 0, sum = u;
    for (int i = 0; i < args->n; i++) {
        VX_LONG change = k[i * VX_TILE];
        square += change * change;
    }
    square *= args->n;
    float s = 1.0f / VX_SQRT((float)(square - sum * sum) / (float)square);
    return vx_near_score(s > VX_NEAR_LEAST ? s : VX_NEAR_LEAST, u < 0);
}

static inline float vx_near_dot(int n, VX_GLOBAL const float *y, VX_GLOBAL const float *w)
{
    float sum = 0.0f;
    for (int i = 0; i < n; i++)
        sum = VX_FMA(w[i * VX_INTERLEAVE], y[i * VX_TILE], sum);
    return sum;
}

/* Some rows of the residual of y, given the nuisance: y_i - sum_j>0 q_j w_ji, q_j = w_j . y. Weights are interleaved
 * (args.h). */
#define VX_NEAR_ROWS 16
static inline void vx_near_residual(const vx_dense_args *args, VX_GLOBAL const float *y, VX_GLOBAL const float *w,
                                    int first, int rows, float *residual)
{
    for (int i = 0; i < rows; i++)
        residual[i] = y[(first + i) * VX_TILE];
    for (int j = 1; j <= args->nuisance; j++) {
        VX_GLOBAL const float *row = w + (size_t)j * args->n * VX_INTERLEAVE;
        float q = vx_near_dot(args->n, y, row);
        for (int i = 0; i < rows; i++)
            residual[i] = VX_FMA(-q, row[(first + i) * VX_INTERLEAVE], residual[i]);
    }
}

/* correlation: e is the residual of y, given the nuisance.
 *
 *     left = sum_i e_i^2     d = w_0 . e     r = d / sqrt(left)     1 - r^2 = sum_i (e_i - d w_0i)^2 / left
 *
 * Where |e| <= 4 VX_R_ROUNDING, e is only rounding error, and r is 0. Else |r| is raised by VX_R_ROUNDING (1 - left) /
 * sqrt(left), and the score is 1 / sqrt(1 - r^2) where r is near 1. y and w begin at the voxel and the relabelling. The
 * function takes a few rows at a time, as n has no limit. */
static inline int vx_near_correlation(const vx_dense_args *args, VX_GLOBAL const float *y, VX_GLOBAL const float *w)
{
    const float rounding = VX_R_ROUNDING(args->n, args->nuisance);
    const float least = VX_SQRT(1.0f - VX_RAISED_MOST * VX_RAISED_MOST);
    float residual[VX_NEAR_ROWS], left = 0.0f, d = 0.0f, rest = 0.0f;
    for (int first = 0; first < args->n; first += VX_NEAR_ROWS) {
        int rows = args->n - first < VX_NEAR_ROWS ? args->n - first : VX_NEAR_ROWS;
        vx_near_residual(args, y, w, first, rows, residual);
        for (int i = 0; i < rows; i++) {
            left = VX_FMA(residual[i], residual[i], left);
            d = VX_FMA(w[(first + i) * VX_INTERLEAVE], residual[i], d);
        }
    }
    if (left <= 16.0f * rounding * rounding)
        return 0;
    for (int first = 0; first < args->n; first += VX_NEAR_ROWS) {
        int rows = args->n - first < VX_NEAR_ROWS ? args->n - first : VX_NEAR_ROWS;
        vx_near_residual(args, y, w, first, rows, residual);
        for (int i = 0; i < rows; i++) {
            residual[i] = VX_FMA(-d, w[(first + i) * VX_INTERLEAVE], residual[i]);
            rest = VX_FMA(residual[i], residual[i], rest);
        }
    }
    float length = VX_SQRT(left), size = (d < 0.0f ? -d : d) / length, across = VX_SQRT(rest) / length;
    if (args->nuisance > 0) {
        float raise = rounding * (1.0f - left) / length, raised = size + raise, lowered = across - raise;
        raised = raised < VX_RAISED_MOST ? raised : VX_RAISED_MOST;
        size = size > raised ? size : raised;
        lowered = lowered > least ? lowered : least;
        across = across < lowered ? across : lowered;
    }
    if (across * VX_NEAR_LEAST < 1.0f)
        return vx_near_score(1.0f / across, d < 0.0f);
    return vx_near_score(size, d < 0.0f);
}

#endif
