/* The results of an effect in sentences, or why none could be significant. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>

static bool asked_for(const vx_results_effect *effect, int kind)
{
    return effect->p[kind].there && vx_quantity_about(kind)->control != VX_CONTROL_NONE;
}

static void put_cluster_counts(vx_report *report, const vx_results_effect *effect)
{
    for (int k = 0; k < VX_P_KINDS; k++) {
        const vx_quantity_row *about = vx_quantity_about(k);
        const size_t count = about->of_cluster && effect->p[k].there ? vx_results_significant(effect, k) : 0;
        if (count)
            vx_put(report->page, " %zu cluster%s survive%s by %s.", count, count == 1 ? "" : "s",
                   count == 1 ? "s" : "", about->criterion);
    }
}

static void put_voxel_counts(vx_report *report, const vx_results_effect *effect)
{
    const char *join = "Corrected p < " VX_LEVEL_TEXT " in ";
    char text[32];
    for (int k = 0; k < VX_P_KINDS; k++) {
        if (!asked_for(effect, k))
            continue;
        vx_put(report->page, "%s%s voxels %s", join, vx_count_text(effect->p[k].below, text),
               vx_quantity_about(k)->survivors);
        join = ", ";
    }
    vx_put_markup(report->page, ".");
}

void vx_effect_headline(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_page *page = report->page;
    char text[32];
    bool any = false, asked = false;
    double smallest = INFINITY;
    for (int k = 0; k < VX_P_KINDS; k++) {
        if (!asked_for(effect, k))
            continue;
        asked = true;
        any |= effect->p[k].below > 0;
        smallest = fmin(smallest, effect->p[k].smallest);
    }
    if (any) /* list all corrections, including those without survivors, so that nobody picks one */
        put_voxel_counts(report, effect);
    else if (asked)
        vx_put(page, "Nothing survives correction for the number of voxels (smallest corrected p: %s).",
               vx_p_text(smallest, text));
    else
        vx_put_markup(page, "No correction for the number of voxels was asked for.");
    put_cluster_counts(report, effect);
    if (!isnan(effect->peak_t))
        vx_put(page, " Peak t: %.2f, at %.4g, %.4g, %.4g mm.", effect->peak_t, effect->peak_mm[0],
               effect->peak_mm[1], effect->peak_mm[2]);
}
