/* A forest plot: a row per outcome, and side by side a panel per effect with its estimates, intervals and p. */
#ifndef VX_REPORT_DRAW_FOREST_H
#define VX_REPORT_DRAW_FOREST_H

#include "report/draw/figure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VX_FOREST_PANELS_MAX = 2, VX_FOREST_COLUMNS = 4, VX_FOREST_TEXT = 64 };

/* What a panel shows of a row. Without a finite estimate only the texts are drawn. */
typedef struct vx_forest_mark {
    const double *dot;       /* one per participant, NaN: absent; null: none */
    const char *const *name; /* dots: of the participants; null: not shown */
    int64_t dots;
    double estimate, low, high;
    bool significant;        /* drawn filled, and in colour with its text */
    char text[VX_FOREST_COLUMNS][VX_FOREST_TEXT];
} vx_forest_mark;

typedef struct vx_forest_row {
    const char *heading;     /* above the row: the first one of its family; null: none */
    const char *label;
    bool strong;             /* the label is bold */
    vx_forest_mark mark[VX_FOREST_PANELS_MAX];
} vx_forest_row;

typedef struct vx_forest_panel {
    const char *title, *axis; /* title: of the first panel "" where none has one */
    const char *unit;         /* of the values, for a pointer; null: none */
    const char *column[VX_FOREST_COLUMNS]; /* headings of the texts; null: the texts are left out */
    double width;            /* of the plot itself */
    double range[2];         /* values at its sides; dots beyond them are drawn as arrows at the side */
} vx_forest_panel;

typedef struct vx_forest_plot {
    const vx_forest_row *row;
    size_t rows;
    const vx_forest_panel *panel;
    int panels;              /* at most VX_FOREST_PANELS_MAX */
    const char *legend;      /* below the plot: what filled marks are; null: none */
} vx_forest_plot;

vx_drawing vx_forest_drawing(const vx_forest_plot *plot);

/* Texts of marks, a dash for NaN: "+5.0 (1.9 to 8.1)", with so many decimals, and with a plus if wanted; a p, and a
 * star. */
void vx_forest_interval_text(double estimate, double low, double high, int digits, bool plus,
                             char text[VX_FOREST_TEXT]);
void vx_forest_p_text(double p, bool star, char text[VX_FOREST_TEXT]);

#endif
