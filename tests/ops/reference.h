/* The ops again, slow and plain: written from kernels/args.h and the papers, not from the kernels. Every backend is
 * compared with these. Maps are [relabelling][voxel]; the caller frees what a function returns. */
#ifndef VX_TESTS_OPS_REFERENCE_H
#define VX_TESTS_OPS_REFERENCE_H

#include "args.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The int that orders as r does: vx_ordered, with -0 the same number as +0. */
static inline int32_t vx_reference_ordered(float r)
{
    int32_t bits;
    if (r == 0)
        return 0;
    memcpy(&bits, &r, sizeof bits);
    return bits < 0 ? (int32_t)(INT32_MIN - (int64_t)bits - 1) : bits;
}

static inline float vx_reference_unordered(int32_t score)
{
    float r;
    int32_t bits = score < 0 ? (int32_t)(INT32_MIN - (int64_t)score - 1) : score;
    memcpy(&r, &bits, sizeof r);
    return r;
}

/* The score near |r| = 1 that says 1 / sqrt(rest), at least 4, with the sign of r. */
static inline int32_t vx_reference_near(float rest, bool negative)
{
    float s = 1 / sqrtf(rest);
    s = fmaxf(s, 4);
    return vx_reference_ordered(negative ? -s : s);
}

/* Whether a score says 1 / sqrt(1 - r^2). */
static inline bool vx_reference_is_near(int32_t score)
{
    return score >= vx_reference_ordered(4) || score <= vx_reference_ordered(-4);
}

/* The score of r, in float or in units of 2^-28. */
static inline int32_t vx_reference_score(double r, bool fixed_point)
{
    if (r * r > (double)VX_NEAR)
        return vx_reference_near((float)(1 - r * r), r < 0);
    return fixed_point ? (int32_t)lrint(r * 0x1p28) : vx_reference_ordered((float)r);
}

/* u[p][v] = sum_i sign[p][i] k[i][v]; where |u| > near, 1 / sqrt(1 - r^2) from u^2 = r^2 n sum_i k_i^2. */
static inline int32_t *vx_reference_signflip(int n, int voxels, int relabellings, const int32_t *k, const int *sign,
                                             int32_t near)
{
    int32_t *u = vx_array((size_t)relabellings * (size_t)voxels, sizeof *u);
    for (int p = 0; p < relabellings; p++)
        for (int v = 0; v < voxels; v++) {
            __int128 sum = 0, square = 0;
            for (int i = 0; i < n; i++) {
                sum += (__int128)sign[p * n + i] * k[i * voxels + v];
                square += (__int128)k[i * voxels + v] * k[i * voxels + v] * n;
            }
            u[p * voxels + v] = sum >= -near && sum <= near
                                    ? (int32_t)sum
                                    : vx_reference_near((float)(square - sum * sum) / (float)square, sum < 0);
        }
    return u;
}

/* r[p][v] in double: the cosine between w_0 and what the rows w_1 to w_k leave of y, of y[n][voxels] and w[p][1 +
 * k][n]. rest[p][v] takes the square of what they leave, unexplained[p][v] 1 - r^2. */
static inline double *vx_reference_correlation(int n, int k, int voxels, int relabellings, const float *y,
                                               const float *w, double *rest, double *unexplained)
{
    double *r = vx_array((size_t)relabellings * (size_t)voxels, sizeof *r);
    for (int p = 0; p < relabellings; p++)
        for (int v = 0; v < voxels; v++) {
            double e[64], d = 0, left = 0, across = 0;
            for (int i = 0; i < n; i++)
                e[i] = (double)y[i * voxels + v];
            for (int j = 1; j <= k; j++) {
                double q = 0;
                for (int i = 0; i < n; i++)
                    q += (double)w[(p * (1 + k) + j) * n + i] * (double)y[i * voxels + v];
                for (int i = 0; i < n; i++)
                    e[i] -= q * (double)w[(p * (1 + k) + j) * n + i];
            }
            for (int i = 0; i < n; i++) {
                d += (double)w[p * (1 + k) * n + i] * e[i];
                left += e[i] * e[i];
            }
            for (int i = 0; i < n; i++)
                across += pow(e[i] - d * (double)w[p * (1 + k) * n + i], 2);
            rest[p * voxels + v] = left;
            unexplained[p * voxels + v] = across / left;
            r[p * voxels + v] = d / sqrt(left);
        }
    return r;
}

/* r of one voxel and relabelling from the residuals, in the order of operations that near.h fixes for floats; y[i *
 * voxels]. */
