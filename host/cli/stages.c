/* The stages of an analysis in memory: from reading images to results. */
#include "cli/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/stop.h"
#include "cli/terminal.h"
#include "engine/choose.h"
#include "outcome/study_model.h"
#include "prepare/smoothness.h"
#include "results/calibration.h"

#include <string.h>
#include <unistd.h>

vx_status vx_run_stopped(vx_error *error)
{
    const vx_status status = vx_stop_check(error);
    return status ? vx_error_prefix(error, status, "nothing was written") : VX_OK;
}

/* What the device is to compute. */
static unsigned uses(const vx_run *run)
{
    const bool voxels = run->study->modalities > 0;
    bool nuisance = run->study->nuisances > 0;
    const unsigned clusters = VX_CORRECT_EXTENT | VX_CORRECT_MASS;
    unsigned of_images = 0;
    for (size_t m = 0; m < run->study->modalities; m++) {
        const vx_preparation_options *options = &run->modality[m].preparation.options;
        nuisance |= options->scale == VX_SCALE_ANCOVA;
        of_images |= vx_preparation_smooths(options) ? VX_USE_SMOOTHING : 0;
        of_images |= vx_preparation_regrids(options) ? VX_USE_REGRIDDING : 0;
    }
    const bool beside = nuisance || (run->model.joint && run->study->covariates > 1);
    unsigned uses = (nuisance ? VX_USE_NUISANCE : VX_USE_FLIPS) | vx_run_alternatives_use(run) | of_images;
    if (run->study->covariates)
        uses |= beside ? VX_USE_NUISANCE : VX_USE_REGRESSION;
    uses |= voxels && run->inference.correct & clusters ? VX_USE_CLUSTERS : 0;
    return uses | (voxels && run->inference.correct & VX_CORRECT_TFCE ? VX_USE_TFCE : 0);
}

static vx_status open_device(vx_run *run, vx_error *error)
{
    char note[2000] = "";
    const char *name = vx_argument_text(run->arguments, VX_OPTION_DEVICE);
    const vx_device_options options = VX_OPTIONS(vx_device_options, .threads = run->threads, .uses = uses(run),
                                                 .say = run->quiet ? NULL : vx_terminal_say);
    vx_status status = vx_device_open(name, &options, &run->device, note, sizeof note, error);
    run->no_gpu = !strcmp(note, VX_NOTE_NO_GPU);
    if (note[0] && !run->no_gpu)
        vx_say(run, "%s\n", note);
    return status;
}

/* Judges the images themselves. An alternative reads the same ones. */
static vx_status judge_images(vx_run_modality *modality, vx_error *error)
{
    vx_status status = vx_quality_find(&modality->survey, &modality->quality, error);
    return status ? status
                  : vx_quality_remark(modality->quality, &modality->survey, &modality->sources, &modality->mask,
                                      &modality->survey.remarks, error);
}

vx_status vx_run_read_modality(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    vx_survey *survey = run->choice ? NULL : &modality->survey;
    modality->survey.smoothness = vx_smoothness_of_volume;
    vx_status status = vx_matrix_from_sources(&modality->sources, run->threads, survey, &modality->matrix,
                                              &modality->mask, error);
    if (!status)
        status = vx_preparation_remark(&modality->preparation, &modality->sources, &modality->survey.remarks, error);
    if (!status)
        status = vx_run_say_scaling(run, modality, error);
    if (!status && survey)
        status = judge_images(modality, error);
    if (!status)
        vx_plan_say_modality(run, modality);
    if (!status)
        status = vx_run_take_remarks(run, modality->study->name, &modality->survey.remarks, error);
    return status ? status : vx_run_place_regions(run, modality, error);
}

static vx_status read_images(vx_run *run, vx_error *error)
{
    double start = vx_seconds();
    vx_status status = VX_OK;
    for (size_t m = 0; !status && m < run->study->modalities; m++) {
        status = vx_run_prepare(run, run->modality + m, error);
        if (!status)
            status = vx_run_read_modality(run, run->modality + m, error);
        if (!status)
            status = vx_run_stopped(error);
    }
    run->seconds_read = vx_seconds() - start;
    return status;
}

/* Where modalities and markers lack different people, all relabel the same list, so that relabelling i moves a person
 * in the same way in each of them. */
