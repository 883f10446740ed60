/* Encoding a cairo surface of CAIRO_FORMAT_RGB24: without loss as PNG, for the files, and with loss as WebP, for the
 * page, which holds all pictures and is to be small. */
#ifndef VX_REPORT_DRAW_ENCODE_H
#define VX_REPORT_DRAW_ENCODE_H

#include "report/draw/figure.h"

#include <stdbool.h>

/* The PNG states its size by `dpi`. Both give the same bytes for the same surface. False without memory. cairo's own
 * encoder of PNG takes three times as long: it tries all filters on every row. */
bool vx_png_encode(cairo_surface_t *surface, int dpi, vx_bytes *png);
bool vx_webp_encode(cairo_surface_t *surface, vx_bytes *webp);

#endif
