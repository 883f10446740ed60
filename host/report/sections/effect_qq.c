/* How the t of all voxels are spread, against what chance alone gives: a quantile plot, and the alarm of an effect that
 * moves most of the map. */
#include "base/distribution.h"
#include "base/memory.h"
#include "base/number.h"
#include "infer/quantiles.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/calibration.h"
#include "results/tails.h"

#include <math.h>

static size_t image_effects(const vx_results *results)
{
    size_t effects = 0;
    for (size_t m = 0; m < results->modalities; m++)
        effects += results->modality[m].effects;
    return effects;
}

static vx_calibration calibration_of(vx_report *report, const vx_results_effect *effect)
{
    vx_calibration calibration = {0};
    report->status =
        vx_calibration_find(&effect->quantiles, image_effects(report->results), &calibration, report->error);
    return calibration;
}

void vx_effect_calibration(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const vx_calibration calibration = calibration_of(report, effect);
    if (report->status || !calibration.alarm)
        return;
    char *text = vx_calibration_text(&calibration, effect->kind == VX_SLOPE ? effect->name : NULL,
                                     report->results->design == VX_PAIRED);
    if (text)
        vx_put(report->page, "<p class=\"remarks alarm\"><strong>A shift everywhere:</strong> %s.</p>\n", text);
    else
        report->status = vx_fail_memory(report->error);
    free(text);
}

/* -log10 of Student's p of t, or of |t| of two tails. */
static double surprise(const vx_results_effect *effect, double t)
{
    const double p = (effect->tails == VX_TWO_TAILS ? 2 : 1) * vx_t_upper(t, effect->df);
    return -log10(fmax(p, VX_QUANTILE_P_MIN));
}

/* The expected p of rank i (from 1) is (i - 0.5) / count. */
static void gather(const vx_results_effect *effect, int64_t count, const double *const t[3],
                   double point[4][VX_QUANTILE_RANKS])
{
    for (size_t i = 0; i < effect->quantiles.ranks; i++) {
        point[3][i] = -log10(((double)effect->quantiles.rank[i] - 0.5) / (double)count);
        for (int k = 0; k < 3; k++)
            point[k][i] = surprise(effect, t[k][i]);
    }
}

static char *caption_of(const vx_results_effect *effect, const vx_calibration *c)
{
    char count[32], p[32], low[32], high[32], inflation[32];
    return vx_text("The t of every voxel as Student\xE2\x80\x99s p; on the line lies what independent voxels without "
                   "any effect would give. Shaded: the middle 95 %% of %s relabellings of these data, in which long "
                   "stretches stray together, as neighbours are alike. Half of the voxels have a t beyond "
                   "\xC2\xB1%.2f; relabellings give %s to %s (p = %s; inflation %s, 1 by chance).",
                   vx_count_text(effect->quantiles.count, count), c->median,
                   vx_fixed_text(c->low, 2, low), vx_fixed_text(c->high, 2, high), vx_p_text(c->p, p),
                   vx_fixed_text(c->inflation, 2, inflation));
}

void vx_effect_qq(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    double low[VX_QUANTILE_RANKS], high[VX_QUANTILE_RANKS], point[4][VX_QUANTILE_RANKS];
    char count[32];
    if (!effect->quantiles.count)
        return;
    const vx_calibration calibration = calibration_of(report, effect);
    if (!report->status)
        report->status = vx_calibration_band(&effect->quantiles, low, high, report->error);
    if (report->status)
        return;
    gather(effect, view->modality->mask_voxels, (const double *const[]){effect->quantiles.t, low, high}, point);
    const vx_qq_plot plot = {point[3], point[0], point[1], point[2], (int)effect->quantiles.ranks};
    char *name = vx_text("%s_qq", effect->stem), *caption = caption_of(effect, &calibration);
    char *alt = vx_text("Quantiles of %s t as p against those of no effect at all: half of the voxels have a t beyond "
                        "\xC2\xB1%.3f, and 95 %% of the relabellings lie between %.3f and %.3f.",
                        vx_count_text((uint64_t)view->modality->mask_voxels, count), calibration.median,
                        calibration.low, calibration.high);
    vx_put_markup(report->page, "<details class=\"chance\"><summary>All voxels against chance</summary>\n");
    if (name && alt && caption)
        vx_report_picture(report, &(vx_picture){name, vx_qq_drawing(&plot), true, alt, caption});
    else
        report->status = vx_fail_memory(report->error);
    vx_put_markup(report->page, "</details>\n");
    free(name);
    free(alt);
    free(caption);
}
