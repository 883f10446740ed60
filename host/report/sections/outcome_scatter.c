/* Scatter plots of the strongest correlations of a view: the change of every participant against the covariate. */
#include "base/memory.h"
#include "report/draw/plot.h"
#include "report/draw/tiles.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

enum { TILES_MAX = 6, COLUMNS = 3 };

/* One plot. The texts and arrays are owned. */
typedef struct scatter {
    const vx_results_outcome *test;  /* of the correlation */
    size_t row;
    const vx_results_effect *effect; /* of some modality, by the same covariate: it has the covariate's values */
    vx_scatter_plot plot;
    vx_line line;
    double *x, *y, *design;
    char *x_label, *title;
} scatter;

static double band(const void *line, double x)
{
    return vx_line_band(line, x);
}

/* The first effect of images with that name; null: no values of the covariate are known. */
static const vx_results_effect *effect_of(const vx_results *results, const char *covariate)
{
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            if (effect->kind == VX_SLOPE && !strcmp(effect->name, covariate))
                return effect;
        }
    return NULL;
}

static bool is_stronger(const vx_results *results, const vx_results_outcome *a, const vx_results_outcome *b)
{
    const vx_correlation_columns *correlation = vx_results_correlation(results);
    const double p = a->value[correlation->p_matrix], q = b->value[correlation->p_matrix];
    return p < q || (p == q && fabs(a->value[correlation->r]) > fabs(b->value[correlation->r]));
}

/* Chooses the tests with the smallest p over the matrix, in their order. */
static size_t choose(const vx_outcome_view *view, scatter chosen[TILES_MAX])
{
    const vx_correlation_columns *correlation = vx_results_correlation(view->results);
    size_t count = 0;
    for (size_t c = 0; c < view->covariates; c++) {
        const vx_results_effect *effect = effect_of(view->results, view->covariate[c]);
        for (size_t row = 0; effect && row < view->rows; row++) {
            const vx_results_outcome *test = vx_view_under(view, row, view->covariate[c]);
            if (!test || isnan(test->value[correlation->r]))
                continue;
            size_t at = count;
            while (at && is_stronger(view->results, test, chosen[at - 1].test))
                at--;
            if (at == TILES_MAX)
                continue;
            count += count < TILES_MAX;
            memmove(chosen + at + 1, chosen + at, (count - 1 - at) * sizeof *chosen);
            chosen[at] = (scatter){.test = test, .row = row, .effect = effect};
        }
    }
    return count;
}

/* Gathers the participants who have the change and the covariate; returns their number. */
static int64_t gather(const vx_outcome_view *view, scatter *one)
{
    const vx_results_effect *effect = one->effect;
    const vx_results *results = view->results;
    int64_t n = 0;
    if (view->row[one->row]->log_scale)
        vx_view_tested_changes(view, one->row, one->y);
    else
        vx_view_changes(view, one->row, one->y);
    for (int64_t i = 0; i < results->participants; i++) {
        int64_t k = 0;
        while (k < effect->n && strcmp(effect->participant[k], results->participant[i]))
            k++;
        if (k == effect->n || isnan(one->y[i]))
            continue;
        one->x[n] = effect->raw[k * effect->columns + effect->tested];
        one->y[n] = view->row[one->row]->log_scale ? 100 * one->y[i] : one->y[i];
        memcpy(one->design + n * effect->columns, effect->design + k * effect->columns,
               (size_t)effect->columns * sizeof *one->design);
        n++;
    }
    return n;
}

/* The line is least squares, given the nuisance. None is drawn for ranks. */
static void prepare(vx_report *report, const vx_outcome_view *view, scatter *one)
{
    const vx_results_effect *effect = one->effect;
    const vx_correlation_columns *correlation = vx_results_correlation(view->results);
    const size_t n = (size_t)view->results->participants;
    const bool adjusted = effect->columns > 2 && !effect->ranks;
    const double r = one->test->value[correlation->r];
    size_t cells;
    one->x = vx_array(n, sizeof *one->x);
    one->y = vx_array(n, sizeof *one->y);
    one->design = vx_multiply(n, (size_t)effect->columns, &cells) ? vx_array(cells, sizeof *one->design) : NULL;
    one->x_label = vx_text("%s%s", effect->name, adjusted ? ", adjusted" : "");
    one->title = vx_text("%s: %s = %s%.2f", one->test->name, correlation->symbol, r < 0 ? "\xE2\x88\x92" : "", fabs(r));
    if (!one->x || !one->y || !one->design || !one->x_label || !one->title) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    const int64_t known = gather(view, one);
    const char *y_label = view->row[one->row]->log_scale ? "100 \xC3\x97 log ratio" : vx_view_axis_label(view);
    one->plot = (vx_scatter_plot){.x = one->x, .y = one->y, .n = known, .x_label = one->x_label, .y_label = y_label};
    if (effect->ranks || known <= effect->columns)
        return;
    report->status = vx_line_fit(one->design, known, effect->columns, effect->tested, (double)(known - effect->columns),
                                 vx_mean(one->x, known), one->y, &one->line, report->error);
    if (!report->status)
        one->plot = (vx_scatter_plot){one->line.x, one->line.y, known, one->x_label, y_label, one->line.slope,
                                      one->line.x_mean, one->line.y_mean, band, &one->line};
}

static void draw(vx_report *report, const vx_outcome_part *part, const scatter *chosen, size_t count)
{
    vx_tile tile[TILES_MAX];
    size_t tiles = 0;
    for (size_t i = 0; i < count; i++)
        if (chosen[i].plot.n > 1)
            tile[tiles++] = (vx_tile){chosen[i].title, vx_scatter_drawing(&chosen[i].plot)};
    const vx_tile_grid all = {tile, tiles, COLUMNS};
    if (tiles)
        vx_outcome_picture(
            report, part, "scatter", vx_tiles_drawing(&all),
            vx_text("Changes against covariates in %zu plots; the strongest is %s with %s.", tiles,
                    chosen[0].test->name, chosen[0].test->effect),
            vx_text("The correlations with the smallest p over the matrix%s. They were selected because they are "
                    "strong in the same data: on average they are stronger than the truth.",
                    chosen[0].effect->ranks ? "; ranks were tested, so no line is drawn" : ", with the least-squares "
                                              "line and its 95 % interval"));
}

void vx_outcome_scatter(vx_report *report, const vx_outcome_part *part)
{
    scatter chosen[TILES_MAX + 1] = {0};
    const size_t count = choose(part->view, chosen);
    for (size_t i = 0; !report->status && i < count; i++)
        prepare(report, part->view, &chosen[i]);
    if (!report->status && count)
        draw(report, part, chosen, count);
    for (size_t i = 0; i < count; i++) {
        vx_line_destroy(&chosen[i].line);
        free(chosen[i].x);
        free(chosen[i].y);
        free(chosen[i].design);
        free(chosen[i].x_label);
        free(chosen[i].title);
    }
}
