/* The covariates of the models: every participant's value, who lies far out, and which columns say the same. */
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

static const double ALIKE = 0.9;       /* |r| of columns that are nearly one */
static const double INFLATED = 5;      /* a common bound: 80 % of a column's variance is that of the others */

/* A column, as in the table, of the participants who have it. */
typedef struct dotted {
    const char *name;
    char *label;
    int64_t n;
    double *value;
    const char **participant;
    bool *marked;
} dotted;

typedef struct columns {
    dotted *column;
    size_t count;
} columns;

static bool has(const columns *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (!strcmp(all->column[i].name, name))
            return true;
    return false;
}

/* Adds an empty column of at most n values; null where memory is short. */
static dotted *add(columns *all, const vx_results *results, const char *name, size_t n)
{
    dotted *grown = vx_array_grow(all->column, all->count, 1, sizeof *grown);
    const char *units = vx_results_covariate_units(results, name);
    all->column = grown ? grown : all->column;
    if (!grown)
        return NULL;
    dotted *one = &all->column[all->count++];
    *one = (dotted){name, vx_text("%s%s%s", name, units ? ", " : "", units ? units : ""), 0,
                    vx_array(n, sizeof *one->value), vx_array(n, sizeof *one->participant),
                    vx_array_zero(n, sizeof *one->marked)};
    return one->label && one->value && one->participant && one->marked ? one : NULL;
}

static void columns_destroy(columns *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->column[i].label);
        free(all->column[i].value);
        free(all->column[i].participant);
        free(all->column[i].marked);
    }
    free(all->column);
}

/* Marks those who lie far out in a model, of which `leverage` has all. */
static void mark(dotted *one, const double *leverage, int64_t in_model)
{
    for (int64_t i = 0; i < one->n; i++)
        one->marked[i] = leverage[i] > vx_leverage_bound(one->n, in_model);
}

/* The columns of the effect that no effect before had, without the intercept. */
static vx_status add_effect(columns *all, const vx_results *results, const vx_results_effect *effect, vx_error *error)
{
    const int64_t intercept = effect->kind == VX_SLOPE ? 0 : effect->tested;
    double *leverage = vx_array((size_t)effect->n, sizeof *leverage);
    vx_status status = leverage ? vx_design_leverage(effect->design, effect->n, effect->columns, leverage, error)
                                : vx_fail_memory(error);
    for (int64_t c = 0; !status && c < effect->columns; c++) {
        if (c == intercept || has(all, effect->column[c]))
            continue;
        dotted *one = add(all, results, effect->column[c], (size_t)effect->n);
        if (!one) {
            status = vx_fail_memory(error);
            break;
        }
        for (int64_t i = 0; i < effect->n; i++) {
            one->value[one->n] = effect->raw[i * effect->columns + c];
            one->participant[one->n++] = effect->participant[i];
        }
        if (c == effect->tested)
            mark(one, leverage, effect->columns);
    }
    free(leverage);
    return status;
}

/* Of a study without images: the covariates that are kept with the markers. */
static vx_status add_kept(columns *all, const vx_results *results, vx_error *error)
{
    for (size_t c = 0; c < results->covariates + results->nuisances; c++) {
        dotted *one = add(all, results, results->covariate[c].name, (size_t)results->participants);
        if (!one)
            return vx_fail_memory(error);
        for (int64_t i = 0; i < results->participants; i++)
            if (!isnan(results->covariate[c].value[i])) {
                one->value[one->n] = results->covariate[c].value[i];
                one->participant[one->n++] = results->participant[i];
            }
    }
    return VX_OK;
}

static void put_dots(vx_report *report, const columns *all, const char *stem)
{
    size_t rows = 0;
    bool marked = false;
    vx_dots_row *row = vx_array(all->count, sizeof *row);
    char *name = vx_text("%s%scovariates", stem ? stem : "", stem ? "_" : "");
    char *alt = vx_text("The values of %zu column%s, a dot a participant.", all->count, all->count == 1 ? "" : "s");
    for (size_t i = 0; row && i < all->count; i++) {
        const dotted *one = &all->column[i];
        if (one->n)
            row[rows++] = (vx_dots_row){one->label, one->n, one->value, one->participant, one->marked};
        for (int64_t k = 0; k < one->n; k++)
            marked |= one->marked[k];
    }
    const vx_dots_plot plot = {row, rows};
    const char *caption = marked ? "Every participant\xE2\x80\x99s values; the lowest and the highest are named. "
                                   "Larger and orange: far from the others in the model of this covariate "
                                   "(leverage above 3 p / n)."
                                 : "Every participant\xE2\x80\x99s values; the lowest and the highest are named.";
    if (row && name && alt && rows)
        vx_report_picture(report, &(vx_picture){name, vx_dots_drawing(&plot), true, alt, caption});
    else if (!row || !name || !alt)
        report->status = vx_fail_memory(report->error);
    free(row);
    free(name);
    free(alt);
}

