/* A quantile plot of the uncorrected p against their distribution without any effect. */
#include "base/memory.h"
#include "base/sort.h"
#include "report/draw/plot.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>

enum { POINTS = 160 };

/* Moves the p of the analysed voxels to the start of `p`, and returns their number. */
static size_t gather(const vx_grid *grid, const float *mask, float *p)
{
    size_t count = 0;
    for (size_t i = 0; i < vx_grid_elements(grid); i++)
        if (mask[i] > 0)
            p[count++] = p[i];
    return count;
}

/* Chooses ranks at even steps of log rank, so that all of the smallest p are included. The expected p of rank i (from
 * 1) is (i - 0.5) / count. Returns the number of points. */
static int choose(const float *p, size_t count, double *expected, double *observed)
{
    int points = 0;
    size_t before = 0;
    for (int k = 0; k < POINTS; k++) {
        size_t rank = (size_t)lround(pow((double)count, (double)k / (POINTS - 1)));
        if (rank <= before)
            continue;
        before = rank;
        expected[points] = -log10(((double)rank - 0.5) / (double)count);
        observed[points++] = -log10((double)p[rank - 1]);
    }
    return points;
}

void vx_effect_qq(vx_report *report, const vx_effect_view *view)
{
    const vx_results_effect *effect = view->effect;
    const vx_grid *grid = &view->modality->grid;
    float *p = NULL, *mask = NULL;
    double expected[POINTS], observed[POINTS];
    char *name = vx_text("%s_qq", effect->stem), *alt = NULL, *caption = NULL;
    report->status = vx_results_map(report->results, effect, grid, VX_P_UNCORRECTED, &p, report->error);
    if (!report->status)
        report->status = vx_results_mask(report->results, view->modality, &mask, report->error);
    if (report->status)
        goto cleanup;
    const size_t count = gather(grid, mask, p);
    vx_sort_floats(p, count);
    const double smallest = vx_smallest_uncorrected(effect);
    const vx_qq_plot plot = {expected, observed, choose(p, count, expected, observed)};
    const double middle = count % 2 ? p[count / 2] : 0.5 * ((double)p[count / 2 - 1] + p[count / 2]);
    alt = vx_text("Quantiles of %zu uncorrected p against those of no effect at all: the median p is %.3f (expected "
                  "0.5), the smallest %.3g (expected %.3g).", count, middle, (double)p[0], 0.5 / (double)count);
    caption = vx_text("Uncorrected p, voxel by voxel: median %.3f where 0.5 is expected of no effect. Above the line: "
                      "more small p than chance gives. Neighbours are alike, so a long stretch may stray from the "
                      "line by chance; the smallest p possible is %.2g.", middle, smallest);
    vx_put_markup(report->page, "<h4>Uncorrected p against chance</h4>\n");
    if (name && alt && caption)
        vx_report_picture(report, &(vx_picture){name, vx_qq_drawing(&plot), true, alt, caption});
    else
        report->status = vx_fail_memory(report->error);
cleanup:
    free(name);
    free(alt);
    free(caption);
    free(p);
    free(mask);
}
