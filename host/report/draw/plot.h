/* Plots: axes, and drawings of data. */
#ifndef VX_REPORT_DRAW_PLOT_H
#define VX_REPORT_DRAW_PLOT_H

#include "report/draw/figure.h"
#include "report/draw/text.h"

#include <stdbool.h>
#include <stdint.h>

/* The rectangle of the plot, and the data values at its sides. */
typedef struct vx_axes {
    double left, top, width, height;
    double x[2], y[2];
    bool log_x;     /* x are decimal logarithms, and ticks have the values themselves, */
    double log_from; /* from this x on */
} vx_axes;

enum { VX_TICKS_MAX = 12 };

/* Finds about `wanted` round values in [low, high], at steps of 1, 2 or 5 times a power of ten. Returns their number,
 * and sets the step. */
int vx_ticks(double low, double high, int wanted, double tick[VX_TICKS_MAX], double *step);

/* Formats a tick with the digits that its step needs. Returns `text`. */
const char *vx_tick_text(double value, double step, char text[32]);

/* Widens [low, high] by a share of its length on both sides. A range of length 0 is widened too. */
void vx_widen(double range[2], double share);

double vx_plot_x(const vx_axes *axes, double x);
double vx_plot_y(const vx_axes *axes, double y);

/* Draws the axes with ticks and labels; without ticks on the x axis if `x_label` is null. */
void vx_axes_draw(cairo_t *cairo, const vx_axes *axes, const char *x_label, const char *y_label);

/* Draws a line between two points in data coordinates. */
void vx_plot_line(cairo_t *cairo, const vx_axes *axes, double x0, double y0, double x1, double y1);

/* Adds a line or a dot to the path, which is then drawn at once: of many paths in an SVG most is their style. A dot is
 * a line without length; the ends of lines are round. */
void vx_plot_add_line(cairo_t *cairo, const vx_axes *axes, double x0, double y0, double x1, double y1);
void vx_plot_add_dot(cairo_t *cairo, const vx_axes *axes, double x, double y);
void vx_plot_draw_dots(cairo_t *cairo, double radius);

/* ---- drawings, each with the type of its context ---- */

/* A histogram of the maxima of the relabellings, with the observed value and the critical one (NaN: not drawn). */
typedef struct vx_null_plot {
    const double *null;
    uint64_t count;
    double critical;
    const char *label;
} vx_null_plot;
vx_drawing vx_null_drawing(const vx_null_plot *plot);

/* Sorted observed -log10 p against those expected without any effect, and what chance gives there; `points` values
 * each. */
typedef struct vx_qq_plot {
    const double *expected, *observed, *low, *high;
    int points;
} vx_qq_plot;
vx_drawing vx_qq_drawing(const vx_qq_plot *plot);

/* One line per participant from baseline to follow-up, and the mean change with its 95 % interval. */
typedef struct vx_change_plot {
    const double *before, *after; /* n */
    int64_t n;
    const char *session[2];
    const char *label;            /* of the y axis */
    double mean, low, high;       /* of the change; NaN: not drawn */
    const char *change_label;     /* null: "change" */
    const char *const *name;      /* n: of the participants; null: not shown */
} vx_change_plot;
vx_drawing vx_change_drawing(const vx_change_plot *plot);

/* One dot per participant, the mean with its 95 % interval, and a line at 0. */
typedef struct vx_value_plot {
    const double *value; /* n */
    int64_t n;
    const char *label;
    double mean, low, high;
    const char *const *name; /* as above */
} vx_value_plot;
vx_drawing vx_value_drawing(const vx_value_plot *plot);

/* y against x. If `band` is given, a line and its 95 % interval are drawn; `band` is the half width at x. */
typedef struct vx_scatter_plot {
    const double *x, *y; /* n */
    int64_t n;
    const char *x_label, *y_label;
    double slope, x_mean, y_mean;
    double (*band)(const void *line, double x);
    const void *line;    /* argument of band */
    const char *const *name; /* as above */
    const bool *marked;  /* n: drawn with a ring and its name; null: none */
} vx_scatter_plot;
vx_drawing vx_scatter_drawing(const vx_scatter_plot *plot);

/* Columns of a table: a row each, with a dot a participant on an axis of its own. The names of the lowest and the
 * highest value are written where one participant has it. */
typedef struct vx_dots_row {
    const char *label;
    int64_t n;                       /* at least 1 */
    const double *value;             /* n */
    const char *const *participant;  /* n */
    const bool *marked;              /* n: drawn larger, in another colour; null: none */
} vx_dots_row;
typedef struct vx_dots_plot {
    const vx_dots_row *row;
    size_t rows;                     /* at least 1 */
} vx_dots_plot;
vx_drawing vx_dots_drawing(const vx_dots_plot *plot);

/* A design matrix: a row per participant and a column per regressor, each scaled to its own range. */
typedef struct vx_matrix_plot {
    const double *design; /* n x columns */
    int64_t n, columns;
    const char *const *column, *const *participant;
} vx_matrix_plot;
vx_drawing vx_matrix_drawing(const vx_matrix_plot *plot);

#endif
