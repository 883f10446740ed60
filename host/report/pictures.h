/* The pictures of a report, from when a section hands them in until the page is whole.
 *
 * A page in the making has holes where pictures go: encoding a PNG takes longer than drawing it, so other threads do
 * that while the next picture is drawn. */
#ifndef VX_REPORT_PICTURES_H
#define VX_REPORT_PICTURES_H

#include "report/draw/figure.h"
#include "report/files.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct vx_handed_in {
    char *name;           /* of the files, without an ending */
    bool vector;          /* the page shows the SVG */
    size_t at;            /* where in the page it goes, in base64 */
    vx_bytes png, svg;
    struct vx_handed_in *next;
} vx_handed_in;

typedef struct vx_pictures {
    vx_handed_in *first, *last;
    size_t count;
} vx_pictures;

/* Draws a picture, keeps it and returns it; what stands in the page may be written meanwhile. Null: see `error`. */
vx_handed_in *vx_pictures_draw(vx_pictures *pictures, const char *name, const vx_drawing *drawing, vx_error *error);

/* The page `text` with its pictures in it, as report.html, and before it the pictures' own files. To be called when all
 * tasks of the report are done. Errors: VX_INTERNAL where memory is, or was, short. */
vx_status vx_pictures_file(vx_pictures *pictures, const char *text, size_t size, vx_files *files, vx_error *error);

void vx_pictures_destroy(vx_pictures *pictures);

#endif
