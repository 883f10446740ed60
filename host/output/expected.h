/* The comparisons with expected changes in the files of a run; vx_write_expected writes expected.tsv. */
#ifndef VX_OUTPUT_EXPECTED_H
#define VX_OUTPUT_EXPECTED_H

#include "outcome/expected.h"
#include "output/h5.h"

#include <jansson.h>

/* VX_KEY_EXPECTED of run.json; null where memory is short. */
json_t *vx_expected_json(const vx_expected_comparisons *expected);

/* Writes the group VX_GROUP_EXPECTED. */
void vx_h5_put_expected(vx_h5 *h5, const vx_expected_comparisons *expected);

#endif
