/* The table of search volumes: in each the smallest p of every correction, and where it is. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>

static bool is_shown(const vx_results_effect *effect, vx_quantity kind)
{
    return effect->volume[0].p[kind].there && vx_quantity_about(kind)->control != VX_CONTROL_NONE;
}

static void put_p(vx_report *report, vx_quantity kind, const vx_results_p *p)
{
    vx_page *page = report->page;
    char text[32];
    const bool found = vx_results_significant(report->results, kind, p->smallest);
    vx_put(page, "<td class=\"n%s\">%s", found ? " found" : "", vx_p_text(p->smallest, text));
    if (!isnan(p->mm[0]))
        vx_put(page, "<br><small>%.4g, %.4g, %.4g", p->mm[0], p->mm[1], p->mm[2]);
    if (!isnan(p->mm[0]) && p->region)
        vx_put(page, " %s", p->region);
    if (!isnan(p->mm[0]))
        vx_put_markup(page, "</small>");
    vx_put_markup(page, "</td>");
}

static void put_row(vx_report *report, const vx_results_effect *effect, const vx_results_volume *volume)
{
    char text[32];
    vx_put(report->page, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td class=\"n\">%.2f</td>",
           volume->family, vx_count_text((uint64_t)volume->voxels, text), volume->peak_t);
    for (int k = 0; k < VX_P_KINDS; k++)
        if (is_shown(effect, vx_p_corrections[k]))
            put_p(report, vx_p_corrections[k], &volume->p[vx_p_corrections[k]]);
    vx_put_markup(report->page, "</tr>\n");
}

void vx_effect_volumes(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_page *page = report->page;
    if (!effect->volumes)
        return;
    vx_put_markup(page, "<h4>Search volumes</h4>\n");
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Search volumes of %s: %s\"><table>"
           "<caption>Each family of planned regions was also searched voxel by voxel: the smallest p within it, "
           "corrected for its voxels alone, and where it is (mm%s). Every family is corrected by itself.</caption>\n"
           "<thead><tr><th scope=\"col\">search volume</th><th scope=\"col\" class=\"n\">voxels</th><th scope=\"col\" "
           "class=\"n\">peak t</th>", view->modality->name, effect->name,
           vx_results_option(report->results, "atlas") ? ", region of the atlas" : "");
    for (int k = 0; k < VX_P_KINDS; k++)
        if (is_shown(effect, vx_p_corrections[k]))
            vx_put(page, "<th scope=\"col\" class=\"n\">p %s%s</th>", vx_quantity_about(vx_p_corrections[k])->label,
                   vx_p_corrections[k] == report->results->primary ? " (primary)" : "");
    vx_put_markup(page, "</tr></thead>\n<tbody>\n");
    for (size_t v = 0; v < effect->volumes; v++)
        put_row(report, effect, &effect->volume[v]);
    vx_put(page, "</tbody></table></div>\n<p class=\"note\">A volume answers its question only where the table of "
           "regions was written before the data were seen. The maps are %s/p-\xE2\x80\xA6_%s.nii.gz and so on.</p>\n",
           effect->place, effect->volume[0].stem);
}
