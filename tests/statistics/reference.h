/* Slow, plain references: every statistic in double, one voxel and one relabelling at a time, written from the papers
 * and never from host/ or kernels/. They share only the order of the linear grid index with the program.
 *
 *   least squares        normal equations, Gauss-Jordan with pivoting (any textbook)
 *   Freedman-Lane        Winkler et al. 2014, NeuroImage 92:381, table 2: Y* = (P R_Z + H_Z) Y, then the
 *                        full model again
 *   clusters             connected components by flood fill, tails apart; extent and mass (Bullmore et al. 1999)
 *   p of a maximum       Nichols & Holmes 2002; (1 + b) / (1 + m), Phipson & Smyth 2010
 *   FDR                  Benjamini & Hochberg 1995, as adjusted p (Yekutieli & Benjamini 1999) */
#ifndef VX_TESTS_REFERENCE_H
#define VX_TESTS_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE_ROWS = 64, REFERENCE_COLUMNS = 6 };

typedef struct reference_fit {
    double estimate, se, t, df;
    double residual[REFERENCE_ROWS];
} reference_fit;

/* Ordinary least squares of y (n) on `columns` columns (columns x n); the estimate, standard error and t of column
 * `which`. Without columns the residual is y. */
static inline reference_fit reference_ols(int n, int columns, const double *design, const double *y, int which)
{
    double a[REFERENCE_COLUMNS][2 * REFERENCE_COLUMNS] = {{0}}; /* [M'M | I] becomes [I | inverse] */
    double b[REFERENCE_COLUMNS] = {0}, beta[REFERENCE_COLUMNS] = {0};
    for (int j = 0; j < columns; j++) {
        for (int k = 0; k < columns; k++)
            for (int i = 0; i < n; i++)
                a[j][k] += design[j * n + i] * design[k * n + i];
        a[j][columns + j] = 1.0;
        for (int i = 0; i < n; i++)
            b[j] += design[j * n + i] * y[i];
    }
    for (int j = 0; j < columns; j++) {
        int pivot = j;
        for (int k = j + 1; k < columns; k++)
            if (fabs(a[k][j]) > fabs(a[pivot][j]))
                pivot = k;
        for (int c = 0; c < 2 * columns; c++) {
            double swapped = a[j][c];
            a[j][c] = a[pivot][c];
            a[pivot][c] = swapped;
        }
        double scale = 1.0 / a[j][j];
        for (int c = 0; c < 2 * columns; c++)
            a[j][c] *= scale;
        for (int k = 0; k < columns; k++) {
            double factor = a[k][j];
            for (int c = 0; c < 2 * columns && k != j; c++)
                a[k][c] -= factor * a[j][c];
        }
    }
    for (int j = 0; j < columns; j++)
        for (int k = 0; k < columns; k++)
            beta[j] += a[j][columns + k] * b[k];

    reference_fit fit = {.df = n - columns};
    double squares = 0.0;
    for (int i = 0; i < n; i++) {
        fit.residual[i] = y[i];
        for (int j = 0; j < columns; j++)
            fit.residual[i] -= beta[j] * design[j * n + i];
        squares += fit.residual[i] * fit.residual[i];
    }
    if (columns > 0) {
        fit.estimate = beta[which];
        fit.se = sqrt(squares / fit.df * a[which][columns + which]);
        fit.t = fit.estimate / fit.se;
    }
    return fit;
}

/* t of x given Z (z_columns x n, its intercept among them) after one relabelling of the residuals of the nuisance
 * model. Row i of the relabelled residuals is residual order[i] where `order` is given, and changes sign where
 * sign[i] < 0. */
static inline double reference_freedman_lane(int n, const double *x, int z_columns, const double *z, const double *y,
                                             const int32_t *order, const int8_t *sign)
{
    double design[REFERENCE_COLUMNS * REFERENCE_ROWS], relabelled[REFERENCE_ROWS];
    reference_fit nuisance = reference_ols(n, z_columns, z, y, 0);
    for (int i = 0; i < n; i++) {
        int from = order ? order[i] : i;
        relabelled[i] = (sign && sign[i] < 0 ? -1.0 : 1.0) * nuisance.residual[from] + (y[i] - nuisance.residual[i]);
    }
    memcpy(design, x, (size_t)n * sizeof *x);
    if (z_columns > 0)
        memcpy(design + n, z, (size_t)z_columns * (size_t)n * sizeof *z);
    return reference_ols(n, 1 + z_columns, design, relabelled, 0).t;
}

