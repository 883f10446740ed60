/* The answers of a view: under every effect a sentence, in which the table is folded that has every figure of the
 * registry that some row has. */
#include "base/number.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>

static bool is_column(const vx_outcome_view *view, const char *covariate, vx_outcome_column column)
{
    for (size_t row = 0; row < view->rows; row++) {
        const vx_results_outcome *test = vx_view_test(view, row, covariate);
        if (test && !isnan(test->value[column]))
            return true;
    }
    return false;
}

/* The columns that are shown until all are asked for: report.js hides the others, of class "more". */
static bool is_chief(const vx_outcome_view *view, bool slope, vx_outcome_column column)
{
    switch (column) {
    case VX_OUTCOME_N: case VX_OUTCOME_CHANGE: case VX_OUTCOME_CI_LOW: case VX_OUTCOME_CI_HIGH: case VX_OUTCOME_P_FWE:
        return true;
    case VX_OUTCOME_PERCENT_OF_MEANS: return !slope && view->kind == VX_OUTCOME_REGION;
    case VX_OUTCOME_T: return !slope;
    default: return slope && column == vx_results_correlation(view->results)->r;
    }
}

static const char *class_of(const vx_outcome_view *view, const char *covariate, vx_outcome_column column)
{
    return is_chief(view, covariate, column) ? "" : " more";
}

static void put_row(vx_report *report, const vx_outcome_view *view, size_t row, const char *covariate,
                    const bool shown[VX_OUTCOME_COLUMNS])
{
    const vx_results_outcome *test = vx_view_test(view, row, covariate);
    char text[32];
    if (!test)
        return;
    vx_put(report->page, "<tr id=\"outcome-%zu\"><th scope=\"row\">%s</th><td>%s</td>",
           (size_t)(test - report->results->outcome), test->name, test->family ? test->family : "");
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++) {
        const bool p = vx_outcome_about(k)->is_p;
        if (shown[k])
            vx_put(report->page, "<td class=\"n%s%s\">%s</td>", class_of(view, covariate, k),
                   k == VX_OUTCOME_P_FWE && vx_significant(test->value[k]) ? " found" : "",
                   p ? vx_p_text(test->value[k], text) : vx_number_text(test->value[k], text));
    }
    vx_put(report->page, "<td class=\"more\">%s</td></tr>\n",
           test->most_influential ? test->most_influential : "\xE2\x80\x93");
}

static void put_effect(vx_report *report, const vx_outcome_part *part, const char *covariate)
{
    const vx_outcome_view *view = part->view;
    vx_page *page = report->page;
    const char *effect = covariate ? covariate : view->row[0]->effect;
    char id[VX_OUTCOME_ID];
    bool shown[VX_OUTCOME_COLUMNS];
    vx_outcome_id(report->results, view->modality, effect, id);
    vx_put_markup(page, "<details class=\"outcomes\"><summary>");
    vx_outcome_answer(report, view, covariate);
    vx_put(page, "</summary><div class=\"scroll\" id=\"%s%s\" tabindex=\"0\" role=\"region\" "
           "aria-label=\"Table: %s%s%s\"><table class=\"few\">\n<caption>The columns are those of %s.tsv; %s.json "
           "describes them.</caption>\n<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">family</th>", id,
           part->ending, view->modality ? view->modality : "", view->modality ? ", " : "", effect,
           vx_outcome_groups[view->kind], vx_outcome_groups[view->kind], vx_outcome_kind_names[view->kind]);
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        if ((shown[k] = is_column(view, covariate, k)))
            vx_put(page, "<th scope=\"col\" class=\"n%s\" title=\"%s\">%s</th>", class_of(view, covariate, k),
                   vx_outcome_about(k)->description, vx_outcome_about(k)->name);
    vx_put_markup(page, "<th scope=\"col\" class=\"more\">" VX_KEY_LOO_PARTICIPANT "</th></tr></thead><tbody>\n");
    for (size_t row = 0; row < view->rows; row++)
        put_row(report, view, row, covariate, shown);
    vx_put_markup(page, "</tbody></table></div></details>\n");
}

void vx_outcome_table(vx_report *report, const vx_outcome_part *part)
{
    put_effect(report, part, NULL);
    for (size_t c = 0; c < part->view->covariates; c++)
        put_effect(report, part, part->view->covariate[c]);
}
