/* Observed changes against expected ones from elsewhere: what one arm can say about a decline that did not come. */
#include "base/memory.h"
#include "base/number.h"
#include "base/stream.h"
#include "report/draw/forest.h"
#include "report/draw/plot.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

static bool applies(const vx_report *report)
{
    return report->results->expecteds > 0;
}

/* "1.87 (0.707)", a change and its standard error. */
static void put_change(vx_page *page, const vx_results_expected *one, vx_expected_column change, vx_expected_column se)
{
    char text[2][32];
    vx_put(page, "<td class=\"n\">%s (%s)</td>", vx_number_text(one->value[change], text[0]),
           vx_number_text(one->value[se], text[1]));
}

static void put_range(vx_page *page, double low, double high)
{
    char text[2][32];
    if (isnan(low))
        vx_put_markup(page, "<td class=\"n\">\xE2\x80\x93</td>");
    else
        vx_put(page, "<td class=\"n\">%s to %s</td>", vx_number_text(low, text[0]), vx_number_text(high, text[1]));
}

static void put_row(vx_page *page, const vx_results_expected *one)
{
    const double *value = one->value;
    char text[32];
    vx_put(page, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td class=\"n\">%s</td>", one->name,
           one->modality ? one->modality : "marker", vx_expected_unit_names[one->unit],
           vx_number_text(value[VX_EXPECTED_N], text));
    put_change(page, one, VX_EXPECTED_OBSERVED, VX_EXPECTED_OBSERVED_SE);
    put_change(page, one, VX_EXPECTED_EXPECTED, VX_EXPECTED_EXPECTED_SE);
    vx_put(page, "<td class=\"n\">%s</td>", vx_number_text(value[VX_EXPECTED_DIFFERENCE], text));
    put_range(page, value[VX_EXPECTED_CI_LOW], value[VX_EXPECTED_CI_HIGH]);
    vx_put(page, "<td class=\"n\">%s</td>", vx_p_text(value[VX_EXPECTED_P], text));
    put_range(page, value[VX_EXPECTED_BOUND_LOW], value[VX_EXPECTED_BOUND_HIGH]);
    vx_put(page, "<td class=\"n\">%s</td>", vx_p_text(value[VX_EXPECTED_P_EQUIVALENCE], text));
    put_change(page, one, VX_EXPECTED_RATE, VX_EXPECTED_RATE_SE);
    vx_put(page, "<td class=\"n\">%s</td><td>%s</td></tr>\n", vx_number_text(value[VX_EXPECTED_RATE_WEEKS], text),
           one->source);
}

