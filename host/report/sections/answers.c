/* The answer of every effect by the primary correction, a glance long: a cell for each modality and effect, with the
 * clusters, the search volumes and the regions, and one for the markers. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

enum { NAMED_MAX = 4, CARDS_MAX = 3 }; /* more places are counted; more effects make a table */

/* What a sign of t means: the start of "in 3 clusters: ...". */
static void put_direction(vx_report *report, const vx_results_effect *effect, int sign)
{
    const bool up = sign > 0;
    if (effect->kind == VX_SLOPE)
        vx_put(report->page, "%s with more %s", up ? "Higher" : "Lower", effect->name);
    else if (report->results->design == VX_PAIRED)
        vx_put(report->page, "%s", up ? "Rises" : "Falls");
    else
        vx_put(report->page, "%s zero", up ? "Above" : "Below");
}

static void put_place(vx_page *page, const char *region, const double mm[3])
{
    if (region)
        vx_put(page, "<strong>%s</strong>", region);
    else
        vx_put(page, "<strong>%.4g, %.4g, %.4g mm</strong>", mm[0], mm[1], mm[2]);
}

/* The significant cluster of a sign that follows cluster `after` by |t|, equal ones in their order; effect->clusters:
 * none. `after` is effect->clusters for the first. */
static size_t next_cluster(const vx_results_effect *effect, vx_quantity primary, int sign, size_t after)
{
    const double last = after < effect->clusters ? fabs(effect->cluster[after].peak_t) : INFINITY;
    size_t next = effect->clusters;
    for (size_t c = 0; c < effect->clusters; c++) {
        const vx_cluster *one = &effect->cluster[c];
        const double size = fabs(one->peak_t);
        if (one->sign == sign && vx_significant(one->p[primary]) && (size < last || (size == last && c > after)) &&
            (next == effect->clusters || size > fabs(effect->cluster[next].peak_t)))
            next = c;
    }
    return next;
}

/* The significant clusters of one sign; false if there are none. The table of clusters has them in its own order, this
 * sentence by |t|. */
static bool put_clusters(vx_report *report, const vx_effect_view *view, int sign)
{
    const vx_results_effect *effect = view->effect;
    const vx_quantity primary = report->results->primary;
    vx_page *page = report->page;
    size_t count = 0;
    char text[32];
    for (size_t c = 0; c < effect->clusters; c++)
        count += effect->cluster[c].sign == sign && vx_significant(effect->cluster[c].p[primary]);
    if (!count)
        return false;
    vx_put(page, "<p><a href=\"#%s\">", view->id);
    put_direction(report, effect, sign);
    vx_put(page, " in %zu cluster%s</a>: ", count, count == 1 ? "" : "s");
    size_t c = effect->clusters;
    for (size_t named = 0; named < NAMED_MAX && named < count; named++) {
        c = next_cluster(effect, primary, sign, c);
        const vx_cluster *one = &effect->cluster[c];
        vx_put(page, "%s", named ? ", " : "");
        put_place(page, effect->peak_region ? effect->peak_region[c] : NULL, one->peak_mm);
        vx_put(page, " (t\xC2\xA0%s%.2f, p\xC2\xA0%s)", one->peak_t < 0 ? "\xE2\x88\x92" : "", fabs(one->peak_t),
               vx_p_text(one->p[primary], text));
    }
    if (count > NAMED_MAX)
        vx_put(page, " and %zu more", count - NAMED_MAX);
    vx_put_markup(page, ".</p>\n");
    return true;
}

/* Writes "|t| > 6.93", or what else the primary correction would have taken; nothing where no size would do. */
static void put_needed(vx_page *page, const vx_results_effect *effect, vx_quantity primary)
{
    vx_null null = effect->null;
    double **maxima = vx_null_maxima(&null, primary);
    const double critical = maxima && *maxima ? vx_critical(*maxima, null.count) : NAN;
    char text[48];
    if (isnan(critical))
        return;
    vx_put_markup(page, "; it would have taken ");
    if (primary == VX_P_FWE_VOXEL)
        vx_put(page, "%s", vx_tails_beyond(effect->tails, critical, text));
    else if (primary == VX_P_FWE_EXTENT)
        vx_put(page, "more than %s voxels in a cluster", vx_count_text((uint64_t)critical, text));
    else
        vx_put(page, "%s above %.4g", primary == VX_P_FWE_MASS ? "a cluster mass" : "TFCE", critical);
}

