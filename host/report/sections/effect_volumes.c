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

/* The smallest p in a volume, and its place: in columns of their own for the primary kind, else below the p. */
static void put_p(vx_report *report, vx_quantity kind, const vx_results_p *p)
{
    vx_page *page = report->page;
    const bool primary = kind == report->results->primary, there = !isnan(p->mm[0]);
    char text[32], place[VX_MM_TEXT] = "";
    const bool found = vx_results_significant(report->results, kind, p->smallest);
    if (there)
        vx_mm_text(p->mm, place);
    vx_put(page, "<td class=\"n%s%s\">%s", primary ? "" : " more", found ? " found" : "",
           vx_p_text(p->smallest, text));
    if (primary)
        vx_put(page, "</td><td class=\"n\">%s</td><td class=\"where\">%s</td>", place,
               there && p->region ? p->region : "");
    else
        vx_put(page, "<br><small>%s %s</small></td>", place, there && p->region ? p->region : "");
}

static vx_quantity column(const vx_report *report, int k)
{
    return vx_primary_first(report->results->primary, vx_p_corrections, k);
}

static void put_row(vx_report *report, const vx_results_effect *effect, const vx_results_volume *volume)
{
    char text[2][32];
    vx_put(report->page, "<tr><th scope=\"row\">%s</th><td class=\"n size\">%s</td><td class=\"n size\">%s</td>",
           volume->family, vx_count_text((uint64_t)volume->voxels, text[0]),
           vx_fixed_text(volume->peak_t, 2, text[1]));
    for (int k = 0; k < VX_P_KINDS; k++)
        if (is_shown(effect, column(report, k)))
            put_p(report, column(report, k), &volume->p[column(report, k)]);
    vx_put_markup(report->page, "</tr>\n");
}

static void put_head(vx_page *page, const char *label, bool primary)
{
    if (primary)
        vx_put(page, "<th scope=\"col\" class=\"n\">p %s (primary)</th><th scope=\"col\" class=\"n\">x, y, z (mm)</th>"
               "<th scope=\"col\">region</th>", label);
    else
        vx_put(page, "<th scope=\"col\" class=\"n more\">p %s</th>", label);
}

void vx_effect_volumes(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_page *page = report->page;
    if (!effect->volumes)
        return;
    vx_put_markup(page, "<h4>Search volumes</h4>\n");
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Search volumes of %s: %s\"><table "
           "class=\"few\"><caption>Each family of planned regions was also searched voxel by voxel: the smallest p "
           "within it, corrected for its voxels alone, and where it is. Every family is corrected by itself."
           "</caption>\n<thead><tr><th scope=\"col\">search volume</th><th scope=\"col\" class=\"n size\">voxels</th>"
           "<th scope=\"col\" class=\"n size\">peak t</th>", view->modality->name, effect->name);
    for (int k = 0; k < VX_P_KINDS; k++)
        if (is_shown(effect, column(report, k)))
            put_head(page, vx_quantity_about(column(report, k))->label, !k);
    vx_put_markup(page, "</tr></thead>\n<tbody>\n");
    for (size_t v = 0; v < effect->volumes; v++)
        put_row(report, effect, &effect->volume[v]);
    vx_put(page, "</tbody></table></div>\n<p class=\"note\">A volume answers its question only where the table of "
           "regions was written before the data were seen. The maps are %s/p-\xE2\x80\xA6_%s.nii.gz and so on.</p>\n",
           effect->place, effect->volume[0].stem);
}
