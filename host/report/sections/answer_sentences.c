/* The answer of an effect by the primary correction, a glance long: of its clusters, search volumes and regions, and of
 * markers. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

enum { NAMED_MAX = 4 }; /* more places are counted */

/* What a sign of t means: the start of "in 3 clusters: ...". */
static void put_direction(vx_report *report, const vx_results_effect *effect, int sign)
{
    const bool up = sign > 0;
    if (effect->kind == VX_SLOPE)
        vx_put(report->page, "%s with more %s", up ? "Higher" : "Lower", effect->name);
    else if (report->results->design == VX_PAIRED)
        vx_put(report->page, "%s", up ? "Rises" : "Falls");
    else
        vx_put(report->page, "%s zero", up ? "Above" : "Below");
}

static void put_place(vx_page *page, const char *region, const double mm[3])
{
    char text[VX_MM_TEXT];
    if (region)
        vx_put(page, "<strong>%s</strong>", region);
    else
        vx_put(page, "<strong>%s mm</strong>", vx_mm_text(mm, text));
}

/* The significant cluster of a sign that follows cluster `after` by |t|, equal ones in their order; effect->clusters:
 * none. `after` is effect->clusters for the first. */
static size_t next_cluster(const vx_results_effect *effect, vx_quantity primary, int sign, size_t after)
{
    const double last = after < effect->clusters ? fabs(effect->cluster[after].peak_t) : INFINITY;
    size_t next = effect->clusters;
    for (size_t c = 0; c < effect->clusters; c++) {
        const vx_cluster *one = &effect->cluster[c];
        const double size = fabs(one->peak_t);
        if (one->sign == sign && vx_significant(one->p[primary]) && (size < last || (size == last && c > after)) &&
            (next == effect->clusters || size > fabs(effect->cluster[next].peak_t)))
            next = c;
    }
    return next;
}

/* The significant clusters of one sign; false if there are none. The table of clusters has them in its own order, this
 * sentence by |t|. */
static bool put_clusters(vx_report *report, const vx_effect_view *view, int sign)
{
    const vx_results_effect *effect = view->effect;
    const vx_quantity primary = report->results->primary;
    vx_page *page = report->page;
    size_t count = 0;
    char text[32], t[32];
    for (size_t c = 0; c < effect->clusters; c++)
        count += effect->cluster[c].sign == sign && vx_significant(effect->cluster[c].p[primary]);
    if (!count)
        return false;
    vx_put(page, "<p><a href=\"#%s\">", view->id);
    put_direction(report, effect, sign);
    vx_put(page, " in %zu cluster%s</a>: ", count, count == 1 ? "" : "s");
    size_t c = effect->clusters;
    for (size_t named = 0; named < NAMED_MAX && named < count; named++) {
        c = next_cluster(effect, primary, sign, c);
        const vx_cluster *one = &effect->cluster[c];
        vx_put(page, "%s", named ? ", " : "");
        put_place(page, effect->peak_region ? effect->peak_region[c] : NULL, one->peak_mm);
        vx_put(page, " (t\xC2\xA0%s, p\xC2\xA0%s)", vx_fixed_text(one->peak_t, 2, t),
               vx_p_text(one->p[primary], text));
    }
    if (count > NAMED_MAX)
        vx_put(page, " and %zu more", count - NAMED_MAX);
    vx_put_markup(page, ".</p>\n");
    return true;
}

/* Writes "|t| > 6.93", or what else the primary correction would have taken; nothing where no size would do. */
static void put_needed(vx_page *page, const vx_results_effect *effect, vx_quantity primary)
{
    vx_null null = effect->null;
    double **maxima = vx_null_maxima(&null, primary);
    const double critical = maxima && *maxima ? vx_critical(*maxima, null.count) : NAN;
    char text[48];
    if (isnan(critical))
        return;
    vx_put_markup(page, "; it would have taken ");
    if (primary == VX_P_FWE_VOXEL)
        vx_put(page, "%s", vx_tails_beyond(effect->tails, critical, text));
    else if (primary == VX_P_FWE_EXTENT)
        vx_put(page, "more than %s voxels in a cluster", vx_count_text((uint64_t)critical, text));
    else
        vx_put(page, "%s above %s", primary == VX_P_FWE_MASS ? "a cluster mass" : "TFCE",
               vx_number_text(critical, text));
}

