/* The interface of a section of the page: its input and how it adds pictures. */
#ifndef VX_REPORT_SECTION_H
#define VX_REPORT_SECTION_H

#include "report/draw/figure.h"
#include "report/files.h"
#include "report/numbers.h"
#include "report/outcomes.h"
#include "report/page.h"
#include "report/pictures.h"
#include "results/results.h"
#include "space/grid.h"

/* A volume to draw, in the order of its grid, x fastest. */
typedef struct vx_volume {
    vx_grid grid;
    float *data;
} vx_volume;

struct vx_look;
struct vx_ground;
struct vx_kept_maps;
struct vx_picture_taker;

typedef struct vx_report {
    const vx_results *results;
    const struct vx_look *look;   /* of maps (effect_brain.h); null: the usual one */
    const struct vx_picture_taker *taker; /* takes the pictures instead of the page; null: none */
    const char *template;     /* path of the template; null: the mean image is drawn under the maps */
    char *template_found;     /* path of one that is installed; null: none was looked for or found */
    char *template_unfit;     /* why one that is installed is not used; null: no such one */
    char *template_remark;    /* that the template is of another variant of MNI's space than the images; null: no */
    vx_analyze_orientation orientation; /* of the template */
    vx_volume template_image;
    double template_overlap;  /* share of the voxels of the first mask that the template covers */
    void (*say)(const char *remark); /* null: nobody is told the remark on the template */
    bool template_resampled;  /* its grid differs from that of the results */
    struct vx_ground *ground; /* of every modality (ground.h); null until one is needed */
    struct vx_kept_maps *kept; /* maps that were read (kept.h); null: none */
    vx_files *files;
    vx_pictures pictures;     /* drawn so far */
    vx_page *page;
    bool circular;            /* the warning of vx_put_circular stands on the page */
    vx_status status;         /* the first failure; later steps do nothing */
    vx_error *error;
} vx_report;

typedef struct vx_section {
    const char *id, *title;   /* id: of the <section>, and the target of the contents */
    bool (*applies)(const vx_report *report); /* null: always */
    void (*write)(vx_report *report);         /* writes the content below the title */
    void (*contents)(vx_report *report);      /* writes items of a nested list of contents; may be null */
} vx_section;

/* Whether the results have images: for `applies` of the sections about voxels. */
bool vx_report_has_images(const vx_report *report);

/* Reads the template that is given, or else finds one, and its least overlap with the masks of the modalities, whose
 * grids may differ. Errors: VX_INPUT if a given one cannot be read, is of another space or does not overlap.
 * vx_report_free_template releases it. */
vx_status vx_report_read_template(vx_report *report, vx_error *error);
void vx_report_free_template(vx_report *report);

/* The last component of the template's path, of the one that is not used too; null without a template. */
const char *vx_report_template_name(const vx_report *report);

/* A file for the page that is embedded in the program ("report.css"); null if the build left it out. */
const char *vx_page_file(const char *name);

/* A picture of the report. It becomes the files <name>.png and <name>.svg, and the page shows the SVG if it is
 * `vector`, else a WebP. `alt` describes the picture in words and numbers; `caption` is plain text; null: none,
 * where the text beside it says what it shows. */
typedef struct vx_picture {
    const char *name;         /* of the files, without the ending */
    vx_drawing drawing;
    bool vector;
    const char *alt, *caption;
} vx_picture;

void vx_report_picture(vx_report *report, const vx_picture *picture);

/* Another use of the sections than the page, which takes their pictures: `voxstat figure`. */
typedef struct vx_picture_taker {
    bool (*wants)(void *of, const char *name);
    vx_status (*take)(void *of, const vx_picture *picture, vx_error *error); /* draws it while it is there */
    void *of;
} vx_picture_taker;

/* Whether a picture of that name is wanted: sections need not compute others. The page wants all. */
bool vx_report_wants(const vx_report *report, const char *name);

/* The part of the page for one effect. Each function is a file in sections/; effects.c calls them in order. */
typedef struct vx_effect_view {
    const vx_results_modality *modality;
    const vx_results_effect *effect;
    const char *id;           /* of the <article>: letters, digits and '-' */
} vx_effect_view;

void vx_effect_headline(vx_report *report, const vx_effect_view *view); /* writes sentences without a <p> */
void vx_effect_detectable(vx_report *report, const vx_effect_view *view);
void vx_effect_maps(vx_report *report, const vx_effect_view *view);
void vx_effect_volumes(vx_report *report, const vx_effect_view *view); /* nothing without search volumes */
void vx_effect_clusters(vx_report *report, const vx_effect_view *view);
void vx_effect_values(vx_report *report, const vx_effect_view *view);
void vx_effect_calibration(vx_report *report, const vx_effect_view *view); /* nothing without an alarm */
void vx_effect_null(vx_report *report, const vx_effect_view *view);
void vx_effect_qq(vx_report *report, const vx_effect_view *view);

