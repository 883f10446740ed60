/* A figure: a drawing function, and the PNG, SVG and PDF made from it.
 *
 * Lengths are in CSS pixels. Drawings start from white, and must not depend on the surface. */
#ifndef VX_REPORT_DRAW_FIGURE_H
#define VX_REPORT_DRAW_FIGURE_H

#include "base/error.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct vx_drawing {
    double width, height;
    double scale;       /* pixels of the PNG per unit */
    bool stretches;     /* its width and height may be changed */
    bool dense;         /* its named points lie close together: a pointer has to be near one */
    void (*draw)(cairo_t *cairo, const struct vx_drawing *drawing);
    const void *context; /* of draw */
} vx_drawing;

/* Output of cairo in memory; freed with free(). */
typedef struct vx_bytes {
    unsigned char *data;
    size_t size;
} vx_bytes;

/* A part of bytes. */
typedef struct vx_span {
    size_t from, size;
} vx_span;

/* Makes the PNG, the WebP (null: none) and the SVG. The caller frees them, on errors too. `names` is the part of the
 * SVG that names its points, without which it is complete: an image on a page shows none of them.
 *     1. The figure is drawn twice, because cairo 1.16 leaks a recording surface that is replayed to an SVG.
 *     2. A task encodes the PNG and the WebP. `*png` and `*webp` must stay valid, and are set after `omp taskwait`;
 *        null data: no memory.
 *     3. Drawing stays on this thread. cairo numbers the images of an SVG by a count of all surfaces of the process, so
 *        drawing on several threads would make the bytes of a report vary.
 * Errors: VX_INTERNAL without memory. */
vx_status vx_figure_make(const vx_drawing *drawing, vx_bytes *png, vx_bytes *webp, vx_bytes *svg, vx_span *names,
                         vx_error *error);

/* The resolution at which the report's PNGs are of their stated size, and their width and height in pixels. */
enum { VX_FIGURE_DPI = 300 };
void vx_figure_png_size(const vx_drawing *drawing, int pixels[2]);

typedef enum vx_figure_format { VX_FIGURE_PNG, VX_FIGURE_SVG, VX_FIGURE_PDF, VX_FIGURE_FORMATS } vx_figure_format;

/* The endings of their files, with the dot. */
extern const char *const vx_figure_ending[VX_FIGURE_FORMATS];

/* What a figure is on paper. */
typedef struct vx_figure_paper {
    double mm;         /* of a unit */
    int dpi;           /* of a PNG */
    const char *title, *made; /* of a PDF: a date as 2026-11-30T06:02:03Z; null: not known */
} vx_figure_paper;

/* The width or height in pixels of `units` on paper. */
int vx_figure_pixels(const vx_figure_paper *paper, double units);

/* Draws a figure in a format. Text in an SVG and a PDF remains text. The caller frees, on errors too. Errors:
 * VX_INTERNAL without memory; VX_OUTPUT if it is too large for a PNG. */
vx_status vx_figure_draw(const vx_drawing *drawing, vx_figure_format format, const vx_figure_paper *paper,
                         vx_bytes *bytes, vx_error *error);

#endif
