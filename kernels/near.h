/* Scores near |r| = 1, as args.h defines them: 1 - r^2 without the cancelling. signflip has it in integers, exactly.
 * correlation sums the squares of the residuals, what the regressors leave of the unit vector y. Each is known to about
 * 2^-24, and so t = sqrt(df) r / sqrt(1 - r^2) to about 2^-24 / sqrt(1 - r^2) of itself, where the float r alone would
 * give 2^-24 / (1 - r^2); errors of the slopes do not matter, as residuals are orthogonal to the regressors.
 *
 * One voxel at a time, C and OpenCL C alike: seldom one in 10,000 comes here. Float, fma, ascending order: the same
 * bits everywhere where root and division are rounded correctly. Plain reference: tests/ops/reference.h,
 * vx_reference_near. */
#ifndef VX_NEAR_H
#define VX_NEAR_H

#include "args.h"

#ifdef __OPENCL_C_VERSION__
#define VX_GLOBAL __global
#define VX_LONG long
#define VX_FMA fma
#define VX_SQRT sqrt
#else
#include <math.h>
#include <stdint.h>
#define VX_GLOBAL
#define VX_LONG int64_t
#define VX_FMA fmaf
#define VX_SQRT sqrtf
#endif

/* The score of 1 - r^2. */
static inline int vx_near_score(float rest, int negative)
{
    union {
        float value;
        int bits;
    } s = {1.0f / VX_SQRT(rest)};
    s.value = s.value > VX_NEAR_LEAST ? s.value : VX_NEAR_LEAST;
    return negative ? ~s.bits : s.bits;
}

/* signflip: 1 - r^2 = (n sum_i k_i^2 - u^2) / (n sum_i k_i^2), in integers below 2^61 and so exact: sqrt(n) |k| < 2^30
 * + n / 2. k begins at the voxel. */
static inline int vx_near_signflip(const vx_dense_args *args, VX_GLOBAL const int *k, int u)
{
    VX_LONG square = 0, sum = u;
    for (int i = 0; i < args->n; i++) {
        VX_LONG change = k[i * VX_TILE];
        square += change * change;
    }
    square *= args->n;
    return vx_near_score((float)(square - sum * sum) / (float)square, u < 0);
}

static inline float vx_near_dot(int n, VX_GLOBAL const float *y, VX_GLOBAL const float *w)
{
    float sum = 0.0f;
    for (int i = 0; i < n; i++)
        sum = VX_FMA(w[i], y[i * VX_TILE], sum);
    return sum;
}

/* correlation: 1 - r^2 = sum_i (y_i - sum_j q_j w_ji)^2 / (1 - sum_j>0 q_j^2), q_j = w_j . y. Where nuisance leaves
 * little, |r| is raised as args.h says, by d: 1 - r^2 falls by 2 d, but no further than VX_RAISED_MOST allows. y and w
 * begin at the voxel and the relabelling. A few rows at a time, as there may be any number of them. */
static inline int vx_near_correlation(const vx_dense_args *args, VX_GLOBAL const float *y, VX_GLOBAL const float *w,
                                      int negative)
{
    enum { ROWS = 16 };
    const int n = args->n;
    float residual[ROWS], rest = 0.0f, squares = 0.0f;
    for (int first = 0; first < n; first += ROWS) {
        int rows = n - first < ROWS ? n - first : ROWS;
        for (int i = 0; i < rows; i++)
            residual[i] = y[(first + i) * VX_TILE];
        for (int j = 0; j <= args->nuisance; j++) {
            VX_GLOBAL const float *row = w + j * n;
            float q = vx_near_dot(n, y, row);
            if (j > 0 && first == 0)
                squares = VX_FMA(q, q, squares);
            for (int i = 0; i < rows; i++)
                residual[i] = VX_FMA(-q, row[first + i], residual[i]);
        }
        for (int i = 0; i < rows; i++)
            rest = VX_FMA(residual[i], residual[i], rest);
    }
    if (args->nuisance > 0) {
        float left = 1.0f - squares, least = 1.0f - VX_RAISED_MOST * VX_RAISED_MOST;
        float raised = rest / left - 2.0f * VX_SLACK(n, args->nuisance) * squares / left;
        raised = raised > least ? raised : least;
        rest = rest / left < raised ? rest / left : raised;
    }
    return vx_near_score(rest, negative);
}

#endif
