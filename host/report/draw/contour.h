/* Lines of equal value through a field of samples: marching squares. */
#ifndef VX_REPORT_DRAW_CONTOUR_H
#define VX_REPORT_DRAW_CONTOUR_H

#include <cairo.h>
#include <stdbool.h>

/* Adds the line at which the field equals `level` to cairo's path. Sample (i, j) of `field` (columns x rows, i fastest)
 * is at (x + i * step, y + j * step). `dashed` leaves out every other segment. */
void vx_contour(cairo_t *cairo, const float *field, int columns, int rows, double level, double x, double y,
                double step, bool dashed);

#endif
