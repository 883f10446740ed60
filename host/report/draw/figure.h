/* A figure: a drawing function, and the PNG and the SVG made from it.
 *
 * Lengths are in CSS pixels. Drawings start from white, and must not depend on the surface. */
#ifndef VX_REPORT_DRAW_FIGURE_H
#define VX_REPORT_DRAW_FIGURE_H

#include "base/error.h"

#include <cairo.h>
#include <stddef.h>

typedef struct vx_drawing {
    double width, height;
    double scale;       /* pixels of the PNG per unit */
    void (*draw)(cairo_t *cairo, const struct vx_drawing *drawing);
    const void *context; /* of draw */
} vx_drawing;

/* Output of cairo in memory; freed with free(). */
typedef struct vx_bytes {
    unsigned char *data;
    size_t size;
} vx_bytes;

/* Makes the PNG, the WebP (null: none) and the SVG. The caller frees them, on errors too.
 *     1. The figure is drawn twice, because cairo 1.16 leaks a recording surface that is replayed to an SVG.
 *     2. A task encodes the PNG and the WebP. `*png` and `*webp` must stay valid, and are set after `omp taskwait`;
 *        null data: no memory.
 *     3. Drawing stays on this thread. cairo numbers the images of an SVG by a count of all surfaces of the process, so
 *        drawing on several threads would make the bytes of a report vary.
 * Errors: VX_INTERNAL without memory. */
vx_status vx_figure_make(const vx_drawing *drawing, vx_bytes *png, vx_bytes *webp, vx_bytes *svg, vx_error *error);

#endif
