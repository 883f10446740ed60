/* The question and the answer, on one screen. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/change.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

/* Lists the names of the modalities, or of the covariates: "a, b and c". */
static void put_names(vx_report *report, bool covariates)
{
    const vx_results *results = report->results;
    size_t count = results->modalities;
    if (covariates)
        for (count = 0; vx_answers_effect(results, count + 1);)
            count++;
    for (size_t i = 0; i < count; i++)
        vx_put(report->page, "%s<strong>%s</strong>", !i ? "" : i + 1 < count ? ", " : " and ",
               covariates ? vx_answers_effect(results, i + 1) : results->modality[i].name);
}

static size_t count_markers(const vx_results *results)
{
    size_t count = 0;
    for (size_t i = 0; i < results->outcomes; i++)
        count += results->outcome[i].kind == VX_OUTCOME_MARKER && results->outcome[i].effect_kind == VX_MEAN;
    return count;
}

/* The direction of change comes first, because all results depend on it. */
static void put_direction(vx_report *report)
{
    const vx_results *results = report->results;
    if (results->design == VX_PAIRED)
        vx_put(report->page, "<p>Change is <em>%s minus %s</em>: positive where %s is higher.", results->session[1],
               results->session[0], results->session[1]);
    for (size_t m = 0; m < results->modalities; m++)
        if (results->modality[m].change != VX_CHANGE_DIFFERENCE)
            vx_put(report->page, " That of %s is this difference%s.", results->modality[m].name,
                   vx_change_words(results->modality[m].change));
    if (results->design == VX_PAIRED)
        vx_put_markup(report->page, "</p>\n");
}

/* Remarks that a reader must know beside the answer; of many, the later ones are folded. */
static void put_remarks(vx_report *report)
{
    const vx_results *results = report->results;
    if (!results->remarks)
        return;
    enum { OPEN = 4 };
    vx_put_markup(report->page, "<ul class=\"remarks\" aria-label=\"Remarks\">\n");
    for (size_t i = 0; i < results->remarks; i++) {
        if (i == OPEN)
            vx_put(report->page, "</ul>\n<details><summary>%zu more remarks</summary>\n<ul class=\"remarks\" "
                   "aria-label=\"More remarks\">\n", results->remarks - OPEN);
        const char *text = results->remark[i];
        const bool asks = *text && text[strlen(text) - 1] == '?';
        vx_put(report->page, "<li><strong>Remark.</strong> %s%s</li>\n", text, asks ? "" : ".");
    }
    vx_put_markup(report->page, "</ul>\n");
    if (results->remarks > OPEN)
        vx_put_markup(report->page, "</details>\n");
}

static void put_question(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    const bool paired = results->design == VX_PAIRED, covariates = vx_answers_effect(results, 1);
    const size_t markers = count_markers(results);
    if (results->modalities) {
        vx_put(page, "<p class=\"question\">%s %s", results->modalities > 1 && paired ? "Do" : "Does",
               paired ? "" : "the mean of ");
        put_names(report, false);
    } else {
        vx_put(page, "<p class=\"question\">%s %s %zu marker%s", markers > 1 ? "Do" : "Does",
               paired ? "the" : "the means of the", markers, markers == 1 ? "" : "s");
    }
    if (paired)
        vx_put(page, " change from <strong>%s</strong> to <strong>%s</strong>", results->session[0],
               results->session[1]);
    else
        vx_put_markup(page, " differ from zero");
    if (results->modalities)
        vx_put_markup(page, " anywhere in the voxels analysed");
    if (covariates) {
        vx_put(page, ", and %s %s go along with ", results->modalities ? "where does" : "does",
               paired ? "the change" : "the value");
        put_names(report, true);
    }
    vx_put_markup(page, "?</p>\n");
}