static vx_status share_participants(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    const size_t all = (size_t)study->participants;
    bool *there = vx_array_zero(all, sizeof *there);
    int64_t count = 0, fewest = study->participants;
    run->shared = vx_array(all, sizeof *run->shared);
    if (!there || !run->shared) {
        free(there);
        return vx_fail_memory(error);
    }
    for (size_t m = 0; m < study->modalities + study->markers; m++) {
        const bool image = m < study->modalities;
        const int64_t n = image ? study->modality[m].n : study->marker[m - study->modalities].n;
        const int64_t *participant = image ? study->modality[m].participant
                                           : study->marker[m - study->modalities].participant;
        for (int64_t i = 0; i < n; i++)
            there[participant[i]] = true;
        fewest = n < fewest ? n : fewest;
    }
    for (size_t p = 0; p < all; p++)
        if (there[p])
            run->shared[count++] = (int64_t)p;
    free(there);
    if (fewest < count) {
        run->model.shared = run->shared;
        run->model.shared_count = count;
    }
    return VX_OK;
}

vx_status vx_run_plan_modality(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    vx_status status = vx_run_adjust(modality, error);
    if (!status)
        status = vx_model_of_study(run->study, &run->model, modality->adjust.name ? &modality->adjust : NULL,
                                   modality->study->participant, modality->study->n, &modality->model, error);
    if (status)
        return vx_error_prefix(error, status, "%s", modality->study->name);
    modality->plan = vx_array_zero((size_t)modality->model->effects, sizeof *modality->plan);
    modality->result = vx_array_zero((size_t)modality->model->effects, sizeof(vx_result *));
    if (!modality->plan || !modality->result)
        return vx_fail_memory(error);
    for (int64_t e = 0; e < modality->model->effects && !status; e++)
        status = vx_infer_plan(run->device, modality->matrix, modality->model->effect + e, &run->inference,
                               modality->plan + e, error);
    return status;
}

/* *alternatives: the relabellings that they will compute. */
static vx_status plan(vx_run *run, uint64_t *alternatives, vx_error *error)
{
    vx_status status = share_participants(run, error);
    for (size_t m = 0; m < run->study->modalities && !status; m++) {
        status = vx_run_plan_modality(run, &run->modality[m], error);
        if (!status)
            status = vx_run_find_smoothness(run, &run->modality[m], error);
    }
    if (!status)
        status = vx_plan_say_effects(run, error);
    if (!status)
        status = vx_run_remark_covariates(run, error);
    return status ? status : vx_run_check_alternatives(run, alternatives, error);
}

static vx_progress_kind progress_kind(const vx_run *run)
{
    switch (vx_argument_choice(run->arguments, VX_OPTION_PROGRESS)) {
    case 1: return VX_PROGRESS_BAR;
    case 2: return VX_PROGRESS_PLAIN;
    case 3: return VX_PROGRESS_NONE;
    default: return run->quiet ? VX_PROGRESS_NONE : isatty(fileno(stderr)) ? VX_PROGRESS_BAR : VX_PROGRESS_PLAIN;
    }
}

uint64_t vx_run_evaluations(const vx_run_modality *modality)
{
    uint64_t evaluations = 0;
    for (int64_t e = 0; e < modality->model->effects; e++)
        evaluations += modality->plan[e].evaluations;
    return evaluations;
}

vx_status vx_run_infer_modality(vx_run *run, vx_run_modality *modality, vx_progress_state *progress, vx_error *error)
{
    vx_inference_options options = run->inference;
    vx_status status = VX_OK;
    if (!run->choice)
        vx_calibration_ask(vx_run_image_effects(run), &options);
    for (int64_t e = 0; !status && e < modality->model->effects; e++) {
        const vx_effect *effect = modality->model->effect + e;
        progress->effect = effect->name;
        progress->effect_total = modality->plan[e].evaluations;
        status = vx_infer(run->device, modality->matrix, effect, &options, vx_progress_show, progress,
                          modality->result + e, error);
        progress->before += progress->effect_total;
        progress->effect_total = 0; /* the volumes take little beside the mask */
        if (!status)
            status = vx_run_infer_volumes(run, modality, e, vx_progress_show, progress, error);
        if (status && status != VX_INTERRUPTED)
            vx_error_prefix(error, status, "%s %s", modality->study->name, effect->name);
    }
    return status;
}

