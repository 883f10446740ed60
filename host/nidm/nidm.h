/* Export of a results folder as NIDM-Results 1.3 packs (http://nidm.nidash.org/specs/nidm-results_130.html). Each
 * effect gets a zip file <modality>_<effect>.nidm.zip with nidm.ttl, a graph of the analysis, and the maps that it
 * refers to.
 *
 * Packs are a pure function of the folder and the options: the same results give the same bytes. */
#ifndef VX_NIDM_NIDM_H
#define VX_NIDM_NIDM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The instrument that acquired the images. A results folder does not record it. */
typedef enum vx_instrument {
    VX_INSTRUMENT_UNKNOWN, VX_INSTRUMENT_MRI, VX_INSTRUMENT_PET, VX_INSTRUMENT_SPECT, VX_INSTRUMENT_EEG,
    VX_INSTRUMENT_MEG
} vx_instrument;

typedef struct vx_nidm_options {
    const char *out;              /* folder for the packs, created if missing; null: the results folder */
    bool force;                   /* replace existing packs */
    vx_instrument instrument;
    const char *const *modality;  /* names of the modalities to export */
    size_t modalities;            /* their number; 0: all */
} vx_nidm_options;

/* Writes the packs and sets *packs to their number. All packs are made before the first is written, and each is written
 * atomically. Packs in the results folder are listed in its run.json.
 * Errors: VX_INPUT for results that are incomplete or of another version; VX_USAGE for a modality without results;
 * VX_OUTPUT if a pack exists already or cannot be written. */
vx_status vx_nidm_write(const char *folder, const vx_nidm_options *options, size_t *packs, vx_error *error);

#endif
