/* The table of clusters: what is significant by the primary correction first. report.js sorts it by a column when its
 * head is clicked, or on Enter, and hides the columns of class "more" until all are asked for. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>

enum { ROWS_AT_FIRST = 20 };

static void put_head(vx_page *page, const char *more, const char *of, const char *title, const char *remark)
{
    vx_put(page, "<th scope=\"col\" class=\"n%s\" aria-sort=\"none\"><button type=\"button\">%s%s%s</button></th>",
           more, of, title, remark);
}

static vx_quantity column(const vx_report *report, int k)
{
    return vx_primary_first(report->results->primary, vx_p_columns, k);
}

static const char *class_of(int k)
{
    return k ? " more" : "";
}

static void put_p(vx_report *report, const char *more, vx_quantity kind, double p)
{
    char text[32];
    const bool found = vx_results_significant(report->results, kind, p);
    vx_put(report->page, "<td class=\"n%s%s\" data-value=\"%.9g\">%s</td>", more, found ? " found" : "",
           isnan(p) ? 2 : p, vx_p_text(p, text));
}

/* The attributes of a row that leads to a place in the viewer. */
static void put_place(vx_page *page, const vx_results_effect *effect, const double mm[3])
{
    vx_put(page, " data-effect=\"%s\" data-x=\"%.9g\" data-y=\"%.9g\" data-z=\"%.9g\"", effect->stem, mm[0], mm[1],
           mm[2]);
}

static void put_t_and_place(vx_page *page, double t, const double mm[3])
{
    char text[2][VX_MM_TEXT];
    vx_put(page, "<td class=\"n\" data-value=\"%.9g\">%s</td><td class=\"n\">%s</td>", t,
           vx_fixed_text(t, 2, text[0]), vx_mm_text(mm, text[1]));
}

/* A sub-peak has only a t, a place and its region. Those of clusters that are not significant are shown with all
 * columns. */
static void put_sub_peaks(vx_report *report, const vx_results_effect *effect, size_t number, bool significant)
{
    vx_page *page = report->page;
    int rest = 2; /* voxels and mass */
    char text[32], letter = 'a'; /* there are few: VX_SUB_PEAKS_MAX */
    for (int k = 1; k < VX_P_KINDS; k++)
        rest += effect->p[column(report, k)].there;
    for (size_t i = 0; i < effect->sub_peaks; i++) {
        const vx_results_sub_peak *peak = &effect->sub_peak[i];
        if (peak->cluster != number)
            continue;
        vx_put(page, "<tr class=\"sub%s\"", significant ? "" : " more");
        put_place(page, effect, peak->mm);
        const int label = (int)effect->cluster[number].label;
        vx_put(page, " data-title=\"%d%c: %s, t %s\"><th scope=\"row\" class=\"n\">%d%c</th>", label, letter,
               peak->region ? peak->region : "sub-peak", vx_fixed_text(peak->t, 2, text), label, letter);
        letter++;
        if (effect->peak_region)
            vx_put(page, "<td class=\"where\">%s</td>", peak->region ? peak->region : "sub-peak");
        vx_put_markup(page, "<td class=\"size\"></td>");
        put_t_and_place(page, peak->t, peak->mm);
        vx_put(page, "<td></td><td class=\"more\" colspan=\"%d\"></td></tr>\n", rest);
    }
}

static void put_row(vx_report *report, const vx_results_effect *effect, size_t number, bool significant)
{
    const vx_cluster *cluster = &effect->cluster[number];
    vx_page *page = report->page;
    char text[2][32];
    vx_put_markup(page, "<tr");
    put_place(page, effect, cluster->peak_mm);
    vx_put(page, " data-title=\"%d: %s%s%s voxel%s, t %s\">", (int)cluster->label,
           effect->peak_region ? effect->peak_region[number] : "", effect->peak_region ? ", " : "",
           vx_count_text(cluster->voxels, text[0]),
           cluster->voxels == 1 ? "" : "s", vx_fixed_text(cluster->peak_t, 2, text[1])); /* read by the viewer */
    vx_put(page, "<th scope=\"row\" class=\"n\" data-value=\"%d\">%d</th>", (int)cluster->label, (int)cluster->label);
    if (effect->peak_region)
        vx_put(page, "<td class=\"where\">%s</td>", effect->peak_region[number]);
    vx_put(page, "<td class=\"n size\" data-value=\"%.9g\">%s</td>", cluster->mm3,
           vx_number_text(cluster->mm3, text[0]));
    put_t_and_place(page, cluster->peak_t, cluster->peak_mm);
    for (int k = 0; k < VX_P_KINDS; k++) {
        const vx_quantity kind = column(report, k);
        if (effect->p[kind].there)
            put_p(report, class_of(k), kind, cluster->p[kind]);
        if (!k)
            vx_put(page, "<td class=\"n more\" data-value=\"%lld\">%s</td><td class=\"n more\" data-value=\"%.9g\">%s"
                   "</td>", (long long)cluster->voxels, vx_count_text(cluster->voxels, text[0]), cluster->mass,
                   vx_number_text(cluster->mass, text[1]));
    }
    vx_put_markup(page, "</tr>\n");
    put_sub_peaks(report, effect, number, significant);
}

