/* Pixels of cairo as PNG. cairo's own PNG tries every filter on every row, which takes three times as long. */
#ifndef VX_REPORT_DRAW_PNG_H
#define VX_REPORT_DRAW_PNG_H

#include "report/draw/figure.h"

#include <stdbool.h>

/* A surface of CAIRO_FORMAT_RGB24; false without memory. */
bool vx_png_encode(cairo_surface_t *surface, vx_bytes *png);

#endif