/* The correlation over those who have both. Both lists of participants are in the order of the study. */
static double alike(const dotted *a, const dotted *b, double *x, double *y)
{
    int64_t n = 0;
    for (int64_t i = 0; i < a->n; i++)
        for (int64_t k = 0; k < b->n; k++)
            if (!strcmp(a->participant[i], b->participant[k])) {
                x[n] = a->value[i];
                y[n++] = b->value[k];
                break;
            }
    return n > 2 ? vx_pearson(x, y, n) : NAN;
}

/* Says of every two columns that they are nearly one, or else how near the nearest two are. */
static void put_alike(vx_report *report, const columns *all)
{
    const size_t most = (size_t)report->results->participants;
    double *x = vx_array(most, sizeof *x), *y = vx_array(most, sizeof *y), nearest = 0;
    const dotted *pair[2] = {NULL, NULL};
    bool any = false;
    char text[32];
    if (!x || !y)
        report->status = vx_fail_memory(report->error);
    for (size_t i = 0; !report->status && i < all->count; i++)
        for (size_t k = i + 1; k < all->count; k++) {
            const double r = alike(&all->column[i], &all->column[k], x, y);
            if (fabs(r) >= ALIKE) {
                any = true;
                vx_put(report->page, "<p><strong>%s and %s are nearly one column</strong> (r = %s): what is found "
                                     "with "
                       "one of them may belong to the other, and a model with both can hardly tell them apart.</p>\n",
                       all->column[i].name, all->column[k].name, vx_fixed_text(r, 2, text));
            }
            if (!pair[0] || fabs(r) > fabs(nearest)) {
                nearest = r;
                pair[0] = &all->column[i];
                pair[1] = &all->column[k];
            }
        }
    if (pair[0] && !any && !isnan(nearest))
        vx_put(report->page, "<p>Of the covariates, %s and %s are most alike: r = %s.</p>\n", pair[0]->name,
               pair[1]->name, vx_fixed_text(nearest, 2, text));
    free(x);
    free(y);
}

/* Variance inflation factors of the models with several columns: |x|^2 / |x given the others|^2, of centred columns. */
static void put_inflation(vx_report *report, const vx_results_effect *effect)
{
    const int64_t intercept = effect->kind == VX_SLOPE ? 0 : effect->tested;
    if (effect->columns < 3)
        return;
    vx_put(report->page, "<p>Variance inflation in the model of %s:", effect->name);
    for (int64_t c = 0, said = 0; !report->status && c < effect->columns; c++) {
        double sum = 0, left;
        if (c == intercept)
            continue;
        for (int64_t i = 0; i < effect->n; i++)
            sum += effect->design[i * effect->columns + c] * effect->design[i * effect->columns + c];
        report->status = vx_design_square(effect->design, effect->n, effect->columns, c, &left, report->error);
        const double factor = report->status ? NAN : sum / left;
        vx_put(report->page, "%s %s %.2f", said++ ? "," : "", effect->column[c], factor);
        if (factor >= INFLATED)
            vx_put(report->page, " (<strong>the other columns have %.0f %% of its variance</strong>)",
                   100 * (1 - 1 / factor));
    }
    vx_put_markup(report->page, ". 1: nothing shared; from 5 on, a column is hard to tell from the others.</p>\n");
}

void vx_design_covariates(vx_report *report, const vx_results_modality *modality)
{
    columns all = {0};
    for (size_t e = 0; modality && !report->status && e < modality->effects; e++)
        report->status = add_effect(&all, report->results, &modality->effect[e], report->error);
    if (!modality)
        report->status = add_kept(&all, report->results, report->error);
    if (!report->status && all.count) {
        put_dots(report, &all, modality ? modality->stem : NULL);
        if (!report->status)
            put_alike(report, &all);
    }
    for (size_t e = 0; modality && !report->status && e < modality->effects; e++)
        put_inflation(report, &modality->effect[e]);
    columns_destroy(&all);
}
