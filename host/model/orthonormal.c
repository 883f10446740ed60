#include "model/orthonormal.h"

#include "base/memory.h"

#include <math.h>

#include <lapacke.h>

/* A column is dependent where its residual, given the columns before it, is shorter than this share of its length.
 * Columns have unit length at this point, so rounding leaves a residual of about n * 1e-16. */
static const double DEPENDENT = 1e-8;

/* Scales the columns to unit length. Returns the original length of the last. */
static double scale_columns(double *q, int64_t n, int64_t m)
{
    double norm = 0.0;
    for (int64_t j = 0; j < m; j++) {
        double *column = q + j * n;
        norm = sqrt(vx_dot(column, column, n));
        for (int64_t i = 0; i < n && norm > 0.0; i++)
            column[i] /= norm;
    }
    return norm;
}

vx_status vx_orthonormalise(double *q, int64_t n, int64_t m, double *length, int64_t *dependent, vx_error *error)
{
    vx_status status = VX_OK;
    const lapack_int rows = (lapack_int)n, columns = (lapack_int)m;
    double *tau = vx_array((size_t)m, sizeof *tau), *sign = vx_array((size_t)m, sizeof *sign);
    *dependent = -1;
    if (!tau || !sign) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    const double norm = scale_columns(q, n, m);
    if (LAPACKE_dgeqrf(LAPACK_COL_MAJOR, rows, columns, q, rows, tau)) {
        status = vx_fail(error, VX_INTERNAL, "QR decomposition of the design failed");
        goto cleanup;
    }
    for (int64_t j = 0; j < m; j++) {
        const double r = q[j * n + j];
        if (fabs(r) < DEPENDENT && *dependent < 0)
            *dependent = j;
        sign[j] = r < 0.0 ? -1.0 : 1.0;
        *length = fabs(r) * norm;
    }
    if (LAPACKE_dorgqr(LAPACK_COL_MAJOR, rows, columns, columns, q, rows, tau)) {
        status = vx_fail(error, VX_INTERNAL, "QR decomposition of the design failed");
        goto cleanup;
    }
    for (int64_t j = 0; j < m; j++)
        for (int64_t i = 0; i < n; i++)
            q[j * n + i] *= sign[j];
cleanup:
    free(tau);
    free(sign);
    return status;
}

/* A second pass removes the rounding error of the first (Giraud et al. 2005, Numer. Math. 101:87). */
void vx_project_out(const double *q, int64_t m, int64_t n, double *y)
{
    for (int pass = 0; pass < 2; pass++)
        for (int64_t j = 0; j < m; j++) {
            const double along = vx_dot(q + j * n, y, n);
            for (int64_t i = 0; i < n; i++)
                y[i] -= along * q[j * n + i];
        }
}
