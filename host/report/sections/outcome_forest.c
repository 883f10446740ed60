/* The forest plot of a view: the mean change of every outcome, beside its correlation with the first covariate. */
#include "base/memory.h"
#include "base/stream.h"
#include "report/draw/forest.h"
#include "report/draw/plot.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

/* n, the p and the corrected p of an outcome, which has a star where it is significant. */
static void put_texts(const vx_results_outcome *outcome, vx_forest_mark *mark)
{
    mark->significant = vx_significant(outcome->value[VX_OUTCOME_P_FWE]);
    if (isnan(outcome->value[VX_OUTCOME_N]))
        strcpy(mark->text[0], "\xE2\x80\x93");
    else
        snprintf(mark->text[0], VX_FOREST_TEXT, "%.0f", outcome->value[VX_OUTCOME_N]);
    vx_forest_p_text(outcome->value[VX_OUTCOME_P_EXACT], false, mark->text[2]);
    vx_forest_p_text(outcome->value[VX_OUTCOME_P_FWE], mark->significant, mark->text[3]);
}

static void reach(double range[2], double value)
{
    if (isfinite(value)) {
        range[0] = fmin(range[0], value);
        range[1] = fmax(range[1], value);
    }
}

/* The sides of the panel of changes: all intervals and zero, and dots that lie not further from them than
 * 1.5 times their range. */
static void fit_range(const vx_forest_row *row, size_t rows, double range[2])
{
    double dots[2] = {0, 0};
    range[0] = range[1] = 0;
    for (size_t i = 0; i < rows; i++) {
        const vx_forest_mark *mark = &row[i].mark[0];
        reach(range, mark->estimate);
        reach(range, mark->low);
        reach(range, mark->high);
        for (int64_t k = 0; k < mark->dots; k++)
            reach(dots, mark->dot[k]);
    }
    const double length = range[1] - range[0];
    range[0] = fmin(range[0], length > 0 ? fmax(dots[0], range[0] - 1.5 * length) : dots[0]);
    range[1] = fmax(range[1], length > 0 ? fmin(dots[1], range[1] + 1.5 * length) : dots[1]);
    vx_widen(range, 0.04);
}

/* Decimals for values up to `largest`: two digits at least, except of values from 100. */
static int digits_of(double largest)
{
    if (largest >= 100)
        return 0;
    return largest >= 1 || !(largest > 0) ? 1 : (int)fmin(1 - floor(log10(largest)), 5);
}

/* Names of rows on the log scale say so, where others are not on it; null stands for the name itself. The texts of
 * `label` are owned. False without memory. */
static bool name_rows(const vx_outcome_view *view, char **label)
{
    const size_t logarithms = vx_view_logarithms(view);
    for (size_t i = 0; i < view->rows; i++)
        if (view->row[i]->scale == VX_ON_LOG && logarithms < view->rows &&
            !(label[i] = vx_text("%s (log)", view->row[i]->name)))
            return false;
    return true;
}

/* The mean of row `i`, with the changes of the participants, which go to `dot`. */
static void fill_mean(const vx_outcome_view *view, size_t i, double *dot, vx_forest_mark *mark)
{
    const vx_shown_change change = vx_view_change(view, i);
    mark->dot = dot;
    mark->name = view->results->participant;
    mark->dots = view->results->participants;
    vx_view_changes(view, i, dot);
    mark->estimate = change.estimate, mark->low = change.low, mark->high = change.high;
    put_texts(view->row[i], mark);
}

/* The correlation of row `i` with a covariate; nothing where it was not tested. */
static void fill_slope(const vx_outcome_view *view, size_t i, const char *covariate, vx_forest_mark *mark)
{
    const vx_correlation_columns *correlation = vx_results_correlation(view->results);
    const vx_results_outcome *slope = vx_view_under(view, i, covariate);
    mark->estimate = slope ? slope->value[correlation->r] : NAN;
    if (!slope)
        return;
    mark->low = slope->value[correlation->low];
    mark->high = slope->value[correlation->high];
    vx_forest_interval_text(mark->estimate, mark->low, mark->high, 2, false, mark->text[1]);
    put_texts(slope, mark);
}

