/* The parts of the reader: results.c opens the folder and reads results.h5, read_run.c reads run.json, read_clusters.c
 * reads the tables of clusters, and check.c compares their figures.
 *
 * A folder is untrusted. The reader accepts values of the right types only, texts that are safe as paths, and
 * consistent figures, so that later code need not check them again. */
#ifndef VX_RESULTS_READING_H
#define VX_RESULTS_READING_H

#include "results/results.h"
#include "space/grid.h"

/* The state of reading a folder. After a failure, every function below does nothing and keeps the first error. */
typedef struct vx_reading {
    vx_results *results;
    vx_status status;
    vx_error *error;
} vx_reading;

/* Zeroed memory; null where memory is short or after a failure. */
void *vx_reading_array(vx_reading *r, size_t count, size_t size);

/* Fails (VX_INPUT) with a message about run.json. */
void vx_reading_fail(vx_reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A key in a message. */
#define VX_QUOTED(key) "\"" key "\""

/* Loads run.json, checks its version, and fills the results from it. */
void vx_read_run(vx_reading *r);

/* Reads the cluster table of an effect. */
void vx_read_clusters(vx_reading *r, const vx_results_modality *modality, vx_results_effect *effect);

/* Fails unless the figures of run.json agree. Its counts bound what is read from the other files. */
void vx_check_run(vx_reading *r);

/* Whether a cluster is possible in the modality; `number` is its row, from 1. */
bool vx_check_cluster(const vx_results_modality *modality, const vx_cluster *cluster, size_t number);

#endif