static inline int32_t vx_reference_anew(int n, int k, int voxels, const float *y, const float *w)
{
    float e[64], left = 0, d = 0, rest = 0, slack = VX_SLACK(n, k);
    for (int i = 0; i < n; i++)
        e[i] = y[i * voxels];
    for (int j = 1; j <= k; j++) {
        float q = 0;
        for (int i = 0; i < n; i++)
            q = fmaf(w[j * n + i], y[i * voxels], q);
        for (int i = 0; i < n; i++)
            e[i] = fmaf(-q, w[j * n + i], e[i]);
    }
    for (int i = 0; i < n; i++) {
        left = fmaf(e[i], e[i], left);
        d = fmaf(w[i], e[i], d);
    }
    for (int i = 0; i < n; i++) {
        float unexplained = fmaf(-d, w[i], e[i]);
        rest = fmaf(unexplained, unexplained, rest);
    }
    if (left <= 16 * slack * slack)
        return 0;
    float length = sqrtf(left), size = fabsf(d) / length, across = sqrtf(rest) / length;
    if (k > 0) {
        float raise = slack * (1 - left) / length;
        size = fmaxf(size, fminf(size + raise, VX_RAISED_MOST));
        across = fminf(across, fmaxf(across - raise, sqrtf(0x1p-19f))); /* 1 - VX_RAISED_MOST^2 */
    }
    return vx_reference_ordered(copysignf(across < 0.25f ? 1 / across : size, d));
}

/* The same in the order of operations that args.h fixes for floats: ordered bits of r, or what near.h makes of it where
 * |r| > near or little is left. */
static inline int32_t *vx_reference_correlation_float(int n, int k, int voxels, int relabellings, const float *y,
                                                      const float *w, float near)
{
    int32_t *score = vx_array((size_t)relabellings * (size_t)voxels, sizeof *score);
    for (int p = 0; p < relabellings; p++)
        for (int v = 0; v < voxels; v++) {
            const float *rows = w + (size_t)p * (size_t)(1 + k) * (size_t)n;
            float d = 0, squares = 0;
            for (int j = 0; j <= k; j++) {
                float dot = 0;
                for (int i = 0; i < n; i++)
                    dot = fmaf(rows[j * n + i], y[i * voxels + v], dot);
                if (j == 0)
                    d = dot;
                else
                    squares = fmaf(dot, dot, squares);
            }
            if (k > 0) {
                float rest = 1 - squares, slack = VX_SLACK(n, k), size = fabsf(d) / sqrtf(rest);
                float raised = size + slack * squares / rest;
                raised = raised < VX_RAISED_MOST ? raised : VX_RAISED_MOST;
                d = rest > fmaxf(64 * slack, 1 / 256.0f) ? copysignf(size > raised ? size : raised, d) : 2;
            }
            score[p * voxels + v] =
                fabsf(d) > near ? vx_reference_anew(n, k, voxels, y + v, rows) : vx_reference_ordered(d);
        }
    return score;
}

/* |t| of a score, in double from the float r, or 1 / sqrt(1 - r^2), that args.h defines. */
static inline double vx_reference_t(const vx_clusters_args *args, int32_t score)
{
    double s = fabs((double)vx_reference_unordered(score));
    if (vx_reference_is_near(score))
        return fmin((double)args->root_df * sqrt(s * s - 1), (double)VX_MASS_T_MAX);
    float r = args->fixed_point ? (float)score * args->scale : vx_reference_unordered(score);
    double size = fabs((double)r);
    double t = size < 1 ? (double)args->root_df * size / sqrt((1 - size) * (1 + size)) : INFINITY;
    return fmin(t, (double)VX_MASS_T_MAX);
}

/* The components of one map on a full nx x ny x nz grid, x fastest; 0 is below threshold. Flood fill with coordinates.
 * `mass` is in units of VX_MASS_ONE. */
static inline void vx_reference_clusters(const vx_clusters_args *args, int nx, int ny, int nz, const int32_t *map,
                                         int32_t extent[2], double mass[2])
{
    int voxels = nx * ny * nz, differ = args->connectivity == 26 ? 3 : args->connectivity == 18 ? 2 : 1;
    bool *seen = vx_array_zero((size_t)voxels, sizeof *seen);
    int *stack = vx_array((size_t)voxels, sizeof *stack);
    for (int tail = 0; tail < 2; tail++) {
        extent[tail] = 0;
        mass[tail] = 0;
    }
    for (int start = 0; start < voxels; start++) {
        int depth = 0, size = 0, tail = map[start] < 0;
        double sum = 0;
        if (!map[start] || seen[start])
            continue;
        seen[start] = true;
        stack[depth++] = start;
        while (depth) {
            int v = stack[--depth], x = v % nx, y = v / nx % ny, z = v / nx / ny;
            size++;
            sum += fmax(0, vx_reference_t(args, map[v]) - (double)args->threshold) * (double)VX_MASS_ONE;
            for (int dz = -1; dz <= 1; dz++)
                for (int dy = -1; dy <= 1; dy++)
                    for (int dx = -1; dx <= 1; dx++) {
                        int other = v + dx + nx * (dy + ny * dz);
                        if (abs(dx) + abs(dy) + abs(dz) > differ || x + dx < 0 || x + dx >= nx || y + dy < 0 ||
                            y + dy >= ny || z + dz < 0 || z + dz >= nz || seen[other] || !map[other] ||
                            (map[other] < 0) != tail)
                            continue;
                        seen[other] = true;
                        stack[depth++] = other;
                    }
        }
        extent[tail] = size > extent[tail] ? size : extent[tail];
        mass[tail] = fmax(mass[tail], sum);
    }
    free(seen);
    free(stack);
}

#endif
