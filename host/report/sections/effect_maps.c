/* The pictures of an effect: slices of its map, and the glass brain of the voxels beyond the forming threshold. */
#include "base/memory.h"
#include "infer/quantity.h"
#include "report/draw/brain.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>

/* The volumes for the pictures of an effect. */
typedef struct volumes {
    float *background, *map, *mask;
    float *significant; /* 1 where p is significant, else 0; null: nowhere */
} volumes;

static vx_status read_significant(vx_report *report, const vx_effect_view *view, volumes *v)
{
    const vx_grid *grid = &view->modality->grid;
    const vx_quantity primary = report->results->primary;
    if (vx_quantity_about(primary)->control == VX_CONTROL_NONE || !view->effect->p[primary].below)
        return VX_OK;
    const vx_status status =
        vx_results_map(report->results, view->effect, grid, primary, &v->significant, report->error);
    for (size_t i = 0; !status && i < vx_grid_elements(grid); i++)
        v->significant[i] = vx_results_significant(report->results, primary, v->significant[i]) && v->mask[i] > 0;
    return status;
}

static vx_status read_volumes(vx_report *report, const vx_effect_view *view, volumes *v)
{
    const vx_results *results = report->results;
    vx_status status = vx_results_map(results, view->effect, &view->modality->grid, VX_MAP_T, &v->map, report->error);
    if (!status)
        status = vx_results_mask(results, view->modality, &v->mask, report->error);
    if (!status && !report->template)
        status = vx_results_mean(results, view->modality, &v->background, report->error);
    return status ? status : read_significant(report, view, v);
}

/* What the caption says about bold lines, which enclose what is significant. The caller frees; null without memory. */
static char *lines_text(const vx_results *results, const volumes *v)
{
    const vx_quantity_row *about = vx_quantity_about(results->primary);
    if (about->control == VX_CONTROL_NONE)
        return vx_copy_text("");
    return vx_text("%s significant, p < " VX_LEVEL_TEXT " %s",
                   v->significant ? ", bold ones around what is" : "; nothing is", about->criterion);
}

/* The caption of the slices. The caller frees; null without memory. */
static char *slices_caption(const vx_report *report, const volumes *v, const char *beyond)
{
    const char *p = vx_results_option(report->results, "cluster-p");
    char *lines = lines_text(report->results, v), *caption = NULL;
    if (lines)
        caption = vx_text("The complete map. Thin lines go around what has %s, the threshold at which clusters form "
                          "(one-sided p %s), broken where t is negative%s. Below the threshold colours fade with the "
                          "square of t: faint means little evidence, not a zero effect. Drawn over %s; left is the "
                          "participant's left (L), mm of the images' own space. Axial slices pass through peaks where "
                          "there are any near, the sagittal and the coronal one through the largest t.", beyond,
                          p ? p : "not given", lines,
                          report->template ? "the template" : "the mean of all images");
    free(lines);
    return caption;
}

/* The largest |t| of a map. */
static double largest_size(const vx_grid *grid, const float *map)
{
    double largest = 1e-30; /* positive, because colours divide by it */
    for (size_t i = 0; i < vx_grid_elements(grid); i++)
        largest = fmax(largest, fabsf(map[i]));
    return largest;
}

static vx_brain make_brain(const vx_report *report, const vx_effect_view *view, const volumes *v)
{
    const vx_results_effect *effect = view->effect;
    const vx_grid *grid = &view->modality->grid;
    vx_brain brain = {
        .background = report->template ? vx_sampler_new(&report->template_image.grid, report->template_image.data)
                                       : vx_sampler_new(grid, v->background),
        .map = vx_sampler_new(grid, v->map),
        .mask = vx_sampler_new(grid, v->mask),
        .significant = vx_sampler_new(grid, v->significant),
        .threshold = effect->threshold_t,
        .limit = largest_size(grid, v->map),
        .positive = effect->tails != VX_NEGATIVE,
        .negative = effect->tails != VX_POSITIVE,
        .peak = {effect->peak_mm[0], effect->peak_mm[1], effect->peak_mm[2]},
        .cluster = effect->cluster,
        .clusters = effect->clusters,
        .units = "t",
    };
    return brain;
}

static void put_picture(vx_report *report, const vx_effect_view *view, const char *kind, vx_drawing drawing,
                        const char *alt, const char *caption)
{
    char *name = vx_text("%s_%s", view->effect->stem, kind);
    if (!report->status && name && alt && caption)
        vx_report_picture(report, &(vx_picture){name, drawing, false, alt, caption});
    else if (!report->status)
        report->status = vx_fail_memory(report->error);
    free(name);
}

void vx_effect_maps(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    char beyond[48];
    vx_tails_beyond(effect->tails, effect->threshold_t, beyond);
    volumes v = {0};
    vx_slices *slices = NULL;
    vx_glass *glass = NULL;
    char *alt = NULL, *caption = NULL;
    if (isnan(effect->peak_t))
        return;
    report->status = read_volumes(report, view, &v);
    if (report->status)
        goto cleanup;
    vx_brain brain = make_brain(report, view, &v);
    const bool framed = vx_brain_frame(&brain, &view->modality->grid);
    slices = framed ? vx_slices_new(&brain) : NULL;
    glass = framed ? vx_glass_new(&brain) : NULL;
    if (!slices || !glass) {
        report->status = vx_fail_memory(report->error);
        goto cleanup;
    }
    vx_put_markup(report->page, "<h4>Where</h4>\n");

    alt = vx_text("Axial slices of %s, %s: %zu cluster%s with %s; the largest t, %.2f, lies at x %.4g, y %.4g, z "
                  "%.4g mm.",
                  view->modality->name, effect->name, effect->clusters, effect->clusters == 1 ? "" : "s", beyond,
                  effect->peak_t, effect->peak_mm[0], effect->peak_mm[1], effect->peak_mm[2]);
    caption = slices_caption(report, &v, beyond);
    put_picture(report, view, "slices", vx_slices_drawing(slices), alt, caption);
    free(alt);
    free(caption);

    alt = vx_text("Glass brain of %s, %s, from the right, from behind and from above: %zu cluster%s.",
                  view->modality->name, effect->name, effect->clusters, effect->clusters == 1 ? "" : "s");
    caption = vx_text("The same seen through: the t furthest from zero along each line of sight. L and R are the "
                      "participant's sides, and what begins deeper is paler.");
    put_picture(report, view, "glass", vx_glass_drawing(glass), alt, caption);
cleanup:
    free(alt);
    free(caption);
    vx_slices_free(slices);
    vx_glass_free(glass);
    free(v.background);
    free(v.map);
    free(v.mask);
    free(v.significant);
}
