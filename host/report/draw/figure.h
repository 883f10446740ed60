/* A figure: one drawing function, and the PNG and the SVG that it makes.
 *
 * Lengths are in units of a CSS pixel. Drawings start from white; what they draw must not depend on the surface. */
#ifndef VX_REPORT_DRAW_FIGURE_H
#define VX_REPORT_DRAW_FIGURE_H

#include "base/error.h"

#include <cairo.h>
#include <stddef.h>

typedef struct vx_drawing {
    double width, height;
    double scale;       /* pixels of the PNG a unit */
    void (*draw)(cairo_t *cairo, const struct vx_drawing *drawing);
    const void *context; /* of draw */
} vx_drawing;

/* What cairo wrote, in memory of its own; freed with free(). */
typedef struct vx_bytes {
    unsigned char *data;
    size_t size;
} vx_bytes;

/* Draws twice. (Once into a recording surface, played to both, would do, but cairo 1.16 never frees what an SVG has
 * played.) Encoding the PNG is a task: `*png` must stay where it is and is there after `omp taskwait`, or null where
 * memory is short. Drawing is not left to other threads: cairo numbers the images of an SVG by a count of all surfaces
 * of the process, and the same report would not have the same bytes. Both are the caller's to free, also where it
 * fails. Errors: VX_INTERNAL, where memory is short. */
vx_status vx_figure_make(const vx_drawing *drawing, vx_bytes *png, vx_bytes *svg, vx_error *error);

#endif
