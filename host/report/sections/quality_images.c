/* Quality control of the single images: the flagged ones, pictures of all, and every figure. */
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/strips.h"
#include "report/section.h"

#include <math.h>

enum { SHEET = 30 }; /* participants of a picture */

static const char *session_of(const vx_report *report, const vx_results_quality *quality, int64_t image)
{
    return report->results->session[image % quality->sessions];
}

static void put_flags(vx_report *report, unsigned flags)
{
    bool any = false;
    for (int f = 0; f < VX_QUALITY_FLAGS; f++)
        if (flags >> f & 1) {
            vx_put(report->page, "%s<span title=\"%s\">%s</span>", any ? ", " : "", vx_quality_flag_words(f),
                   vx_quality_flag_name(f));
            any = true;
        }
}

static void put_flagged(vx_report *report, const vx_results_modality *modality)
{
    const vx_results_quality *quality = &modality->quality;
    int64_t flagged = 0;
    for (int64_t i = 0; i < quality->images; i++)
        flagged += quality->flag[i] != 0;
    if (!flagged) {
        vx_put(report->page, "<p>None of the %lld images is unlike the others: bounds of 5 robust standard deviations "
               "about the median, and a difference that matters.</p>\n", (long long)quality->images);
        return;
    }
    vx_put(report->page, "<p class=\"found\">%lld of %lld images are flagged. Look at them; <code>--exclude</code> "
           "leaves a participant out.</p>\n<ul>\n", (long long)flagged, (long long)quality->images);
    for (int64_t i = 0; i < quality->images; i++) {
        const char *session = session_of(report, quality, i);
        if (!quality->flag[i])
            continue;
        vx_put(report->page, "<li>%s%s%s: ", modality->participant[i / quality->sessions], session ? ", " : "",
               session ? session : "");
        put_flags(report, quality->flag[i]);
        vx_put_markup(report->page, "</li>\n");
    }
    vx_put_markup(report->page, "</ul>\n");
}

static void put_sheet(vx_report *report, const vx_results_modality *modality, const float *grey, int64_t from)
{
    const vx_results_quality *quality = &modality->quality;
    const int64_t rows = modality->n - from < SHEET ? modality->n - from : SHEET, first = from * quality->sessions;
    vx_strip_sheet sheet = {.rows = rows, .sessions = quality->sessions, .name = modality->participant + from,
                            .session = {report->results->session[0], report->results->session[1]},
                            .flag = quality->flag + first, .width = quality->width, .height = quality->height};
    char *name = vx_text(from ? "%s_quality-%lld" : "%s_quality", modality->stem, (long long)(from / SHEET + 1));
    char *caption = vx_text("%s: every image in six slices of cells of about 8 mm: four axial ones from below upwards, "
                            "a coronal and a sagittal one; left is left. Every image has greys of its own, so that "
                            "scales do not show. Flagged images are framed.", modality->name);
    char *alt = vx_text("Slices of the images of %lld participants, from %s to %s.", (long long)rows,
                        modality->participant[from], modality->participant[from + rows - 1]);
    sheet.raster = vx_strips_raster(&sheet, first, quality->images, grey);
    if (!name || !caption || !alt || !sheet.raster)
        report->status = vx_fail_memory(report->error);
    else
        vx_report_picture(report, &(vx_picture){name, vx_strips_drawing(&sheet), true, alt, caption});
    if (sheet.raster)
        cairo_surface_destroy(sheet.raster);
    free(name);
    free(caption);
    free(alt);
}

static void put_strips(vx_report *report, const vx_results_modality *modality)
{
    float *grey = NULL;
    report->status = vx_results_strips(report->results, modality, &grey, report->error);
    vx_put_markup(report->page, "<details><summary>Pictures of every image</summary>\n");
    for (int64_t from = 0; !report->status && from < modality->n; from += SHEET)
        put_sheet(report, modality, grey, from);
    vx_put_markup(report->page, "</details>\n");
    free(grey);
}

static void put_figures(vx_report *report, const vx_results_modality *modality)
{
    const vx_results_quality *quality = &modality->quality;
    const bool pairs = quality->sessions == 2;
    vx_page *page = report->page;
    char text[32];
    vx_put(page, "<details><summary>Every figure of every image</summary><div class=\"scroll\" tabindex=\"0\" "
           "role=\"region\" aria-label=\"Figures of %s\"><table>\n<caption>The columns are those of quality.tsv; "
           "quality.json describes them.</caption>\n<thead><tr><th scope=\"col\">participant</th>"
           "<th scope=\"col\">session</th>", modality->name);
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
        if (pairs || !vx_quality_about(k)->pairs)
            vx_put(page, "<th scope=\"col\" class=\"n\" title=\"%s\">%s</th>", vx_quality_about(k)->description,
                   vx_quality_about(k)->label);
    vx_put_markup(page, "<th scope=\"col\">flags</th></tr></thead><tbody>\n");
    for (int64_t i = 0; i < quality->images; i++) {
        const char *session = session_of(report, quality, i);
        vx_put(page, "<tr><th scope=\"row\">%s</th><td>%s</td>", modality->participant[i / quality->sessions],
               session ? session : "");
        for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
            if (pairs || !vx_quality_about(k)->pairs)
                vx_put(page, "<td class=\"n\">%s</td>", vx_number_text(quality->value[k][i], text));
        vx_put(page, "<td%s>", quality->flag[i] ? " class=\"found\"" : "");
        put_flags(report, quality->flag[i]);
        vx_put_markup(page, "</td></tr>\n");
    }
    vx_put_markup(page, "</tbody></table></div></details>\n");
}

void vx_quality_images(vx_report *report, const vx_results_modality *modality)
{
    if (!modality->quality.images) /* results of earlier versions */
        return;
    put_flagged(report, modality);
    put_strips(report, modality);
    if (!report->status)
        put_figures(report, modality);
}