/* Nothing of the complete mask: how near it came, and what it would have taken. Voxels may also be significant outside
 * every cluster. */
static void put_no_cluster(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const vx_quantity primary = report->results->primary;
    const vx_results_p *p = &effect->p[primary];
    vx_page *page = report->page;
    char text[32];
    vx_put(page, "<p><a href=\"#%s\">", view->id);
    if (vx_quantity_about(primary)->control == VX_CONTROL_NONE) {
        vx_put_markup(page, "No correction for the number of voxels</a> was asked for.</p>\n");
        return;
    }
    if (p->below) {
        vx_put(page, "%s voxel%s, outside clusters</a>: ", vx_count_text((uint64_t)p->below, text),
               p->below == 1 ? "" : "s");
        put_place(page, p->region, p->mm);
        vx_put(page, " (p\xC2\xA0%s).</p>\n", vx_p_text(p->smallest, text));
        return;
    }
    vx_put(page, "No %s</a> reaches p &lt; " VX_LEVEL_TEXT ": the smallest is %s",
           vx_quantity_about(primary)->of_cluster ? "cluster" : "voxel", vx_p_text(p->smallest, text));
    put_needed(page, effect, primary);
    vx_put_markup(page, ".</p>\n");
}

/* The search volumes in which something is significant: they were planned, and are smaller than the mask. */
static void put_volumes(vx_report *report, const vx_results_effect *effect)
{
    const vx_quantity primary = report->results->primary;
    char text[32];
    for (size_t v = 0; v < effect->volumes; v++) {
        const vx_results_volume *volume = &effect->volume[v];
        if (!vx_significant(volume->p[primary].smallest))
            continue;
        vx_put(report->page, "<p>In the search volume %s: ", volume->family);
        put_place(report->page, volume->p[primary].region, volume->p[primary].mm);
        vx_put(report->page, " (p\xC2\xA0%s).</p>\n", vx_p_text(volume->p[primary].smallest, text));
    }
}

/* The regions of a modality, or the markers (null), under one effect. */
static void put_outcomes(vx_report *report, const char *modality, const char *effect)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    size_t tested = 0, found = 0;
    double smallest = INFINITY;
    char text[32];
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *one = &results->outcome[i];
        const double p = one->value[VX_OUTCOME_P_FWE];
        if ((one->kind == VX_OUTCOME_MARKER) != !modality || strcmp(one->effect, effect) != 0 ||
            (modality && strcmp(one->modality, modality) != 0) || isnan(p))
            continue;
        tested++;
        smallest = fmin(smallest, p);
        if (!vx_significant(p))
            continue;
        if (!found++)
            vx_put(page, "<p><a href=\"#%s\">%s</a>: ", modality ? "regions" : "markers",
                   modality ? "Regions" : "Markers");
        if (found <= 2 * NAMED_MAX)
            vx_put(page, "%s<strong>%s</strong>\xC2\xA0%s\xC2\xA0(p\xC2\xA0%s)", found > 1 ? ", " : "", one->name,
                   one->value[VX_OUTCOME_T] < 0 ? "\xE2\x86\x93" : "\xE2\x86\x91", vx_p_text(p, text));
    }
    if (found > 2 * NAMED_MAX)
        vx_put(page, " and %zu more", found - 2 * NAMED_MAX);
    if (found)
        vx_put_markup(page, ".</p>\n");
    else if (tested)
        vx_put(page, "<p><a href=\"#%s\">None of %zu %s</a>: the smallest corrected p is %s.</p>\n",
               modality ? "regions" : "markers", tested, modality ? "regions" : "markers", vx_p_text(smallest, text));
}

