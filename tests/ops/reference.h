/* Slow, plain references of the ops, in integers or double. They follow the definitions of the statistics, not the
 * algorithms of the kernels. Every backend is compared with them, within bounds derived from its roundings. Maps are
 * [relabelling][voxel]; the caller frees returned arrays. */
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

/* The score near |r| = 1: 1 / sqrt(rest), at least 4, with the sign of r. */
static inline int32_t vx_reference_near(double rest, bool negative)
{
    float s = (float)fmax(1 / sqrt(rest), 4);
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
        return vx_reference_near(1 - r * r, r < 0);
    return fixed_point ? (int32_t)lrint(r * 0x1p28) : vx_reference_ordered((float)r);
}

/* u[p][v] = sum_i sign[p][i] k[i][v]; where |u| > near, 1 / sqrt(1 - r^2): r is the cosine between the signs and k, r^2
 * = u^2 / (n sum_i k_i^2), a ratio of integers. */
static inline int32_t *vx_reference_signflip(int n, int voxels, int relabellings, const int32_t *k, const int *sign,
                                             int32_t near)
{
    int32_t *u = vx_array((size_t)relabellings * (size_t)voxels, sizeof *u);
    for (int p = 0; p < relabellings; p++)
        for (int v = 0; v < voxels; v++) {
            int64_t sum = 0, square = 0; /* below 2^31 and n 2^60 / n */
            for (int i = 0; i < n; i++) {
                sum += (int64_t)sign[p * n + i] * k[i * voxels + v];
                square += (int64_t)k[i * voxels + v] * k[i * voxels + v];
            }
            square *= n;
            u[p * voxels + v] = sum >= -near && sum <= near
                                    ? (int32_t)sum
                                    : vx_reference_near((double)(square - sum * sum) / (double)square, sum < 0);
        }
    return u;
}

/* Refits take most of the time of these tests, and far more where sanitizers instrument every access. */
#define VX_REFERENCE_LOOP __attribute__((no_sanitize("address", "undefined")))

/* Projects the orthonormal rows of `basis` out of `e`; twice, to remove what rounding leaves the first time. */
VX_REFERENCE_LOOP static inline void vx_reference_leave(int n, int rows, long double (*basis)[64], long double *e)
{
    for (int time = 0; time < 2; time++)
        for (int j = 0; j < rows; j++) {
            long double dot = 0;
            for (int i = 0; i < n; i++)
                dot += basis[j][i] * e[i];
            for (int i = 0; i < n; i++)
                e[i] -= dot * basis[j][i];
        }
}

VX_REFERENCE_LOOP static inline long double vx_reference_dot(int n, const long double *a, const long double *b)
{
    long double sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* From the rows w_0 to w_k of a relabelling: an orthonormal basis of the nuisance, and x, the residual of w_0. */
typedef struct vx_reference_design {
    int n, k;
    long double basis[4][64], x[64], xx;
} vx_reference_design;

static inline void vx_reference_design_make(int n, int k, const float *w, vx_reference_design *design)
{
    long double (*basis)[64] = design->basis;
    design->n = n;
    design->k = k;
    for (int j = 1; j <= k; j++) {
        for (int i = 0; i < n; i++)
            basis[j - 1][i] = (long double)w[j * n + i];
        vx_reference_leave(n, j - 1, basis, basis[j - 1]);
        long double length = sqrtl(vx_reference_dot(n, basis[j - 1], basis[j - 1]));
        for (int i = 0; i < n; i++)
            basis[j - 1][i] /= length;
    }
    for (int i = 0; i < n; i++)
        design->x[i] = (long double)w[i];
    vx_reference_leave(n, k, basis, design->x);
    design->xx = vx_reference_dot(n, design->x, design->x);
}

/* One relabelling refitted by least squares (Freedman & Lane 1983): y = slope w_0 + nuisance w_1 to w_k + error, its
 * Student t = slope / sqrt(RSS / df / x'x), where x is the residual of w_0 on the nuisance; r = t / sqrt(t^2 + df),
 * which does not depend on df. *rest is the squared length of the residual of y on the nuisance, *unexplained 1 - r^2.
 * y[i * voxels]. */
VX_REFERENCE_LOOP static inline double vx_reference_refit(vx_reference_design *design, int voxels, const float *y,
                                                          double *rest, double *unexplained)
{
    const int n = design->n;
    long double e[64], rss = 0;
    for (int i = 0; i < n; i++)
        e[i] = (long double)y[i * voxels];
    vx_reference_leave(n, design->k, design->basis, e);
    long double slope = vx_reference_dot(n, design->x, e) / design->xx;
    for (int i = 0; i < n; i++)
        rss += (e[i] - slope * design->x[i]) * (e[i] - slope * design->x[i]);
    long double explained = slope * slope * design->xx;
    *rest = (double)vx_reference_dot(n, e, e);
    *unexplained = (double)(rss / (rss + explained));
    return (double)copysignl(sqrtl(explained / (explained + rss)), slope);
}

/* r[p][v] of y[n][voxels] and w[p][1 + k][n], with the outputs of vx_reference_refit for each. */
static inline double *vx_reference_correlation(int n, int k, int voxels, int relabellings, const float *y,
                                               const float *w, double *rest, double *unexplained)
{
    double *r = vx_array((size_t)relabellings * (size_t)voxels, sizeof *r);
    for (int p = 0; p < relabellings; p++) {
        vx_reference_design design;
        vx_reference_design_make(n, k, w + p * (1 + k) * n, &design);
        for (int v = 0; v < voxels; v++) {
            int at = p * voxels + v;
            r[at] = vx_reference_refit(&design, voxels, y + v, &rest[at], &unexplained[at]);
        }
    }
    return r;
}

/* |t| of a score, in double from the float r, or 1 / sqrt(1 - r^2), that args.h defines. */
static inline double vx_reference_t(bool fixed_point, float scale, float root_df, int32_t score)
{
    double s = fabs((double)vx_reference_unordered(score));
    if (vx_reference_is_near(score))
        return fmin((double)root_df * sqrt(s * s - 1), (double)VX_MASS_T_MAX);
    float r = fixed_point ? (float)score * scale : vx_reference_unordered(score);
    double size = fabs((double)r);
    double t = size < 1 ? (double)root_df * size / sqrt((1 - size) * (1 + size)) : INFINITY;
    return fmin(t, (double)VX_MASS_T_MAX);
}

/* The height of a score in the float arithmetic of height.h, one rounding an operation; signed. */
static inline float vx_reference_height(bool fixed_point, float scale, float root_df, int32_t score)
{
    float r = fixed_point ? (float)score * scale : vx_reference_unordered(score);
    float size = fabsf(r), rest = (1 - size) * (1 + size), t = rest > 0 ? root_df * size / sqrtf(rest) : INFINITY;
    if (vx_reference_is_near(score)) {
        float s = fabsf(vx_reference_unordered(score)), square = (s - 1) * (s + 1);
        t = isinf(s) ? s : root_df * square / sqrtf(square);
    }
    return copysignf(fminf(t, VX_MASS_T_MAX), (float)score);
}

/* The components of one map of heights on a full nx x ny x nz grid, x fastest; 0 is below threshold. Flood fill with
 * coordinates. `mass` is in units of VX_MASS_ONE. */
static inline void vx_reference_clusters(const vx_clusters_args *args, int nx, int ny, int nz, const float *map,
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
            sum += fmax(0, fabs((double)map[v]) - (double)args->threshold) * (double)VX_MASS_ONE;
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
