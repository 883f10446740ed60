/* The heat map of a view: every outcome with every covariate, where there are several. */
#include "base/memory.h"
#include "base/number.h"
#include "report/draw/heat.h"
#include "report/section.h"
#include "results/level.h"

#include <math.h>

void vx_outcome_matrix(vx_report *report, const vx_outcome_part *part)
{
    const vx_outcome_view *view = part->view;
    const vx_correlation_columns *correlation = vx_results_correlation(report->results);
    size_t cells, found = 0, strongest = 0;
    if (view->covariates < 2)
        return;
    double *r = vx_multiply(view->rows, view->covariates, &cells) ? vx_array(cells, sizeof *r) : NULL;
    double *p = r ? vx_array(cells, sizeof *p) : NULL;
    const char **name = vx_array(view->rows, sizeof *name);
    if (!r || !p || !name) {
        report->status = vx_fail_memory(report->error);
        goto cleanup;
    }
    for (size_t i = 0; i < cells; i++) {
        const size_t row = i / view->covariates;
        const vx_results_outcome *slope = vx_view_under(view, row, view->covariate[i % view->covariates]);
        name[row] = view->row[row]->name;
        r[i] = slope ? slope->value[correlation->r] : NAN;
        p[i] = slope ? slope->value[correlation->p_matrix] : NAN;
        found += vx_significant(p[i]);
        if (fabs(r[i]) > fabs(r[strongest]) || isnan(r[strongest]))
            strongest = i;
    }
    const vx_heat_plot plot = {r, p, view->rows, view->covariates, name, view->covariate, correlation->symbol};
    char text[32];
    char *most = isnan(r[strongest]) ? vx_copy_text("")
                                     : vx_text(" The strongest is %s with %s, %s = %s.",
                                               name[strongest / view->covariates],
                                               view->covariate[strongest % view->covariates], correlation->symbol,
                                               vx_fixed_text(r[strongest], 2, text));
    vx_outcome_picture(report, part, "matrix", vx_heat_drawing(&plot),
                       vx_text("Heat map of the correlations of %zu %s with %zu covariates: %zu significant over the "
                               "matrix.%s", view->rows, vx_outcome_groups[view->kind], view->covariates, found,
                               most ? most : ""),
                       vx_text("Correlations (%s) of the %s with every covariate. Framed and with a star: p below "
                               VX_LEVEL_TEXT ", corrected over all outcomes of this run and all covariates by the "
                               "largest |t| in each permutation.", correlation->symbol,
                               view->row[0]->session[VX_MEAN_BASELINE] ? "changes" : "values"));
    free(most);
cleanup:
    free(r);
    free(p);
    free(name);
}
