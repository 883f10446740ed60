/* What the parts of `voxstat run` share: run.c does the work, plan.c says what will be done, progress.c how far it is,
 * provenance.c writes down what came out. */
#ifndef VX_CLI_RUN_H
#define VX_CLI_RUN_H

#include "base/remarks.h"
#include "cli/arguments.h"
#include "image/sources.h"
#include "output/output.h"

#include <stdio.h>

typedef struct vx_run_modality {
    const vx_study_modality *study;
    vx_matrix *matrix;
    vx_mask_report mask;
    vx_sources sources;
    vx_model *model;
    vx_plan *plan;      /* model->effects of them, as are the results */
    vx_result **result;
} vx_run_modality;

typedef struct vx_run {
    const vx_arguments *arguments;
    bool quiet, verbose;
    int threads;                /* 0: all */
    vx_design design;
    vx_model_options model;
    vx_inference_options inference;
    vx_mask_options mask;
    vx_p_format p_format;
    const char *out;
    vx_folder_options place;    /* of the folder at `out`; the two below are what it points to */
    const char **protected;     /* place.inputs: every file that is read */
    char *recover;
    vx_study *study;
    vx_device *device;
    vx_run_modality *modality;  /* study->modalities of them */
    vx_source template;
    vx_source **source;         /* sources: every volume that is read: the mask, the template, the images */
    size_t sources;
    vx_remarks remarks;
    char started[32];           /* ISO 8601, UTC */
    double start, seconds_read, seconds_infer, seconds_write, seconds_report;
} vx_run;

/* Prints to stderr, unless the run is quiet. */
void vx_say(const vx_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says a remark and keeps it for the results. Errors: VX_INTERNAL where memory is short. */
vx_status vx_run_remark(vx_run *run, vx_error *error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* plan.c: what is subtracted and who is used, before the images are read; masks, designs and device, after; and when
 * there are results, what limits them. What a reader of the results must know too becomes a remark. Errors: VX_INTERNAL
 * where memory is short. */
vx_status vx_plan_say_study(vx_run *run, vx_error *error);
void vx_plan_say_mask(const vx_run *run, const vx_run_modality *modality);
vx_status vx_plan_say_effects(vx_run *run, vx_error *error);
vx_status vx_plan_say_results(vx_run *run, vx_error *error);

/* corrections.c: the VX_CORRECT_ flags whose words are given (VX_USAGE where they do not go together), and what is
 * corrected over all effects once each has its own p. */
vx_status vx_corrections_read(const vx_arguments *arguments, unsigned *correct, vx_error *error);
vx_status vx_corrections_over_effects(vx_run *run, vx_error *error);

/* inputs.c: sets up run->modality and the list of sources, before anything of them is read but the template. */
vx_status vx_inputs_list(vx_run *run, vx_error *error);

/* place.c: where the results go. begin makes the folder, after what a killed run left there has been told of, removed
 * or recovered: then *recovered is true, and there is nothing to compute. Names too long for files are found there, and
 * by check, once voxels and relabellings are known, too little room. */
vx_status vx_place_begin(vx_run *run, vx_folder **folder, bool *recovered, vx_error *error);
vx_status vx_place_check(const vx_run *run, const vx_folder *folder, vx_error *error);

/* What killed runs left beside place->out: told of on stderr unless `quiet`, and dealt with as `how` says, of the
 * choices of --leftovers. *recover is what is to be put in place, or null; the caller frees. */
vx_status vx_place_leftovers(const vx_folder_options *place, int how, bool quiet, char **recover, vx_error *error);

/* provenance.c: writes all results into `folder` with every option, input and time. Inputs that changed while the
 * analysis ran, or are gone, are remarked on. */
vx_status vx_provenance_write(vx_run *run, const char *folder, vx_error *error);

#endif