/* The largest cluster of one tail of a full-grid map `t` (x fastest; zero outside the mask, which is below every
 * threshold): components of sign * t > threshold. `extent_of` and `mass_of` (grid size; may be null) get every voxel's
 * own cluster; they are zero elsewhere. */
typedef struct reference_cluster {
    int number;
    double extent, mass; /* the largest of each, not necessarily of one cluster */
} reference_cluster;

static inline reference_cluster reference_clusters(const int dim[3], const double *t, int sign, double threshold,
                                                   int connectivity, double *extent_of, double *mass_of)
{
    int voxels = dim[0] * dim[1] * dim[2];
    int reach = connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3; /* how many coordinates may differ by one */
    bool *seen = calloc((size_t)voxels, sizeof *seen);
    int *member = malloc((size_t)voxels * sizeof *member);
    reference_cluster largest = {0};
    for (int seed = 0; seed < voxels; seed++) {
        if (seen[seed] || !(sign * t[seed] > threshold))
            continue;
        int members = 0;
        double mass = 0.0;
        seen[seed] = true;
        member[members++] = seed;
        for (int m = 0; m < members; m++) {
            int at[3] = {member[m] % dim[0], member[m] / dim[0] % dim[1], member[m] / dim[0] / dim[1]};
            mass += sign * t[member[m]] - threshold;
            for (int step = 0; step < 27; step++) {
                int to[3] = {at[0] + step % 3 - 1, at[1] + step / 3 % 3 - 1, at[2] + step / 9 - 1}, moved = 0;
                bool inside = true;
                for (int axis = 0; axis < 3; axis++) {
                    moved += to[axis] != at[axis];
                    inside = inside && to[axis] >= 0 && to[axis] < dim[axis];
                }
                if (!inside || moved > reach)
                    continue;
                int next = to[0] + dim[0] * (to[1] + dim[1] * to[2]);
                if (!seen[next] && sign * t[next] > threshold) {
                    seen[next] = true;
                    member[members++] = next;
                }
            }
        }
        for (int m = 0; m < members && extent_of; m++)
            extent_of[member[m]] = members;
        for (int m = 0; m < members && mass_of; m++)
            mass_of[member[m]] = mass;
        largest.number++;
        largest.extent = fmax(largest.extent, members);
        largest.mass = fmax(largest.mass, mass);
    }
    free(seen);
    free(member);
    return largest;
}

/* Share of the `count` relabellings, the observed one among them, that reach `observed`. Values closer than `tolerance`
 * are equal: for p of ties that are exact in mathematics and off by rounding in double. */
static inline double reference_p(const double *null, int count, double observed, double tolerance)
{
    int reached = 0;
    for (int i = 0; i < count; i++)
        reached += null[i] >= observed - tolerance;
    return (double)reached / count;
}

/* Benjamini & Hochberg's adjusted p: min over j >= i of m p_(j) / j, at most 1. Quadratic. */
static inline void reference_fdr(const double *p, int m, double *adjusted)
{
    for (int i = 0; i < m; i++) {
        adjusted[i] = 1.0;
        for (int j = 0; j < m; j++) {
            int rank = 0; /* of p[j], ties all taking the largest */
            for (int k = 0; k < m; k++)
                rank += p[k] <= p[j];
            if (p[j] >= p[i])
                adjusted[i] = fmin(adjusted[i], p[j] * m / rank);
        }
    }
}

/* Mid-ranks: 1 + the number below + half the number of others that are equal. */
static inline void reference_ranks(const double *value, int n, double *rank)
{
    for (int i = 0; i < n; i++) {
        rank[i] = 1.0;
        for (int j = 0; j < n; j++)
            rank[i] += value[j] < value[i] ? 1.0 : value[j] == value[i] && j != i ? 0.5 : 0.0;
    }
}

/* The next arrangement of `item` in lexicographic order; false after the last. */
static inline bool reference_next(int32_t *item, int n)
{
    int i = n - 2, j = n - 1;
    while (i >= 0 && item[i] >= item[i + 1])
        i--;
    if (i < 0)
        return false;
    while (item[j] <= item[i])
        j--;
    int32_t swapped = item[i];
    item[i] = item[j];
    item[j] = swapped;
    for (i++, j = n - 1; i < j; i++, j--) {
        swapped = item[i];
        item[i] = item[j];
        item[j] = swapped;
    }
    return true;
}

#endif
