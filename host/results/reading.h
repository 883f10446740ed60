/* What the parts of the reader share: results.c opens and reads results.h5, read_run.c reads run.json, read_clusters.c
 * the tables of clusters, and check.c holds their figures against one another.
 *
 * A folder may come from anybody. What has been read is of the right types, its texts that become paths are safe, and
 * its figures agree, so that nothing later has to doubt them. */
#ifndef VX_RESULTS_READING_H
#define VX_RESULTS_READING_H

#include "results/results.h"
#include "space/grid.h"

/* A folder in the reading. Once something has failed, what follows does nothing, and the end says so. */
typedef struct vx_reading {
    vx_results *results;
    vx_status status;
    vx_error *error;
} vx_reading;

/* Zeroed memory; null where memory is short or something has failed. */
void *vx_reading_array(vx_reading *r, size_t count, size_t size);

/* Fails (VX_INPUT) with a sentence about run.json, unless something has failed already. */
void vx_reading_fail(vx_reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Loads run.json, checks its version and fills everything that it knows. */
void vx_read_run(vx_reading *r);

/* The cluster table of an effect. */
void vx_read_clusters(vx_reading *r, const vx_results_modality *modality, vx_results_effect *effect);

/* Whether the figures of run.json agree; what it counts bounds what is read from the other files. */
void vx_check_run(vx_reading *r);

/* Whether a cluster can be one of the modality and effect; `number` is its row, from 1. */
bool vx_check_cluster(const vx_results_modality *modality, const vx_cluster *cluster, size_t number);

#endif
