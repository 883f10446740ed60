/* How much the results depend on the preparation of the images: the run beside its alternatives. */
#include "base/memory.h"
#include "base/number.h"
#include "base/stream.h"
#include "infer/quantity.h"
#include "report/draw/forest.h"
#include "report/draw/plot.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

/* A picture has about so many rows at most. */
enum { PICTURE_ROWS = 48 };

static bool applies(const vx_report *report)
{
    return report->results->choices > 0;
}

static bool same_effect(const vx_results_sensitivity *a, const vx_results_sensitivity *b)
{
    return !strcmp(a->modality, b->modality) && !strcmp(a->effect, b->effect);
}

static char *heading_of(const vx_results_sensitivity *row)
{
    return row->what == VX_OF_MASK     ? vx_copy_text("mask, peak")
           : row->what == VX_OF_VOLUME ? vx_text("%s (volume), peak", row->name)
                                       : vx_copy_text(row->name);
}

/* ---- in words ---- */

static void put_change(vx_page *page, const vx_results_sensitivity *as_run, const vx_results_sensitivity *row)
{
    vx_put(page, "%s%s (%s \xE2\x86\x92 %s)", row->what == VX_OF_VOLUME ? "search volume " : "",
           row->what == VX_OF_MASK ? "the mask" : row->name, vx_conclusion_names[as_run->conclusion],
           vx_conclusion_names[row->conclusion]);
}

static void put_choice(vx_page *page, const vx_results *results, size_t choice)
{
    const vx_results_sensitivity *before = NULL;
    size_t compared = 0;
    vx_put(page, "<li><strong>%s</strong>: ", results->choice[choice]);
    for (size_t first = 0, end; first < results->sensitivities; first = end) {
        end = vx_results_sensitivity_end(results, first);
        for (size_t i = first; i < end; i++) {
            const vx_results_sensitivity *row = &results->sensitivity[i];
            compared += row->choice == choice && row->compared;
            if (row->choice != choice || !row->changes)
                continue;
            if (!before || !same_effect(before, row))
                vx_put(page, "%s%s %s: ", before ? "; " : "the conclusion changes for ", row->modality, row->effect);
            else
                vx_put_markup(page, ", ");
            put_change(page, &results->sensitivity[first], row);
            before = row;
        }
    }
    if (!before)
        vx_put(page, "no conclusion changes, of %zu", compared);
    vx_put_markup(page, "</li>\n");
}

/* ---- the pictures ---- */

static const char not_equal[] = "\xE2\x89\xA0";

/* In standard errors of the estimate, so that choices with other units share an axis. */
static void fill_mark(const vx_results_sensitivity *row, vx_forest_mark *mark, double range[2])
{
    const double *value = row->value, se = value[VX_SENSITIVITY_SE];
    const bool interval = row->what == VX_OF_REGION && se > 0; /* a peak was chosen: its interval is too good */
    mark->estimate = value[VX_SENSITIVITY_T];
    mark->low = interval ? value[VX_SENSITIVITY_CI_LOW] / se : NAN;
    mark->high = interval ? value[VX_SENSITIVITY_CI_HIGH] / se : NAN;
    mark->significant = row->conclusion;
    snprintf(mark->text[0], VX_FOREST_TEXT, "%.0f", value[VX_SENSITIVITY_N]);
    vx_forest_interval_text(mark->estimate, mark->low, mark->high, 1, true, mark->text[1]);
    snprintf(mark->text[2], VX_FOREST_TEXT, "%s", row->changes ? not_equal : "");
    vx_forest_p_text(value[VX_SENSITIVITY_P], mark->significant, mark->text[3]);
    range[0] = fmin(range[0], fmin(mark->estimate, mark->low)); /* pass over NaN */
    range[1] = fmax(range[1], fmax(mark->estimate, mark->high));
}

static bool any_concludes(const vx_results *results, size_t first)
{
    const size_t end = vx_results_sensitivity_end(results, first);
    bool any = false;
    for (size_t i = first; i < end && !any; i++)
        any = results->sensitivity[i].conclusion;
    return any;
}

/* How much a result matters to the picture: 0 where its conclusion changes, 1 where it has one, else 2. */
static int rank_of(const vx_results *results, size_t first)
{
    return vx_results_sensitivity_changes(results, first) ? 0 : any_concludes(results, first) ? 1 : 2;
}

