/* Output: everything that a run leaves, and the record that explains it.
 *
 * The run fills a vx_record; the writers only read it. Everything is written into a temporary folder beside --out and
 * renamed when whole (vx_folder_*), so nothing half-written is left behind. */
#ifndef VX_OUTPUT_OUTPUT_H
#define VX_OUTPUT_OUTPUT_H

#include "base/remarks.h"
#include "image/means.h"
#include "results/p_format.h"
#include "results/schema.h"
#include "voxstat/voxstat.h"

typedef struct vx_input_file {
    const char *path, *participant, *column;
    char sha256[65];
} vx_input_file;

typedef struct vx_record_modality {
    const char *name;
    const vx_study_modality *study;
    const vx_matrix *matrix;
    vx_mask_report mask;
    const vx_model *model;
    vx_result *const *result; /* model->effects of them */
    const vx_means *means;    /* of vx_measure; null: nothing is written about it */
} vx_record_modality;

typedef struct vx_option_value { const char *name, *value; } vx_option_value;

typedef struct vx_record {
    const char *version, *command_line;
    const vx_device_info *device;
    const vx_option_value *option; /* every option with the value that was in force */
    size_t options;
    vx_input_file *input;
    size_t inputs;
    const char *started; /* ISO 8601, UTC */
    double seconds_read, seconds_infer, seconds_total;
    const vx_study *study;
    const vx_record_modality *modality;
    size_t modalities;
    vx_p_format p_format;
    const vx_remarks *remarks; /* null: none */
    const char *not_written; /* what could not be, for run.json; null: nothing */
} vx_record;

/* A results folder in the making. */
typedef struct vx_folder vx_folder;

typedef struct vx_folder_options {
    const char *out;
    bool force;               /* replace a folder that is there (vx_replace_check says which) */
    const char *kind;         /* of manifest.h */
    const char *const *input; /* every file that is read: none may lie in a folder that is replaced */
    size_t inputs;
    uint64_t bytes_needed;
    const char *recover;      /* what an interrupted run left (vx_leftover.path), to be committed as it is; or null */
} vx_folder_options;

/* begin makes a temporary folder beside `out`, as open to others as a folder that it will replace, and the parents of
 * `out` where they are missing; VX_OUTPUT where `out` exists (unless `force`), or its parent cannot be written or has
 * not `bytes_needed` free. `options` and what it names must live until the end.
 *
 * commit brings everything to the disk and puts the temporary folder in the place of `out` in one step; only then an
 * old one is removed. Where that fails, the results stay in the temporary folder and the message says so: they are
 * whole. abandon removes all that begin made. Both free, and both take null. */
vx_status vx_folder_begin(const vx_folder_options *options, vx_folder **folder, vx_error *error);
const char *vx_folder_path(const vx_folder *folder);
vx_status vx_folder_commit(vx_folder *folder, vx_error *error);
void vx_folder_abandon(vx_folder *folder);

/* VX_OUTPUT where the file system of the folder has less than `bytes` free. */
vx_status vx_folder_check_room(const vx_folder *folder, uint64_t bytes, vx_error *error);

/* Whether it has a run.json: then it may be committed. */
bool vx_folder_has_record(const vx_folder *folder);

/* Frees, and leaves the temporary folder with what is in it. False where that is nothing: then it goes. */
bool vx_folder_keep(vx_folder *folder);

/* The longest name that a file in it may have, in bytes. */
size_t vx_folder_name_max(const vx_folder *folder);

/* Reads the images of a modality once more, for their means over the mask (region 0) and over the first
 * VX_MEASURED_CLUSTERS clusters of every effect, the largest (regions from vx_measured_region on), and for the mean
 * image. The matrix was read from `sources`. The caller frees with vx_means_free. */
vx_status vx_measure(const vx_record_modality *modality, vx_sources *sources, int threads, vx_means **means,
                     vx_error *error);
size_t vx_measured_region(const vx_record_modality *modality, int64_t effect);
size_t vx_measured_clusters(const vx_result *result);

/* Writes every file of a run into `folder` (docs/results.md). Where a part fails, the others are written all the same:
 * run.json, the last, names it, and so does the error. */
vx_status vx_write_results(const char *folder, const vx_record *record, vx_error *error);

/* The parts of vx_write_results. */
vx_status vx_write_maps(const char *folder, const vx_record *record, vx_error *error);      /* NIfTI */
vx_status vx_write_clusters(const char *folder, const vx_record *record, vx_error *error);  /* TSV */
vx_status vx_write_hdf5(const char *folder, const vx_record *record, vx_error *error);      /* results.h5 */
vx_status vx_write_json(const char *folder, const vx_record *record, vx_error *error);      /* run.json */

#endif
