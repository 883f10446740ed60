/* The smallest effects that would have been significant, without which an empty result says little. */
#include "base/number.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>

static void put_voxel(vx_report *report, const vx_results_effect *effect, double critical)
{
    vx_page *page = report->page;
    const double sign = effect->tails == VX_NEGATIVE ? -1 : 1;
    const vx_tails_words *words = vx_tails_about(effect->tails);
    vx_put(page, "<li>a voxel by itself: %s %s %s<strong>%.2f</strong>, which is ", words->statistic,
           effect->tails == VX_NEGATIVE ? "below" : "above", words->true_minus, critical);
    if (effect->kind == VX_SLOPE)
        vx_put(page, "a%s correlation of <strong>%.2f</strong>", effect->columns > 2 ? " partial" : "",
               sign * critical / sqrt(critical * critical + effect->df));
    else
        vx_put(page, "a mean of <strong>%.2f</strong> standard deviations (d<sub>z</sub>)",
               sign * critical / sqrt((double)effect->n));
    vx_put(page, " with n = %lld;</li>\n", (long long)effect->n);
}

void vx_effect_detectable(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const vx_null *null = &effect->null;
    vx_page *page = report->page;
    char text[48];
    const double mm3 = vx_grid_voxel_mm3(&view->modality->grid);
    if (!vx_significant(effect->p_smallest)) {
        vx_put(page, "<p class=\"note\">With %lld relabellings the smallest family-wise p possible is %s: nothing "
               "could have been significant at " VX_LEVEL_TEXT " after that correction. More %s are needed.</p>\n",
               (long long)effect->relabellings, vx_p_text(effect->p_smallest, text),
               effect->exhaustive ? "participants" : "relabellings (--permutations)");
        return;
    }
    vx_put(page, "<p>Looked for: %s%s%s. Family-wise p &lt; " VX_LEVEL_TEXT " in these %s voxels would have taken</p>\n"
           "<ul class=\"detectable\">\n",
           vx_tails_about(effect->tails)->alternative, effect->tails == VX_TWO_TAILS ? "" : " (one tail)",
           effect->kind == VX_SLOPE ? ", in step with the covariate" : "",
           vx_count_text(view->modality->mask_voxels, text));
    put_voxel(report, effect, vx_critical(null->voxel, null->count));
    if (null->extent)
        vx_put(page, "<li>a cluster by its extent: more than <strong>%.0f</strong> voxels (%.5g mm\xC2\xB3) with "
               "%s;</li>\n", vx_critical(null->extent, null->count), vx_critical(null->extent, null->count) * mm3,
               vx_tails_beyond(effect->tails, effect->threshold_t, text));
    if (null->mass)
        vx_put(page, "<li>a cluster by its mass: more than <strong>%.1f</strong> (the sum of |t| \xE2\x88\x92 %.2f);"
               "</li>\n", vx_critical(null->mass, null->count), effect->threshold_t);
    if (null->tfce)
        vx_put(page, "<li>a voxel by TFCE: a score above <strong>%.1f</strong>;</li>\n",
               vx_critical(null->tfce, null->count));
    vx_put(page, "</ul>\n<p class=\"note\">These come from the null distributions of this run. The smallest "
           "family-wise p that %lld relabellings allow is %s.</p>\n", (long long)effect->relabellings,
           vx_p_text(effect->p_smallest, text));
}
