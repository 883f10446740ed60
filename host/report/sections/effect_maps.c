/* The pictures of an effect: slices of its map, and the glass brain of the voxels beyond the forming threshold. */
#include "base/memory.h"
#include "base/number.h"
#include "infer/quantity.h"
#include "report/effect_brain.h"
#include "report/numbers.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>

/* The sentence of the caption about bold lines, which enclose what is significant, with a blank before it. The caller
 * frees; null without memory. */
static char *lines_text(const vx_report *report, const vx_effect_brain *of)
{
    const vx_look *look = report->look;
    const vx_quantity_row *about = vx_quantity_about(look && look->by_p ? look->kind : report->results->primary);
    if (look && look->by_p)
        return vx_text(of->significant ? " Bold lines go around what has p < %g %s."
                                       : " Nothing has p < %g %s; what lies beyond the threshold is faded.",
                       look->level, about->criterion ? about->criterion : "uncorrected");
    if (about->control == VX_CONTROL_NONE)
        return vx_copy_text("");
    return vx_text(" %s significant, p < " VX_LEVEL_TEXT " %s.",
                   of->significant ? "Bold lines go around what is" : "Nothing is", about->criterion);
}

static bool any_beyond(const vx_effect_view *view, const vx_effect_brain *of)
{
    for (size_t i = 0; i < vx_grid_elements(&view->modality->grid); i++)
        if (of->brain.mask.data[i] > 0 && vx_brain_beyond(&of->brain, of->map[i]))
            return true;
    return false;
}

/* What gives the colours and the threshold. The caller frees; null without memory. */
static char *threshold_text(const vx_report *report, const char *beyond, bool any)
{
    const char *lines = any ? "Thin lines go around what" : "No voxel";
    const vx_look *look = report->look ? report->look : &vx_look_usual;
    const char *p = vx_results_option(report->results, "cluster-p");
    const bool forming = isnan(look->threshold) && !vx_quantity_is_p(look->map);
    char *about = vx_quantity_is_p(look->map) || look->map == VX_MAP_T
                      ? vx_copy_text("") : vx_text("Colours are %s; t says how full they are. ",
                                                   vx_quantity_about(look->map)->name);
    char *text = NULL;
    if (about && vx_quantity_is_p(look->map))
        text = vx_text("\xE2\x88\x92log10 of %s, with the sign of t. %s has %s",
                       vx_quantity_about(look->map)->name, lines, beyond);
    else if (about && (forming && (!look->by_p || vx_quantity_about(look->kind)->of_cluster)))
        text = vx_text("%s%s has %s, the threshold at which clusters form (one-sided p %s)", about, lines, beyond,
                       p ? p : "not given");
    else if (about)
        text = vx_text("%s%s has %s", about, lines, beyond);
    free(about);
    return text;
}

/* The caption of the slices. The caller frees; null without memory. */
static char *slices_caption(const vx_report *report, const vx_effect_view *view, const vx_effect_brain *of,
                            const char *beyond)
{
    const bool any = any_beyond(view, of);
    char *lines = lines_text(report, of), *threshold = threshold_text(report, beyond, any), *caption = NULL;
    const bool chosen = report->look && report->look->layout.slices;
    const bool of_p = report->look && vx_quantity_is_p(report->look->map);
    char *template = report->template_remark ? vx_text(" Note that %s.", report->template_remark) : vx_copy_text("");
    const char *broken = !any ? "" : of_p ? "; they are broken where it is negative"
                                          : "; they are broken where t is negative";
    if (lines && threshold && template)
        caption = vx_text("The complete map. %s%s.%s Below the threshold colours fade with the square of %s: faint "
                          "means little evidence, not a zero effect. Drawn over %s; left is the participant's left "
                          "(L), mm of the images' own space.%s%s", threshold, broken, lines,
                          of_p ? "the value" : "t", vx_background_words(report), template,
                          chosen ? "" : " Axial slices pass through peaks where there are any near, the sagittal and "
                                        "the coronal one through the largest t.");
    free(template);
    free(lines);
    free(threshold);
    return caption;
}

