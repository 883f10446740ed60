/* Output: the files of a run.
 *
 * The run fills a vx_record, which the writers only read. They write into a temporary folder beside --out, which is
 * renamed when complete (vx_folder_*), so that no partial results are left behind. */
#ifndef VX_OUTPUT_OUTPUT_H
#define VX_OUTPUT_OUTPUT_H

#include "atlas/regions.h"
#include "base/remarks.h"
#include "image/mask.h"
#include "outcome/expected.h"
#include "outcome/outcome.h"
#include "outcome/sensitivity.h"
#include "prepare/scaling.h"
#include "quality/quality.h"
#include "results/p_format.h"
#include "results/schema.h"
#include "voxstat/voxstat.h"

#include <jansson.h>

typedef struct vx_input_file {
    const char *path, *participant, *column;
    char sha256[65];
    const vx_step *step; /* steps: what was done to the volume after reading; borrowed */
    size_t steps;
} vx_input_file;

/* The tests within a search volume of a modality. Owned by the run; vx_record_volume_destroy releases it. */
typedef struct vx_record_volume {
    char *name;         /* the family of its regions */
    vx_matrix *matrix;  /* the modality's data at its voxels */
    vx_result **result; /* model->effects of them */
    int64_t results;    /* of those: the ones computed so far */
} vx_record_volume;
void vx_record_volume_destroy(vx_record_volume *volume);

typedef struct vx_record_modality {
    const char *name;
    vx_change change;         /* how two sessions become one value */
    const char *units;        /* of the images after their preparation; null: not known */
    const vx_study_modality *study;
    const vx_matrix *matrix;
    const vx_sources *sources; /* of the matrix; null: not known, so that its images cannot be kept */
    vx_mask_report mask;
    const vx_survey *survey;  /* null: not written */
    const vx_quality *quality; /* null: not written */
    const vx_model *model;
    vx_result *const *result; /* model->effects of them */
    const vx_means *means;    /* of vx_measure; null: not written */
    const vx_regions *atlas;  /* the regions in which clusters lie; null: no atlas */
    const vx_record_volume *volume; /* volumes: the search volumes */
    size_t volumes;
    const double *smoothness; /* 3: FWHM of the residuals, mm along the axes of the grid; null: not estimated */
    const vx_step *step;      /* steps: the preparation of its images; the figures are those of the first image */
    size_t steps;
    const vx_candidates *reference; /* the reference region that was chosen by the data; null: none was */
    const vx_scaling *scaling; /* what they were scaled by, by session; its step is null where they were not */
} vx_record_modality;

typedef struct vx_option_value { const char *name, *value; } vx_option_value;

typedef struct vx_record {
    const char *version, *command_line;
    const vx_device_info *device;
    const vx_option_value *option; /* every option with the value used */
    size_t options;
    vx_input_file *input;
    size_t inputs;
    const char *started; /* ISO 8601, UTC */
    double seconds_read, seconds_infer, seconds_total;
    const vx_study *study;
    const char *const *covariate_units; /* study->covariates, null where not known; null: of none */
    const char *pairing;  /* the table of a BIDS folder, as TSV; null: the study is of a table */
    const json_t *pairing_dictionary;
    const vx_record_modality *modality;
    size_t modalities;
    const vx_outcome *outcome; /* regions and markers */
    size_t outcomes;
    const vx_outcome_tests *outcome_tests; /* of them; null: none */
    const vx_expected_comparisons *expected; /* of outcomes with expected changes; null: none */
    const vx_sensitivity *sensitivity; /* the run beside its alternatives; null: none */
    bool prepared;         /* the rows of the matrices are written as images, from the sources of the modalities */
    vx_p_format p_format;
    vx_quantity primary; /* the primary correction (infer/quantity.h); VX_P_UNCORRECTED: none */
    double peak_distance; /* mm between the sub-peaks of a cluster */
    const vx_remarks *remarks; /* null: none */
    const char *not_written; /* the parts that could not be written, for run.json; null: none */
} vx_record;

