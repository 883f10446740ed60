/* The viewer: three slices of the maps, and the controls that viewer.js drives. */
#include "report/viewer.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/colour.h"
#include "report/volume.h"

#include <math.h>
#include <string.h>

void vx_viewer_target(vx_page *page, const vx_results_effect *effect)
{
    vx_put(page, " data-effect=\"%s\"", effect->stem);
    if (!isnan(effect->peak_t))
        vx_put(page, " data-x=\"%.9g\" data-y=\"%.9g\" data-z=\"%.9g\"", effect->peak_mm[0], effect->peak_mm[1],
               effect->peak_mm[2]);
}

/* Writes the colours of one tail; viewer_volumes.c says which values have them. */
static void put_tail_colours(vx_page *page, bool positive)
{
    for (int i = 0; i < VX_VIEWER_COLOURS; i++) {
        const vx_colour c = vx_colour_glowing((double)i / (VX_VIEWER_COLOURS - 1), positive);
        vx_put(page, "%s[%.0f, %.0f, %.0f]", i ? ", " : "", 255 * c.r, 255 * c.g, 255 * c.b);
    }
}

/* Writes the colours of the pictures for viewer.js. */
static void put_colours(vx_page *page)
{
    vx_put_markup(page, "<script type=\"application/json\" id=\"viewer-colours\">{\"positive\": [");
    put_tail_colours(page, true);
    vx_put_markup(page, "], \"negative\": [");
    put_tail_colours(page, false);
    vx_put_markup(page, "]}</script>\n");
}

/* The slices and what they show come first; panel.js keeps them in sight beside the text. */
static void put_app(vx_report *report)
{
    vx_page *page = report->page;
    vx_put(page, "<div id=\"viewer-app\" data-first=\"%s\" role=\"region\" aria-label=\"Slices\" hidden>\n",
           vx_results_first_found(report->results)->stem);
    vx_put_markup(page,
        "<div class=\"viewer-head\"><p id=\"viewer-what\"></p><button type=\"button\" id=\"viewer-back\" hidden>"
        "Back to the text</button><button type=\"button\" id=\"viewer-more\" aria-expanded=\"false\" "
        "aria-controls=\"viewer-controls\">Controls</button><button type=\"button\" id=\"viewer-close\">Close"
        "</button></div>\n"
        "<div id=\"viewer-frame\"><canvas id=\"viewer-canvas\" tabindex=\"0\" role=\"application\" aria-label=\"Axial, "
        "coronal and sagittal slice through the crosshair\" aria-describedby=\"viewer-keys\"></canvas></div>\n"
        "<p id=\"viewer-readout\" role=\"status\"></p>\n"
        "<div class=\"viewer-legend\"><span id=\"viewer-least\"></span><div class=\"viewer-bar\" id=\"viewer-bar\"><i>"
        "</i><i></i></div><span id=\"viewer-most\"></span></div>\n");
    vx_put_markup(page,
        "<div class=\"viewer-controls\" id=\"viewer-controls\">\n"
        "<label>Effect <select id=\"viewer-effect\"></select></label>\n"
        "<label>Map <select id=\"viewer-map\"></select></label>\n"
        "<label>Cluster <select id=\"viewer-cluster\"></select></label>\n"
        "<div class=\"viewer-pair\"><label><span id=\"viewer-tails\">Threshold</span> <input type=\"range\" "
        "id=\"viewer-threshold\" min=\"0\" step=\"any\"></label><input type=\"number\" "
        "id=\"viewer-threshold-typed\" min=\"0\" step=\"any\" aria-label=\"Threshold, as a number\"></div>\n"
        "<label class=\"across\"><input type=\"checkbox\" id=\"viewer-faded\" checked> fade what lies below</label>\n"
        "<div class=\"viewer-pair\" role=\"group\" aria-label=\"Crosshair\">"
        "<label>x, mm <input type=\"number\" id=\"viewer-x\" step=\"any\"></label>"
        "<label>y, mm <input type=\"number\" id=\"viewer-y\" step=\"any\"></label>"
        "<label>z, mm <input type=\"number\" id=\"viewer-z\" step=\"any\"></label></div>\n"
        "<p id=\"viewer-keys\" class=\"note\">Click or drag to move the crosshair; with the slices in focus, the arrow "
        "keys move it along x and y, Page Up and Page Down along z, and the wheel through the slice under the pointer; "
        "Escape leads back to the text.</p>\n</div>\n</div>\n");
}

static void put_remarks(const vx_report *report, int64_t left_out)
{
    char text[32];
    vx_put(report->page, "<details><summary>How the viewer draws</summary><p class=\"note\">A row of a table of "
           "clusters, or its number, leads to its peak; so do the links to an effect. Under the maps lies the %s in "
           "256 greys. Colours are those of the pictures. Statistics are rounded to 1/%s of the end of their colour "
           "bar, p to three digits; voxels are drawn as they are, without interpolation.",
           report->template ? "template, at the voxels of the results," : "mean of all images",
           vx_count_text(VX_VIEWER_STEPS, text));
    if (left_out)
        vx_put(report->page, " Left out so that the page does not grow too large: %lld maps; they are in the folder.",
               (long long)left_out);
    vx_put_markup(report->page, "</p></details>\n");
}

/* Writes NiiVue, compressed, and the licences that it opens with as they are. */
static vx_status put_niivue(vx_report *report, const char *niivue)
{
    static const char end_of_licences[] = "*/\n";
    const char *end = strstr(niivue, end_of_licences);
    const char *program = end ? end + sizeof end_of_licences - 1 : niivue;
    char *licences = vx_text("%.*s", (int)(program - niivue), niivue);
    vx_bytes packed = {0};
    vx_status status = licences ? vx_gzip(program, strlen(program), &packed, report->error)
                                : vx_fail_memory(report->error);
    if (!status) {
        vx_put_markup(report->page, "<script type=\"text/plain\" id=\"niivue\">");
        vx_put_base64(report->page, packed.data, packed.size);
        vx_put_markup(report->page, "</script>\n<script type=\"module\">\n"); /* runs when the page is complete */
        vx_page_write(report->page, licences);
        for (const char *const *name = (const char *const[]){"volume.js", "panel.js", "viewer.js", NULL}; *name; name++)
            vx_page_write(report->page, vx_page_file(*name));
        vx_put_markup(report->page, "</script>\n");
    }
    free(licences);
    free(packed.data);
    return status;
}

static void write(vx_report *report)
{
    int64_t shown = 0, left_out = 0;
    vx_page *page = report->page;
    const char *niivue = vx_page_file("niivue.js");
    if (!niivue) {
        vx_put_markup(page, "<p>This voxstat was built without NiiVue, so there is no viewer here, only the pictures "
                      "below; where npm is installed, <code>sh bootstrap.sh build</code> fetches it.</p>\n");
        return;
    }
    report->status = vx_viewer_volumes(report, &shown, &left_out);
    if (report->status)
        return;
    if (!shown) {
        vx_put_markup(page, "<p>The maps are too large to look around in here; the pictures below show them, and any "
                      "viewer of NIfTI opens those in the folder.</p>\n");
        return;
    }
    vx_put_markup(page, "<p id=\"viewer-note\" class=\"note\">The viewer starts when it comes into sight; it needs "
                  "JavaScript and WebGL 2.</p>\n");
    put_app(report);
    put_colours(page);
    put_remarks(report, left_out);
    report->status = put_niivue(report, niivue);
}

const vx_section vx_section_viewer = {"viewer", "Viewer", vx_report_has_images, write, NULL};
