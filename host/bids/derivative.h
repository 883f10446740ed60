/* The place and name of an image that is made of a participant's images, in a BIDS derivative:
 *
 *     sub-01/pet/sub-01_trc-18FFDG_space-MNI152NLin6Asym_res-2_desc-change_pet.nii.gz
 *
 * Entities are those on which the images agree and that BIDS 1.11.1 lets this kind of data have. */
#ifndef VX_BIDS_DERIVATIVE_H
#define VX_BIDS_DERIVATIVE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct vx_derivative_of {
    const char *participant;    /* a label: letters and digits */
    const char *session;        /* a label; null: of several sessions */
    const char *modality;       /* a label, which is the suffix */
    const char *description;    /* the label of desc */
    const char *const *image;   /* images: the paths that it is made of */
    size_t images;
    bool regridded;             /* their resolution is not its own */
} vx_derivative_of;

/* Owned; vx_derivative_destroy releases it. */
typedef struct vx_derivative {
    char *folder;      /* "sub-01/pet" */
    char *stem;        /* the name without its ending */
    char *space;       /* the labels in it; null without one */
    char *resolution;
} vx_derivative;

vx_status vx_derivative_name(const vx_derivative_of *of, vx_derivative *derivative, vx_error *error);
void vx_derivative_destroy(vx_derivative *derivative);

/* Whether BIDS has a suffix of this name for such images. Others have to be listed in .bidsignore. */
bool vx_bids_suffix(const char *modality);

/* Labels made of texts: the letters and digits of each, without `key` and "-" in front ("x" where none is left). Where
 * two would be the same, the later one gets "2", "3" ... appended. The caller frees each of `label`, which start as
 * null. Errors: VX_INTERNAL where memory is short. */
vx_status vx_bids_labels(const char *key, const char *const *text, size_t count, char **label, vx_error *error);

#endif