/* A results folder that is being written. */
typedef struct vx_folder vx_folder;

typedef struct vx_folder_options {
    const char *out;
    bool force;               /* replace an existing folder that vx_replace_check accepts */
    const char *kind;         /* VX_KIND_... */
    const char *const *input; /* every file that is read: the replaced folder must contain none */
    size_t inputs;
    uint64_t bytes_needed;
    const char *recover;      /* a leftover (vx_leftover.path) to commit unchanged; or null */
} vx_folder_options;

/* vx_folder_begin makes a temporary folder beside `out`, with the access of the folder that it will replace, and the
 * missing parents of `out`. `options` and everything in it must outlive the folder. Errors: VX_OUTPUT where `out`
 * exists (unless `force`), or where its parent is not writable or has less than `bytes_needed` free.
 *
 * vx_folder_commit syncs all files to the disk and renames the temporary folder to `out` in one step; an old folder is
 * removed after that. On failure the results stay complete in the temporary folder, which the message names.
 * vx_folder_abandon removes everything that begin made. Both free the folder, and accept null. */
vx_status vx_folder_begin(const vx_folder_options *options, vx_folder **folder, vx_error *error);
const char *vx_folder_path(const vx_folder *folder);
vx_status vx_folder_commit(vx_folder *folder, vx_error *error);
void vx_folder_abandon(vx_folder *folder);

/* VX_OUTPUT where the file system of the folder has less than `bytes` free. */
vx_status vx_folder_check_space(const vx_folder *folder, uint64_t bytes, vx_error *error);

/* Whether the folder has a run.json and so may be committed. */
bool vx_folder_has_record(const vx_folder *folder);

/* Frees, and keeps the temporary folder with its files. False where it is empty, and so is removed. */
bool vx_folder_keep(vx_folder *folder);

/* The maximum length of a file name in the folder, in bytes. */
size_t vx_folder_name_max(const vx_folder *folder);

/* Reads the images of a modality again for the mean image, and for their means over the mask (region 0) and over the
 * VX_MEASURED_CLUSTERS largest clusters of every effect (regions from vx_measured_region on). The matrix was read from
 * `sources`. The caller frees with vx_means_free. */
vx_status vx_measure(const vx_record_modality *modality, vx_sources *sources, int threads, vx_means **means,
                     vx_error *error);
size_t vx_measured_region(const vx_record_modality *modality, int64_t effect);
size_t vx_measured_clusters(const vx_result *result);

/* Writes every file of a run into `folder` (docs/results.md). Where a part fails, the others are still written, and
 * run.json, which comes last, names the part, as does the error. */
vx_status vx_write_results(const char *folder, const vx_record *record, vx_error *error);

/* The parts of vx_write_results. */
vx_status vx_write_maps(const char *folder, const vx_record *record, vx_error *error);      /* NIfTI */
vx_status vx_write_clusters(const char *folder, const vx_record *record, vx_error *error);  /* TSV */
vx_status vx_write_summary(const char *folder, const vx_record *record, vx_error *error);   /* the effects */
vx_status vx_write_outcomes(const char *folder, const vx_record *record, vx_error *error);  /* regions, markers */
vx_status vx_write_expected(const char *folder, const vx_record *record, vx_error *error);  /* expected changes */
vx_status vx_write_sensitivity(const char *folder, const vx_record *record, vx_error *error); /* alternatives */
vx_status vx_write_quality(const char *folder, const vx_record *record, vx_error *error);   /* quality control */
vx_status vx_write_prepared(const char *folder, const vx_record *record, vx_error *error);  /* a BIDS derivative */
vx_status vx_write_pairing(const char *folder, const vx_record *record, vx_error *error);   /* TSV of --bids */
vx_status vx_write_hdf5(const char *folder, const vx_record *record, vx_error *error);      /* results.h5 */
vx_status vx_write_json(const char *folder, const vx_record *record, vx_error *error);      /* run.json */

#endif
