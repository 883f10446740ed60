/* Encoding a cairo surface as PNG. cairo's own encoder takes three times as long: it tries all filters on every row. */
#ifndef VX_REPORT_DRAW_PNG_H
#define VX_REPORT_DRAW_PNG_H

#include "report/draw/figure.h"

#include <stdbool.h>

/* Encodes a surface of CAIRO_FORMAT_RGB24; false without memory. */
bool vx_png_encode(cairo_surface_t *surface, vx_bytes *png);

#endif