/* The permutations of the run, and then those of its alternatives. */
static vx_status infer(vx_run *run, uint64_t alternatives, vx_error *error)
{
    const double start = vx_seconds();
    vx_progress_state progress = {.kind = progress_kind(run), .start = start, .shown = start,
                                  .total = alternatives};
    vx_status status = VX_OK;
    for (size_t m = 0; m < run->study->modalities; m++)
        progress.total += vx_run_evaluations(&run->modality[m]);
    for (size_t m = 0; !status && m < run->study->modalities; m++) {
        progress.modality = run->modality[m].study->name;
        status = vx_run_infer_modality(run, &run->modality[m], &progress, error);
    }
    run->seconds_infer = vx_seconds() - start;
    if (!status)
        status = vx_run_try_alternatives(run, &progress, error);
    vx_progress_end(&progress);
    return vx_stop_requested() ? vx_run_stopped(error) : status;
}

vx_status vx_run_compute(vx_run *run, const vx_folder *folder, vx_error *error)
{
    uint64_t alternatives = 0;
    vx_status status = open_device(run, error);
    if (!status)
        status = read_images(run, error);
    if (!status)
        status = plan(run, &alternatives, error);
    if (!status)
        status = vx_place_check(run, folder, error);
    if (!status)
        status = vx_run_test_outcomes(run, error);
    if (!status)
        status = infer(run, alternatives, error);
    if (!status)
        status = vx_corrections_over_effects(run, error);
    if (!status)
        status = vx_plan_say_results(run, error);
    if (!status)
        status = vx_run_remark_calibration(run, error);
    return status && vx_stop_requested() ? vx_run_stopped(error) : status;
}

/* ---- memory ---- */

void vx_run_release(vx_run_modality *modality)
{
    for (int64_t e = 0; modality->result && e < modality->model->effects; e++)
        vx_result_free(modality->result[e]);
    free(modality->result);
    modality->result = NULL;
    vx_run_volumes_destroy(modality);
    modality->volume = NULL;
    modality->volumes = 0;
    free(modality->plan);
    modality->plan = NULL;
    vx_model_free(modality->model);
    modality->model = NULL;
    vx_matrix_free(modality->matrix);
    modality->matrix = NULL;
    free((double *)modality->adjust.value);
    modality->adjust = (vx_regressor){0};
    vx_regions_destroy(&modality->atlas);
    vx_regions_destroy(&modality->regions);
    const char *atlas = modality->atlas_source.path;
    vx_source_destroy(&modality->atlas_source);
    modality->atlas_source.path = atlas;
    modality->mask = (vx_mask_report){0};
    for (int b = 0; b < VX_BESIDES; b++) {
        free(modality->beside[b]);
        modality->beside[b] = NULL;
    }
}

static void modality_destroy(vx_run_modality *modality)
{
    vx_run_release(modality);
    vx_quality_free(modality->quality);
    vx_survey_destroy(&modality->survey);
    vx_sources_destroy(&modality->sources);
    vx_preparation_destroy(&modality->preparation);
    vx_run_tissue_destroy(modality);
    free(modality->body_weight);
    free(modality->units);
}

void vx_run_destroy(vx_run *run)
{
    if (!run)
        return;
    for (size_t m = 0; run->modality && m < run->study->modalities; m++)
        modality_destroy(&run->modality[m]);
    free(run->modality);
    vx_run_outcomes_destroy(run);
    vx_remarks_destroy(&run->remarks);
    vx_by_modality_destroy(&run->scale);
    vx_by_modality_destroy(&run->reference);
    vx_by_modality_destroy(&run->change);
    vx_by_modality_destroy(&run->pvc);
    vx_by_modality_destroy(&run->units);
    vx_names_destroy(&run->suv);
    free(run->source);
    for (size_t m = 0; run->marker_units && m < run->study->markers; m++)
        free(run->marker_units[m]);
    free(run->marker_units);
    vx_run_units_destroy(run);
    if (run->choice) /* the others belong to the run to which it is an alternative */
        return;
    vx_run_alternatives_destroy(run);
    vx_sensitivity_destroy(&run->sensitivity);
    free(run->shared);
    vx_atlas_destroy(&run->atlas);
    vx_region_plan_destroy(&run->plan);
    vx_source_destroy(&run->template);
    vx_psf_destroy(&run->psf);
    free(run->protected);
    free(run->recover);
    vx_device_free(run->device);
    vx_study_free(run->study);
    vx_bids_destroy(&run->bids);
}
