/* The answers of all effects, at the top of the page: a card for each where they are few, else a table of effects by
 * modalities. Each has its sentences and a picture of its largest peaks. */
#include "base/memory.h"
#include "report/section.h"

#include <stdio.h>
#include <string.h>

enum { CARDS_MAX = 3, GLANCE_CARD = 3, GLANCE_CELL = 2 }; /* the last two: slices */

static bool has_markers(const vx_results *results)
{
    return results->outcomes && results->outcome[results->outcomes - 1].kind == VX_OUTCOME_MARKER;
}

/* All modalities and markers have the same effects. */
const char *vx_answers_effect(const vx_results *results, size_t which)
{
    if (results->modalities)
        return which < results->modality[0].effects ? results->modality[0].effect[which].name : NULL;
    for (size_t i = 0; i < results->outcomes; i++) {
        bool first = true;
        for (size_t k = 0; first && k < i; k++)
            first = strcmp(results->outcome[k].effect, results->outcome[i].effect) != 0;
        if (first && !which--)
            return results->outcome[i].effect;
    }
    return NULL;
}

/* The view of effect `e` of modality `m`; `id` becomes that of its article. */
static vx_effect_view view_of(const vx_results *results, size_t m, size_t e, char id[32])
{
    size_t number = e + 1;
    for (size_t before = 0; before < m; before++)
        number += results->modality[before].effects;
    snprintf(id, 32, "effect-%zu", number);
    return (vx_effect_view){&results->modality[m], &results->modality[m].effect[e], id};
}

static size_t flagged(const vx_results_modality *modality)
{
    size_t count = 0;
    for (int64_t i = 0; i < modality->quality.images; i++)
        count += modality->quality.flag[i] != 0;
    return count;
}

static void put_flagged(vx_report *report, const vx_results_modality *modality)
{
    const size_t count = flagged(modality);
    if (count)
        vx_put(report->page, "<p class=\"flagged\"><a href=\"#quality\">\xE2\x9A\xA0 %zu image%s flagged</a></p>\n",
               count, count == 1 ? "" : "s");
}

/* One line above all answers: in how many images quality control found something unusual. */
void vx_answers_warnings(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    size_t count = 0;
    int64_t images = 0;
    for (size_t m = 0; m < results->modalities; m++) {
        count += flagged(&results->modality[m]);
        images += results->modality[m].quality.images;
    }
    if (!count)
        return;
    vx_put(page, "<p class=\"warning\"><a href=\"#quality\">\xE2\x9A\xA0 Quality control</a> flags %zu of %lld images",
           count, (long long)images);
    const char *join = ": ";
    for (size_t m = 0; results->modalities > 1 && m < results->modalities; m++)
        if (flagged(&results->modality[m])) {
            vx_put(page, "%s%s %zu", join, results->modality[m].name, flagged(&results->modality[m]));
            join = ", ";
        }
    vx_put_markup(page, ". Look at them before the results.</p>\n");
}

static void put_cell(vx_report *report, size_t m, const char *effect, size_t e)
{
    const vx_results *results = report->results;
    char id[32];
    if (m == results->modalities) {
        vx_put_markup(report->page, "<td data-of=\"markers\">");
        vx_answer_of_outcomes(report, NULL, effect);
    } else {
        const vx_effect_view view = view_of(results, m, e, id);
        vx_put(report->page, "<td data-of=\"%s\">", view.modality->name);
        vx_effect_glance(report, &view, GLANCE_CELL);
        vx_answer_of_effect(report, &view);
    }
    vx_put_markup(report->page, "</td>");
}

/* A row for each effect; a column for each modality, and one for the markers. */
static void put_table(vx_report *report)
{
    const vx_results *results = report->results;
    const size_t columns = results->modalities + has_markers(results);
    vx_page *page = report->page;
    const char *effect;
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The answers\"><table "
           "class=\"verdict\" style=\"min-width: %zurem\"><thead><tr><td></td>", 8 + 13 * columns);
    for (size_t m = 0; m < results->modalities; m++) {
        vx_put(page, "<th scope=\"col\">%s", results->modality[m].name);
        put_flagged(report, &results->modality[m]);
        vx_put_markup(page, "</th>");
    }
    if (columns > results->modalities)
        vx_put_markup(page, "<th scope=\"col\">markers</th>");
    vx_put_markup(page, "</tr></thead>\n<tbody>\n");
    for (size_t e = 0; !report->status && (effect = vx_answers_effect(results, e)); e++) {
        vx_put(page, "<tr><th scope=\"row\">%s</th>", effect);
        for (size_t m = 0; m < columns; m++)
            put_cell(report, m, effect, e);
        vx_put_markup(page, "</tr>\n");
    }
    vx_put_markup(page, "</tbody></table></div>\n");
}

static void put_card(vx_report *report, size_t m, size_t e)
{
    char id[32];
    const vx_effect_view view = view_of(report->results, m, e, id);
    vx_put(report->page, "<div class=\"card\"><p class=\"of\">%s: %s</p>\n", view.modality->name, view.effect->name);
    vx_answer_of_effect(report, &view);
    vx_effect_glance(report, &view, GLANCE_CARD);
    char *name = vx_text("%s_regions", view.effect->stem);
    if (name && !report->status)
        vx_outcome_glance(report, view.modality->name, view.effect->name, name);
    else if (!report->status)
        report->status = vx_fail_memory(report->error);
    free(name);
    put_flagged(report, view.modality);
    vx_put_markup(report->page, "</div>\n");
}

static void put_cards(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    const char *effect;
    vx_put_markup(page, "<div class=\"cards\">\n");
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; !report->status && e < results->modality[m].effects; e++)
            put_card(report, m, e);
    for (size_t e = 0; !report->status && has_markers(results) && (effect = vx_answers_effect(results, e)); e++) {
        vx_put(page, "<div class=\"card\"><p class=\"of\">markers: %s</p>\n", effect);
        vx_answer_of_outcomes(report, NULL, effect);
        char name[48];
        snprintf(name, sizeof name, "markers_glance-%zu", e + 1);
        vx_outcome_glance(report, NULL, effect, name);
        vx_put_markup(page, "</div>\n");
    }
    vx_put_markup(page, "</div>\n");
}

void vx_answers(vx_report *report)
{
    const vx_results *results = report->results;
    const size_t columns = results->modalities ? results->modalities : 1;
    if (vx_answers_effect(results, CARDS_MAX / columns))
        put_table(report);
    else
        put_cards(report);
}
