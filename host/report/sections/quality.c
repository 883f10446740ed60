/* The quality of the images, with one row per participant, and the origin of the mask. */
#include "base/memory.h"
#include "base/number.h"
#include "base/robust.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>

/* The limit of |modified z| for outliers of Iglewicz and Hoaglin (1993, How to Detect and Handle Outliers). */
static const double unusual = 3.5;

static void put_mask(vx_report *report, const vx_results_modality *modality)
{
    const vx_mask_report *mask = &modality->mask;
    vx_page *page = report->page;
    char a[32], b[32], c[32], ml[32];
    const struct { int64_t count; const char *reason; } left_out[] = {
        {mask->left_out_not_finite, "not finite in some image"},
        {mask->left_out_zero, "zero in some image"},
        {mask->left_out_threshold, "not above the threshold in some image"},
        {mask->left_out_change, "too near to zero, or below it, for the change"},
        {mask->left_out_constant, "the same in every participant"}};
    const double mm3 = vx_grid_voxel_mm3(&modality->grid);
    vx_put(page, "<p>The mask holds <strong>%s voxels</strong> (%.4g \xC3\x97 %.4g \xC3\x97 %.4g mm; %s mL) of %s "
           "in the grid; %s were candidates", vx_count_text(modality->mask_voxels, a), modality->grid.pixdim[0],
           modality->grid.pixdim[1], modality->grid.pixdim[2],
           vx_number_text(round((double)modality->mask_voxels * mm3 / 1000), ml),
           vx_count_text(mask->grid_voxels, b), vx_count_text(mask->candidate, c));
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i].count)
            vx_put(page, "; %s left out: %s", vx_count_text(left_out[i].count, a), left_out[i].reason);
    vx_put_markup(page, ".</p>\n");
}

static void put_head(vx_report *report, const vx_results_modality *modality)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    const bool paired = modality->global[VX_MEAN_BASELINE];
    vx_put(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Quality of %s\"><table "
           "class=\"quality few\"><caption>Means over the mask, in %s. Robust z: how many robust standard "
           "deviations (1.4826 times the median absolute deviation) a participant's %s lies from the median; beyond "
           "%.1f it is marked. Voxels: finite and not zero%s.</caption><thead><tr><th "
           "scope=\"col\">participant</th>", modality->name,
           modality->units ? modality->units : "the images' units", paired ? "change" : "mean", unusual,
           paired ? ", in the image that has fewer" : "");
    if (paired)
        vx_put(page, "<th scope=\"col\" class=\"n size\">mean %s</th><th scope=\"col\" class=\"n size\">mean "
               "%s</th><th scope=\"col\" class=\"n\">change</th><th scope=\"col\" class=\"n\">change (%%)</th>",
               results->session[0], results->session[1]);
    else
        vx_put_markup(page, "<th scope=\"col\" class=\"n\">mean</th>");
    vx_put_markup(page, "<th scope=\"col\" class=\"n\">robust z</th><th scope=\"col\" "
                  "class=\"n more\">voxels</th></tr></thead><tbody>\n");
}

/* A cell with so many significant digits; a phone shows it only on request, where it is beside the change. */
static void put_number(vx_page *page, double value, int digits, bool plus, bool beside)
{
    char text[32];
    vx_put(page, "<td class=\"n%s\">%s</td>", beside ? " size" : "", vx_digits_text(value, digits, plus, text));
}

