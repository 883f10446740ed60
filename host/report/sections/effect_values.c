/* The values of each participant in the largest clusters, which show whether many or few carry an effect. */
#include "base/distribution.h"
#include "base/memory.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 5 };

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
    return vx_text("Cluster %d, around %.4g, %.4g, %.4g mm, %lld voxel%s", (int)cluster->label, cluster->peak_mm[0],
                   cluster->peak_mm[1], cluster->peak_mm[2], (long long)cluster->voxels,
                   cluster->voxels == 1 ? "" : "s");
}

/* The mean and its interval, which are those of the slope on an intercept. */
static void interval(const vx_line *line, double limits[3])
{
    const double half = line->quantile * line->residual / sqrt(line->x_square);
    limits[0] = line->slope;
    limits[1] = line->slope - half;
    limits[2] = line->slope + half;
}

static void put_mean(vx_report *report, const vx_effect_view *view, size_t c, const double *change,
                     const char *title)
{
    const vx_results *results = report->results;
    const vx_results_effect *effect = view->effect;
    const size_t first = c * (size_t)effect->n;
    vx_line line = {0};
    double limits[3];
    int64_t rises = 0;
    report->status = vx_line_fit(effect->design, effect->n, effect->columns, effect->tested, effect->df, 0,
                                 change, &line, report->error);
    if (report->status)
        return;
    interval(&line, limits);
    for (int64_t i = 0; i < effect->n; i++)
        rises += change[i] > 0;
    const char *units = view->modality->units, *of_change = view->modality->change_units;
    char *label = vx_text("%s%s%s", view->modality->name, units ? ", " : "", units ? units : "");
    const char *blank = of_change ? " " : "";
    of_change = of_change ? of_change : "";
    char *alt = vx_text("%s: mean %s %.4g%s%s, 95 %% interval %.4g to %.4g; %lld of %lld participants are above "
                        "zero.", title,
                        effect->baseline ? "change" : "value", limits[0], blank, of_change, limits[1], limits[2],
                        (long long)rises, (long long)effect->n);
    char *caption = vx_text("%s. Mean %s %.4g%s%s (95 %% interval %.4g to %.4g); %lld of %lld %s. Selected by the same "
                            "data: on average further from zero than the truth.", title,
                            effect->baseline ? "change" : "value", limits[0], blank, of_change, limits[1], limits[2],
                            (long long)rises, (long long)effect->n, effect->baseline ? "rise" : "are above zero");
    if (effect->baseline) {
        const vx_change_plot plot = {effect->baseline + first, effect->followup + first, effect->n,
                                     {results->session[0], results->session[1]}, label ? label : "", limits[0],
                                     limits[1], limits[2], NULL};
        put_picture(report, view, c, vx_change_drawing(&plot), alt, caption);
    } else {
        const vx_value_plot plot = {change, effect->n, label ? label : "", limits[0], limits[1], limits[2]};
        put_picture(report, view, c, vx_value_drawing(&plot), alt, caption);
    }
    free(label);
    vx_line_destroy(&line);
}

/* Draws values against a covariate, as an added-variable plot if there is nuisance. For ranks no line is drawn. */
static void put_covariate(vx_report *report, const vx_effect_view *view, size_t c, const double *change,
                          const char *title)
{
    const vx_results_effect *effect = view->effect;
    const int64_t column = effect->tested, n = effect->n;
    const bool adjusted = effect->columns > 2 && !effect->ranks;
    double *raw = vx_array((size_t)n, sizeof *raw);
    vx_line line = {0};
    const char *units = view->modality->change_units;
    const char *of_covariate = vx_results_covariate_units(report->results, effect->name);
    char *x_label = vx_text("%s%s%s%s", effect->column[column], of_covariate ? ", " : "",
                            of_covariate ? of_covariate : "", adjusted ? ", adjusted" : "");
    char *y_label = vx_text("%s of %s%s%s%s", effect->baseline ? "change" : "value", view->modality->name,
                            units ? ", " : "", units ? units : "", adjusted ? ", adjusted" : "");
    char *alt = NULL, *caption = NULL;
    if (!raw || !x_label || !y_label)
        report->status = vx_fail_memory(report->error);
    for (int64_t i = 0; raw && i < n; i++)
        raw[i] = effect->raw[i * effect->columns + column];
    if (!report->status && !effect->ranks)
        report->status = vx_line_fit(effect->design, n, effect->columns, column, effect->df, vx_mean(raw, n), change,
                                     &line, report->error);
    if (report->status)
        goto cleanup;
    vx_scatter_plot plot = {.x = raw, .y = change, .n = n, .x_label = x_label, .y_label = y_label};
    if (effect->ranks) {
        alt = vx_text("%s: the participants' values against %s.", title, effect->name);
        caption = vx_text("%s. Ranks are what was tested; no line is drawn through the values. Selected by the same "
                          "data.",
                          title);
    } else {
        plot = (vx_scatter_plot){line.x,     line.y,      n,           x_label, y_label,
                                 line.slope, line.x_mean, line.y_mean, band,    &line};
        alt = vx_text("%s: slope %.4g, 95 %% interval %.4g to %.4g, r %.3f, n %lld.", title, line.slope, line.low,
                      line.high, line.r, (long long)n);
        caption = vx_text("%s. Slope %.4g%s%s a unit of %s%s%s%s (95 %% interval %.4g to %.4g), %sr = %.2f%s. Selected "
                          "by the same data: on average steeper than the truth.", title, line.slope, units ? " " : "",
                          units ? units : "", effect->name, of_covariate ? " (" : "",
                          of_covariate ? of_covariate : "", of_covariate ? ")" : "", line.low, line.high,
                          adjusted ? "partial " : "", line.r, adjusted ? "; both adjusted for the other columns" : "");
    }
    put_picture(report, view, c, vx_scatter_drawing(&plot), alt, caption);
cleanup:
    vx_line_destroy(&line);
    free(raw);
    free(x_label);
    free(y_label);
}

void vx_effect_values(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const bool covariate = effect->kind == VX_SLOPE;
    const size_t shown = effect->measured < SHOWN ? effect->measured : SHOWN;
    if (!shown)
        return;
    double *change = vx_array((size_t)effect->n, sizeof *change);
    if (!change) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    vx_put_markup(report->page, "<h4>The participants in the largest clusters</h4>\n<p class=\"note "
                  "circular\">Circular: these clusters were chosen because the same data are extreme there, so what "
                  "is seen here is larger than it would be in other participants. Look at who carries it, not at how "
                  "large it is.</p>\n<div class=\"pictures\">\n");
    for (size_t c = 0; !report->status && c < shown; c++) {
        char *title = where(&effect->cluster[c]);
        bool known = true;
        for (int64_t i = 0; i < effect->n; i++) {
            change[i] = vx_cluster_change(effect, view->modality->change, c, i);
            known &= !isnan(change[i]);
        }
        if (!title)
            report->status = vx_fail_memory(report->error);
        else if (!known)
            vx_put(report->page, "<p>%s: not drawn, as an image of some participant could not be read again for its "
                   "mean.</p>\n", title);
        else if (covariate)
            put_covariate(report, view, c, change, title);
        else
            put_mean(report, view, c, change, title);
        free(title);
    }
    vx_put_markup(report->page, "</div>\n");
    free(change);
}
