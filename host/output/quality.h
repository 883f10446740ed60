/* Quality control in the results: quality.tsv with its data dictionary, /quality in results.h5, "quality" of a modality
 * in run.json. */
#ifndef VX_OUTPUT_QUALITY_H
#define VX_OUTPUT_QUALITY_H

#include "output/h5.h"
#include "output/record.h"

#include <jansson.h>

/* Of the modality of an entry, which has quality control. */
void vx_h5_put_quality(vx_h5 *h5, const vx_entry *entry);
json_t *vx_quality_json(const vx_record *record, const vx_record_modality *modality);

#endif