/* Nothing of the complete mask: how near it came, and what it would have taken. Voxels may also be significant outside
 * every cluster. */
static void put_no_cluster(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const vx_quantity primary = report->results->primary;
    const vx_results_p *p = &effect->p[primary];
    vx_page *page = report->page;
    char text[32];
    vx_put(page, "<p><a href=\"#%s\">", view->id);
    if (vx_quantity_about(primary)->control == VX_CONTROL_NONE) {
        vx_put_markup(page, "No correction for the number of voxels</a> was asked for.</p>\n");
        return;
    }
    if (p->below) {
        vx_put(page, "%s voxel%s, outside clusters</a>: ", vx_count_text((uint64_t)p->below, text),
               p->below == 1 ? "" : "s");
        put_place(page, p->region, p->mm);
        vx_put(page, " (p\xC2\xA0%s).</p>\n", vx_p_text(p->smallest, text));
        return;
    }
    vx_put(page, "No %s</a> reaches p &lt; " VX_LEVEL_TEXT ": the smallest is %s",
           vx_quantity_about(primary)->of_cluster ? "cluster" : "voxel", vx_p_text(p->smallest, text));
    put_needed(page, effect, primary);
    vx_put_markup(page, ".</p>\n");
}

/* The search volumes in which something is significant: they were planned, and are smaller than the mask. */
static void put_volumes(vx_report *report, const vx_results_effect *effect)
{
    const vx_quantity primary = report->results->primary;
    size_t found = 0;
    char text[32];
    for (size_t v = 0; v < effect->volumes; v++) {
        const vx_results_volume *volume = &effect->volume[v];
        if (!vx_significant(volume->p[primary].smallest))
            continue;
        if (!found++)
            vx_put_markup(report->page, "<p>In the search volume ");
        vx_put(report->page, "%s%s: ", found > 1 ? "; " : "", volume->family);
        put_place(report->page, volume->p[primary].region, volume->p[primary].mm);
        vx_put(report->page, " (p\xC2\xA0%s)", vx_p_text(volume->p[primary].smallest, text));
    }
    if (found)
        vx_put_markup(report->page, ".</p>\n");
}

void vx_answer_of_outcomes(vx_report *report, const char *modality, const char *effect)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    size_t tested = 0, found = 0;
    double smallest = INFINITY;
    char text[32], id[VX_OUTCOME_ID];
    vx_outcome_id(results, modality, effect, id);
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *one = &results->outcome[i];
        const double p = one->value[VX_OUTCOME_P_FWE];
        if ((one->kind == VX_OUTCOME_MARKER) != !modality || strcmp(one->effect, effect) != 0 ||
            (modality && strcmp(one->modality, modality) != 0) || isnan(p))
            continue;
        tested++;
        smallest = fmin(smallest, p);
        if (!vx_significant(p))
            continue;
        if (!found++)
            vx_put(page, "<p><a href=\"#%s\">%s</a>: ", id, modality ? "Regions" : "Markers");
        if (found <= NAMED_MAX)
            vx_put(page, "%s<a class=\"name\" href=\"#outcome-%zu\">%s</a>\xC2\xA0%s (p\xC2\xA0%s)",
                   found > 1 ? ", " : "", i, one->name,
                   one->value[VX_OUTCOME_T] < 0 ? "\xE2\x86\x93" : "\xE2\x86\x91", vx_p_text(p, text));
    }
    if (found > NAMED_MAX)
        vx_put(page, " and %zu more", found - NAMED_MAX);
    if (found)
        vx_put_markup(page, ".</p>\n");
    else if (tested)
        vx_put(page, "<p><a href=\"#%s\">None of %zu %s</a>: the smallest corrected p is %s.</p>\n", id, tested,
               modality ? "regions" : "markers", vx_p_text(smallest, text));
}

void vx_answer_of_effect(vx_report *report, const vx_effect_view *view)
{
    const bool up = put_clusters(report, view, 1), down = put_clusters(report, view, -1);
    if (!up && !down)
        put_no_cluster(report, view);
    put_volumes(report, view->effect);
    vx_answer_of_outcomes(report, view->modality->name, view->effect->name);
}
