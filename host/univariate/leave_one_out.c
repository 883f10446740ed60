#include "univariate/leave_one_out.h"

#include "base/memory.h"
#include "model/orthonormal.h"
#include "model/ranks.h"
#include "univariate/t_test.h"

#include <math.h>

static vx_leave_one_out nobody(void)
{
    return (vx_leave_one_out){NAN, NAN, NAN, NAN, -1, NAN};
}

/* Takes in the result without participant `out`; `all` is the estimate of all. */
static void take(vx_leave_one_out *result, int64_t out, double all, double estimate, double p)
{
    double change = estimate - all, most = fabs(result->participant_change);
    result->p_min = fmin(result->p_min, p); /* fmin and fmax pass over NaN */
    result->p_max = fmax(result->p_max, p);
    result->estimate_min = fmin(result->estimate_min, estimate);
    result->estimate_max = fmax(result->estimate_max, estimate);
    if (result->participant < 0 || fabs(change) > most + vx_tie_width(fabs(all) + fabs(estimate))) {
        result->participant = out;
        result->participant_change = change;
    }
}

vx_leave_one_out vx_leave_one_out_mean(const vx_flips *flips, vx_tails tails)
{
    vx_leave_one_out result = nobody();
    double sum = 0.0;
    for (int64_t i = 0; i < flips->n; i++)
        sum += flips->y[i];
    for (int64_t i = 0; i < flips->n && flips->n > 1; i++)
        take(&result, i, sum / (double)flips->n, (sum - flips->y[i]) / (double)(flips->n - 1),
             vx_flips_p_without(flips, i, tails));
    return result;
}

/* One fit: the design's columns with the regressor of interest last, then y. */
typedef struct fit {
    double *value;      /* (columns + 1) x n */
    vx_ranked *scratch; /* n */
    double estimate, t, df;
} fit;

/* Copies a column without element `out`; ranks it where asked, and centres it where it is not the intercept. */
static void copy_column(const double *from, int64_t n, int64_t out, bool ranks, bool intercept, vx_ranked *scratch,
                        double *to)
{
    int64_t m = 0;
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        if (i != out)
            to[m++] = from[i];
    if (intercept)
        return;
    if (ranks)
        vx_midranks(to, m, 0.0, scratch);
    for (int64_t i = 0; i < m; i++)
        sum += to[i];
    for (int64_t i = 0; i < m; i++)
        to[i] -= sum / (double)m;
}

/* Least squares without participant `out`, or with all where `out` is negative. t is NaN where it is undefined. */
static vx_status fit_without(const vx_effect *effect, const double *y, int64_t out, fit *f, vx_error *error)
{
    int64_t n = effect->n, m = n - (out >= 0), columns = effect->columns, dependent;
    int64_t intercept = effect->kind == VX_MEAN ? columns - 1 : 0;
    double length, *response = f->value + columns * m, *x = f->value + (columns - 1) * m;
    f->t = f->estimate = NAN;
    f->df = (double)(m - columns);
    if (m <= columns)
        return VX_OK;
    for (int64_t j = 0; j < columns; j++)
        copy_column(effect->design + j * n, n, out, effect->ranks, j == intercept, f->scratch, f->value + j * m);
    copy_column(y, n, out, effect->ranks, effect->kind == VX_MEAN, f->scratch, response);
    vx_status status = vx_orthonormalise(f->value, m, columns, &length, &dependent, error);
    if (status || dependent >= 0)
        return status;
    vx_project_out(f->value, columns - 1, m, response);
    double along = vx_dot(x, response, m);
    for (int64_t i = 0; i < m; i++)
        response[i] -= along * x[i];
    double rss = vx_dot(response, response, m), size = sqrt(along * along + rss), before = vx_dot(y, y, n);
    if (size <= vx_tie_width(sqrt(before)))
        return VX_OK;
    f->estimate = effect->ranks ? along / size : along / length;
    f->t = along / sqrt(fmax(rss, 1e-30 * size * size) / f->df);
    return VX_OK;
}

vx_status vx_leave_one_out_effect(const vx_effect *effect, const double *y, vx_tails tails, vx_leave_one_out *result,
                                  vx_error *error)
{
    vx_status status = VX_OK;
    size_t n = (size_t)effect->n, values;
    fit f = {0};
    *result = nobody();
    f.value = vx_multiply(n, (size_t)effect->columns + 1, &values) ? vx_array(values, sizeof *f.value) : NULL;
    f.scratch = vx_array(n, sizeof *f.scratch);
    if (!f.value || !f.scratch) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if ((status = fit_without(effect, y, -1, &f, error)))
        goto cleanup;
    double all = f.estimate;
    for (int64_t i = 0; i < effect->n && !isnan(all) && !status; i++)
        if (!(status = fit_without(effect, y, i, &f, error)) && !isnan(f.estimate))
            take(result, i, all, f.estimate, vx_t_p(f.t, f.df, tails));
cleanup:
    free(f.value);
    free(f.scratch);
    return status;
}