/* The texts of the means, with the decimals that the widest interval needs. */
static void put_intervals(vx_forest_row *row, size_t rows)
{
    double largest = 0;
    for (size_t i = 0; i < rows; i++)
        for (int end = 0; end < 2; end++) {
            const double value = end ? row[i].mark[0].high : row[i].mark[0].low;
            largest = fmax(largest, isfinite(value) ? fabs(value) : 0);
        }
    for (size_t i = 0; i < rows; i++) {
        vx_forest_mark *mark = row[i].mark;
        vx_forest_interval_text(mark->estimate, mark->low, mark->high, digits_of(largest), true, mark->text[1]);
    }
}

static void fill_rows(const vx_outcome_view *view, char *const *label, vx_forest_row *row, double *dot)
{
    for (size_t i = 0; i < view->rows; i++) {
        row[i].label = label[i] ? label[i] : view->row[i]->name;
        row[i].heading = vx_view_opens_family(view, i) ? view->row[i]->family : NULL;
        fill_mean(view, i, dot + i * (size_t)view->results->participants, row[i].mark);
        if (view->covariates)
            fill_slope(view, i, view->covariate[0], &row[i].mark[1]);
    }
    put_intervals(row, view->rows);
}

/* Names the significant rows of a panel, which are in the picture by colour and star. */
static void describe(FILE *out, const vx_forest_plot *plot, int panel)
{
    size_t found = 0;
    for (size_t i = 0; i < plot->rows; i++) {
        const vx_forest_mark *mark = &plot->row[i].mark[panel];
        if (mark->significant)
            fprintf(out, "%s%s %s, corrected p %s", found++ ? "; " : " Significant: ", plot->row[i].label,
                    mark->text[1], mark->text[3]);
    }
    fputs(found ? "." : " Nothing is significant.", out);
}