static void put_table(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    char text[32], place[VX_MM_TEXT];
    bool any[VX_P_KINDS] = {false};
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++)
            for (int k = 0; k < VX_P_KINDS; k++)
                any[k] |= results->modality[m].effect[e].p[k].there;
    bool corrected = false;
    for (int k = 0; k < VX_P_KINDS; k++)
        corrected |= any[k] && vx_quantity_about(k)->control == VX_CONTROL_FAMILY_WISE;
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Headline figures\">"
           "<table id=\"headline\"><caption>Headline figures: the largest t and its place, and the smallest p of every "
           "kind of correction over all voxels analysed, which need not lie there%s.</caption>\n<thead><tr><th "
           "scope=\"col\">Effect</th><th scope=\"col\" class=\"n\">n</th><th scope=\"col\" class=\"n\">df</th><th "
           "scope=\"col\" class=\"n\">peak t</th><th scope=\"col\" class=\"n\">at (mm)</th>",
           corrected ? "; by voxel, extent, mass and TFCE they are family-wise" : "");
    for (int k = 0; k < VX_P_KINDS; k++)
        if (any[k])
            vx_put(page, "<th scope=\"col\" class=\"n\">smallest p, %s%s</th>", vx_quantity_about(k)->label,
                   k == (int)results->primary ? " (primary)" : "");
    vx_put_markup(page, "<th scope=\"col\" class=\"n\">clusters</th></tr></thead>\n<tbody>\n");
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            vx_put(page, "<tr><th scope=\"row\">%s: %s</th><td class=\"n\">%lld</td><td class=\"n\">%g</td>"
                   "<td class=\"n\">%s</td><td class=\"n\">%s</td>", results->modality[m].name, effect->name,
                   (long long)effect->n, effect->df, vx_fixed_text(effect->peak_t, 2, text),
                   vx_mm_text(effect->peak_mm, place));
            for (int k = 0; k < VX_P_KINDS; k++)
                if (any[k])
                    vx_put(page, "<td class=\"n%s\">%s</td>",
                           vx_results_significant(results, k, effect->p[k].smallest) ? " found" : "",
                           vx_p_text(effect->p[k].smallest, text));
            vx_put(page, "<td class=\"n\">%zu</td></tr>\n", effect->clusters);
        }
    vx_put_markup(page, "</tbody></table></div>\n");
}

/* What "significant" means on this page. */
static void put_primary(vx_report *report)
{
    const vx_results *results = report->results;
    const vx_quantity_row *about = vx_quantity_about(results->primary);
    size_t others = 0;
    if (!results->modalities) {
        vx_put_markup(report->page, "<p class=\"note\" id=\"primary\">Significant means p &lt; " VX_LEVEL_TEXT
                      ", corrected over the markers of a family by the largest |t| in each relabelling.</p>\n");
        return;
    }
    const vx_results_effect *first = &results->modality[0].effect[0];
    for (int k = 0; k < VX_P_KINDS; k++)
        others += first->p[k].there && vx_quantity_about(k)->control && k != (int)results->primary;
    if (about->control == VX_CONTROL_NONE)
        return;
    vx_put(report->page, "<p class=\"note\" id=\"primary\">Significant means p &lt; " VX_LEVEL_TEXT " %s",
           about->criterion);
    if (others)
        vx_put(report->page, ", the primary correction%s. The %zu other%s further look%s at the same question. Which "
               "correction is primary has to be settled before the results are seen",
               first->bonferroni_effects ? ", of each effect by itself" : "", others, others == 1 ? " is a" : "s are",
               others == 1 ? "" : "s");
    vx_put_markup(report->page, ".</p>\n");
}

/* The sentences of all corrections and their smallest p: folded, so that the primary one stands alone. */
static void put_further(vx_report *report)
{
    const vx_results *results = report->results;
    vx_put_markup(report->page, "<details><summary>Every correction of every effect</summary>\n"
                  "<ul class=\"answers\">\n");
    for (size_t m = 0, k = 1; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++, k++) {
            const vx_effect_view view = {&results->modality[m], &results->modality[m].effect[e], ""};
            vx_put(report->page, "<li><a href=\"#effect-%zu\">%s: %s</a>. ", k, view.modality->name,
                   view.effect->name);
            vx_effect_headline(report, &view);
            vx_put_markup(report->page, "</li>\n");
        }
    vx_put_markup(report->page, "</ul>\n");
    put_table(report);
    vx_put_markup(report->page, "</details>\n");
}

static void write(vx_report *report)
{
    const vx_results *results = report->results;
    vx_answers_warnings(report);
    put_direction(report);
    put_question(report);
    vx_answers(report);
    put_primary(report);
    if (results->modalities)
        put_further(report);
    put_remarks(report);
}

const vx_section vx_section_question = {"question", "The answer", NULL, write, NULL};
