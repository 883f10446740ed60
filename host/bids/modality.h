/* Which files hold a modality, where no filter says otherwise (docs/bids.md). */
#ifndef VX_BIDS_MODALITY_H
#define VX_BIDS_MODALITY_H

#include "bids/filter.h"

enum { VX_BIDS_CONDITIONS = 4 };

/* One form in which a modality is found. */
typedef struct vx_bids_form {
    const char *modality;
    vx_condition condition[VX_BIDS_CONDITIONS]; /* up to the first without a key */
} vx_bids_form;

/* The forms of a modality, the preferred one first; *forms is their number. With `map`, those of a map of tissue that
 * other images are corrected by: gm and wm are shares of voxels then, neither modulated nor smoothed. A modality
 * without forms of its own has one, in `other`, which the caller provides: its name is the suffix, and desc is preproc
 * or absent. */
const vx_bids_form *vx_bids_forms(const char *modality, bool map, vx_bids_form *other, size_t *forms);
size_t vx_bids_form_conditions(const vx_bids_form *form);

/* The modalities with forms of their own that are looked for where none is named: pet, cbf, gm. */
extern const char *const vx_bids_usual[];
extern const size_t vx_bids_usuals;

/* Whether an image lies in the space of a person, where voxels cannot be compared: its name has no space, or one of
 * BIDS's names for such spaces. The names of CAT12 tell it by their prefix, where "w" means warped. */
bool vx_bids_native(const vx_entities *entities);

/* Whether a tissue map holds densities: one that was warped without the modulation that keeps volumes. */
bool vx_bids_unmodulated(const vx_entities *entities);

#endif
