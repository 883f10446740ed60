/* A sheet of strips: the images of participants under one another, their sessions side by side. */
#ifndef VX_REPORT_DRAW_STRIPS_H
#define VX_REPORT_DRAW_STRIPS_H

#include "report/draw/figure.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct vx_strip_sheet {
    int64_t rows, sessions;
    const char *const *name;      /* rows: participants */
    const char *session[2];       /* null: not named */
    const unsigned *flag;         /* rows x sessions: other than 0 where an image is flagged */
    cairo_surface_t *raster;      /* of vx_strips_raster */
    int64_t width, height;        /* of a strip, in pixels */
} vx_strip_sheet;

/* The pixels of the sheet's strips, the first of which is strip `first` of `images`: pixel (row, column) of strip k is
 * at k + images * (row + height * column) of `grey`. Null without memory; freed with cairo_surface_destroy. */
cairo_surface_t *vx_strips_raster(const vx_strip_sheet *sheet, int64_t first, int64_t images, const float *grey);

vx_drawing vx_strips_drawing(const vx_strip_sheet *sheet);

#endif
