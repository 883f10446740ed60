/* The results of an effect in sentences, or why none could be significant. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>

static bool is_further_look(const vx_results *results, const vx_results_effect *effect, vx_quantity kind)
{
    return kind != results->primary && effect->p[kind].there && vx_quantity_about(kind)->control != VX_CONTROL_NONE;
}

/* Writes "12 voxels by TFCE", or "1 cluster (7 voxels) by extent": those with a p below the level. */
static void put_count(vx_page *page, const vx_results_effect *effect, vx_quantity kind)
{
    const vx_quantity_row *about = vx_quantity_about(kind);
    const size_t count = vx_results_below(effect, kind);
    char text[32];
    vx_put(page, "%s %s%s", vx_count_text(count, text), about->of_cluster ? "cluster" : "voxel", count == 1 ? "" : "s");
    if (about->of_cluster && count)
        vx_put(page, " (%s voxel%s)", vx_count_text((uint64_t)effect->p[kind].below, text),
               effect->p[kind].below == 1 ? "" : "s");
    vx_put(page, " %s", about->criterion);
}

static void put_primary(vx_report *report, const vx_results_effect *effect)
{
    const vx_quantity primary = report->results->primary;
    const vx_quantity_row *about = vx_quantity_about(primary);
    char text[32];
    if (about->control == VX_CONTROL_NONE) {
        vx_put_markup(report->page, "No correction for the number of voxels was asked for.");
    } else if (vx_results_below(effect, primary)) {
        vx_put_markup(report->page, "Significant at p&nbsp;&lt;&nbsp;" VX_LEVEL_TEXT ": ");
        put_count(report->page, effect, primary);
        vx_put_markup(report->page, ".");
    } else {
        vx_put(report->page, "Nothing is significant %s (smallest p: %s).", about->criterion,
               vx_p_text(effect->p[primary].smallest, text));
    }
}

/* All further looks are listed, also those that find nothing, so that nobody picks one. */
static void put_further_looks(vx_report *report, const vx_results_effect *effect)
{
    const char *join = " Further looks at p\xC2\xA0<\xC2\xA0" VX_LEVEL_TEXT ": ";
    bool any = false;
    double smallest = INFINITY;
    size_t below = 0;
    for (int k = 0; k < VX_P_KINDS; k++)
        if (is_further_look(report->results, effect, k)) {
            any = true;
            below += vx_results_below(effect, k);
            smallest = fmin(smallest, effect->p[k].smallest);
        }
    if (any && !below) {
        char text[32];
        vx_put(report->page, "%snothing (smallest p: %s).", join, vx_p_text(smallest, text));
        return;
    }
    for (int i = 0; any && i < VX_P_KINDS; i++) {
        if (!is_further_look(report->results, effect, vx_p_corrections[i]))
            continue;
        vx_put(report->page, "%s", join);
        put_count(report->page, effect, vx_p_corrections[i]);
        join = ", ";
    }
    if (any)
        vx_put_markup(report->page, ".");
}

void vx_effect_headline(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    char text[2][VX_MM_TEXT];
    put_primary(report, effect);
    put_further_looks(report, effect);
    if (!isnan(effect->peak_t))
        vx_put(report->page, " Peak t: %s, at %s mm.", vx_fixed_text(effect->peak_t, 2, text[0]),
               vx_mm_text(effect->peak_mm, text[1]));
}
