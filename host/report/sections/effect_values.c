/* The values of each participant in the largest clusters, which show whether many or few carry an effect. */
#include "base/distribution.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 5 };

/* One of the largest clusters: what is drawn of it, and what the table has. */
typedef struct measured {
    char *title;
    double *change; /* n */
    bool *marked;   /* n */
    bool known;     /* every image could be read again */
    vx_line line;   /* n is 0 for ranks, which have none */
} measured;

static double band(const void *line, double x)
{
    return vx_line_band(line, x);
}

static void put_picture(vx_report *report, const vx_effect_view *view, size_t c, vx_drawing drawing, char *alt,
                        char *caption)
{
    char *name = vx_text("%s_cluster-%d-values", view->effect->stem, (int)view->effect->cluster[c].label);
    if (!report->status && name && alt && caption)
        vx_report_picture(report, &(vx_picture){name, drawing, true, alt, caption});
    else if (!report->status)
        report->status = vx_fail_memory(report->error);
    free(name);
    free(alt);
    free(caption);
}

/* Describes a cluster: "Cluster 2 at 34, 6, 4 mm, 11 voxels". */
static char *where(const vx_cluster *cluster)
{
    char mm[VX_MM_TEXT], count[32];
    return vx_text("Cluster %d, around %s mm, %s voxel%s", (int)cluster->label, vx_mm_text(cluster->peak_mm, mm),
                   vx_count_text((uint64_t)cluster->voxels, count), cluster->voxels == 1 ? "" : "s");
}

/* The mean and its interval, which are those of the slope on an intercept. */
static void interval(const vx_line *line, double limits[3])
{
    const double half = line->quantile * line->residual / sqrt(line->x_square);
    limits[0] = line->slope;
    limits[1] = line->slope - half;
    limits[2] = line->slope + half;
}

/* ", +5.2 % of the mean baseline" of a difference; else "". */
static const char *share_of_baseline(const vx_effect_view *view, size_t c, double mean, char text[64])
{
    const vx_results_effect *effect = view->effect;
    const double before = effect->baseline ? vx_mean(effect->baseline + c * (size_t)effect->n, effect->n) : 0;
    *text = 0;
    if (before > 0 && view->modality->change == VX_CHANGE_DIFFERENCE) {
        char percent[32];
        snprintf(text, 64, ", %s %% of the mean baseline", vx_digits_text(100 * mean / before, 2, true, percent));
    }
    return text;
}

static void put_mean(vx_report *report, const vx_effect_view *view, size_t c, measured *one)
{
    const vx_results *results = report->results;
    const vx_results_effect *effect = view->effect;
    const size_t first = c * (size_t)effect->n;
    double limits[3];
    int64_t rises = 0;
    report->status = vx_line_fit(effect->design, effect->n, effect->columns, effect->tested, effect->df, 0,
                                 one->change, &one->line, report->error);
    char *words = report->status ? NULL : vx_influence_words(&one->line, effect->participant, "mean", one->marked);
    if (!words) {
        report->status = report->status ? report->status : vx_fail_memory(report->error);
        return;
    }
    interval(&one->line, limits);
    for (int64_t i = 0; i < effect->n; i++)
        rises += one->change[i] > 0;
    const char *units = view->modality->units, *of_change = view->modality->change_units;
    char share[64], mean[32], low[32], high[32];
    vx_number_text(limits[0], mean);
    vx_number_text(limits[1], low);
    vx_number_text(limits[2], high);
    char *label = vx_text("%s%s%s", view->modality->name, units ? ", " : "", units ? units : "");
    const char *blank = of_change ? " " : "";
    of_change = of_change ? of_change : "";
    char *alt = vx_text("%s: mean %s %s%s%s, 95 %% interval %s to %s; %lld of %lld participants are above "
                        "zero.", one->title, effect->baseline ? "change" : "value", mean, blank, of_change,
                        low, high, (long long)rises, (long long)effect->n);
    char *caption = vx_text("%s. Mean %s %s%s%s (95 %% interval %s to %s)%s; %lld of %lld %s.%s", one->title,
                            effect->baseline ? "change" : "value", mean, blank, of_change, low, high,
                            share_of_baseline(view, c, limits[0], share), (long long)rises,
                            (long long)effect->n, effect->baseline ? "rise" : "are above zero", words);
    free(words);
    if (effect->baseline) {
        const vx_change_plot plot = {effect->baseline + first, effect->followup + first, effect->n,
                                     {results->session[0], results->session[1]}, label ? label : "", limits[0],
                                     limits[1], limits[2], NULL, effect->participant};
        put_picture(report, view, c, vx_change_drawing(&plot), alt, caption);
    } else {
        const vx_value_plot plot = {one->change, effect->n, label ? label : "", limits[0], limits[1], limits[2],
                                    effect->participant};
        put_picture(report, view, c, vx_value_drawing(&plot), alt, caption);
    }
    free(label);
}