static void put_quality(vx_report *report, const vx_results_modality *modality)
{
    size_t flagged = 0;
    for (int64_t i = 0; i < modality->quality.images; i++)
        flagged += modality->quality.flag[i] != 0;
    if (flagged)
        vx_put(report->page, "<p class=\"found\"><a href=\"#quality\">\xE2\x9A\xA0 %zu image%s flagged by quality "
               "control</a></p>\n", flagged, flagged == 1 ? "" : "s");
}

static void put_cell(vx_report *report, const vx_effect_view *view)
{
    const bool up = put_clusters(report, view, 1), down = put_clusters(report, view, -1);
    if (!up && !down)
        put_no_cluster(report, view);
    put_volumes(report, view->effect);
    put_outcomes(report, view->modality->name, view->effect->name);
}

static bool has_markers(const vx_results *results)
{
    return results->outcomes && results->outcome[results->outcomes - 1].kind == VX_OUTCOME_MARKER;
}

/* A row for each modality and one for the markers, and a column for each effect. */
static void put_table(vx_report *report)
{
    const vx_results *results = report->results;
    const vx_results_modality *first = &results->modality[0]; /* all modalities have the same effects */
    vx_page *page = report->page;
    size_t k = 1;
    vx_put_markup(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The answers\"><table "
                  "class=\"verdict\"><thead><tr><td></td>");
    for (size_t e = 0; e < first->effects; e++)
        vx_put(page, "<th scope=\"col\">%s</th>", first->effect[e].name);
    vx_put_markup(page, "</tr></thead>\n<tbody>\n");
    for (size_t m = 0; m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        vx_put(page, "<tr><th scope=\"row\">%s", modality->name);
        put_quality(report, modality);
        vx_put_markup(page, "</th>");
        for (size_t e = 0; e < modality->effects; e++, k++) {
            char id[32];
            snprintf(id, sizeof id, "effect-%zu", k);
            vx_put(page, "<td data-effect=\"%s\">", modality->effect[e].name);
            put_cell(report, &(vx_effect_view){modality, &modality->effect[e], id});
            vx_put_markup(page, "</td>");
        }
        vx_put_markup(page, "</tr>\n");
    }
    if (has_markers(results)) {
        vx_put_markup(page, "<tr><th scope=\"row\">markers</th>");
        for (size_t e = 0; e < first->effects; e++) {
            vx_put(page, "<td data-effect=\"%s\">", first->effect[e].name);
            put_outcomes(report, NULL, first->effect[e].name);
            vx_put_markup(page, "</td>");
        }
        vx_put_markup(page, "</tr>\n");
    }
    vx_put_markup(page, "</tbody></table></div>\n");
}

static void put_cards(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    vx_put_markup(page, "<div class=\"cards\">\n");
    for (size_t m = 0, k = 1; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++, k++) {
            const vx_results_modality *modality = &results->modality[m];
            char id[32];
            snprintf(id, sizeof id, "effect-%zu", k);
            vx_put(page, "<div class=\"card\"><p class=\"of\">%s: %s</p>\n", modality->name, modality->effect[e].name);
            put_cell(report, &(vx_effect_view){modality, &modality->effect[e], id});
            put_quality(report, modality);
            vx_put_markup(page, "</div>\n");
        }
    if (has_markers(results)) {
        vx_put_markup(page, "<div class=\"card\"><p class=\"of\">markers</p>\n");
        for (size_t e = 0; e < results->modality[0].effects; e++)
            put_outcomes(report, NULL, results->modality[0].effect[e].name);
        vx_put_markup(page, "</div>\n");
    }
    vx_put_markup(page, "</div>\n");
}

void vx_answers(vx_report *report)
{
    const vx_results *results = report->results;
    if (results->modalities * results->modality[0].effects > CARDS_MAX)
        put_table(report);
    else
        put_cards(report);
}
