/* Pixels on any surface. */
#ifndef VX_REPORT_DRAW_RASTER_H
#define VX_REPORT_DRAW_RASTER_H

#include <cairo.h>

/* Puts an image surface of CAIRO_FORMAT_RGB24, whose pixels were just written, at (x, y), so many pixels a unit. */
void vx_raster_paint(cairo_t *cairo, cairo_surface_t *raster, double pixels_a_unit, double x, double y);

#endif
