/* Scatter plots of the strongest correlations of a view: the change of every participant against the covariate. */
#include "base/memory.h"
#include "base/number.h"
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
    vx_model *model;                 /* of the participants who have the change */
    const vx_effect *effect;         /* of the model: the one that was tested; null: no model, so no plot */
    vx_scatter_plot plot;
    vx_line line;
    double *x, *y, *design;          /* design: n x columns */
    const char **name;               /* n */
    bool *marked;                    /* n: those on whom the line hangs */
    char *x_label, *title;
} scatter;

static double band(const void *line, double x)
{
    return vx_line_band(line, x);
}

/* The covariate of interest of that name; null: its values are not known. */
static const vx_results_column *column_of(const vx_results *results, const char *name)
{
    for (size_t c = 0; c < results->covariates; c++)
        if (!strcmp(results->covariate[c].name, name))
            return &results->covariate[c];
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
        const bool known = column_of(view->results, view->covariate[c]);
        for (size_t row = 0; known && row < view->rows; row++) {
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
            chosen[at] = (scatter){.test = test, .row = row};
        }
    }
    return count;
}

/* Makes the model of the correlation over the `n` participants, as the run did. */
static vx_status make_model(const vx_outcome_view *view, const int64_t *participant, int64_t n, scatter *one,
                            vx_error *error)
{
    const vx_results *results = view->results;
    const char *joint = vx_results_option(results, "joint");
    const vx_model_options options = {
        .size = sizeof options,
        .mean_name = view->row[one->row]->effect,
        .participant = participant,
        .joint = joint && !strcmp(joint, "yes"),
        .correlation = vx_results_correlation(results)->r == VX_OUTCOME_RHO ? VX_SPEARMAN : VX_PEARSON,
    };
    const size_t columns = results->covariates + results->nuisances;
    size_t cells;
    vx_regressor *regressor = vx_array(columns, sizeof *regressor);
    double *value = vx_multiply(columns, (size_t)n, &cells) ? vx_array(cells, sizeof *value) : NULL;
    vx_status status = regressor && value ? VX_OK : vx_fail_memory(error);
    for (size_t c = 0; !status && c < columns; c++) {
        double *own = value + c * (size_t)n;
        for (int64_t i = 0; i < n; i++)
            own[i] = results->covariate[c].value[participant[i]];
        regressor[c] = (vx_regressor){results->covariate[c].name, own};
    }
    if (!status)
        status = vx_model_new(&options, n, regressor, (int64_t)results->covariates, regressor + results->covariates,
                              (int64_t)results->nuisances, &one->model, error);
    for (int64_t e = 0; !status && e < one->model->effects; e++)
        if (one->model->effect[e].kind == VX_SLOPE && !strcmp(one->model->effect[e].name, one->test->effect))
            one->effect = &one->model->effect[e];
    free(regressor);
    free(value);
    return status;
}

/* Models the participants who have the change, and gathers those who have the covariate too. No model can be made of
 * too few of them; the plot is then left out. */
static vx_status gather(const vx_outcome_view *view, scatter *one, vx_error *error)
{
    const vx_results *results = view->results;
    const bool logs = one->test->scale == VX_ON_LOG;
    const double *level = column_of(results, one->test->effect)->value, factor = logs ? 100 : 1;
    int64_t n = 0, *participant = vx_array((size_t)results->participants, sizeof *participant);
    size_t cells;
    if (!participant)
        return vx_fail_memory(error);
    (logs ? vx_view_tested_changes : vx_view_changes)(view, one->row, one->y);
    for (int64_t i = 0; i < results->participants; i++)
        if (!isnan(one->y[i]))
            participant[n++] = i;
    vx_status status = make_model(view, participant, n, one, error);
    const vx_effect *effect = one->effect;
    free(participant);
    if (status || !effect)
        return status == VX_INPUT ? VX_OK : status;
    one->design =
        vx_multiply((size_t)effect->n, (size_t)effect->columns, &cells) ? vx_array(cells, sizeof *one->design) : NULL;
    if (!one->design)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < effect->n; i++) { /* participants ascend, so no later value is overwritten */
        one->x[i] = level[effect->participant[i]];
        one->name[i] = results->participant[effect->participant[i]];
        one->y[i] = one->y[effect->participant[i]] * factor;
        for (int64_t c = 0; c < effect->columns; c++)
            one->design[i * effect->columns + c] = effect->design[c * effect->n + i];
    }
    return VX_OK;
}

