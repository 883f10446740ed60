/* The parts of the reader: results.c opens the folder and reads results.h5, read_run.c reads run.json (members.c: its
 * values by key), read_outcomes.c the regions and markers, read_quality.c quality control, read_expected.c the
 * comparisons with expected changes, read_sensitivity.c the alternatives, read_clusters.c the tables of clusters, and
 * check.c compares their figures.
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

/* The value of a key of run.json. Fails where it is missing or of another type. After a failure the result is null, 0
 * or "". */
const json_t *vx_get_array(vx_reading *r, const json_t *object, const char *key);
const json_t *vx_get_object(vx_reading *r, const json_t *object, const char *key);
const char *vx_get_text(vx_reading *r, const json_t *object, const char *key);
const char *vx_get_text_or_null(vx_reading *r, const json_t *object, const char *key);
int64_t vx_get_integer(vx_reading *r, const json_t *object, const char *key); /* not negative */
double vx_get_number(vx_reading *r, const json_t *object, const char *key);   /* NaN for null */
bool vx_get_flag(vx_reading *r, const json_t *object, const char *key);

/* A text that becomes part of a path; a place "<modality>/<effect>" in results.h5. */
const char *vx_get_name(vx_reading *r, const json_t *object, const char *key);
const char *vx_get_place(vx_reading *r, const json_t *object, const char *key);

/* The index of the text in `words`, which end with null. */
int vx_get_word(vx_reading *r, const json_t *object, const char *key, const char *const *words);

/* An array of exactly `count` numbers; vx_get_row takes the array itself, and the key for its message. */
void vx_get_numbers(vx_reading *r, const json_t *object, const char *key, size_t count, double *value);
void vx_get_row(vx_reading *r, const json_t *array, const char *key, size_t count, double *value);

/* An array of texts. The caller frees the array; the texts belong to run.json. */
const char **vx_get_texts(vx_reading *r, const json_t *object, const char *key, size_t *count);

/* The participants of VX_KEY_LEFT_OUT. The caller frees the array. */
vx_results_left_out *vx_get_left_out(vx_reading *r, const json_t *object, size_t *count);

/* A key in a message. */
#define VX_QUOTED(key) "\"" key "\""

/* Loads run.json, checks its version, and fills the results from it. */
void vx_read_run(vx_reading *r);

/* Reads a dataset of results.h5 of the given shape (rank 1 or 2) and of finite values; with `gaps` they may also be
 * NaN. The caller frees; null after a failure. */
double *vx_reading_numbers(vx_reading *r, const char *group, const char *place, const char *name, int rank,
                           const size_t *shape, bool gaps);

/* Reads the regions and markers, from run.json and results.h5. */
void vx_read_outcomes(vx_reading *r);

/* Reads the comparisons with expected changes, from run.json and results.h5. */
void vx_read_expected(vx_reading *r);

/* Reads the alternatives to the preparation, from run.json and results.h5. */
void vx_read_sensitivity(vx_reading *r);

/* Reads the quality control of a modality, from run.json and results.h5; results of earlier versions have none.
 * vx_quality_size reads what run.json says. */
void vx_quality_size(vx_reading *r, const json_t *object, vx_results_modality *modality);
void vx_read_quality(vx_reading *r, vx_results_modality *modality);

/* Reads the cluster table of an effect. */
void vx_read_clusters(vx_reading *r, const vx_results_modality *modality, vx_results_effect *effect);

/* Fails unless the figures of run.json agree. Its counts bound what is read from the other files. */
void vx_check_run(vx_reading *r);

/* Whether a cluster is possible in the modality; `number` is its row, from 1. */
bool vx_check_cluster(const vx_results_modality *modality, const vx_cluster *cluster, size_t number);

#endif
