/* What came out of an effect, in sentences; and what could have come out. */
#include "base/number.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>

/* What the count of a kind of p counts. */
static const char *const survivors[VX_P_KINDS] = {
    NULL, "by false discovery rate", "by the maximum t", "in clusters by extent", "in clusters by mass", "by TFCE"};

static size_t significant_clusters(const vx_results_effect *effect, bool by_mass)
{
    size_t count = 0;
    for (size_t c = 0; c < effect->clusters; c++)
        count += vx_significant(by_mass ? effect->cluster[c].p_mass : effect->cluster[c].p_extent);
    return count;
}

/* How many clusters survive by extent and mass. */
static void put_cluster_counts(vx_report *report, const vx_results_effect *effect)
{
    for (int by_mass = 0; by_mass < 2; by_mass++) {
        const size_t count = significant_clusters(effect, by_mass);
        if (effect->p[by_mass ? VX_P_FWE_MASS : VX_P_FWE_EXTENT].there && count)
            vx_put(report->page, " %zu cluster%s survive%s by %s.", count, count == 1 ? "" : "s",
                   count == 1 ? "s" : "", by_mass ? "mass" : "extent");
    }
}

static void put_voxel_counts(vx_report *report, const vx_results_effect *effect)
{
    const char *join = "Corrected p < 0.05 in ";
    char text[32];
    for (int k = VX_P_FDR; k < VX_P_KINDS; k++) {
        if (!effect->p[k].there)
            continue;
        vx_put(report->page, "%s%s voxels %s", join, vx_count_text(effect->p[k].below, text), survivors[k]);
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
    for (int k = VX_P_FDR; k < VX_P_KINDS; k++) {
        asked |= effect->p[k].there;
        any |= effect->p[k].there && effect->p[k].below;
        smallest = effect->p[k].there ? fmin(smallest, effect->p[k].smallest) : smallest;
    }
    if (any) /* with those by which nothing survives: nobody is to pick */
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
