/* The null distributions, from which the corrected p are computed. */
#include "base/memory.h"
#include "base/number.h"
#include "infer/quantity.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/level.h"
#include "results/scheme.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

static double p_of(const double *null, uint64_t count)
{
    uint64_t as_large = 0;
    for (uint64_t i = 0; i < count; i++)
        as_large += null[i] >= null[0];
    return (double)as_large / (double)count;
}

void vx_effect_null(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    vx_null null = effect->null;
    const vx_tails_words *words = vx_tails_about(effect->tails);
    char largest_t[40], count[32];
    snprintf(largest_t, sizeof largest_t, "largest %s%s", words->true_minus, words->statistic);
    vx_put(report->page, "<details class=\"chance\"><summary>Chance alone: the null distributions</summary>\n<p>The "
                         "largest value over all voxels in each of %s %s%s. %s; the "
           "observed value is one of them.</p>\n<div class=\"pictures nulls\">\n",
           vx_count_text((uint64_t)effect->relabellings, count), vx_scheme_about(effect->scheme)->relabellings,
           effect->exhaustive ? ", which are all there are" : "",
           vx_significant(effect->p_smallest) ? "Beyond the broken line lie fewer than 5 % of them"
                                     : "They are too few for a value that fewer than 5 % of them exceed");
    for (int i = -1; !report->status && i < VX_P_KINDS; i++) { /* the primary correction first */
        char text[32], observed[32], critical[32];
        const bool primary = i < 0;
        const vx_quantity kind = primary ? report->results->primary : (vx_quantity)i;
        double **maxima = vx_null_maxima(&null, kind);
        if (!maxima || !*maxima || (!primary && kind == report->results->primary))
            continue;
        const vx_quantity_row *about = vx_quantity_about(kind);
        const char *label = about->maximum ? about->maximum : largest_t;
        const vx_null_plot plot = {*maxima, null.count, vx_critical(*maxima, null.count), label};
        const double p = p_of(*maxima, null.count);
        char *name = vx_text("%s_null-%s", effect->stem, about->word);
        vx_number_text(**maxima, observed);
        if (isnan(plot.critical))
            strcpy(critical, "none");
        else
            vx_number_text(plot.critical, critical);
        char *alt = vx_text("Histogram of %s values, %s: observed %s, 5 %% critical value %s, p %s.",
                            vx_count_text(null.count, count), label, observed, critical, vx_p_text(p, text));
        char *caption = vx_text("Null distribution%s, %s: observed %s, critical %s, p = %s.",
                                primary ? " of the primary correction" : "", label, observed, critical, text);
        if (name && alt && caption)
            vx_report_picture(report, &(vx_picture){name, vx_null_drawing(&plot), true, alt, caption});
        else
            report->status = vx_fail_memory(report->error);
        free(name);
        free(alt);
        free(caption);
    }
    vx_put_markup(report->page, "</div></details>\n");
}
