/* NIDM-Results 1.3 packs (http://nidm.nidash.org/specs/nidm-results_130.html) of a results folder: one zip an effect,
 * <modality>_<effect>.nidm.zip, that holds nidm.ttl, a graph of how the result came about, and the maps it names.
 *
 * A pure function of the folder and the options: the same results give the same bytes. */
#ifndef VX_NIDM_NIDM_H
#define VX_NIDM_NIDM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What made the images: nothing in a results folder tells. */
typedef enum vx_instrument {
    VX_INSTRUMENT_UNKNOWN, VX_INSTRUMENT_MRI, VX_INSTRUMENT_PET, VX_INSTRUMENT_SPECT, VX_INSTRUMENT_EEG,
    VX_INSTRUMENT_MEG
} vx_instrument;

typedef struct vx_nidm_options {
    const char *out;              /* where the packs go, made where it is missing; null: into the folder */
    bool force;                   /* replace packs that are there */
    vx_instrument instrument;
    const char *const *modality;  /* the names of those wanted */
    size_t modalities;            /* 0: every one */
} vx_nidm_options;

/* Writes the packs, each whole or not at all, and none before all are made; their number into *packs. Those in the
 * folder are listed in its run.json.
 * Errors: VX_INPUT for results that are incomplete or of another version; VX_USAGE for a modality that they do not
 * have; VX_OUTPUT where a pack is there already, or cannot be written. */
vx_status vx_nidm_write(const char *folder, const vx_nidm_options *options, size_t *packs, vx_error *error);

#endif