/* Warns that what is shown was chosen by the same data: in words where it is the first to do so, else by a link. */
void vx_put_circular(vx_report *report);

/* The participants on whom a line hangs, in sentences with a space before each; "" where there are none. The caller
 * frees; null where memory is short. `name` has those of the line's points, and `slope` says what is told without one:
 * "slope" or "mean". *marked (n) becomes true for them. */
char *vx_influence_words(const vx_line *line, const char *const *name, const char *slope, bool *marked);

/* Writes the attributes of an element that leads to an effect in the viewer: which effect, and its peak. */
void vx_viewer_target(vx_page *page, const vx_results_effect *effect);

/* The answers of all effects by the primary correction, at the top of the page, and above them what quality control
 * flags. */
void vx_answers_warnings(vx_report *report);
void vx_answers(vx_report *report);

/* The name of an effect of the study, the mean first; null after the last one. */
const char *vx_answers_effect(const vx_results *results, size_t which);

/* The answer of an effect in sentences, and that of the regions of a modality, or the markers (null), under an effect.
 * Both write paragraphs. */
void vx_answer_of_effect(vx_report *report, const vx_effect_view *view);
void vx_answer_of_outcomes(vx_report *report, const char *modality, const char *effect);

/* Small pictures for the answers: `slices` axial slices through the largest peaks of an effect, and the forest plot of
 * the regions of a modality, or of the markers (null), under an effect, as files of that name. */
void vx_effect_glance(vx_report *report, const vx_effect_view *view, int slices);
void vx_outcome_glance(vx_report *report, const char *modality, const char *effect, const char *name);

/* A box of the flow of participants: who was left out on the way to the next one. Nothing where nobody was. */
void vx_put_left_out(vx_page *page, const vx_results_left_out *left_out, size_t count);

/* The participants of the markers, as a flow: a part of the section on the design. */
void vx_design_markers(vx_report *report);

/* The covariates of a modality's models, or of the markers alone (null): a part of the section on the design. */
void vx_design_covariates(vx_report *report, const vx_results_modality *modality);

/* The flagged images of a modality, pictures of all, and their figures: a part of the section on quality. */
void vx_quality_images(vx_report *report, const vx_results_modality *modality);

/* The sections of regions and markers. outcomes.c calls the parts, each a file in sections/, for every view. `stem`
 * begins the names of its pictures; `ending` ends them. */
typedef struct vx_outcome_part {
    const vx_outcome_view *view;
    char *stem;
    const char *ending;
} vx_outcome_part;

void vx_outcomes_write(vx_report *report, vx_outcome_kind kind);
bool vx_outcomes_apply(const vx_report *report, vx_outcome_kind kind);
void vx_outcome_question(vx_report *report, const vx_outcome_part *part);
void vx_outcome_forest(vx_report *report, const vx_outcome_part *part);
void vx_outcome_beside(vx_report *report, const vx_outcome_part *part); /* nothing without values beside */
void vx_outcome_matrix(vx_report *report, const vx_outcome_part *part);
void vx_outcome_sessions(vx_report *report, const vx_outcome_part *part);
void vx_outcome_scatter(vx_report *report, const vx_outcome_part *part);
void vx_outcome_table(vx_report *report, const vx_outcome_part *part);

/* Which outcomes of a view are significant under a covariate, or in their mean (null): a sentence without its full
 * stop. */
void vx_outcome_answer(vx_report *report, const vx_outcome_view *view, const char *covariate);

/* The id of the table of a modality's regions, or of the markers (null), under an effect. The row of the i-th outcome
 * of the results has the id "outcome-<i>". */
enum { VX_OUTCOME_ID = 64 };
void vx_outcome_id(const vx_results *results, const char *modality, const char *effect, char id[VX_OUTCOME_ID]);

/* Writes "all 16,384 sign flips" or "10,000 random permutations": the relabellings of an effect kind's tests in a view,
 * or in all results where `view` is null. "8,192 to 16,384" where they differ. */
void vx_outcome_relabellings(vx_report *report, const vx_outcome_view *view, vx_effect_kind kind);

/* Adds the picture <stem>_<name><ending> of a part. Takes `alt` and `caption`; null: memory ran out. */
void vx_outcome_picture(vx_report *report, const vx_outcome_part *part, const char *name, vx_drawing drawing, char *alt,
                        char *caption);

#endif
