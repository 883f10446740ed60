/* Figures from a results folder: pictures of the report, drawn again in a size and format for a paper.
 *
 * The sections of the report draw them (vx_picture_taker), so there is one way of drawing. Nothing is computed again,
 * and nothing is written. */
#ifndef VX_REPORT_FIGURE_H
#define VX_REPORT_FIGURE_H

#include "report/draw/figure.h"
#include "report/effect_brain.h"
#include "voxstat/image.h"

typedef struct vx_figure_options {
    const char *template; /* as of vx_report_options */
    vx_analyze_orientation orientation;
    void (*say)(const char *remark);
    const char *const *modality, *const *effect; /* those that are drawn; none: every one */
    size_t modalities, effects;
    const char *const *picture; /* words: parts of the names of the report's pictures, as "slices" */
    size_t pictures;      /* 0: the usual picture, slices or the forest plots of a study without images */
    vx_look look;
    bool panels;          /* letters: A, B, ... */
    double width_mm;      /* 0: as the pictures need, but at most 180 */
    double text_pt;       /* size of text, which a picture that is too wide makes smaller */
    int dpi;
} vx_figure_options;

/* Pictures for figures. vx_figure_free releases it; the options must outlive it. */
typedef struct vx_composed vx_composed;

/* Finds the pictures. Errors: VX_INPUT, naming what there is, for a modality, effect, map or picture that there is not;
 * those of vx_results_open and of the template. */
vx_status vx_figure_new(const char *folder, const vx_figure_options *options, vx_composed **figure, vx_error *error);
void vx_figure_free(vx_composed *figure);

/* The pictures in their order: their names in the report. */
size_t vx_figure_count(const vx_composed *figure);
const char *vx_figure_name(const vx_composed *figure, size_t i);

/* What the pictures show in words, as the caption of a figure (vx_sheet_captions). The caller frees; null without
 * memory. */
char *vx_figure_captions(const vx_composed *figure);

/* The size of a figure. */
typedef struct vx_figure_size {
    double mm[2];
    int pixels[2];        /* of a PNG */
    double text_pt;       /* size of its text */
} vx_figure_size;

/* Draws picture `i`, or all of them as one figure where `i` is the number of pictures. The caller frees bytes->data. */
vx_status vx_figure_render(vx_composed *figure, size_t i, vx_figure_format format, vx_bytes *bytes,
                           vx_figure_size *size, vx_error *error);

#endif
