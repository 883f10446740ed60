/* A small picture of an effect for its answer: axial slices through its largest peaks. */
#include "base/memory.h"
#include "base/number.h"
#include "report/effect_brain.h"
#include "results/level.h"

#include <math.h>

enum { SLICES_MAX = 3, LEVELS = 40 };

/* Slices that are chosen, and mm between any two of them. */
typedef struct slice_choice {
    double mm[SLICES_MAX], apart;
    int count, wanted;
} slice_choice;

static double distance(const slice_choice *chosen, double mm)
{
    double nearest = INFINITY;
    for (int i = 0; i < chosen->count; i++)
        nearest = fmin(nearest, fabs(chosen->mm[i] - mm));
    return nearest;
}

static void add(slice_choice *chosen, double mm)
{
    if (chosen->count < chosen->wanted && distance(chosen, mm) >= chosen->apart)
        chosen->mm[chosen->count++] = mm;
}

/* Adds the peaks of clusters that are significant, or not, the largest |t| first. */
static void add_peaks(slice_choice *chosen, const vx_results_effect *effect, vx_quantity primary, bool significant)
{
    for (double below = INFINITY, next; chosen->count < chosen->wanted; below = next) {
        next = -1;
        for (size_t c = 0; c < effect->clusters; c++) {
            const double size = fabs(effect->cluster[c].peak_t);
            if (vx_significant(effect->cluster[c].p[primary]) == significant && size < below)
                next = fmax(next, size);
        }
        if (next < 0)
            return;
        for (size_t c = 0; c < effect->clusters; c++)
            if (fabs(effect->cluster[c].peak_t) == next &&
                vx_significant(effect->cluster[c].p[primary]) == significant)
                add(chosen, effect->cluster[c].peak_mm[2]);
    }
}

/* Significant peaks first, then the largest |t|, other peaks, and levels as far from the others as there are. */
static void choose(slice_choice *chosen, const vx_brain *brain, const vx_results_effect *effect, vx_quantity primary)
{
    const double range = brain->axial[1] - brain->axial[0];
    chosen->apart = range / (2.5 * chosen->wanted);
    add_peaks(chosen, effect, primary, true);
    add(chosen, effect->peak_mm[2]);
    add_peaks(chosen, effect, primary, false);
    while (chosen->count < chosen->wanted) {
        double best = NAN;
        for (int i = 0; i < LEVELS; i++) { /* the lowest and the highest fifth show little of the brain */
            const double mm = round(brain->axial[0] + range * (0.2 + 0.6 * i / LEVELS));
            best = isnan(best) || distance(chosen, mm) > distance(chosen, best) ? mm : best;
        }
        chosen->mm[chosen->count++] = best;
    }
    for (int i = 1; i < chosen->count; i++) /* from below upwards */
        for (int k = i; k && chosen->mm[k - 1] > chosen->mm[k]; k--) {
            const double higher = chosen->mm[k - 1];
            chosen->mm[k - 1] = chosen->mm[k];
            chosen->mm[k] = higher;
        }
}

static void put_picture(vx_report *report, const vx_effect_view *view, const vx_effect_brain *of, int wanted)
{
    slice_choice chosen = {.wanted = wanted};
    vx_slice slice[SLICES_MAX];
    char at[SLICES_MAX * 40] = "", t[32], mm[32], place[VX_MM_TEXT];
    size_t used = 0;
    choose(&chosen, &of->brain, view->effect, report->results->primary);
    for (int i = 0; i < wanted; i++) {
        slice[i] = (vx_slice){2, chosen.mm[i]};
        used += (size_t)snprintf(at + used, sizeof at - used, "%s%s", i ? ", " : "",
                                 vx_number_text(chosen.mm[i], mm));
    }
    const vx_brain_layout layout = {slice, (size_t)wanted, wanted == SLICES_MAX ? 420 : 120 * wanted, 2, true};
    vx_slices *slices = vx_slices_new(&of->brain, &layout);
    char *name = vx_text("%s_peaks", view->effect->stem);
    char *alt = vx_text("Axial slices of %s, %s, at z %s mm: the largest t, %s, lies at %s mm.", view->modality->name,
                        view->effect->name, at, vx_fixed_text(view->effect->peak_t, 2, t),
                        vx_mm_text(view->effect->peak_mm, place));
    if (slices && name && alt)
        vx_report_picture(report, &(vx_picture){name, vx_slices_drawing(slices), false, alt, NULL});
    else
        report->status = vx_fail_memory(report->error);
    free(name);
    free(alt);
    vx_slices_free(slices);
}

void vx_effect_glance(vx_report *report, const vx_effect_view *view, int slices)
{
    vx_effect_brain of = {0};
    if (report->status || isnan(view->effect->peak_t))
        return;
    report->status = vx_effect_brain_init(report, view, &of, report->error);
    if (!report->status)
        put_picture(report, view, &of, slices < SLICES_MAX ? slices : SLICES_MAX);
    vx_effect_brain_destroy(&of);
}
