/* Numbers that the page computes from the results. */
#ifndef VX_REPORT_NUMBERS_H
#define VX_REPORT_NUMBERS_H

#include "results/results.h"

/* The critical value c, given the maxima of `count` relabellings, including the observed one (Nichols & Holmes 2002,
 * Hum Brain Mapp 15:1):
 *     p(x) = #{null >= x} / count is significant if and only if x > c
 * NaN if there are too few relabellings for any significant p. */
double vx_critical(const double *null, uint64_t count);

/* Column `k` of a table of p: the primary kind first, and the others in `order`. */
vx_quantity vx_primary_first(vx_quantity primary, const vx_quantity order[VX_P_KINDS], int k);

double vx_mean(const double *value, int64_t n);

/* The line of an added-variable plot: y against one column of a design, both as residuals of a regression on the other
 * columns. Their means are added back, so that the axes have the units of the data. The least-squares line through the
 * points has the slope of the full design; its 95 % interval is Student's with `df`. x and y have n values;
 * vx_line_destroy frees them. */
typedef struct vx_line {
    int64_t n;
    double *x, *y;
    double x_mean, y_mean, slope, low, high, r;
    double x_square;  /* sum of squares of x about its mean */
    double residual;  /* SD of the residuals, with df */
    double quantile;  /* 0.975 quantile of Student's t */
    int64_t columns;  /* of the design */
    double *leverage; /* n: h_i, of the full design */
    double *cook;     /* n: D_i */
    double *without;  /* n: the slope without participant i; NaN where the design then tells none */
} vx_line;

/* How much a line hangs on participant i, by the full design of p columns with residuals e and their SD s (Belsley, Kuh
 * & Welsch 1980, Regression Diagnostics, chapter 2):
 *
 *     h_i = (X (X'X)^-1 X')_ii      D_i = e_i^2 h_i / (p s^2 (1 - h_i)^2)      (Cook 1977, Technometrics 19:15)
 *
 * The bounds are those of R's influence.measures: h_i > 3 p / n is far out; D_i above the median of F(p, n - p) is
 * influential. */
bool vx_line_is_far(const vx_line *line, int64_t i);
bool vx_line_is_influential(const vx_line *line, int64_t i);

/* The leverage of every participant alone; far out above vx_leverage_bound. The errors are those of vx_line_fit. */
vx_status vx_design_leverage(const double *design, int64_t n, int64_t columns, double *leverage, vx_error *error);
double vx_leverage_bound(int64_t n, int64_t columns);

/* The correlation of x and y; NaN where one of them is constant. */
double vx_pearson(const double *x, const double *y, int64_t n);

/* `design` is n x columns; `offset` is added to x and its mean, which is 0 for centred columns. */
vx_status vx_line_fit(const double *design, int64_t n, int64_t columns, int64_t column, double df, double offset,
                      const double *y, vx_line *line, vx_error *error);
void vx_line_destroy(vx_line *line);

/* The half width of the 95 % interval of the line at x. */
double vx_line_band(const vx_line *line, double x);

/* The residual sum of squares of one column after regression on the others: 1 / (c'(X'X)^-1 c) for the contrast c that
 * is 1 at the column. Errors, also of vx_line_fit: VX_INPUT if a column depends linearly on the others; VX_INTERNAL. */
vx_status vx_design_square(const double *design, int64_t n, int64_t columns, int64_t column, double *square,
                           vx_error *error);


/* The change of participant i in measured cluster c, of its means by session; for a onesample design, the value. */
double vx_cluster_change(const vx_results_effect *effect, vx_change change, size_t c, int64_t i);

#endif
