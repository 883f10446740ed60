/* Least squares by orthonormal columns: Q of a design, and the residual of a vector given Q. */
#ifndef VX_MODEL_ORTHONORMAL_H
#define VX_MODEL_ORTHONORMAL_H

#include "base/error.h"

#include <stdint.h>

/* Orthonormalises the m columns of q (n values each, n >= m) in place, by Householder QR. For every k the first k
 * columns span the same space before and after, and q_j'column_j > 0. *length is the length of the last column's
 * residual given the others. *dependent is the first column that is a linear combination of those before it, or -1.
 * Errors: VX_INTERNAL where memory is short or a value is not finite. */
vx_status vx_orthonormalise(double *q, int64_t n, int64_t m, double *length, int64_t *dependent, vx_error *error);

/* Replaces y (n) by y - QQ'y, where Q is the first m columns of q. */
void vx_project_out(const double *q, int64_t m, int64_t n, double *y);

static inline double vx_dot(const double *a, const double *b, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

#endif