static char *alternative(const vx_outcome_view *view, const vx_forest_plot *plot)
{
    char *text = NULL;
    FILE *out = vx_text_stream(&text, NULL);
    if (!out)
        return NULL;
    fprintf(out, "Forest plot of %zu %s%s%s%s: %s, with 95 %% intervals.", view->rows,
            view->kind == VX_OUTCOME_REGION ? "region" : "marker", view->rows == 1 ? "" : "s",
            view->modality ? " of " : "", view->modality ? view->modality : "", plot->panel[0].axis);
    describe(out, plot, 0);
    if (plot->panels > 1) {
        fprintf(out, " %s.", plot->panel[1].title);
        describe(out, plot, 1);
    }
    fputs(" The table has every figure.", out);
    if (!vx_stream_close(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static char *caption_of(const vx_outcome_view *view)
{
    static const char *const axes[] = {
        [VX_AXIS_PERCENT] = "changes in percent of the mean baseline, so that rows can be compared",
        [VX_AXIS_UNITS] = "changes in the units of the values",
        [VX_AXIS_SD] = "changes in standard deviations, as not every outcome has a baseline above zero"};
    const char *of = view->axis == VX_AXIS_PERCENT && view->row[0]->scale == VX_ON_PERCENT
                         ? "changes in percent of each participant's baseline"
                     : view->axis == VX_AXIS_PERCENT && view->row[0]->scale == VX_ON_SYMMETRIC
                         ? "changes in percent of the mean of both sessions"
                         : axes[view->axis];
    return vx_text("%s. Dots: participants, %s%s. Diamonds: means, with 95 %% intervals by the t distribution, which "
                   "are of each row by itself. p: by relabelling; corrected: over the family. Filled, orange and "
                   "with a star where the corrected p is below " VX_LEVEL_TEXT ".%s",
                   view->modality ? view->modality : "Markers", of,
                   view->axis == VX_AXIS_PERCENT && vx_view_logarithms(view)
                       ? " (on the log scale: the geometric mean ratio minus 1)" : "",
                   view->covariates > 1 ? " The other covariates are in the matrix below." : "");
}

void vx_outcome_forest(vx_report *report, const vx_outcome_part *part)
{
    const vx_outcome_view *view = part->view;
    const vx_correlation_columns *correlation = vx_results_correlation(report->results);
    const char *axis = vx_view_axis_words(view);
    const bool paired = view->row[0]->session[VX_MEAN_BASELINE];
    size_t dots;
    vx_forest_row *row = vx_array_zero(view->rows, sizeof *row);
    double *dot = vx_multiply(view->rows, (size_t)report->results->participants, &dots) ? vx_array(dots, sizeof *dot)
                                                                                        : NULL;
    char *title = view->covariates ? vx_text("Correlation with %s", view->covariate[0]) : vx_copy_text("");
    char *first = view->modality ? vx_text("%s: mean%s", view->modality, paired ? " change" : "")
                                 : vx_text("Mean%s", paired ? " change" : "");
    char **label = vx_array_zero(view->rows, sizeof *label);
    if (!row || !dot || !title || !first || !label || !name_rows(view, label)) {
        report->status = vx_fail_memory(report->error);
        goto cleanup;
    }
    fill_rows(view, label, row, dot);
    vx_forest_panel panel[] = {
        {first, axis, vx_view_unit(view, 0), {"n", paired ? "change (95 %)" : "mean (95 %)", "p", "corrected"}, 250,
         {0, 0}},
        {title, correlation->symbol, NULL, {"n", "r (95 %)", "p", "corrected"}, 150, {-1.02, 1.02}}};
    panel[1].column[1] = correlation->r == VX_OUTCOME_R ? "r (95 %)" : "rho (95 %)";
    fit_range(row, view->rows, panel[0].range);
    const vx_forest_plot plot = {row, view->rows, panel, view->covariates ? 2 : 1,
                                 "Dots: participants. Diamonds: estimates with 95 % intervals; filled, orange and * "
                                 "where p, corrected over the family, is below " VX_LEVEL_TEXT "."};
    vx_outcome_picture(report, part, "forest", vx_forest_drawing(&plot), alternative(view, &plot), caption_of(view));
cleanup:
    for (size_t i = 0; label && i < view->rows; i++)
        free(label[i]);
    free(label);
    free(row);
    free(dot);
    free(title);
    free(first);
}

/* ---- the small plot of an answer ---- */

enum { GLANCE_ROWS = 8 };

static void draw_glance(vx_report *report, const vx_outcome_view *view, const char *covariate, const char *name,
                        double *dot)
{
    const vx_correlation_columns *correlation = vx_results_correlation(report->results);
    vx_forest_row row[GLANCE_ROWS] = {{0}};
    size_t rows = 0;
    for (size_t i = 0; i < view->rows && rows < GLANCE_ROWS; i++) {
        if (!vx_view_is_among(view, i, covariate, GLANCE_ROWS))
            continue;
        row[rows].label = view->row[i]->name;
        if (covariate)
            fill_slope(view, i, covariate, row[rows].mark);
        else
            fill_mean(view, i, dot + rows * (size_t)report->results->participants, row[rows].mark);
        rows++;
    }
    if (!covariate)
        put_intervals(row, rows);
    char *r_axis = vx_text("%s with %s", correlation->symbol, covariate ? covariate : "");
    vx_forest_panel panel = {"", covariate ? r_axis : vx_view_axis_words(view),
                             covariate ? NULL : vx_view_unit(view, 0), {NULL}, 230, {-1.02, 1.02}};
    if (!covariate)
        fit_range(row, rows, panel.range);
    const vx_forest_plot plot = {row, rows, &panel, 1, NULL};
    char *alt = r_axis ? alternative(view, &plot) : NULL;
    if (alt)
        vx_report_picture(report, &(vx_picture){name, vx_forest_drawing(&plot), true, alt, NULL});
    else
        report->status = vx_fail_memory(report->error);
    if (alt && rows < view->rows)
        vx_put(report->page, "<p class=\"note\">The %zu of %zu %s with the smallest corrected p.</p>\n", rows,
               view->rows, vx_outcome_groups[view->kind]);
    free(alt);
    free(r_axis);
}

void vx_outcome_glance(vx_report *report, const char *modality, const char *effect, const char *name)
{
    const vx_outcome_kind kind = modality ? VX_OUTCOME_REGION : VX_OUTCOME_MARKER;
    double *dot = vx_array((size_t)report->results->participants, GLANCE_ROWS * sizeof *dot);
    vx_outcome_view view = {0};
    report->status = dot ? VX_OK : vx_fail_memory(report->error);
    for (int planned = 1; !report->status && planned >= 0 && !view.rows; planned--) {
        vx_outcome_view_destroy(&view);
        report->status = vx_outcome_view_init(report->results, kind, modality, planned, &view, report->error);
    }
    if (!report->status && view.rows)
        draw_glance(report, &view, strcmp(effect, view.row[0]->effect) ? effect : NULL, name, dot);
    vx_outcome_view_destroy(&view);
    free(dot);
}
