/* What the parts of the reader share: results.c opens and reads results.h5, results_json.c reads run.json, and
 * results_clusters.c the tables of clusters. */
#ifndef VX_REPORT_READING_H
#define VX_REPORT_READING_H

#include "report/results.h"

/* A folder in the reading. Once something has failed, what follows does nothing, and the end says so. */
typedef struct vx_reading {
    vx_results *results;
    vx_status status;
    vx_error *error;
} vx_reading;

/* Zeroed memory; null where memory is short or something has failed. */
void *vx_reading_room(vx_reading *r, size_t count, size_t size);

/* Loads run.json, checks its version and fills everything that it knows. */
void vx_read_run(vx_reading *r);

/* The cluster table of an effect. */
void vx_read_clusters(vx_reading *r, vx_results_effect *effect);

#endif
