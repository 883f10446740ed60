/* Regions with and without partial-volume correction, side by side, where a run has both. */
#include "base/number.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>

/* Whether values beside those that were tested are there. */
static bool is_there(const vx_outcome_view *view, vx_beside beside)
{
    const int column = vx_beside_column(beside, VX_OUTCOME_CHANGE);
    for (size_t row = 0; row < view->rows; row++)
        if (!isnan(view->row[row]->value[column]))
            return true;
    return false;
}

/* Three cells: the estimate with its interval, t, and p over the family. */
static void put_cells(vx_report *report, const double *value, const int column[5])
{
    char text[4][32];
    vx_put(report->page, "<td class=\"n\">%s (%s to %s)</td><td class=\"n\">%s</td><td class=\"n%s\">",
           vx_number_text(value[column[0]], text[0]), vx_number_text(value[column[1]], text[1]),
           vx_number_text(value[column[2]], text[2]), vx_number_text(value[column[3]], text[3]),
           vx_significant(value[column[4]]) ? " found" : "");
    vx_put(report->page, "%s</td>", vx_p_text(value[column[4]], text[0]));
}

/* Where a figure of values beside is; its own for -1. */
static void find_columns(int beside, int column[5])
{
    static const vx_outcome_column figure[5] = {VX_OUTCOME_CHANGE, VX_OUTCOME_CI_LOW, VX_OUTCOME_CI_HIGH, VX_OUTCOME_T,
                                                VX_OUTCOME_P_FWE};
    for (int k = 0; k < 5; k++)
        column[k] = beside < 0 ? (int)figure[k] : vx_beside_column((vx_beside)beside, figure[k]);
}

static void put_table(vx_report *report, const vx_outcome_view *view, const char *covariate, const bool there[])
{
    vx_page *page = report->page;
    const char *effect = covariate ? covariate : view->row[0]->effect;
    const bool corrected = there[VX_BESIDE_NOPVC]; /* the images that were tested */
    vx_put(page, "<details%s><summary>With and without partial-volume correction: %s</summary><div class=\"scroll\" "
           "tabindex=\"0\" role=\"region\" aria-label=\"With and without partial-volume correction: %s\"><table>\n"
           "<caption>Estimates with their 95 %% interval, t, and p corrected over the family, of the same participants "
           "under the same relabellings. A conclusion that hangs on the correction hangs on the maps of tissue and the "
           "point spread.</caption>\n<thead><tr><th scope=\"col\" rowspan=\"2\">region</th>",
           covariate ? "" : " open", effect, effect);
    vx_put(page, "<th scope=\"colgroup\" colspan=\"3\">%s</th>", corrected ? "corrected images" : "images as they are");
    if (corrected)
        vx_put_markup(page, "<th scope=\"colgroup\" colspan=\"3\">without partial-volume correction</th>");
    if (there[VX_BESIDE_GTM])
        vx_put_markup(page, "<th scope=\"colgroup\" colspan=\"3\">geometric transfer matrix</th>");
    vx_put_markup(page, "</tr>\n<tr>");
    for (int beside = -1; beside < VX_BESIDES; beside++)
        if (beside < 0 || there[beside])
            vx_put(page, "<th scope=\"col\" class=\"n\">%s (95 %%)</th><th scope=\"col\" class=\"n\">t</th>"
                   "<th scope=\"col\" class=\"n\">p FWE</th>", covariate ? "slope" : "estimate");
    vx_put_markup(page, "</tr></thead><tbody>\n");
    for (size_t row = 0; row < view->rows; row++) {
        const vx_results_outcome *test = vx_view_test(view, row, covariate);
        int column[5];
        if (!test)
            continue;
        vx_put(page, "<tr><th scope=\"row\">%s</th>", test->name);
        for (int beside = -1; beside < VX_BESIDES; beside++)
            if (beside < 0 || there[beside]) {
                find_columns(beside, column);
                put_cells(report, test->value, column);
            }
        vx_put_markup(page, "</tr>\n");
    }
    vx_put_markup(page, "</tbody></table></div></details>\n");
}

void vx_outcome_beside(vx_report *report, const vx_outcome_part *part)
{
    const vx_outcome_view *view = part->view;
    const bool there[VX_BESIDES] = {is_there(view, VX_BESIDE_NOPVC), is_there(view, VX_BESIDE_GTM)};
    if (!there[VX_BESIDE_NOPVC] && !there[VX_BESIDE_GTM])
        return;
    put_table(report, view, NULL, there);
    for (size_t c = 0; c < view->covariates; c++)
        put_table(report, view, view->covariate[c], there);
}
