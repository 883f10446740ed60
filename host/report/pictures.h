/* The pictures of a report. Encoding a PNG takes longer than drawing it, so other threads encode while this thread
 * draws the next picture. The page is therefore written without its pictures, which are inserted at the end. */
#ifndef VX_REPORT_PICTURES_H
#define VX_REPORT_PICTURES_H

#include "report/draw/figure.h"
#include "report/files.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct vx_drawn_picture {
    char *name;           /* of the files, without the ending */
    bool vector;          /* the page shows the SVG, else the WebP */
    size_t at;            /* the offset in the page at which it is inserted, as a part of a URL */
    vx_bytes png, webp, svg; /* webp: without one where `vector` */
    vx_span names;        /* the part of the SVG that the page leaves out: it has elements of its own for it */
    struct vx_drawn_picture *next;
} vx_drawn_picture;

typedef struct vx_pictures {
    vx_drawn_picture *first, *last;
    size_t count;
} vx_pictures;

/* Draws a picture, keeps it and returns it; its PNG may still be being encoded. Null on errors. */
vx_drawn_picture *vx_pictures_draw(vx_pictures *pictures, const char *name, bool vector, const vx_drawing *drawing,
                                   vx_error *error);

/* Adds the files of the pictures, then report.html: the page `text` with the pictures inserted. All tasks of the report
 * must have finished. Errors: VX_INTERNAL if memory runs out, or ran out while encoding. */
vx_status vx_pictures_file(vx_pictures *pictures, const char *text, size_t size, vx_files *files, vx_error *error);

void vx_pictures_destroy(vx_pictures *pictures);

#endif