static vx_status fit_line(scatter *one, vx_error *error)
{
    vx_status status;
    const vx_effect *effect = one->effect;
    int64_t tested = 0;
    while (effect->contrast[tested] == 0)
        tested++;
    status = vx_line_fit(one->design, effect->n, effect->columns, tested, effect->df, vx_mean(one->x, effect->n),
                         one->y, &one->line, error);
    for (int64_t i = 0; !status && i < effect->n; i++)
        one->marked[i] = vx_line_is_far(&one->line, i) || vx_line_is_influential(&one->line, i);
    return status;
}

/* The line is least squares, given the nuisance. None is drawn for ranks. */
static void prepare(vx_report *report, const vx_outcome_view *view, scatter *one)
{
    const vx_correlation_columns *correlation = vx_results_correlation(view->results);
    const size_t n = (size_t)view->results->participants;
    char text[32];
    one->x = vx_array(n, sizeof *one->x);
    one->y = vx_array(n, sizeof *one->y);
    one->title = vx_text("%s: %s = %s", one->test->name, correlation->symbol,
                         vx_fixed_text(one->test->value[correlation->r], 2, text));
    one->name = vx_array(n, sizeof *one->name);
    one->marked = vx_array_zero(n, sizeof *one->marked);
    report->status = one->x && one->y && one->title && one->name && one->marked ? gather(view, one, report->error)
                                                                                : vx_fail_memory(report->error);
    if (report->status || !one->effect)
        return;
    const vx_effect *effect = one->effect;
    const char *y_label = one->test->scale == VX_ON_LOG ? "100 \xC3\x97 log ratio" : vx_view_axis_label(view);
    const char *units = vx_results_covariate_units(view->results, effect->name);
    one->x_label = vx_text("%s%s%s%s", effect->name, units ? ", " : "", units ? units : "",
                           effect->columns > 2 && !effect->ranks ? ", adjusted" : "");
    if (!one->x_label) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    one->plot = (vx_scatter_plot){.x = one->x, .y = one->y, .n = effect->n, .x_label = one->x_label,
                                  .y_label = y_label, .name = one->name};
    if (!effect->ranks && !(report->status = fit_line(one, report->error)))
        one->plot = (vx_scatter_plot){one->line.x, one->line.y, effect->n, one->x_label, y_label, one->line.slope,
                                      one->line.x_mean, one->line.y_mean, band, &one->line, one->name, one->marked};
}

static void draw(vx_report *report, const vx_outcome_part *part, const scatter *chosen, size_t count)
{
    vx_tile tile[TILES_MAX];
    const scatter *strongest = NULL;
    size_t tiles = 0;
    bool ringed = false;
    for (size_t i = 0; i < count; i++) {
        if (chosen[i].plot.n < 2)
            continue;
        for (int64_t k = 0; k < chosen[i].plot.n; k++)
            ringed |= chosen[i].marked[k];
        strongest = strongest ? strongest : &chosen[i];
        tile[tiles++] = (vx_tile){chosen[i].title, vx_scatter_drawing(&chosen[i].plot)};
    }
    const vx_tile_grid all = {tile, tiles, COLUMNS};
    if (tiles)
        vx_put_circular(report);
    if (tiles)
        vx_outcome_picture(
            report, part, "scatter", vx_tiles_drawing(&all),
            vx_text("Changes against covariates in %zu plots; the strongest is %s with %s.", tiles,
                    strongest->test->name, strongest->test->effect),
            vx_text("The correlations with the smallest p over the matrix%s.%s",
                    strongest->effect->ranks ? "; ranks were tested, so no line is drawn" : ", with the least-squares "
                                              "line and its 95 % interval",
                    ringed ? " Ringed: who lies far out (leverage above 3 p / n) or carries much of the result "
                             "(Cook\xE2\x80\x99s distance above the median of F)." : ""));
}

/* The values of a regressor that one modality alone has are not kept. */
static bool is_adjusted(const vx_outcome_view *view)
{
    bool adjusted = false;
    for (size_t m = 0; view->modality && m < view->results->modalities; m++)
        adjusted |= view->results->modality[m].adjusted && !strcmp(view->results->modality[m].name, view->modality);
    return adjusted;
}

void vx_outcome_scatter(vx_report *report, const vx_outcome_part *part)
{
    scatter chosen[TILES_MAX + 1] = {0};
    const size_t count = is_adjusted(part->view) ? 0 : choose(part->view, chosen);
    for (size_t i = 0; !report->status && i < count; i++)
        prepare(report, part->view, &chosen[i]);
    if (!report->status && count)
        draw(report, part, chosen, count);
    for (size_t i = 0; i < count; i++) {
        vx_model_free(chosen[i].model);
        vx_line_destroy(&chosen[i].line);
        free(chosen[i].x);
        free(chosen[i].y);
        free(chosen[i].name);
        free(chosen[i].marked);
        free(chosen[i].design);
        free(chosen[i].x_label);
        free(chosen[i].title);
    }
}
