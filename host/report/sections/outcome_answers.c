/* What was tested in a view, how it was corrected, and which outcomes are significant under an effect, in sentences. */
#include "base/number.h"
#include "report/section.h"
#include "results/level.h"
#include "results/scheme.h"

#include <math.h>
#include <string.h>

/* The number of participants in the tests of the mean: "14", or "12 to 14". */
static void put_participants(vx_report *report, const vx_outcome_view *view)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t row = 0; row < view->rows; row++) {
        low = fmin(low, view->row[row]->value[VX_OUTCOME_N]);
        high = fmax(high, view->row[row]->value[VX_OUTCOME_N]);
    }
    if (!(low <= high))
        vx_put_markup(report->page, "no participants");
    else if (low == high)
        vx_put(report->page, "%.0f participants", high);
    else
        vx_put(report->page, "%.0f to %.0f participants", low, high);
}

static size_t family_size(const vx_outcome_view *view, size_t row)
{
    size_t end = row + 1;
    while (end < view->rows && !vx_view_opens_family(view, end))
        end++;
    return end - row;
}

static void put_families(vx_report *report, const vx_outcome_view *view)
{
    size_t families = 0;
    for (size_t row = 0; row < view->rows; row++)
        families += vx_view_opens_family(view, row);
    if (families == 1 && (!view->row[0]->family || view->kind == VX_OUTCOME_MARKER)) /* that of all markers */
        return;
    vx_put(report->page, " in the famil%s ", families == 1 ? "y" : "ies");
    for (size_t row = 0, k = 0; row < view->rows; row += family_size(view, row), k++) {
        const char *family = view->row[row]->family;
        vx_put(report->page, "%s<strong>%s</strong> (%zu)", !k ? "" : k + 1 < families ? ", " : " and ",
               family ? family : "without a name", family_size(view, row));
    }
}

void vx_outcome_relabellings(vx_report *report, const vx_outcome_view *view, vx_effect_kind kind)
{
    const vx_results *results = report->results;
    int64_t low = INT64_MAX, high = 0;
    bool all = true, any = false; /* exhaustive */
    char text[32];
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        if (outcome->effect_kind != kind || (view && !vx_view_belongs(view, outcome)))
            continue;
        const int64_t count = outcome->relabellings - !outcome->exhaustive; /* random ones beside the observed one */
        low = count < low ? count : low;
        high = count > high ? count : high;
        all &= outcome->exhaustive;
        any |= outcome->exhaustive;
    }
    vx_put(report->page, "%s", all ? "all " : "");
    if (low < high)
        vx_put(report->page, "%s to ", vx_count_text((uint64_t)low, text));
    vx_put(report->page, "%s%s %s", vx_count_text((uint64_t)high, text), any ? "" : " random",
           vx_scheme_about(kind == VX_MEAN ? VX_SIGN_FLIP : VX_PERMUTE)->relabellings);
}

void vx_outcome_question(vx_report *report, const vx_outcome_part *part)
{
    const vx_outcome_view *view = part->view;
    vx_page *page = report->page;
    vx_put(page, "<p>%zu %s%s", view->rows, view->kind == VX_OUTCOME_REGION ? "region" : "marker",
           view->rows == 1 ? "" : "s");
    if (view->modality)
        vx_put(page, " of <strong>%s</strong>", view->modality);
    put_families(report, view);
    vx_put_markup(page, ", in ");
    put_participants(report, view);
    vx_put_markup(page, ". The mean was tested by ");
    vx_outcome_relabellings(report, view, VX_MEAN);
    if (view->covariates) {
        vx_put_markup(page, ", the correlation with ");
        for (size_t c = 0; c < view->covariates; c++)
            vx_put(page, "%s<strong>%s</strong>", !c ? "" : c + 1 < view->covariates ? ", " : " and ",
                   view->covariate[c]);
        vx_put_markup(page, " by ");
        vx_outcome_relabellings(report, view, VX_SLOPE);
    }
    vx_put_markup(page, ". Each family and effect is corrected by itself, by the largest |t| in each relabelling; "
                  "the families and effects are not corrected for there being several.</p>\n");
}

/* Writes "striatum (+5.12 %, corrected p 0.0049)". `of` and `unit` stand around the figure. */
static void put_found(vx_report *report, const vx_results_outcome *outcome, const char *of, const char *figure,
                      const char *unit)
{
    char p[32];
    vx_put(report->page, "%s (%s%s%s%s, corrected p %s)", outcome->name, of, figure, *unit ? "\xC2\xA0" : "", unit,
           vx_p_text(outcome->value[VX_OUTCOME_P_FWE], p));
}

enum { NAMED_MAX = 6 }; /* more outcomes that nobody planned are counted; the table has them all */

/* The row with the smallest corrected p; view->rows: nothing was tested. */
static size_t least(const vx_outcome_view *view, const char *covariate)
{
    for (size_t row = 0; row < view->rows; row++)
        if (isfinite(vx_view_corrected(view, row, covariate)) && vx_view_is_among(view, row, covariate, 1))
            return row;
    return view->rows;
}

/* Names the significant rows, those that are not planned up to NAMED_MAX by p. */
static void put_names(vx_report *report, const vx_outcome_view *view, const char *covariate, size_t found)
{
    const vx_correlation_columns *correlation = vx_results_correlation(report->results);
    const char *of = correlation->r == VX_OUTCOME_R ? "r " : "rho ";
    const size_t named = view->planned ? view->rows : NAMED_MAX;
    const char *join = ": ";
    char text[32];
    if (!covariate)
        vx_put(report->page, " (%s)", vx_view_axis_words(view));
    for (size_t row = 0; row < view->rows; row++) {
        if (!vx_significant(vx_view_corrected(view, row, covariate)) ||
            !vx_view_is_among(view, row, covariate, named))
            continue;
        const vx_results_outcome *outcome = vx_view_test(view, row, covariate);
        vx_put(report->page, "%s", join);
        join = ", ";
        if (covariate)
            put_found(report, outcome, of, vx_fixed_text(outcome->value[correlation->r], 2, text), "");
        else
            put_found(report, outcome, "", vx_digits_text(vx_view_change(view, row).estimate, 3, true, text),
                      vx_view_unit(view, row));
    }
    if (found > named)
        vx_put(report->page, " and %zu more", found - named);
}

void vx_outcome_answer(vx_report *report, const vx_outcome_view *view, const char *covariate)
{
    const char *what = view->kind == VX_OUTCOME_REGION ? "region" : "marker";
    const size_t first = least(view, covariate);
    size_t tested = 0, found = 0;
    char text[32];
    vx_put(report->page, "<strong>%s</strong>: ", covariate ? covariate : view->row[0]->effect);
    if (first == view->rows) {
        vx_put_markup(report->page, "not tested");
        return;
    }
    for (size_t row = 0; row < view->rows; row++) {
        const double p = vx_view_corrected(view, row, covariate);
        tested += isfinite(p);
        found += vx_significant(p);
    }
    if (found) {
        vx_put(report->page, "<span class=\"found\">%zu of %zu %ss reach%s p &lt; " VX_LEVEL_TEXT "</span>", found,
               tested, what, found == 1 ? "es" : "");
        put_names(report, view, covariate, found);
    } else {
        vx_put(report->page, "none of %zu %s%s reaches p &lt; " VX_LEVEL_TEXT "; the least corrected p is %s (%s)",
               tested, what, tested == 1 ? "" : "s", vx_p_text(vx_view_corrected(view, first, covariate), text),
               view->row[first]->name);
    }
}
