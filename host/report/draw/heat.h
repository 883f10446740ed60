/* A heat map of correlations: a row per outcome and a column per covariate. */
#ifndef VX_REPORT_DRAW_HEAT_H
#define VX_REPORT_DRAW_HEAT_H

#include "report/draw/figure.h"

typedef struct vx_heat_plot {
    const double *r, *p;       /* rows x columns: correlations, -1 to 1 or NaN, and their corrected p */
    size_t rows, columns;
    const char *const *row, *const *column; /* names */
    const char *symbol;        /* of the correlation: "r" or "rho" */
} vx_heat_plot;

vx_drawing vx_heat_drawing(const vx_heat_plot *plot);

#endif
