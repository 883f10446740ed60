/* Slots: one image for every participant, session and modality. */
#ifndef VX_BIDS_SLOTS_H
#define VX_BIDS_SLOTS_H

#include "bids/layout.h"
#include "bids/modality.h"

/* The images of one modality. */
typedef struct vx_bids_slots {
    const char *modality;
    const vx_bids_file **file; /* participants x max(sessions, 1); null for an empty slot */
    size_t images;
    const vx_bids_file *native; /* where there are no images: one in native space, or null */
} vx_bids_slots;

/* Where slots are filled from. The layout, the filters and the texts belong to the caller. */
typedef struct vx_bids_search {
    const vx_layout *layout;
    const vx_bids_filters *filters;
    const char *const *participant; /* labels, sorted by strcmp */
    size_t participants;
    const char *const *session;     /* labels; none: the images of names without a session */
    size_t sessions;
} vx_bids_search;

/* Why slots are filled: images of a usual modality, if there are any; of one that was named; or maps of tissue that go
 * with them, of which one without a session is of every session of its participant that has none of its own. */
typedef enum vx_bids_want { VX_BIDS_USUAL, VX_BIDS_NAMED, VX_BIDS_MAP } vx_bids_want;

/* Fills the slots of a modality. Its files are those of the first form of which there is any in a standard space. The
 * caller frees slots->file. Without images it is an error unless the modality is only usual.
 * Errors (VX_INPUT, naming participant, session and files): no image; only images in native space; several images for
 * one slot, with what their names differ in and the option that decides; images in two spaces. */
vx_status vx_bids_slots_fill(const vx_bids_search *search, const char *modality, vx_bids_want want,
                             vx_bids_slots *slots, vx_error *error);

#endif
