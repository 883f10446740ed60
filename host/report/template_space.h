/* Which standard space a template and the images are in, as far as names of files and headers tell. */
#ifndef VX_REPORT_TEMPLATE_SPACE_H
#define VX_REPORT_TEMPLATE_SPACE_H

#include "results/results.h"

/* The label of a space, as BIDS and TemplateFlow write it ("MNI152NLin6Asym"); null: not known. Owned. */
typedef struct vx_space_label {
    char *name;
    bool by_header; /* "MNI" or "Talairach": the header tells no more */
} vx_space_label;

/* The space of a template: by the entity tpl or space of its name, or by a name that FSL, SPM or the MNI gave it; by
 * its header where that contradicts, or the name tells nothing. */
vx_status vx_space_of_template(const char *path, const vx_grid *grid, vx_space_label *label, vx_error *error);

/* The space of the images of a modality: by the entity space of the first that has one, or by their headers. */
vx_status vx_space_of_images(const vx_results *results, const vx_results_modality *modality, vx_space_label *label,
                             vx_error *error);

bool vx_space_is_mni(const vx_space_label *label);

typedef enum vx_space_relation {
    VX_SPACES_AGREE,    /* or one of them is not known */
    VX_SPACES_VARIANTS, /* two of MNI's, which differ by millimetres */
    VX_SPACES_DIFFER,
} vx_space_relation;

vx_space_relation vx_space_compare(const vx_space_label *a, const vx_space_label *b);

#endif