/* Draws values against a covariate, as an added-variable plot if there is nuisance. For ranks no line is drawn. */
static void put_covariate(vx_report *report, const vx_effect_view *view, size_t c, measured *one)
{
    const vx_results_effect *effect = view->effect;
    const int64_t column = effect->tested, n = effect->n;
    const bool adjusted = effect->columns > 2 && !effect->ranks;
    double *raw = vx_array((size_t)n, sizeof *raw);
    vx_line *const line = &one->line;
    const char *units = view->modality->change_units;
    const char *of_covariate = vx_results_covariate_units(report->results, effect->name);
    char *x_label = vx_text("%s%s%s%s", effect->column[column], of_covariate ? ", " : "",
                            of_covariate ? of_covariate : "", adjusted ? ", adjusted" : "");
    char *y_label = vx_text("%s of %s%s%s%s", effect->baseline ? "change" : "value", view->modality->name,
                            units ? ", " : "", units ? units : "", adjusted ? ", adjusted" : "");
    char *alt = NULL, *caption = NULL, *words = NULL;
    if (!raw || !x_label || !y_label)
        report->status = vx_fail_memory(report->error);
    for (int64_t i = 0; raw && i < n; i++)
        raw[i] = effect->raw[i * effect->columns + column];
    if (!report->status && !effect->ranks)
        report->status = vx_line_fit(effect->design, n, effect->columns, column, effect->df, vx_mean(raw, n),
                                     one->change, line, report->error);
    if (!report->status && !effect->ranks &&
        !(words = vx_influence_words(line, effect->participant, "slope", one->marked)))
        report->status = vx_fail_memory(report->error);
    if (report->status)
        goto cleanup;
    vx_scatter_plot plot = {.x = raw, .y = one->change, .n = n, .x_label = x_label, .y_label = y_label,
                            .name = effect->participant};
    if (effect->ranks) {
        alt = vx_text("%s: the participants' values against %s.", one->title, effect->name);
        caption = vx_text("%s. Ranks are what was tested; no line is drawn through the values.", one->title);
    } else {
        plot = (vx_scatter_plot){line->x, line->y, n, x_label, y_label, line->slope, line->x_mean, line->y_mean, band,
                                 line, effect->participant, one->marked};
        char slope[32], low[32], high[32], r[32];
        vx_number_text(line->slope, slope);
        vx_number_text(line->low, low);
        vx_number_text(line->high, high);
        alt = vx_text("%s: slope %s, 95 %% interval %s to %s, r %s, n %lld.", one->title, slope, low, high,
                      vx_fixed_text(line->r, 3, r), (long long)n);
        caption = vx_text("%s. Slope %s%s%s a unit of %s%s%s%s (95 %% interval %s to %s), %sr = %s%s.%s",
                          one->title, slope, units ? " " : "", units ? units : "", effect->name,
                          of_covariate ? " (" : "", of_covariate ? of_covariate : "", of_covariate ? ")" : "",
                          low, high, adjusted ? "partial " : "", vx_fixed_text(line->r, 2, r),
                          adjusted ? "; both adjusted for the other columns" : "", words);
    }
    put_picture(report, view, c, vx_scatter_drawing(&plot), alt, caption);
cleanup:
    free(words);
    free(raw);
    free(x_label);
    free(y_label);
}

static void put_head(vx_report *report, const vx_effect_view *view, const measured *all, size_t shown)
{
    vx_page *page = report->page;
    const vx_results_effect *effect = view->effect;
    const char *units = view->modality->units, *of_change = view->modality->change_units;
    const bool change = effect->baseline, others = change && of_change && units && strcmp(units, of_change);
    vx_put(page, "<details class=\"participants\"><summary>Values of the participants</summary><div class=\"scroll\" "
           "tabindex=\"0\" role=\"region\" aria-label=\"Values of the participants, %s: %s\"><table "
           "class=\"people\"><caption>Means over clusters 1 to %zu%s%s%s%s. ", view->modality->name, effect->name,
           shown, units ? ", in " : "", units ? units : "", others ? "; changes in " : "", others ? of_change : "");
    if (all->line.n)
        vx_put_markup(page, "Leverage says how far out a participant lies, and Cook\xE2\x80\x99s distance (D) how much "
                      "of the result hangs on them; bold: beyond 3 p / n, and beyond the median of F(p, n \xE2\x88\x92 "
                      "p), with p columns in the design.");
    vx_put_markup(page, "</caption><thead><tr><th scope=\"col\">participant</th>");
    if (effect->kind == VX_SLOPE)
        vx_put(page, "<th scope=\"col\" class=\"n\">%s</th>", effect->name);
    if (all->line.n)
        vx_put_markup(page, "<th scope=\"col\" class=\"n\">leverage</th>");
    for (size_t c = 0; c < shown; c++) {
        const int label = (int)effect->cluster[c].label;
        if (change)
            vx_put(page, "<th scope=\"col\" class=\"n\">%d: %s</th><th scope=\"col\" class=\"n\">%d: %s</th>", label,
                   report->results->session[0], label, report->results->session[1]);
        vx_put(page, "<th scope=\"col\" class=\"n\">%d: %s</th>", label, change ? "change" : "value");
        if (change && view->modality->change == VX_CHANGE_DIFFERENCE)
            vx_put(page, "<th scope=\"col\" class=\"n\">%d: %%</th>", label);
        if (all[c].line.n)
            vx_put(page, "<th scope=\"col\" class=\"n\">%d: D</th>", label);
    }
    vx_put_markup(page, "</tr></thead><tbody>\n");
}

