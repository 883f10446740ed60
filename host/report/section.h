/* What a section of the page gets and how it hands in its pictures. */
#ifndef VX_REPORT_SECTION_H
#define VX_REPORT_SECTION_H

#include "report/draw/figure.h"
#include "report/files.h"
#include "report/page.h"
#include "report/pictures.h"
#include "results/results.h"
#include "space/grid.h"

/* A volume to draw: on its grid, x fastest. */
typedef struct vx_volume {
    vx_grid grid;
    float *data;
} vx_volume;

typedef struct vx_report {
    const vx_results *results;
    const char *template;     /* its path; null: the mean image is drawn under the maps */
    vx_analyze_orientation orientation; /* of the template */
    vx_volume template_image;
    double template_overlap;  /* share of the first mask's voxels that lie in the template */
    bool template_resampled;  /* its grid is not that of the results */
    vx_files *files;
    vx_pictures pictures;     /* so far */
    vx_page *page;
    vx_status status;         /* the first failure; what follows does nothing */
    vx_error *error;
} vx_report;

typedef struct vx_section {
    const char *id, *title;   /* id: of the <section>, and where the contents point */
    bool (*applies)(const vx_report *report); /* null: always */
    void (*write)(vx_report *report);         /* what stands under the title */
    void (*contents)(vx_report *report);      /* items of a nested list of contents; may be null */
} vx_section;

/* A file that travels in the program for the page ("report.css"), or null where it was built without. */
const char *vx_page_file(const char *name);

/* Draws a picture, keeps it for the folder as <name>.png and .svg and puts it into the page: the SVG where it is
 * `vector`, else the PNG. `alt` says in words and numbers what it shows; `caption` is plain text. */
typedef struct vx_picture {
    const char *name;         /* of the files, without an ending */
    vx_drawing drawing;
    bool vector;
    const char *alt, *caption;
} vx_picture;

void vx_report_picture(vx_report *report, const vx_picture *picture);

/* A share of the page that an effect has to itself: one file in sections/ each, in the order of effects.c. */
typedef struct vx_effect_view {
    const vx_results_modality *modality;
    const vx_results_effect *effect;
    const char *id;           /* of its <article>; letters, digits and '-' */
} vx_effect_view;

void vx_effect_headline(vx_report *report, const vx_effect_view *view); /* sentences, without a paragraph */
void vx_effect_detectable(vx_report *report, const vx_effect_view *view);
void vx_effect_maps(vx_report *report, const vx_effect_view *view);
void vx_effect_clusters(vx_report *report, const vx_effect_view *view);
void vx_effect_values(vx_report *report, const vx_effect_view *view);
void vx_effect_null(vx_report *report, const vx_effect_view *view);
void vx_effect_qq(vx_report *report, const vx_effect_view *view);

#endif