/* Chosen slices must pass through the brain. */
static vx_status check_slices(const vx_effect_view *view, const vx_brain *brain, const vx_look *look, vx_error *error)
{
    static const char *const plane[] = {"sagittal", "coronal", "axial"};
    for (size_t i = 0; look && i < look->layout.slices; i++) {
        const vx_slice *slice = &look->layout.slice[i];
        const double *box = brain->box[slice->axis];
        if (!(slice->mm >= box[0] && slice->mm <= box[1]))
            return vx_fail(error, VX_INPUT, "--slices %s:%g is outside the mask of %s, which lies from %.4g to %.4g mm",
                           plane[slice->axis], slice->mm, view->modality->name, box[0], box[1]);
    }
    return VX_OK;
}

static void put_slices(vx_report *report, const vx_effect_view *view, const vx_effect_brain *of, const char *name,
                       const char *beyond)
{
    const vx_results_effect *effect = view->effect;
    const vx_look *look = report->look ? report->look : &vx_look_usual;
    vx_slices *slices = vx_slices_new(&of->brain, &look->layout);
    char t[32], mm[VX_MM_TEXT];
    char *alt = vx_text("Slices of %s, %s: %zu cluster%s with %s; the largest t, %s, lies at %s mm.",
                        view->modality->name, effect->name, effect->clusters, effect->clusters == 1 ? "" : "s", beyond,
                        vx_fixed_text(effect->peak_t, 2, t), vx_mm_text(effect->peak_mm, mm));
    char *caption = slices_caption(report, view, of, beyond);
    if (slices && alt && caption)
        vx_report_picture(report, &(vx_picture){name, vx_slices_drawing(slices), false, alt, caption});
    else
        report->status = vx_fail_memory(report->error);
    free(alt);
    free(caption);
    vx_slices_free(slices);
}

static void put_glass(vx_report *report, const vx_effect_view *view, const vx_effect_brain *of, const char *name)
{
    const vx_results_effect *effect = view->effect;
    const vx_look *look = report->look ? report->look : &vx_look_usual;
    vx_brain of_t = of->brain; /* which is seen through, whatever map gives slices their colours */
    of_t.colour.data = NULL;
    of_t.units = of->colour ? "t" : of->brain.units;
    vx_glass *glass = vx_glass_new(&of_t, &look->layout);
    char *alt = vx_text("Glass brain of %s, %s, from the right, from behind and from above: %zu cluster%s.",
                        view->modality->name, effect->name, effect->clusters, effect->clusters == 1 ? "" : "s");
    char *caption = vx_text("Seen through: the %s furthest from zero along each line of sight. L and R are the "
                            "participant's sides, and what begins deeper is paler.",
                            vx_quantity_is_p(look->map) ? "value" : "t");
    if (glass && alt && caption)
        vx_report_picture(report, &(vx_picture){name, vx_glass_drawing(glass), false, alt, caption});
    else
        report->status = vx_fail_memory(report->error);
    free(alt);
    free(caption);
    vx_glass_free(glass);
}

void vx_effect_maps(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    char beyond[48];
    vx_effect_brain of = {0};
    if (isnan(effect->peak_t))
        return;
    char *slices = vx_text("%s_slices", effect->stem), *glass = vx_text("%s_glass", effect->stem);
    if (!slices || !glass)
        report->status = vx_fail_memory(report->error);
    else if (vx_report_wants(report, slices) || vx_report_wants(report, glass))
        report->status = vx_effect_brain_init(report, view, &of, report->error);
    if (!report->status && of.map)
        report->status = check_slices(view, &of.brain, report->look, report->error);
    if (!report->status && of.map) {
        vx_put_markup(report->page, "<h4>Where</h4>\n");
        if (report->look && vx_quantity_is_p(report->look->map))
            snprintf(beyond, sizeof beyond, "p < %.4g", pow(10, -of.brain.threshold));
        else
            vx_tails_beyond(effect->tails, of.brain.threshold, beyond);
        if (vx_report_wants(report, slices))
            put_slices(report, view, &of, slices, beyond);
        if (!report->status && vx_report_wants(report, glass))
            put_glass(report, view, &of, glass);
    }
    vx_effect_brain_destroy(&of);
    free(slices);
    free(glass);
}
