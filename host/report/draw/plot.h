/* Plots: two axes and what is drawn between them. */
#ifndef VX_REPORT_DRAW_PLOT_H
#define VX_REPORT_DRAW_PLOT_H

#include "report/draw/figure.h"
#include "report/draw/text.h"

#include <stdbool.h>
#include <stdint.h>

/* The rectangle between the axes, and the data at its sides. */
typedef struct vx_axes {
    double left, top, width, height;
    double x[2], y[2];
} vx_axes;

enum { VX_TICKS_MAX = 12 };

/* Round values within [low, high], about `wanted` of them, in steps of 1, 2 or 5 times a power of ten. Returns how
 * many, and the step. */
int vx_ticks(double low, double high, int wanted, double tick[VX_TICKS_MAX], double *step);

/* Widens [low, high] by a share of itself on both sides; a single value gets room around it. */
void vx_widen(double range[2], double share);

double vx_plot_x(const vx_axes *axes, double x);
double vx_plot_y(const vx_axes *axes, double y);

/* Lines, ticks and labels; no ticks across where `x_label` is null. */
void vx_axes_draw(cairo_t *cairo, const vx_axes *axes, const char *x_label, const char *y_label);

/* A line between two points of the data. */
void vx_plot_line(cairo_t *cairo, const vx_axes *axes, double x0, double y0, double x1, double y1);
void vx_plot_dot(cairo_t *cairo, const vx_axes *axes, double x, double y, double radius);

/* ---- drawings; each gives what its context is ---- */

/* The maxima of the relabellings as a histogram, with the observed and the critical value (NaN: none). */
typedef struct vx_null_plot {
    const double *null;
    uint64_t count;
    double critical;
    const char *label;
} vx_null_plot;
vx_drawing vx_null_drawing(const vx_null_plot *plot);

/* Sorted -log10 p against what it would be if there were no effect anywhere: `points` of both. */
typedef struct vx_qq_plot {
    const double *expected, *observed;
    int points;
    double most; /* -log10 of the smallest p possible */
} vx_qq_plot;
vx_drawing vx_qq_drawing(const vx_qq_plot *plot);

/* A line a participant from baseline to follow-up, and beside it the mean change and its 95 % interval. */
typedef struct vx_change_plot {
    const double *before, *after; /* n */
    int64_t n;
    const char *session[2];
    const char *label;            /* of the upward axis */
    double mean, low, high;       /* of the change */
} vx_change_plot;
vx_drawing vx_change_drawing(const vx_change_plot *plot);

/* A dot a participant, with mean and 95 % interval, and 0. */
typedef struct vx_value_plot {
    const double *value; /* n */
    int64_t n;
    const char *label;
    double mean, low, high;
} vx_value_plot;
vx_drawing vx_value_drawing(const vx_value_plot *plot);

/* y against x; with its line and the line's 95 % interval where `band` is given, which maps x to its half width. */
typedef struct vx_scatter_plot {
    const double *x, *y; /* n */
    int64_t n;
    const char *x_label, *y_label;
    double slope, x_mean, y_mean;
    double (*band)(const void *line, double x);
    const void *line;    /* of band */
} vx_scatter_plot;
vx_drawing vx_scatter_drawing(const vx_scatter_plot *plot);

/* A design as a picture: a row a participant, a column a regressor, each from its smallest to its largest value. */
typedef struct vx_matrix_plot {
    const double *design; /* n x columns */
    int64_t n, columns;
    const char *const *column, *const *participant;
} vx_matrix_plot;
vx_drawing vx_matrix_drawing(const vx_matrix_plot *plot);

#endif
