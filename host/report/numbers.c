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

static double leverage_of(const double *q, int64_t n, int64_t columns, int64_t i)
{
    double sum = 0;
    for (int64_t c = 0; c < columns; c++)
        sum += q[c * n + i] * q[c * n + i];
    return sum;
}

double vx_leverage_bound(int64_t n, int64_t columns)
{
    return 3 * (double)columns / (double)n;
}

vx_status vx_design_leverage(const double *design, int64_t n, int64_t columns, double *leverage, vx_error *error)
{
    double *q = vx_array((size_t)(n * columns), sizeof *q), length;
    vx_status status = q ? put_last(design, n, columns, columns - 1, q, &length, error) : vx_fail_memory(error);
    for (int64_t i = 0; !status && i < n; i++)
        leverage[i] = leverage_of(q, n, columns, i);
    free(q);
    return status;
}

double vx_pearson(const double *x, const double *y, int64_t n)
{
    const double x_mean = vx_mean(x, n), y_mean = vx_mean(y, n);
    double xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < n; i++) {
        xx += (x[i] - x_mean) * (x[i] - x_mean);
        yy += (y[i] - y_mean) * (y[i] - y_mean);
        xy += (x[i] - x_mean) * (y[i] - y_mean);
    }
    return xy / sqrt(xx * yy);
}

/* `residual` e_i of the full design, which the orthonormal columns q span. The slope without i is
 * b - x_i e_i / (|x|^2 (1 - h_i)), x the column's residual given the others. */
static void find_influence(vx_line *fit, const double *q, const double *residual)
{
    for (int64_t i = 0; i < fit->n; i++) {
        const double h = leverage_of(q, fit->n, fit->columns, i);
        const double left = 1 - h, e = residual[i];
        const bool determined = left > 1e-9;
        fit->leverage[i] = h;
        fit->cook[i] = determined ? e * e * h / ((double)fit->columns * fit->residual * fit->residual * left * left)
                                  : NAN;
        fit->without[i] = determined ? fit->slope - fit->x[i] * e / (fit->x_square * left) : NAN;
    }
}

bool vx_line_is_far(const vx_line *line, int64_t i)
{
    return line->leverage[i] > vx_leverage_bound(line->n, line->columns);
}

bool vx_line_is_influential(const vx_line *line, int64_t i)
{
    const double columns = (double)line->columns;
    const double below = (double)line->n - columns;
    return isfinite(line->cook[i]) && below > 0 && vx_f_upper(line->cook[i], columns, below) < 0.5;
}

static bool allocate(vx_line *line)
{
    double **const part[] = {&line->x, &line->y, &line->leverage, &line->cook, &line->without};
    bool good = true;
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        good &= (*part[k] = vx_array((size_t)line->n, sizeof **part[k])) != NULL;
    return good;
}

vx_status vx_line_fit(const double *design, int64_t n, int64_t columns, int64_t column, double df, double offset,
                      const double *y, vx_line *line, vx_error *error)
{
    vx_line fit = {.n = n, .columns = columns};
    double *q = vx_array((size_t)(n * columns), sizeof *q), *residual = vx_array((size_t)n, sizeof *residual);
    double length = 0;
    vx_status status = allocate(&fit) && q && residual ? VX_OK : vx_fail_memory(error);
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
        residual[i] = fit.y[i] - fit.slope * fit.x[i];
        fit.residual += residual[i] * residual[i];
    }
    fit.residual = sqrt(fit.residual / df);
    find_influence(&fit, q, residual);
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
    free(residual);
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
    free(line->leverage);
    free(line->cook);
    free(line->without);
    *line = (vx_line){0};
}

double vx_line_band(const vx_line *line, double x)
{
    const double away = x - line->x_mean;
    return line->quantile * line->residual * sqrt(1 / (double)line->n + away * away / line->x_square);
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
