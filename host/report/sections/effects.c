/* All parts of each effect, one effect after the other. */
#include "base/memory.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>

static void (*const part[])(vx_report *, const vx_effect_view *) = {
    vx_effect_volumes, vx_effect_detectable, vx_effect_maps, vx_effect_clusters, vx_effect_values,
    vx_effect_null, vx_effect_qq,
};

enum { UNFOLDED_MAX = 3 };

/* Of more than UNFOLDED_MAX effects only this one is open: the first one with something significant, or the first. */
static const vx_results_effect *opened(const vx_results *results)
{
    size_t effects = 0;
    for (size_t m = 0; m < results->modalities; m++)
        effects += results->modality[m].effects;
    return effects > UNFOLDED_MAX ? vx_results_first_found(results) : NULL;
}

static void put_parts(vx_report *report, const vx_effect_view *view, const vx_results_effect *open)
{
    if (open)
        vx_put(report->page, "<details class=\"effect\"%s><summary>Maps, clusters, participants and null distribution "
               "of %s: %s</summary>\n", view->effect == open ? " open" : "", view->modality->name, view->effect->name);
    for (size_t i = 0; !report->status && i < sizeof part / sizeof *part; i++)
        part[i](report, view);
    if (open)
        vx_put_markup(report->page, "</details>\n");
}

static void write(vx_report *report)
{
    const vx_results *results = report->results;
    const vx_results_effect *open = opened(results);
    vx_page *page = report->page;
    if (open)
        vx_put_markup(page, "<p><button type=\"button\" id=\"unfold-effects\" hidden>Open all effects</button></p>\n");
    for (size_t m = 0, k = 1; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++, k++) {
            char id[32];
            snprintf(id, sizeof id, "effect-%zu", k);
            const vx_effect_view view = {&results->modality[m], &results->modality[m].effect[e], id};
            vx_put(page, "<article id=\"%s\" aria-labelledby=\"%s-title\"", id, id);
            vx_viewer_target(page, view.effect);
            vx_put(page, ">\n<h3 id=\"%s-title\">%s: %s</h3>\n<p class=\"headline\">", id, view.modality->name,
                   view.effect->name);
            vx_effect_headline(report, &view);
            vx_put_markup(page, "</p>\n");
            if (!report->status)
                vx_effect_calibration(report, &view);
            put_parts(report, &view, open);
            vx_put_markup(page, "</article>\n");
        }
}

static void contents(vx_report *report)
{
    const vx_results *results = report->results;
    vx_put_markup(report->page, "<ul>");
    for (size_t m = 0, k = 1; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++, k++)
            vx_put(report->page, "<li><a href=\"#effect-%zu\">%s: %s</a></li>", k, results->modality[m].name,
                   results->modality[m].effect[e].name);
    vx_put_markup(report->page, "</ul>");
}

const vx_section vx_section_effects = {"effects", "Effects", vx_report_has_images, write, contents};
