/* The participants, those left out with the reasons, and the fitted models. */
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/scheme.h"

#include <math.h>

void vx_put_left_out(vx_page *page, const vx_results_left_out *left_out, size_t count)
{
    if (!count)
        return;
    vx_put(page, "<li class=\"out\"><strong>%zu</strong> left out: ", count);
    for (size_t i = 0; i < count; i++)
        vx_put(page, "%s%s (%s)", i ? "; " : "", left_out[i].participant, left_out[i].reason);
    vx_put_markup(page, "</li>\n");
}

/* From the table to the participants of each effect. Effects with the same participants share a box. */
static void put_flow(vx_report *report, const vx_results_modality *modality)
{
    vx_page *page = report->page;
    vx_put(page, "<ol class=\"flow\" aria-label=\"Participants of %s\">\n<li><strong>%lld</strong> in the table</li>\n",
           modality->name, (long long)report->results->participants);
    vx_put_left_out(page, modality->left_out, modality->left_outs);
    vx_put(page, "<li><strong>%lld</strong> in %s", (long long)modality->n, modality->name);
    for (size_t e = 0; e < modality->effects; e++)
        if (!modality->effect[e].left_outs)
            vx_put(page, "%s%s", e ? ", " : ": ", modality->effect[e].name);
    vx_put_markup(page, "</li>\n");
    for (size_t e = 0; e < modality->effects; e++) {
        const vx_results_effect *effect = &modality->effect[e];
        if (!effect->left_outs)
            continue;
        vx_put_left_out(page, effect->left_out, effect->left_outs);
        vx_put(page, "<li><strong>%lld</strong> in %s: %s</li>\n", (long long)effect->n, modality->name, effect->name);
    }
    vx_put_markup(page, "</ol>\n");
}

static void put_participants(vx_report *report, const vx_results_modality *modality)
{
    vx_page *page = report->page;
    put_flow(report, modality);
    vx_put(page, "<details><summary>The participants of %s</summary><p>", modality->name);
    for (int64_t i = 0; i < modality->n; i++)
        vx_put(page, "%s%s", i ? ", " : "", modality->participant[i]);
    vx_put_markup(page, "</p></details>\n");
}

/* Designs in which no result could be significant. */
static void put_hopeless(vx_report *report, const vx_results_modality *modality)
{
    char text[32];
    for (size_t e = 0; e < modality->effects; e++) {
        const vx_results_effect *effect = &modality->effect[e];
        if (vx_significant(effect->p_smallest))
            continue;
        vx_put(report->page, "<p class=\"remarks\"><strong>%s, %s:</strong> ", modality->name, effect->name);
        if (effect->exhaustive)
            vx_put(report->page, "with %lld participants", (long long)effect->n);
        else
            vx_put(report->page, "with %s relabellings",
                   vx_count_text((uint64_t)effect->relabellings, text));
        vx_put(report->page, " no family-wise p can be below %s: nothing can be significant.</p>\n",
               vx_p_text(effect->p_smallest, text));
    }
}

/* Lists the columns of the design: "the mean, age". */
static void put_columns(vx_page *page, const vx_results_effect *effect)
{
    for (int64_t c = 0; c < effect->columns; c++)
        vx_put(page, "%s%s%s%s", c ? ", " : "", effect->contrast[c] != 0 ? "[" : "", effect->column[c],
               effect->contrast[c] != 0 ? "]" : "");
}

static void put_models(vx_report *report, const vx_results_modality *modality)
{
    vx_page *page = report->page;
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Models of %s\"><table "
           "class=\"few\"><caption>The models of %s. What is tested stands in brackets; covariates and nuisance are "
           "mean-centred.</caption><thead><tr><th scope=\"col\">effect</th><th scope=\"col\">columns</th><th "
           "scope=\"col\" class=\"n\">n</th><th scope=\"col\" class=\"n\">df</th><th scope=\"col\">relabelled "
           "by</th><th scope=\"col\" class=\"n size\">relabellings</th><th scope=\"col\" class=\"n "
           "more\">possible</th></tr></thead><tbody>\n", modality->name,
           modality->name);
    for (size_t e = 0; e < modality->effects; e++) {
        const vx_results_effect *effect = &modality->effect[e];
        char used[32], possible[32];
        vx_put(page, "<tr><th scope=\"row\">%s%s</th><td>", effect->name, effect->ranks ? " (ranks)" : "");
        put_columns(page, effect);
        vx_put(page, "</td><td class=\"n\">%lld</td><td class=\"n\">%g</td><td>%s</td><td class=\"n size\">%s</td>"
               "<td class=\"n more\">%s</td></tr>\n", (long long)effect->n, effect->df,
               vx_scheme_about(effect->scheme)->method,
               vx_count_text(effect->relabellings, used),
               effect->possible < 1e15 ? vx_count_text((uint64_t)effect->possible, possible)
                                       : "more than 10\xC2\xB9\xE2\x81\xB5");
    }
    vx_put_markup(page, "</tbody></table></div>\n");
}

