/* The smallest effects that would have been significant, without which an empty result says little. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>

/* The t of a voxel by itself, and the effect size that has this t. */
static void put_voxel(vx_page *page, const vx_results_effect *effect, double critical)
{
    const double sign = effect->tails == VX_NEGATIVE ? -1 : 1;
    const vx_tails_words *words = vx_tails_about(effect->tails);
    char size[32];
    vx_put(page, "<li>a voxel by itself: %s %s %s<strong>%s</strong>, which is ", words->statistic,
           effect->tails == VX_NEGATIVE ? "below" : "above", words->true_minus,
           vx_fixed_text(critical, 2, size));
    if (effect->kind == VX_SLOPE)
        vx_put(page, "a%s correlation of <strong>%s</strong>", effect->columns > 2 ? " partial" : "",
               vx_fixed_text(sign * critical / sqrt(critical * critical + effect->df), 2, size));
    else
        vx_put(page, "a mean of <strong>%s</strong> standard deviations (d<sub>z</sub>)",
               vx_fixed_text(sign * critical / sqrt((double)effect->n), 2, size));
    vx_put(page, " with n = %lld;</li>\n", (long long)effect->n);
}

/* The size that a kind of family-wise p needs; nothing for kinds without a null distribution. */
static void put_needed(vx_report *report, const vx_effect_view *view, vx_quantity kind)
{
    const vx_results_effect *effect = view->effect;
    vx_null null = effect->null;
    double **maxima = vx_null_maxima(&null, kind);
    char text[48], voxels[32], volume[32];
    if (!maxima || !*maxima)
        return;
    const double critical = vx_critical(*maxima, null.count);
    if (kind == VX_P_FWE_VOXEL)
        put_voxel(report->page, effect, critical);
    else if (kind == VX_P_FWE_EXTENT)
        vx_put(report->page, "<li>a cluster by its extent: more than <strong>%s</strong> voxels (%s mm\xC2\xB3) "
               "with %s;</li>\n", vx_count_text((uint64_t)critical, voxels),
               vx_number_text(critical * vx_grid_voxel_mm3(&view->modality->grid), volume),
               vx_tails_beyond(effect->tails, effect->threshold_t, text));
    else if (kind == VX_P_FWE_MASS)
        vx_put(report->page, "<li>a cluster by its mass: more than <strong>%s</strong> (the sum of |t| \xE2\x88\x92 "
               "%s);</li>\n", vx_fixed_text(critical, 1, volume), vx_fixed_text(effect->threshold_t, 2, voxels));
    else
        vx_put(report->page, "<li>a voxel by TFCE: a score above <strong>%s</strong>;</li>\n",
               vx_fixed_text(critical, 1, volume));
}

/* The primary correction first, then the further looks. */
static void put_all_needed(vx_report *report, const vx_effect_view *view)
{
    const vx_quantity primary = report->results->primary;
    const vx_quantity_row *about = vx_quantity_about(primary);
    const bool family_wise = about->control == VX_CONTROL_FAMILY_WISE;
    vx_null null = view->effect->null;
    vx_page *page = report->page;
    bool others = false;
    char text[32];
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        others |= kind != (int)primary && vx_null_maxima(&null, kind) && *vx_null_maxima(&null, kind);
    vx_count_text((uint64_t)view->modality->mask_voxels, text);
    if (family_wise) {
        vx_put(page, "<p>To be significant in these %s voxels (p &lt; " VX_LEVEL_TEXT " %s) it would have taken</p>\n"
               "<ul class=\"detectable\">\n", text, about->criterion);
        put_needed(report, view, primary);
        vx_put_markup(page, "</ul>\n");
        if (others)
            vx_put_markup(page, "<p>and for a family-wise p &lt; " VX_LEVEL_TEXT " by another statistic</p>\n");
    } else {
        vx_put(page, "<p>Family-wise p &lt; " VX_LEVEL_TEXT " in these %s voxels would have taken</p>\n", text);
    }
    if (!others)
        return;
    vx_put_markup(page, "<ul class=\"detectable\">\n");
    for (int kind = 0; kind < VX_P_KINDS; kind++)
        if (kind != (int)primary)
            put_needed(report, view, kind);
    vx_put_markup(page, "</ul>\n");
}

void vx_effect_detectable(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_page *page = report->page;
    char text[32], count[32];
    if (!vx_significant(effect->p_smallest)) {
        vx_put(page, "<p class=\"note\">With %s %s no family-wise p can be below %s: nothing could have been "
               "significant at " VX_LEVEL_TEXT " after that correction. More %s are needed.</p>\n",
               vx_count_text((uint64_t)(effect->exhaustive ? effect->n : effect->relabellings), count),
               effect->exhaustive ? "participants" : "relabellings", vx_p_text(effect->p_smallest, text),
               effect->exhaustive ? "participants" : "relabellings (--permutations)");
        return;
    }
    vx_put(page, "<p>Looked for: %s%s%s.</p>\n", vx_tails_about(effect->tails)->alternative,
           effect->tails == VX_TWO_TAILS ? "" : " (one tail)",
           effect->kind == VX_SLOPE ? ", in step with the covariate" : "");
    put_all_needed(report, view);
    vx_put(page, "<p class=\"note\">These come from the null distributions of this run. The smallest family-wise p "
           "that %s relabellings allow is %s.</p>\n", vx_count_text((uint64_t)effect->relabellings, count),
           vx_p_text(effect->p_smallest, text));
}