static void put_table(vx_page *page, const vx_results *results)
{
    static const char *const title[] = {"observed (SE)", "expected (SE)", "difference", "95 % interval", "p", "bounds",
                                        "p, equivalence", "external change (SE)", "in weeks"};
    vx_put_markup(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Observed against expected "
                  "changes\"><table><caption>Changes in percent of baseline, or in the units of the values. p: "
                  "one-sided, uncorrected, of less than the expected change; of equivalence, that the difference lies "
                  "between the bounds.</caption>\n<thead><tr><th scope=\"col\">change</th>"
                  "<th scope=\"col\">modality</th><th scope=\"col\">unit</th><th scope=\"col\" class=\"n\">n</th>");
    for (size_t k = 0; k < sizeof title / sizeof *title; k++)
        vx_put(page, "<th scope=\"col\" class=\"n\">%s</th>", title[k]);
    vx_put_markup(page, "<th scope=\"col\">source</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < results->expecteds; i++)
        put_row(page, &results->expected[i]);
    vx_put_markup(page, "</tbody></table></div>\n");
}

/* ---- the picture ---- */

/* Rows in percent share an axis; the others are in the table alone. Returns their number. */
static size_t fill_rows(const vx_results *results, vx_forest_row *row, double range[2])
{
    const char *before = NULL;
    size_t rows = 0;
    range[0] = range[1] = 0;
    for (size_t i = 0; i < results->expecteds; i++) {
        const vx_results_expected *one = &results->expected[i];
        const char *heading = one->modality ? one->modality : "markers";
        const double *value = one->value;
        if (one->unit != VX_EXPECTED_PERCENT || !isfinite(value[VX_EXPECTED_DIFFERENCE]))
            continue;
        vx_forest_mark *mark = row[rows].mark;
        row[rows].label = one->name;
        row[rows++].heading = before && !strcmp(before, heading) ? NULL : heading;
        before = heading;
        mark->estimate = value[VX_EXPECTED_DIFFERENCE];
        mark->low = value[VX_EXPECTED_CI_LOW];
        mark->high = value[VX_EXPECTED_CI_HIGH];
        mark->significant = vx_significant(value[VX_EXPECTED_P]);
        snprintf(mark->text[0], VX_FOREST_TEXT, "%.0f", value[VX_EXPECTED_N]);
        vx_forest_interval_text(mark->estimate, mark->low, mark->high, 1, true, mark->text[1]);
        vx_forest_interval_text(value[VX_EXPECTED_EXPECTED], NAN, NAN, 1, true, mark->text[2]);
        vx_forest_p_text(value[VX_EXPECTED_P], mark->significant, mark->text[3]);
        range[0] = fmin(range[0], mark->low);
        range[1] = fmax(range[1], mark->high);
    }
    vx_widen(range, 0.04);
    return rows;
}

/* The rows in words and numbers; null where memory is short. */
static char *alternative(const vx_forest_plot *plot)
{
    char *text = NULL;
    FILE *out = vx_text_stream(&text, NULL);
    if (!out)
        return NULL;
    fputs("Observed minus expected change in percent of baseline, with 95 % intervals:", out);
    for (size_t i = 0; i < plot->rows; i++)
        fprintf(out, "%s %s %s where %s was expected, p %s", i ? ";" : "", plot->row[i].label,
                plot->row[i].mark->text[1], plot->row[i].mark->text[2], plot->row[i].mark->text[3]);
    fputs(". The table has every figure.", out);
    if (!vx_stream_close(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static void put_picture(vx_report *report)
{
    vx_forest_panel panel = {"Observed minus expected", "percent of baseline", "%",
                             {"n", "difference (95 %)", "exp.", "p"}, 250, {0, 0}};
    vx_forest_row *row = vx_array_zero(report->results->expecteds, sizeof *row);
    if (!row) {
        report->status = vx_fail_memory(report->error);
        return;
    }
    const vx_forest_plot plot = {row, fill_rows(report->results, row, panel.range), &panel, 1,
                                 "Zero: as expected; exp.: the expected change. Filled, orange and *: one-sided p "
                                 "below " VX_LEVEL_TEXT ", uncorrected."};
    char *alt = alternative(&plot);
    if (!alt)
        report->status = vx_fail_memory(report->error);
    else if (plot.rows)
        vx_report_picture(report, &(vx_picture){"expected", vx_forest_drawing(&plot), true, alt,
                                                "Observed minus expected changes, with 95 % intervals, which have the "
                                                "uncertainty of both. Zero: as expected. Changes in other units than "
                                                "percent are in the table."});
    free(alt);
    free(row);
}

/* ---- what it cannot tell ---- */

static void put_limits(vx_page *page, const vx_results *results)
{
    char text[32];
    vx_put_markup(page, "<ul>\n<li><strong>A single arm cannot tell a drug from time.</strong> Who does not decline as "
                  "expected may do so without any drug: by selection, by practice, by regression to the mean, or by "
                  "drift of the measurement.</li>\n"
                  "<li><strong>Each external rate is another population's.</strong> Differences in age, stage, "
                  "treatment, scanner and processing add to the uncertainty, and no interval here contains them.</li>"
                  "\n");
    vx_put(page, "<li>Rates were scaled to the %s weeks of this study, as if change were linear in time. Their "
           "standard errors count as known: the degrees of freedom are those of Welch (1947).</li>\n",
           vx_number_text(results->expected_weeks, text));
    vx_put_markup(page, "<li>Equivalence is that of two one-sided tests (Schuirmann 1987). A p above the level shows "
                  "neither a difference nor equivalence.</li>\n");
    if (results->expecteds > 1)
        vx_put(page, "<li>The %zu rows are not corrected for each other.</li>\n", results->expecteds);
    vx_put_markup(page, "</ul>\n");
}

static void write(vx_report *report)
{
    const vx_results *results = report->results;
    char text[32];
    vx_put(report->page, "<p>Changes of regions and markers from %s to %s are compared with external rates, scaled to "
           "the %s weeks between them. A difference above zero where a decline was expected, or below zero where a "
           "rise was, means less change than expected.</p>\n", results->session[0], results->session[1],
           vx_number_text(results->expected_weeks, text));
    put_picture(report);
    put_table(report->page, results);
    put_limits(report->page, results);
}

const vx_section vx_section_expected = {"expected", "Against the expected change", applies, write, NULL};
