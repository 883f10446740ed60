#include "report/numbers.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "base/sort.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

/* A number for every double, which ascends with it; and the double of a number. */
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

/* The highest value that more than `larger` reach, by halving: sorting would need memory, and could fail. */
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

static double median(double *order, int64_t n) /* sorts it */
{
    vx_sort_doubles(order, (size_t)n);
    return n % 2 ? order[n / 2] : 0.5 * (order[n / 2 - 1] + order[n / 2]);
}

bool vx_robust(const double *value, int64_t n, double *centre, double *spread)
{
    double *order = n > 0 ? vx_array((size_t)n, sizeof *order) : NULL;
    *centre = *spread = NAN;
    if (!order)
        return n <= 0;
    int64_t known = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(value[i]))
            order[known++] = value[i];
    if (known) {
        *centre = median(order, known);
        for (int64_t i = 0; i < known; i++)
            order[i] = fabs(order[i] - *centre);
        *spread = 1.4826 * median(order, known);
    }
    free(order);
    return true;
}

double vx_mean(const double *value, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += value[i];
    return sum / (double)n;
}

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes the unit vectors q (k x n) out of v, twice: once leaves rounding behind (Giraud et al. 2005, Comput Math Appl
 * 50:1069). */
static void project_out(const double *q, int64_t k, int64_t n, double *v)
{
    for (int64_t j = 0; j < 2 * k; j++) {
        const double *unit = q + j % k * n, along = dot(unit, v, n);
        for (int64_t i = 0; i < n; i++)
            v[i] -= along * unit[i];
    }
}

/* An orthonormal basis of all columns of the design but one, by Gram and Schmidt. Returns how many there are. */
static int64_t others(const double *design, int64_t n, int64_t columns, int64_t column, double *q)
{
    int64_t k = 0;
    for (int64_t c = 0; c < columns; c++) {
        double *unit = q + k * n;
        if (c == column)
            continue;
        for (int64_t i = 0; i < n; i++)
            unit[i] = design[i * columns + c];
        project_out(q, k, n, unit);
        const double norm = sqrt(dot(unit, unit, n));
        for (int64_t i = 0; i < n; i++)
            unit[i] /= norm;
        k++;
    }
    return k;
}

vx_status vx_line_fit(const double *design, int64_t n, int64_t columns, int64_t column, double df, double offset,
                      const double *y, vx_line *line, vx_error *error)
{
    vx_line fit = {.n = n, .x = vx_array((size_t)n, sizeof(double)), .y = vx_array((size_t)n, sizeof(double))};
    double *q = vx_array((size_t)(n * columns), sizeof *q);
    if (!fit.x || !fit.y || !q) {
        free(q);
        vx_line_destroy(&fit);
        return vx_fail_memory(error);
    }
    const int64_t k = others(design, n, columns, column, q);
    for (int64_t i = 0; i < n; i++) {
        fit.x[i] = design[i * columns + column];
        fit.y[i] = y[i];
    }
    fit.x_mean = vx_mean(fit.x, n) + offset;
    fit.y_mean = vx_mean(y, n);
    project_out(q, k, n, fit.x);
    project_out(q, k, n, fit.y);
    fit.x_square = dot(fit.x, fit.x, n);
    const double xy = dot(fit.x, fit.y, n), yy = dot(fit.y, fit.y, n);
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
    free(q);
    *line = fit;
    return VX_OK;
}

double vx_design_square(const double *design, int64_t n, int64_t columns, int64_t column)
{
    double *x = vx_array((size_t)n, sizeof *x), *q = vx_array((size_t)(n * columns), sizeof *q), square = NAN;
    if (x && q) {
        const int64_t k = others(design, n, columns, column, q);
        for (int64_t i = 0; i < n; i++)
            x[i] = design[i * columns + column];
        project_out(q, k, n, x);
        square = dot(x, x, n);
    }
    free(x);
    free(q);
    return square;
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

const char *vx_beyond_text(const vx_results_effect *effect, char text[48])
{
    static const char *const format[] = {[VX_TWO_TAILS] = "|t| > %.2f", [VX_POSITIVE] = "t > %.2f",
                                         [VX_NEGATIVE] = "t < \xE2\x88\x92%.2f"};
    snprintf(text, 48, format[effect->tails], effect->threshold_t);
    return text;
}

double vx_cluster_change(const vx_results_effect *effect, size_t c, int64_t i)
{
    const size_t at = c * (size_t)effect->n + (size_t)i;
    return effect->followup[at] - (effect->baseline ? effect->baseline[at] : 0);
}