static void put_row(vx_report *report, const vx_results_modality *modality, int64_t i, double value, double z)
{
    vx_page *page = report->page;
    const double *before = modality->global[VX_MEAN_BASELINE], *after = modality->global[VX_MEAN_FOLLOWUP];
    int64_t voxels = modality->voxels[VX_MEAN_FOLLOWUP][i];
    char text[32];
    vx_put(page, "<tr><th scope=\"row\">%s</th>", modality->participant[i]);
    if (isnan(value)) { /* the image changed or was missing when means were taken */
        for (int k = 0; k < (before ? 5 : 2); k++)
            vx_put(page, "<td class=\"n%s\">\xE2\x80\x93</td>", before && k < 2 ? " size" : "");
        vx_put_markup(page, "<td class=\"n more\">\xE2\x80\x93</td></tr>\n");
        return;
    }
    if (before) {
        put_number(page, before[i], 5, false, true);
        put_number(page, after[i], 5, false, true);
        put_number(page, value, 4, true, false);
        put_number(page, 100 * value / fabs(before[i]), 3, true, false);
        if (modality->voxels[VX_MEAN_BASELINE][i] < voxels)
            voxels = modality->voxels[VX_MEAN_BASELINE][i];
    } else {
        put_number(page, value, 5, false, false);
    }
    if (isfinite(z))
        vx_put(page, "<td class=\"n%s\">%s%s</td>", fabs(z) > unusual ? " found" : "", vx_fixed_text(z, 2, text),
               fabs(z) > unusual ? " unusual" : "");
    else
        vx_put_markup(page, "<td class=\"n\">\xE2\x80\x93</td>");
    vx_put(page, "<td class=\"n more\">%s</td></tr>\n", vx_count_text(voxels, text));
}

static void put_modality(vx_report *report, const vx_results_modality *modality)
{
    const double *before = modality->global[VX_MEAN_BASELINE], *after = modality->global[VX_MEAN_FOLLOWUP];
    double *value = vx_array((size_t)modality->n, sizeof *value), centre, spread;
    int64_t marked = 0;
    if (!value) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    for (int64_t i = 0; i < modality->n; i++)
        value[i] = after[i] - (before ? before[i] : 0);
    if (!vx_robust(value, modality->n, &centre, &spread)) {
        free(value);
        report->status = vx_fail_memory(report->error);
        return;
    }
    for (int64_t i = 0; i < modality->n; i++)
        marked += fabs((value[i] - centre) / spread) > unusual;
    vx_put(report->page, "<h3>%s</h3>\n", modality->name);
    put_mask(report, modality);
    if (marked)
        vx_put(report->page, "<p class=\"found\">%lld participant%s with an unusual %s over the mask.</p>\n",
               (long long)marked, marked == 1 ? "" : "s", before ? "change" : "mean");
    else
        vx_put(report->page, "<p>No participant has an unusual %s over the mask.</p>\n",
               before ? "change" : "mean");
    put_head(report, modality);
    for (int64_t i = 0; i < modality->n; i++)
        put_row(report, modality, i, value[i], (value[i] - centre) / spread);
    vx_put_markup(report->page, "</tbody></table></div>\n");
    free(value);
    vx_quality_images(report, modality);
}

static void write(vx_report *report)
{
    for (size_t m = 0; !report->status && m < report->results->modalities; m++)
        put_modality(report, &report->results->modality[m]);
    if (report->template_unfit)
        vx_put(report->page, "<p>The template <code>%s</code> that is installed does not fit these images, so maps "
               "are drawn over the mean of all images: %s.</p>\n", vx_report_template_name(report),
               report->template_unfit);
    if (!report->template)
        return;
    vx_put(report->page, "<p>Maps are drawn over the template <code>%s</code>%s", vx_report_template_name(report),
           report->template_found ? ", which is installed here and of MNI's space, as the images are" : "");
    if (report->template_resampled)
        vx_put_markup(report->page, ", which lies on another grid and was resampled for the pictures (trilinear, in "
                      "mm)");
    vx_put(report->page, "; it covers %.1f %% of the voxels analysed%s. It does not affect the results.</p>\n",
           100 * report->template_overlap,
           report->template_overlap < 0.95 ? ": look whether it is in the same space" : "");
    if (report->template_remark)
        vx_put(report->page, "<p>Note that %s.</p>\n", report->template_remark);
}

const vx_section vx_section_quality = {"quality", "Quality control", vx_report_has_images, write, NULL};
