/* Figures that the page works out from what the folder holds. */
#ifndef VX_REPORT_NUMBERS_H
#define VX_REPORT_NUMBERS_H

#include "results/results.h"

/* What a statistic must exceed for a significant p, given the maxima of `count` relabellings, the observed one among
 * them: with p = #{null >= x} / count, the value of which fewer than VX_LEVEL count are larger (Nichols & Holmes 2002,
 * Hum Brain Mapp 15:1). NaN where no value can reach it: the relabellings are too few. */
double vx_critical(const double *null, uint64_t count);

/* The smallest p that an uncorrected one can be: of all sign flips where it is exact, else of the relabellings used. */
double vx_smallest_uncorrected(const vx_results_effect *effect);

/* Median, and the median distance from it times 1.4826, the SD of normal data; NaN is passed over. False where memory
 * is short. */
bool vx_robust(const double *value, int64_t n, double *centre, double *spread);

double vx_mean(const double *value, int64_t n);

/* y against one column of a design, both less what the design's other columns explain of them (an added-variable plot);
 * means are added again, so that the axes are in the data's units. Least squares through them is the design's own fit:
 * slope, its 95 % interval by Student with `df`, r. x and y have n; freed with vx_line_destroy. */
typedef struct vx_line {
    int64_t n;
    double *x, *y;
    double x_mean, y_mean, slope, low, high, r;
    double x_square;  /* sum of squares of x about its mean */
    double residual;  /* SD of the residuals, by df */
    double quantile;  /* Student's, of 0.975 */
} vx_line;

/* `design` is n x columns; `offset` is added to x beside its mean, which is 0 where columns are centred. */
vx_status vx_line_fit(const double *design, int64_t n, int64_t columns, int64_t column, double df, double offset,
                      const double *y, vx_line *line, vx_error *error);
void vx_line_destroy(vx_line *line);

/* Half the width of the 95 % interval of the line at x. */
double vx_line_band(const vx_line *line, double x);

/* The sum of squares that the other columns leave of one column: 1 / (c'(X'X)^-1 c) of the contrast that is 1 there.
 * Errors of this and of vx_line_fit: VX_INPUT, where a column repeats the others; VX_INTERNAL. */
vx_status vx_design_square(const double *design, int64_t n, int64_t columns, int64_t column, double *square,
                           vx_error *error);


/* The change of participant i over measured cluster c; of a onesample design the value itself. */
double vx_cluster_change(const vx_results_effect *effect, size_t c, int64_t i);

#endif