/* Makes the headings of the results of an effect that the picture has, at their first rows. *left: how many it lacks.
 * False where memory is short. */
static bool choose_results(const vx_results *results, const vx_results_sensitivity *of, char **heading, size_t *left)
{
    size_t spare = PICTURE_ROWS / results->choices > 3 ? PICTURE_ROWS / results->choices : 3;
    *left = 0;
    for (int rank = 0; rank < 3; rank++)
        for (size_t i = 0; i < results->sensitivities; i = vx_results_sensitivity_end(results, i)) {
            if (!same_effect(of, &results->sensitivity[i]) || rank_of(results, i) != rank)
                continue;
            *left += !spare;
            if (!spare)
                continue;
            if (!(heading[i] = heading_of(&results->sensitivity[i])))
                return false;
            spare--;
        }
    return true;
}

/* Fills the rows of the results that have a heading. Returns the number of rows. */
static size_t fill_rows(const vx_results *results, char *const *heading, vx_forest_row *row, double range[2])
{
    size_t rows = 0;
    for (size_t i = 0, end; i < results->sensitivities; i = end) {
        end = vx_results_sensitivity_end(results, i);
        for (size_t k = i; heading[i] && k < end; k++, rows++) {
            const vx_results_sensitivity *one = &results->sensitivity[k];
            row[rows].heading = k == i ? heading[i] : NULL;
            row[rows].label = results->choice[one->choice];
            row[rows].strong = one->choice == 0;
            fill_mark(one, row[rows].mark, range);
        }
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
    fputs("t of every result under every choice of the preparation, regions with 95 % intervals.", out);
    for (size_t i = 0; i < plot->rows; i++) {
        const vx_forest_row *row = &plot->row[i];
        if (row->heading)
            fprintf(out, " %s:", row->heading);
        fprintf(out, " %s t %s, p %s%s;", row->label, row->mark->text[1], row->mark->text[3],
                row->mark->text[2][0] ? ", changes" : "");
    }
    fputs(" The table has every figure.", out);
    if (!vx_stream_close(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static void put_picture(vx_report *report, const vx_results_sensitivity *of, size_t number)
{
    const vx_results *results = report->results;
    vx_forest_panel panel = {NULL, "t: the estimate in its standard errors", NULL, {"n", "t (95 %)", "", "p"}, 280,
                             {0, 0}};
    vx_forest_row *row = vx_array_zero(results->sensitivities, sizeof *row);
    char **heading = vx_array_zero(results->sensitivities, sizeof *heading);
    size_t left = 0;
    char *title = vx_text("%s %s", of->modality, of->effect), *name = vx_text("sensitivity_%zu", number);
    char *alt = NULL, *caption = NULL;
    if (row && heading && title && name && choose_results(results, of, heading, &left)) {
        panel.title = title;
        const vx_forest_plot plot = {row, fill_rows(results, heading, row, panel.range), &panel, 1,
                                     "Bold: as run. Filled, orange and *: p below " VX_LEVEL_TEXT ", corrected. "
                                     "\xE2\x89\xA0: another conclusion."};
        alt = alternative(&plot);
        caption = vx_text("%s %s under every choice of the preparation. \xE2\x89\xA0: the conclusion is another than "
                          "that of the run as it is. Peaks may lie elsewhere under another choice, and have no "
                          "interval.%s", of->modality, of->effect,
                          left ? " Further results are in the table: those whose conclusions change came first." : "");
        if (alt && caption)
            vx_report_picture(report, &(vx_picture){name, vx_forest_drawing(&plot), true, alt, caption});
    }
    if (!report->status && !(alt && caption))
        report->status = vx_fail_memory(report->error);
    free(alt);
    free(caption);
    free(title);
    free(name);
    for (size_t i = 0; heading && i < results->sensitivities; i++)
        free(heading[i]);
    free(heading);
    free(row);
}

/* One for every modality and effect. */
static void put_pictures(vx_report *report)
{
    const vx_results *results = report->results;
    size_t number = 0;
    for (size_t i = 0; i < results->sensitivities && !report->status; i = vx_results_sensitivity_end(results, i)) {
        bool before = false;
        for (size_t k = 0; k < i && !before; k++)
            before = same_effect(&results->sensitivity[k], &results->sensitivity[i]);
        if (!before)
            put_picture(report, &results->sensitivity[i], ++number);
    }
}

/* ---- the table ---- */

static void put_cell(vx_page *page, const vx_results_sensitivity *row, vx_sensitivity_column column)
{
    const vx_sensitivity_column_row *about = vx_sensitivity_about(column);
    const double value = row->value[column];
    char text[32];
    if (about->is_p)
        vx_put(page, "<td class=\"n%s\">%s</td>", row->conclusion ? " found" : "", vx_p_text(value, text));
    else if (about->is_count && value >= 0)
        vx_put(page, "<td class=\"n\">%s</td>", vx_count_text((uint64_t)value, text));
    else
        vx_put(page, "<td class=\"n\">%s</td>", vx_number_text(value, text));
}

static void put_row(vx_page *page, const vx_results *results, const vx_results_sensitivity *row, bool first)
{
    vx_put(page, "<tr><th scope=\"row\">%s%s</th><td>%s %s</td><td>%s</td>",
           first ? row->what == VX_OF_VOLUME ? "search volume " : "" : "",
           first ? row->what == VX_OF_MASK ? "mask" : row->name : "", row->modality, row->effect,
           results->choice[row->choice]);
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++)
        put_cell(page, row, (vx_sensitivity_column)k);
    vx_put(page, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", row->units, row->place,
           vx_conclusion_names[row->conclusion], row->changes ? "changes" : "");
}

static void put_table(vx_page *page, const vx_results *results)
{
    vx_put_markup(page, "<details><summary>Every result under every choice</summary><div class=\"scroll\" "
                  "tabindex=\"0\" role=\"region\" aria-label=\"Results under every choice of the preparation\"><table>"
                  "<caption>Estimates of a mask or search volume are those where p is smallest; estimates of a "
                  "covariate are per unit of it.</caption>\n<thead><tr><th scope=\"col\">result</th>"
                  "<th scope=\"col\">effect</th><th scope=\"col\">choice</th>");
    for (int k = 0; k < VX_SENSITIVITY_COLUMNS; k++)
        vx_put(page, "<th scope=\"col\" class=\"n\">%s</th>", vx_sensitivity_about(k)->label);
    vx_put_markup(page, "<th scope=\"col\">units</th><th scope=\"col\">region</th><th scope=\"col\">conclusion</th>"
                  "<th scope=\"col\">against the run</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0, end = 0; i < results->sensitivities; i++) {
        const bool first = i == end;
        put_row(page, results, &results->sensitivity[i], first);
        if (first)
            end = vx_results_sensitivity_end(results, i);
    }
    vx_put_markup(page, "</tbody></table></div></details>\n");
}

static void write(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    const char *criterion = vx_quantity_about(results->primary)->criterion;
    vx_put(page, "<p>The analysis was repeated under %zu alternative%s to the preparation of the images, each with one "
           "change, and with the same model and relabellings. A conclusion is a significant rise, fall, both (in "
           "different voxels) or none: p below " VX_LEVEL_TEXT " %s in the mask and the search volumes, and corrected "
           "over its family for a region.</p>\n<ul>\n", results->choices - 1, results->choices == 2 ? "" : "s",
           criterion ? criterion : "corrected");
    for (size_t k = 1; k < results->choices; k++)
        put_choice(page, results, k);
    vx_put_markup(page, "</ul>\n");
    put_pictures(report);
    put_table(page, results);
    vx_put_markup(page, "<ul>\n<li>The preparation of the run should have been chosen before the data were seen. The "
                  "alternatives show how much depends on it; they are not further chances, and no p is corrected for "
                  "their number.</li>\n<li>A reference region that itself changed appears as a change of the opposite "
                  "sign elsewhere: where only the choice of the reference decides, the data cannot tell which of the "
                  "two changed.</li>\n<li>The region by which the images are divided cannot be tested under that "
                  "choice, and has no line there.</li>\n</ul>\n");
}

const vx_section vx_section_sensitivity = {"sensitivity", "Sensitivity to the preparation", applies, write, NULL};
