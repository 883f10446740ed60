/* The raw image that a derivative was made from. */
#ifndef VX_BIDS_RAW_H
#define VX_BIDS_RAW_H

#include "bids/entities.h"

/* Finds it for an image of the dataset `top`, if that is <raw>/derivatives/<name>: in sub-X/ses-Y of <raw>, the only
 * image of the suffix that the image's own comes from (pet for pet, asl for cbf, T1w for tissues), among those whose
 * entities the image does not contradict. *raw, which the caller frees, is null where it finds no image or several.
 * Errors: VX_INTERNAL where memory is short. */
vx_status vx_raw_find(const char *top, const vx_entities *image, char **raw, vx_error *error);

#endif
