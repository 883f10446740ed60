/* Rasters: pixels in cairo's RGB24, 0xrrggbb, that are computed once and painted on several surfaces.
 *
 * A raster is a cairo image surface, freed with cairo_surface_destroy. The ids of images in an SVG count the surfaces
 * of the process. Rasters are therefore created on one thread in a fixed order; any thread may fill them. */
#ifndef VX_REPORT_DRAW_RASTER_H
#define VX_REPORT_DRAW_RASTER_H

#include <cairo.h>
#include <stdint.h>

/* Returns the pixels of row `j`. */
uint32_t *vx_raster_row(cairo_surface_t *raster, int j);

/* Must be called after all pixels are set: encodes them for SVGs. */
void vx_raster_done(cairo_surface_t *raster);

/* Paints a raster at (x, y), with that many pixels per unit. */
void vx_raster_paint(cairo_t *cairo, cairo_surface_t *raster, double pixels_a_unit, double x, double y);

#endif
