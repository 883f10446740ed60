/* The alternatives of a run in its files; vx_write_sensitivity writes sensitivity.tsv. */
#ifndef VX_OUTPUT_SENSITIVITY_H
#define VX_OUTPUT_SENSITIVITY_H

#include "outcome/sensitivity.h"
#include "output/h5.h"

#include <jansson.h>

/* VX_KEY_SENSITIVITY of run.json; null where memory is short. */
json_t *vx_sensitivity_json(const vx_sensitivity *sensitivity);

/* Writes the group VX_GROUP_SENSITIVITY. */
void vx_h5_put_sensitivity(vx_h5 *h5, const vx_sensitivity *sensitivity);

#endif