/* `digits` after the point; -1: a table's four significant ones. */
static void put_number(vx_page *page, double value, int digits, bool beyond)
{
    char text[32];
    if (digits >= 0 && isfinite(value) && fabs(value) < 1e15)
        vx_fixed_text(value, digits, text);
    else
        vx_number_text(value, text);
    if (beyond)
        vx_put(page, "<td class=\"n\"><strong>%s</strong></td>", text);
    else
        vx_put(page, "<td class=\"n\">%s</td>", text);
}

static void put_row(vx_page *page, const vx_effect_view *view, const measured *all, size_t shown, int64_t i)
{
    const vx_results_effect *effect = view->effect;
    vx_put(page, "<tr><th scope=\"row\">%s</th>", effect->participant[i]);
    if (effect->kind == VX_SLOPE)
        put_number(page, effect->raw[i * effect->columns + effect->tested], -1, false);
    if (all->line.n)
        put_number(page, all->line.leverage[i], 2, vx_line_is_far(&all->line, i));
    for (size_t c = 0; c < shown; c++) {
        const size_t at = c * (size_t)effect->n + (size_t)i;
        if (effect->baseline) {
            put_number(page, effect->baseline[at], -1, false);
            put_number(page, effect->followup[at], -1, false);
        }
        put_number(page, all[c].change[i], -1, false);
        if (effect->baseline && view->modality->change == VX_CHANGE_DIFFERENCE)
            put_number(page, effect->baseline[at] > 0 ? 100 * all[c].change[i] / effect->baseline[at] : NAN, 1, false);
        if (all[c].line.n)
            put_number(page, all[c].line.cook[i], 2, vx_line_is_influential(&all[c].line, i));
    }
    vx_put_markup(page, "</tr>\n");
}

/* What a pointer shows of each point, and keyboards and screen readers too. */
static void put_table(vx_report *report, const vx_effect_view *view, const measured *all, size_t shown)
{
    put_head(report, view, all, shown);
    for (int64_t i = 0; i < view->effect->n; i++)
        put_row(report->page, view, all, shown, i);
    vx_put_markup(report->page, "</tbody></table></div></details>\n");
}

static bool gather(const vx_effect_view *view, size_t c, measured *one)
{
    const size_t n = (size_t)view->effect->n;
    one->title = where(&view->effect->cluster[c]);
    one->change = vx_array(n, sizeof *one->change);
    one->marked = vx_array_zero(n, sizeof *one->marked);
    one->known = true;
    for (size_t i = 0; one->change && i < n; i++) {
        one->change[i] = vx_cluster_change(view->effect, view->modality->change, c, (int64_t)i);
        one->known &= !isnan(one->change[i]);
    }
    return one->title && one->change && one->marked;
}

void vx_effect_values(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const bool covariate = effect->kind == VX_SLOPE;
    const size_t shown = effect->measured < SHOWN ? effect->measured : SHOWN;
    measured all[SHOWN] = {0};
    if (!shown)
        return;
    vx_put_markup(report->page, "<h4>The participants in the largest clusters</h4>\n");
    vx_put_circular(report);
    vx_put_markup(report->page, "<div class=\"pictures\">\n");
    for (size_t c = 0; !report->status && c < shown; c++) {
        if (!gather(view, c, &all[c]))
            report->status = vx_fail_memory(report->error);
        else if (!all[c].known)
            vx_put(report->page, "<p>%s: not drawn, as an image of some participant could not be read again for its "
                   "mean.</p>\n", all[c].title);
        else if (covariate)
            put_covariate(report, view, c, &all[c]);
        else
            put_mean(report, view, c, &all[c]);
    }
    vx_put_markup(report->page, "</div>\n");
    if (!report->status)
        put_table(report, view, all, shown);
    for (size_t c = 0; c < shown; c++) {
        free(all[c].title);
        free(all[c].change);
        free(all[c].marked);
        vx_line_destroy(&all[c].line);
    }
}
