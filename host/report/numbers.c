#include "report/numbers.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "base/sort.h"
#include "image/change.h"
#include "model/orthonormal.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

/* An order-preserving map from doubles to integers; value_of is its inverse. */
static uint64_t rank_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}

static double value_of(uint64_t rank)
{
    const uint64_t bits = rank >> 63 ? rank & ~(1ull << 63) : ~rank;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Bisects for the highest value that more than `larger` maxima reach. Sorting would need memory and could fail. */
double vx_critical(const double *null, uint64_t count)
{
    const uint64_t larger = vx_level_count(count);
    uint64_t low = 0, high = UINT64_MAX;
    if (!count || !larger)
        return NAN;
    while (low < high) {
        const uint64_t middle = high - (high - low) / 2;
        uint64_t reach = 0;
        for (uint64_t i = 0; i < count; i++)
            reach += rank_of(null[i]) >= middle;
        if (reach > larger)
            low = middle;
        else
            high = middle - 1;
    }
    return value_of(low);
}

double vx_mean(const double *value, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += value[i];
    return sum / (double)n;
}

/* Orthonormalises the design with `column` moved to the end. q (columns x n) becomes the result, and `length` the norm
 * of the column after projecting out the others. */
static vx_status put_last(const double *design, int64_t n, int64_t columns, int64_t column, double *q, double *length,
                          vx_error *error)
{
    int64_t dependent;
    if (columns > n)
        return vx_fail(error, VX_INPUT, "%lld columns of a design for %lld participants: it is damaged",
                       (long long)columns, (long long)n);
    for (int64_t c = 0; c < columns; c++) {
        const int64_t place = c == column ? columns - 1 : c < column ? c : c - 1;
        for (int64_t i = 0; i < n; i++)
            q[place * n + i] = design[i * columns + c];
    }
    vx_status status = vx_orthonormalise(q, n, columns, length, &dependent, error);
    if (!status && dependent >= 0)
        status = vx_fail(error, VX_INPUT, "a column of the design is a linear combination of others: it is damaged");
    return status;
}

vx_status vx_line_fit(const double *design, int64_t n, int64_t columns, int64_t column, double df, double offset,
                      const double *y, vx_line *line, vx_error *error)
{
    vx_line fit = {.n = n, .x = vx_array((size_t)n, sizeof(double)), .y = vx_array((size_t)n, sizeof(double))};
    double *q = vx_array((size_t)(n * columns), sizeof *q), length = 0;
    vx_status status = fit.x && fit.y && q ? VX_OK : vx_fail_memory(error);
    if (status || (status = put_last(design, n, columns, column, q, &length, error)))
        goto cleanup;
    for (int64_t i = 0; i < n; i++) {
        fit.x[i] = design[i * columns + column];
        fit.y[i] = y[i];
    }
    fit.x_mean = vx_mean(fit.x, n) + offset;
    fit.y_mean = vx_mean(y, n);
    for (int64_t i = 0; i < n; i++)
        fit.x[i] = length * q[(columns - 1) * n + i];
    vx_project_out(q, columns - 1, n, fit.y);
    fit.x_square = length * length;
    const double xy = vx_dot(fit.x, fit.y, n), yy = vx_dot(fit.y, fit.y, n);
    fit.slope = xy / fit.x_square;
    fit.r = xy / sqrt(fit.x_square * yy);
    for (int64_t i = 0; i < n; i++) {
        const double left = fit.y[i] - fit.slope * fit.x[i];
        fit.residual += left * left;
    }
    fit.residual = sqrt(fit.residual / df);
    fit.quantile = vx_t_quantile_upper(0.025, df);
    const double half = fit.quantile * fit.residual / sqrt(fit.x_square);
    fit.low = fit.slope - half;
    fit.high = fit.slope + half;
    for (int64_t i = 0; i < n; i++) {
        fit.x[i] += fit.x_mean;
        fit.y[i] += fit.y_mean;
    }
    *line = fit;
    fit = (vx_line){0};
cleanup:
    free(q);
    vx_line_destroy(&fit);
    return status;
}

vx_status vx_design_square(const double *design, int64_t n, int64_t columns, int64_t column, double *square,
                           vx_error *error)
{
    double *q = vx_array((size_t)(n * columns), sizeof *q), length = 0;
    vx_status status = q ? put_last(design, n, columns, column, q, &length, error) : vx_fail_memory(error);
    *square = length * length;
    free(q);
    return status;
}

void vx_line_destroy(vx_line *line)
{
    if (!line)
        return;
    free(line->x);
    free(line->y);
    *line = (vx_line){0};
}

double vx_line_band(const vx_line *line, double x)
{
    const double away = x - line->x_mean;
    return line->quantile * line->residual * sqrt(1 / (double)line->n + away * away / line->x_square);
}

double vx_smallest_uncorrected(const vx_results_effect *effect)
{
    if (!effect->exact_uncorrected || isnan(effect->possible))
        return effect->p_smallest;
    return (effect->tails == VX_TWO_TAILS ? 2 : 1) / effect->possible;
}

double vx_cluster_change(const vx_results_effect *effect, vx_change change, size_t c, int64_t i)
{
    const size_t at = c * (size_t)effect->n + (size_t)i;
    return effect->baseline ? vx_change_of(change, effect->baseline[at], effect->followup[at]) : effect->followup[at];
}

vx_quantity vx_primary_first(vx_quantity primary, const vx_quantity order[VX_P_KINDS], int k)
{
    int at = 0;
    while (order[at] != primary)
        at++;
    return !k ? primary : order[k <= at ? k - 1 : k];
}
