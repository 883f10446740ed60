/* Shared by the parts of `voxstat run`: run.c has the command, settings.c its options, stages.c the stages in memory,
 * study.c reads the table, atlas.c the regions, inputs.c lists the images, bids.c reads a BIDS folder, prepare.c,
 * grid.c, pvc.c, suv.c and units.c have the steps that the images go through and their units, place.c checks the place
 * of the results, plan.c prints the plan, progress.c prints the progress, outcomes.c tests regions and markers,
 * beside.c has the means of regions in other forms, expected.c compares them with expected changes, volumes.c has the
 * search volumes, sensitivity.c the alternatives and choices.c what they are, and provenance.c writes the results. */
#ifndef VX_CLI_RUN_H
#define VX_CLI_RUN_H

#include "atlas/regions.h"
#include "base/remarks.h"
#include "bids/bids.h"
#include "cli/by_modality.h"
#include "cli/progress.h"
#include "image/sources.h"
#include "outcome/expected.h"
#include "outcome/outcome.h"
#include "outcome/sensitivity.h"
#include "output/output.h"
#include "prepare/prepare.h"
#include "prepare/psf.h"

#include <stdio.h>

typedef struct vx_run_modality {
    const vx_study_modality *study;
    vx_matrix *matrix;
    vx_mask_report mask;
    vx_survey survey;
    vx_quality *quality;
    vx_preparation preparation; /* the steps of the sources */
    double *body_weight;    /* n x sessions, kg, of --suv; NaN where the table has none */
    vx_image_tissue *tissue;      /* tissues: n x sessions, of --pvc; null without --psf */
    size_t tissues;
    double *beside[VX_BESIDES]; /* of the tested regions, regions x 2 sessions x n; of one session the second */
    char *units;            /* of the images after their preparation; null: not known */
    vx_regressor adjust;    /* of --scale ancova: the (change of the) global mean, n values, owned; else no name */
    vx_scaling scaling;     /* what the images were divided by, by session */
    vx_sources sources;
    vx_source atlas_source; /* its path is null without an atlas */
    vx_regions atlas;       /* the regions of the atlas on this modality: where clusters lie */
    vx_regions regions;     /* the planned regions, for the tests of regions; without a plan those of the atlas */
    vx_model *model;
    double smoothness[3];     /* FWHM of the residuals, mm along the axes of the grid; NaN: cannot be told */
    vx_record_volume *volume; /* volumes: the search volumes, of the families of the planned regions */
    size_t volumes;
    vx_plan *plan;      /* model->effects of them, as are the results */
    vx_result **result;
} vx_run_modality;

typedef struct vx_run {
    const vx_arguments *arguments;
    const char *choice;         /* of an alternative: the choice that it tries, "scale=none"; null: the run itself */
    bool quiet, verbose;
    int threads;                /* 0: all */
    vx_design design;
    vx_model_options model;
    vx_inference_options inference;
    vx_quantity primary;        /* the primary correction, among inference.correct */
    vx_mask_options mask;
    vx_by_modality scale, reference, change, units, pvc; /* the options of these names */
    vx_psf psf;                 /* of --psf; its text is null without */
    vx_names suv;               /* the modalities of --suv */
    vx_p_format p_format;
    const char *out;
    vx_folder_options place;    /* of the folder at `out`; points to the two members below */
    const char **protected;     /* place.inputs: every file read */
    char *recover;
    vx_bids bids;               /* of --bids; its table is null without */
    vx_study *study;
    int64_t *shared;            /* participants of any modality or marker, ascending, over whom relabellings are made
                                 * (model.shared); null where all have the same participants */
    vx_device *device;
    vx_run_modality *modality;  /* study->modalities of them */
    vx_atlas atlas;             /* its path is null without an atlas */
    vx_region_plan plan;
    vx_source template;
    vx_source **source;         /* sources: every volume read: masks, the atlas, the template, the images */
    size_t sources;
    char **marker_units;        /* study->markers; null: not known */
    char **covariate_units;     /* study->covariates; null: not known */
    vx_outcome *outcome;        /* outcomes: regions of every modality, then markers */
    double **outcome_value;     /* outcomes: the values of both sessions */
    size_t outcomes;
    vx_outcome_tests *outcome_tests; /* null: no region and no marker */
    vx_expected_comparisons *expected; /* null: without --expected */
    struct vx_alternatives *alternatives; /* null: without --sensitivity */
    vx_sensitivity sensitivity; /* without choices: no alternatives */
    vx_remarks remarks;
    char started[32];           /* ISO 8601, UTC */
    double start, seconds_read, seconds_infer, seconds_alternatives, seconds_write, seconds_report;
} vx_run;

