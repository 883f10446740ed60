/* The parts of run.json that have a file each. */
#ifndef VX_OUTPUT_JSON_H
#define VX_OUTPUT_JSON_H

#include "output/record.h"

#include <jansson.h>

/* {name, parameters, words} of a step; null where memory is short. */
json_t *vx_step_json(const vx_step *step);

/* [{name, parameters, words, figures}] of steps that were applied; null where memory is short. */
json_t *vx_steps_json(const vx_step *first, size_t steps);

/* Sets VX_KEY_SCALING of an object, unless nothing was scaled, or scaled without a change; returns the object. */
json_t *vx_json_with_scaling(json_t *object, const vx_scaling *scaling);

/* [{participant, reason}]; null where memory is short. */
json_t *vx_left_out_json(const vx_left_out *left_out, size_t count);

/* The list of modalities with all effects; null where memory is short. */
json_t *vx_json_modalities(const vx_record *record, const vx_entry *entry, size_t entries);

#endif
