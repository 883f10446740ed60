/* Names of single points of a picture, which show where a pointer rests on them: titles in the SVG file, and in the
 * page elements over the picture, because the page shows it as an image. Nothing is drawn. */
#ifndef VX_REPORT_DRAW_NAMED_POINTS_H
#define VX_REPORT_DRAW_NAMED_POINTS_H

#include "report/draw/figure.h"

#include <stdbool.h>

typedef struct vx_named_point {
    double x, y; /* in the units of the drawing */
    char *text;
} vx_named_point;

/* vx_named_points_destroy releases them. */
typedef struct vx_named_points {
    vx_named_point *point; /* points */
    size_t points;
    bool lost;     /* memory was short for one */
} vx_named_points;

/* For drawings: names the point at (x, y). Takes `text`, which vx_text makes; null marks them as lost. */
void vx_point_name(cairo_t *cairo, double x, double y, char *text);

/* The named points of a drawing. Errors: VX_INTERNAL where memory is short. */
vx_status vx_named_points_find(const vx_drawing *drawing, vx_named_points *points, vx_error *error);
void vx_named_points_destroy(vx_named_points *points);

#endif
