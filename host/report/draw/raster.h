/* Pixels that are worked out once and painted on every surface: cairo's RGB24, 0xrrggbb.
 *
 * A raster is a cairo image surface, freed with cairo_surface_destroy. The ids of an SVG's images count the surfaces of
 * the process, so rasters are made on one thread, in an order that does not change; what fills them may be on any. */
#ifndef VX_REPORT_DRAW_RASTER_H
#define VX_REPORT_DRAW_RASTER_H

#include <cairo.h>
#include <stdint.h>

/* The pixels of row `j`. */
uint32_t *vx_raster_row(cairo_surface_t *raster, int j);

/* To be called when all pixels are there: encodes them as they go into an SVG. */
void vx_raster_done(cairo_surface_t *raster);

/* Puts it at (x, y), so many pixels a unit. */
void vx_raster_paint(cairo_t *cairo, cairo_surface_t *raster, double pixels_a_unit, double x, double y);

#endif