/* Returns the number of columns. */
static int put_heads(vx_report *report, const vx_results_effect *effect)
{
    vx_page *page = report->page;
    int columns = 6;
    put_head(page, "", "", "#", "");
    if (effect->peak_region) {
        vx_put_markup(page, "<th scope=\"col\" class=\"where\">region of the peak</th>");
        columns++;
    }
    put_head(page, " size", "", "mm\xC2\xB3", "");
    put_head(page, "", "", "peak t", "");
    vx_put_markup(page, "<th scope=\"col\" class=\"n\">x, y, z (mm)</th>");
    for (int k = 0; k < VX_P_KINDS; k++) {
        const vx_quantity kind = column(report, k);
        if (effect->p[kind].there) {
            put_head(page, class_of(k), "p ", vx_quantity_about(kind)->label, k ? "" : " (primary)");
            columns++;
        }
        if (!k) {
            put_head(page, " more", "", "voxels", "");
            put_head(page, " more", "", "mass", "");
        }
    }
    return columns;
}

/* Writes clusters that are significant, or not, and returns their number; at most `most`. */
static size_t put_rows(vx_report *report, const vx_results_effect *effect, bool significant, size_t most)
{
    size_t rows = 0;
    for (size_t c = 0; c < effect->clusters && rows < most; c++)
        if (vx_significant(effect->cluster[c].p[report->results->primary]) == significant) {
            put_row(report, effect, c, significant);
            rows++;
        }
    return rows;
}

static void put_body(vx_report *report, const vx_results_effect *effect, int columns)
{
    const vx_quantity_row *about = vx_quantity_about(report->results->primary);
    vx_page *page = report->page;
    if (about->control == VX_CONTROL_NONE) {
        vx_put_markup(page, "<tbody>\n");
        for (size_t c = 0; c < effect->clusters && c < ROWS_AT_FIRST; c++)
            put_row(report, effect, c, true);
        vx_put_markup(page, "</tbody>");
        return;
    }
    vx_put_markup(page, "<tbody>\n");
    const size_t found = put_rows(report, effect, true, ROWS_AT_FIRST);
    vx_put_markup(page, "</tbody>");
    if (found == effect->clusters || found == ROWS_AT_FIRST)
        return;
    const int few = effect->peak_region ? 6 : 5;
    vx_put(page, "<tbody class=\"divider\"><tr><td colspan=\"%d\">not significant: p \xE2\x89\xA5 " VX_LEVEL_TEXT
           " %s</td><td class=\"more\" colspan=\"%d\"></td></tr></tbody>\n<tbody>\n", few, about->criterion,
           columns - few);
    put_rows(report, effect, false, ROWS_AT_FIRST - found);
    vx_put_markup(page, "</tbody>");
}

void vx_effect_clusters(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_page *page = report->page;
    char text[48];
    vx_put_markup(page, "<h4>Clusters</h4>\n");
    if (!effect->clusters) {
        vx_put(page, "<p>No cluster: nowhere is %s, the forming threshold.</p>\n",
               vx_tails_beyond(effect->tails, effect->threshold_t, text));
        return;
    }
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Clusters of %s: %s\"><table "
           "class=\"sortable clusters few\"><caption>%zu cluster%s of voxels with %s, joined over %d neighbours. p of "
           "extent and mass are of the cluster, the others of its peak; uncorrected p are not corrected for the number "
           "of voxels. 1a, 1b, \xE2\x80\xA6: further peaks of cluster 1.</caption>\n<thead><tr>", view->modality->name,
           effect->name, effect->clusters, effect->clusters == 1 ? "" : "s",
           vx_tails_beyond(effect->tails, effect->threshold_t, text), effect->connectivity);
    const int columns = put_heads(report, effect);
    vx_put_markup(page, "</tr></thead>\n");
    put_body(report, effect, columns);
    vx_put_markup(page, "</table></div>\n");
    if (effect->clusters > ROWS_AT_FIRST)
        vx_put(page, "<p class=\"note\">%d of %zu clusters: the significant ones, then the largest. All stand in "
               "%s/clusters.tsv.</p>\n", ROWS_AT_FIRST, effect->clusters, effect->place);
    else
        vx_put(page, "<p class=\"note\">The same in %s/clusters.tsv. A cluster that is significant by extent or "
               "mass says that there is an effect somewhere in it, not that there is one at each of its voxels.</p>\n",
               effect->place);
}
