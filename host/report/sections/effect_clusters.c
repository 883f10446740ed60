/* The table of clusters. report.js sorts it by a column when its head is clicked, or on Enter. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/tails.h"

#include <math.h>

enum { ROWS_AT_FIRST = 20 };

static void put_head(vx_page *page, const char *of, const char *title, const char *remark)
{
    vx_put(page, "<th scope=\"col\" class=\"n\" aria-sort=\"none\"><button type=\"button\">%s%s%s</button></th>", of,
           title, remark);
}

/* The kind of p in column `k`: the order of the TSV table, with uncorrected p last. */
static vx_quantity column(int k)
{
    for (int last = 0; last < 2; last++)
        for (int i = 0; i < VX_P_KINDS; i++)
            if ((vx_quantity_about(vx_p_columns[i])->control == VX_CONTROL_NONE) == last && k-- == 0)
                return vx_p_columns[i];
    return VX_P_UNCORRECTED;
}

static void put_p(vx_report *report, vx_quantity kind, double p)
{
    char text[32];
    const bool found = vx_results_significant(report->results, kind, p);
    vx_put(report->page, "<td class=\"n%s\" data-value=\"%.9g\">%s</td>", found ? " found" : "", isnan(p) ? 2 : p,
           vx_p_text(p, text));
}

static void put_row(vx_report *report, const vx_results_effect *effect, size_t number)
{
    const vx_cluster *cluster = &effect->cluster[number];
    vx_page *page = report->page;
    char text[32];
    vx_put(page, "<tr data-effect=\"%s\" data-x=\"%.9g\" data-y=\"%.9g\" data-z=\"%.9g\" data-title=\"%d: %lld "
           "voxel%s, t %.2f\">", effect->stem, cluster->peak_mm[0], cluster->peak_mm[1], cluster->peak_mm[2],
           (int)cluster->label, (long long)cluster->voxels, cluster->voxels == 1 ? "" : "s",
           cluster->peak_t); /* read by the viewer */
    vx_put(page, "<th scope=\"row\" class=\"n\" data-value=\"%d\">%d</th><td data-value=\"%d\">%s</td>",
           (int)cluster->label, (int)cluster->label, cluster->sign,
           cluster->sign > 0 ? "+" : "\xE2\x88\x92");
    vx_put(page, "<td class=\"n\" data-value=\"%lld\">%s</td>", (long long)cluster->voxels,
           vx_count_text(cluster->voxels, text));
    vx_put(page, "<td class=\"n\" data-value=\"%.9g\">%s</td>", cluster->mm3, vx_volume_text(cluster->mm3, text));
    vx_put(page, "<td class=\"n\" data-value=\"%.9g\">%.2f</td><td class=\"n\" data-value=\"%.9g\">%.2f</td>",
           cluster->mass, cluster->mass, cluster->peak_t, cluster->peak_t);
    for (int k = 0; k < 3; k++)
        vx_put(page, "<td class=\"n\" data-value=\"%.9g\">%.4g</td>", cluster->peak_mm[k], cluster->peak_mm[k]);
    for (int k = 0; k < VX_P_KINDS; k++)
        if (effect->p[column(k)].there)
            put_p(report, column(k), cluster->p[column(k)]);
    if (effect->peak_region)
        vx_put(page, "<td>%s</td>", effect->peak_region[number]);
    vx_put_markup(page, "</tr>\n");
}

void vx_effect_clusters(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_page *page = report->page;
    char text[48];
    static const char *const plain[] = {"#", "sign", "voxels", "mm\xC2\xB3", "mass", "peak t", "x", "y", "z"};
    vx_put_markup(page, "<h4>Clusters</h4>\n");
    if (!effect->clusters) {
        vx_put(page, "<p>No cluster: nowhere is %s, the forming threshold.</p>\n",
               vx_tails_beyond(effect->tails, effect->threshold_t, text));
        return;
    }
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Clusters of %s: %s\"><table "
           "class=\"sortable clusters\"><caption>%zu cluster%s of voxels with %s, joined over %d "
           "neighbours; x, y, z of the peak in mm. p of extent and mass are of the cluster, the others of its peak; "
           "all but the last are corrected for the number of "
           "voxels.</caption>\n<thead><tr>", view->modality->name, effect->name, effect->clusters,
           effect->clusters == 1 ? "" : "s", vx_tails_beyond(effect->tails, effect->threshold_t, text),
           effect->connectivity);
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
        put_head(page, "", plain[k], "");
    for (int k = 0; k < VX_P_KINDS; k++)
        if (effect->p[column(k)].there)
            put_head(page, "p ", vx_quantity_about(column(k))->label,
                     column(k) == report->results->primary ? " (primary)" : "");
    if (effect->peak_region)
        vx_put_markup(page, "<th scope=\"col\">region of the peak</th>");
    vx_put_markup(page, "</tr></thead>\n<tbody>\n");
    for (size_t c = 0; c < effect->clusters && c < ROWS_AT_FIRST; c++)
        put_row(report, effect, c);
    vx_put_markup(page, "</tbody></table></div>\n");
    if (effect->clusters > ROWS_AT_FIRST)
        vx_put(page, "<p class=\"note\">The %d largest of %zu; the others stand in "
               "%s/clusters.tsv.</p>\n", ROWS_AT_FIRST,
               effect->clusters, effect->place);
    else
        vx_put(page, "<p class=\"note\">The same in %s/clusters.tsv. A cluster that is significant by extent or "
               "mass says that there is an effect somewhere in it, not that there is one at each of its voxels.</p>\n",
               effect->place);
}