static void put_matrix(vx_report *report, const vx_results_effect *effect, const char *modality)
{
    const vx_matrix_plot plot = {effect->design, effect->n, effect->columns, effect->column, effect->participant};
    char *name = vx_text("%s_design", effect->stem);
    char *alt = vx_text("Design matrix of %s, %s: %lld participants by %lld column%s.", modality, effect->name,
                        (long long)effect->n, (long long)effect->columns, effect->columns == 1 ? "" : "s");
    char *caption = vx_text("%s: %s. A row a participant, a column a regressor, from its smallest (pale) to its "
                            "largest value (dark).", modality, effect->name);
    if (name && alt && caption)
        vx_report_picture(report, &(vx_picture){name, vx_matrix_drawing(&plot), true, alt, caption});
    else
        report->status = vx_fail_memory(report->error);
    free(name);
    free(alt);
    free(caption);
}

/* Writes the values of the columns of a model as in the table, without the intercept. */
static void put_values(vx_report *report, const vx_results_effect *effect, const char *modality)
{
    vx_page *page = report->page;
    const int64_t intercept = effect->kind == VX_SLOPE ? 0 : effect->tested;
    char text[32];
    vx_put(page, "<details><summary>Values of the columns of %s</summary><div class=\"scroll\" tabindex=\"0\" "
           "role=\"region\" aria-label=\"Values of %s: %s\"><table class=\"values\"><thead><tr><th "
           "scope=\"col\">participant</th>",
           effect->name, modality, effect->name);
    for (int64_t c = 0; c < effect->columns; c++)
        if (c != intercept)
            vx_put(page, "<th scope=\"col\" class=\"n\">%s</th>", effect->column[c]);
    vx_put_markup(page, "</tr></thead><tbody>\n");
    for (int64_t i = 0; i < effect->n; i++) {
        vx_put(page, "<tr><th scope=\"row\">%s</th>", effect->participant[i]);
        for (int64_t c = 0; c < effect->columns; c++)
            if (c != intercept)
                vx_put(page, "<td class=\"n\">%s</td>", vx_number_text(effect->raw[i * effect->columns + c], text));
        vx_put_markup(page, "</tr>\n");
    }
    vx_put_markup(page, "</tbody></table></div></details>\n");
}

static void write_modality(vx_report *report, const vx_results_modality *modality)
{
    if (report->results->modalities > 1)
        vx_put(report->page, "<h3>%s</h3>\n", modality->name);
    put_participants(report, modality);
    put_hopeless(report, modality);
    put_models(report, modality);
    vx_design_covariates(report, modality);
    vx_put(report->page, "<details><summary>The design matri%s of %s</summary><div class=\"pictures\">\n",
           modality->effects == 1 ? "x" : "ces", modality->name);
    for (size_t e = 0; !report->status && e < modality->effects; e++)
        put_matrix(report, &modality->effect[e], modality->name);
    vx_put_markup(report->page, "</div></details>\n");
    for (size_t e = 0; !report->status && e < modality->effects; e++)
        if (modality->effect[e].columns > 1)
            put_values(report, &modality->effect[e], modality->name);
}

static void write(vx_report *report)
{
    const vx_results *results = report->results;
    for (size_t m = 0; m < results->modalities; m++)
        write_modality(report, &results->modality[m]);
    vx_design_markers(report);
    if (!results->modalities && !report->status)
        vx_design_covariates(report, NULL);
}

const vx_section vx_section_design = {"design", "Design", NULL, write, NULL};