/* Prints to stderr, unless the run is quiet. */
void vx_say(const vx_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints a remark and keeps it for the results. Errors: VX_INTERNAL where memory is short. */
vx_status vx_run_remark(vx_run *run, vx_error *error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* settings.c: the settings by the options. Errors: VX_USAGE for what is missing or does not go together. */
vx_status vx_run_settings(const vx_arguments *arguments, vx_run *run, vx_error *error);

/* stages.c: vx_run_compute goes through all stages. Those of one modality also serve the alternatives to a run:
 * vx_run_read_modality reads the images after vx_run_prepare, any number of times, and places the regions;
 * vx_run_plan_modality makes the model; vx_run_infer_modality tests its effects, of vx_run_evaluations relabellings to
 * compute. vx_run_release frees what these three made, so that they can be called again. vx_run_stopped fails where a
 * stop was requested. vx_run_destroy frees what the run owns; an alternative owns no study, atlas or device. */
vx_status vx_run_compute(vx_run *run, const vx_folder *folder, vx_error *error);
vx_status vx_run_read_modality(vx_run *run, vx_run_modality *modality, vx_error *error);
vx_status vx_run_plan_modality(vx_run *run, vx_run_modality *modality, vx_error *error);
vx_status vx_run_infer_modality(vx_run *run, vx_run_modality *modality, vx_progress_state *progress, vx_error *error);
uint64_t vx_run_evaluations(const vx_run_modality *modality);
void vx_run_release(vx_run_modality *modality);
vx_status vx_run_stopped(vx_error *error);
void vx_run_destroy(vx_run *run);

/* study.c: reads run->study. Errors: as of vx_study_read, and VX_USAGE for a wrong number of sessions. */
vx_status vx_run_read_study(vx_run *run, vx_error *error);

/* bids.c: reads run->bids; the labels of sessions are cut to what follows "ses-". Prints what was found and keeps the
 * remarks; does nothing without --bids. Errors: those of vx_bids_read. */
vx_status vx_run_read_bids(vx_run *run, const vx_names *modality, const vx_names *sessions, vx_error *error);
vx_status vx_run_say_bids(vx_run *run, vx_error *error);

/* bids.c: the window of --frames in seconds, unchanged without it (VX_USAGE); remarks on the images that are made of
 * volumes of a larger file, and on those whose sidecar contradicts the header. */
vx_status vx_run_read_frames(const vx_arguments *arguments, double window[2], vx_error *error);
vx_status vx_run_remark_frames(vx_run *run, vx_error *error);

/* Takes over remarks on a modality, which is named where there are several; `name` null: on the run. */
vx_status vx_run_take_remarks(vx_run *run, const char *name, const vx_remarks *remarks, vx_error *error);

/* atlas.c: reads --atlas with its names and --regions, before the images; places the regions on a modality whose matrix
 * was read. Both do nothing without an atlas. */
vx_status vx_run_read_atlas(vx_run *run, vx_error *error);
vx_status vx_run_place_regions(vx_run *run, vx_run_modality *modality, vx_error *error);

/* outcomes.c: tests the regions of every modality, whose images are read again, and the markers. Errors: those of
 * vx_means_read and vx_outcomes_test; VX_INPUT where an image cannot be read again. */
vx_status vx_run_test_outcomes(vx_run *run, vx_error *error);
void vx_run_outcomes_destroy(vx_run *run);

/* beside.c: the means of the `tested` regions (`set`, as they are tested) without partial-volume correction of the
 * images, where --pvc corrects them, and by the geometric transfer matrix, where it asks for this. Errors: those of
 * vx_means_read and vx_gtm_read. */
vx_status vx_run_find_beside(vx_run *run, vx_run_modality *modality, const vx_voxel_set *set, size_t tested,
                             vx_error *error);

/* expected.c: checks the options, before anything is read (VX_USAGE); compares the outcomes with --expected. Errors:
 * those of vx_expected_test; VX_USAGE without outcomes. */
vx_status vx_run_check_expected(const vx_run *run, vx_error *error);
vx_status vx_run_compare_expected(vx_run *run, vx_error *error);

/* volumes.c: makes the search volumes of a modality whose planned regions are placed, and tests effect `e` within them.
 * They do nothing without --regions. Errors: those of vx_infer, with the volume's name in front. */
vx_status vx_run_make_volumes(vx_run *run, vx_run_modality *modality, vx_error *error);
vx_status vx_run_infer_volumes(const vx_run *run, vx_run_modality *modality, int64_t e, vx_progress progress,
                               void *context, vx_error *error);
void vx_run_volumes_destroy(vx_run_modality *modality);

/* plan.c: prints the design and the participants (before the images are read), masks, effects and the device (after
 * that), and the limits of the results. Facts that readers of the results need become remarks. Errors: VX_INTERNAL
 * where memory is short. */
vx_status vx_plan_say_study(vx_run *run, vx_error *error);
void vx_plan_say_mask(const vx_run *run, const vx_run_modality *modality);
void vx_plan_say_quality(const vx_run *run, const vx_run_modality *modality);
vx_status vx_plan_say_effects(vx_run *run, vx_error *error);
vx_status vx_plan_say_results(vx_run *run, vx_error *error);

/* covariates.c: remarks on covariates that others nearly determine, and on participants on whom a slope hangs. */
vx_status vx_run_remark_covariates(vx_run *run, vx_error *error);

/* calibration.c: the effects of all modalities; remarks on those whose t are not spread as chance spreads them. */
size_t vx_run_image_effects(const vx_run *run);
vx_status vx_run_remark_calibration(vx_run *run, vx_error *error);

/* corrections.c: the VX_CORRECT_ flags whose words are given and the primary one of them (VX_USAGE where they do not go
 * together), and what is corrected over all effects once each has its own p. */
vx_status vx_corrections_read(const vx_arguments *arguments, unsigned *correct, vx_quantity *primary, vx_error *error);
vx_status vx_corrections_over_effects(vx_run *run, vx_error *error);

/* prepare.c: the options of the preparation of modality `m`, and its kind of change (VX_USAGE
 * where they contradict each other or the design); adds its steps
 * to the images of a modality before they are read (errors: those of vx_preparation_add_steps); says what they were
 * scaled by, and whether that changed, once they were read; and then makes the regressor of --scale ancova. */
vx_status vx_run_preparation(const vx_run *run, size_t m, vx_preparation_options *options, vx_error *error);
vx_status vx_run_change(const vx_run *run, size_t m, vx_change *change, vx_error *error);
vx_status vx_run_prepare(vx_run *run, vx_run_modality *modality, vx_error *error);
vx_status vx_run_adjust(vx_run_modality *modality, vx_error *error);
vx_status vx_run_say_scaling(vx_run *run, vx_run_modality *modality, vx_error *error);

/* suv.c: checks the names of --suv (VX_USAGE), and finds the body weights of those modalities in the table: the columns
 * body_weight_<session>, body_weight, weight_<session>, weight and weight_kg, the first that is there. */
vx_status vx_run_body_weights(vx_run *run, vx_error *error);

/* pvc.c: reads --psf, before the study (VX_USAGE where it does not go with the others; errors of vx_psf_read); the
 * names of the maps, 0 without --psf, 1 where they share files, else 2; what --pvc asks for of a modality (VX_USAGE);
 * and, when run->modality has the studies, the maps and point spreads of its images (errors of vx_psf_find). */
vx_status vx_run_read_psf(vx_run *run, vx_error *error);
size_t vx_run_pvc_maps(const vx_run *run, const char *name[VX_TISSUE_MAPS]);
vx_status vx_run_pvc_of(const vx_run *run, const char *modality, vx_pvc_method *method, bool *gtm, vx_error *error);
vx_status vx_run_find_tissue(vx_run *run, vx_error *error);
bool vx_run_corrects(const vx_run *run); /* whether images are corrected, when their preparations are known */
void vx_run_tissue_destroy(vx_run_modality *modality);

/* units.c: finds modality->units, run->marker_units and run->covariate_units, when the preparations are known. Errors:
 * those of vx_sidecar_read. vx_run_units_destroy releases those of covariates. */
vx_status vx_run_find_units(vx_run *run, vx_error *error);
void vx_run_units_destroy(vx_run *run);

/* grid.c: the options of the grid and the smoothness of images, which it adds to those of a preparation (VX_USAGE where
 * they contradict each other); finds the smoothness of a modality's residuals when its model is known, and says it. */
vx_status vx_run_read_grid(const vx_arguments *arguments, vx_preparation_options *options, vx_error *error);
vx_status vx_run_find_smoothness(vx_run *run, vx_run_modality *modality, vx_error *error);

/* inputs.c: initialises run->modality and the list of sources. Reads no image. Errors: VX_INPUT for a study without
 * images. */
vx_status vx_inputs_list(vx_run *run, vx_error *error);

/* sensitivity.c: the alternatives of --sensitivity. They are found when the preparation of the run is known, before
 * anything is read (errors: those of vx_choices_read, and of the alternative's options, with its name in front); say
 * which uses of the device they add; are read and planned, which adds their relabellings to *evaluations; and are
 * analysed when the run's own results are there, which fills run->sensitivity. These do nothing without the option. */
vx_status vx_run_find_alternatives(vx_run *run, vx_error *error);
unsigned vx_run_alternatives_use(const vx_run *run);
vx_status vx_run_check_alternatives(vx_run *run, uint64_t *evaluations, vx_error *error);
vx_status vx_run_try_alternatives(vx_run *run, vx_progress_state *progress, vx_error *error);
void vx_run_alternatives_destroy(vx_run *run);

/* place.c: the place of the results. vx_place_begin handles leftovers of killed runs, makes the folder, and checks that
 * file names are not too long. *recovered is true where it recovered results, so that there is nothing to compute.
 * vx_place_check compares the free space with an estimate from the numbers of voxels and relabellings. */
vx_status vx_place_begin(vx_run *run, vx_folder **folder, bool *recovered, vx_error *error);
vx_status vx_place_check(const vx_run *run, const vx_folder *folder, vx_error *error);

/* Reports leftovers of killed runs beside place->out on stderr, unless `quiet`, and treats them by `how`, a choice of
 * --leftovers. *recover is the folder to put in place, or null; the caller frees. */
vx_status vx_place_leftovers(const vx_folder_options *place, int how, bool quiet, char **recover, vx_error *error);

/* provenance.c: writes all results into `folder`, with every option, input and time. Inputs that were changed or
 * deleted during the analysis cause remarks. */
vx_status vx_provenance_write(vx_run *run, const char *folder, vx_error *error);

#endif
