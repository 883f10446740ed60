#include "cli/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/stop.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "outcome/study_model.h"
#include "prepare/smoothness.h"
#include "report/report.h"

#include <omp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void vx_say(const vx_run *run, const char *format, ...)
{
    va_list arguments;
    if (run->quiet)
        return;
    va_start(arguments, format);
    vx_print_of(stderr, format, arguments);
    va_end(arguments);
}

vx_status vx_run_remark(vx_run *run, vx_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = vx_text_of(format, arguments);
    va_end(arguments);
    vx_status status = text ? vx_remarks_add(&run->remarks, error, "%s", text) : vx_fail_memory(error);
    if (!status)
        vx_say(run, "remark: %s\n", text);
    free(text);
    return status;
}

vx_status vx_run_take_remarks(vx_run *run, const char *name, const vx_remarks *remarks, vx_error *error)
{
    const bool named = name && run->study->modalities > 1;
    vx_status status = VX_OK;
    for (size_t i = 0; i < remarks->count && !status; i++)
        status = vx_run_remark(run, error, "%s%s%s", named ? name : "", named ? ": " : "", remarks->text[i]);
    return status;
}

/* ---- settings ---- */

static int64_t permutations(const vx_arguments *arguments)
{
    switch (vx_argument_choice(arguments, VX_OPTION_PERMUTATIONS)) {
    case 0: return VX_PERMUTATIONS_AUTO;
    case 1: return VX_PERMUTATIONS_ALL;
    default: return (int64_t)vx_argument_integer(arguments, VX_OPTION_PERMUTATIONS); /* 0 is VX_PERMUTATIONS_ALL */
    }
}

/* The tables below have the order of the choices in the option table. */
static vx_status read_settings(const vx_arguments *arguments, vx_run *run, vx_error *error)
{
    static const vx_design design[] = {VX_PAIRED, VX_ONESAMPLE};
    static const vx_correlation correlation[] = {VX_PEARSON, VX_SPEARMAN};
    static const int connectivity[] = {6, 18, 26};
    static const vx_tfce_preset preset[] = {VX_TFCE_EXACT, VX_TFCE_FSL, VX_TFCE_PALM, VX_TFCE_MRTRIX, VX_TFCE_NILEARN};
    static const vx_tails tails[] = {VX_TWO_TAILS, VX_POSITIVE, VX_NEGATIVE};
    static const vx_p_format p_format[] = {VX_P_LOG10, VX_P_PLAIN, VX_P_ONE_MINUS};
    static const vx_option_id of_mask[] = {VX_OPTION_KEEP_ZEROS, VX_OPTION_MASK_LEVEL};
    if (!vx_argument_given(arguments, VX_OPTION_DESIGN))
        return vx_fail(error, VX_USAGE, "--design is missing: paired or onesample; `voxstat --help` says more");
    if (vx_argument_given(arguments, VX_OPTION_CLUSTER_P) && vx_argument_given(arguments, VX_OPTION_CLUSTER_T))
        return vx_fail(error, VX_USAGE, "--cluster-p and --cluster-t exclude each other");
    for (size_t i = 0; i < sizeof of_mask / sizeof *of_mask; i++)
        if (vx_argument_given(arguments, of_mask[i]) && !vx_argument_given(arguments, VX_OPTION_MASK))
            return vx_fail(error, VX_USAGE, "--%s says how --mask is meant, which is not given",
                           vx_option_table[of_mask[i]].name);
    run->arguments = arguments;
    run->quiet = vx_argument_given(arguments, VX_OPTION_QUIET);
    run->verbose = vx_argument_given(arguments, VX_OPTION_VERBOSE);
    run->threads = (int)vx_argument_integer(arguments, VX_OPTION_THREADS);
    run->design = design[vx_argument_choice(arguments, VX_OPTION_DESIGN)];
    run->out = vx_argument_text(arguments, VX_OPTION_OUT);
    run->p_format = p_format[vx_argument_choice(arguments, VX_OPTION_P_FORMAT)];
    run->model = VX_OPTIONS(
        vx_model_options,
        .mean_name = run->design == VX_PAIRED ? "change" : "mean",
        .joint = vx_argument_given(arguments, VX_OPTION_JOINT),
        .correlation = correlation[vx_argument_choice(arguments, VX_OPTION_CORRELATION)]);
    run->mask = VX_OPTIONS(
        vx_mask_options,
        .file = vx_argument_text(arguments, VX_OPTION_MASK),
        .level = vx_argument_real(arguments, VX_OPTION_MASK_LEVEL),
        .keep_zeros = vx_argument_given(arguments, VX_OPTION_KEEP_ZEROS),
        .grid_tolerance = vx_argument_real(arguments, VX_OPTION_GRID_TOLERANCE),
        .use_threshold = vx_argument_given(arguments, VX_OPTION_MASK_THRESHOLD),
        .threshold = vx_argument_real(arguments, VX_OPTION_MASK_THRESHOLD),
        .relative = vx_argument_real(arguments, VX_OPTION_MASK_RELATIVE),
        .analyze = 1 + vx_argument_choice(arguments, VX_OPTION_ORIENTATION) /* same order as the choices */);
    run->inference = vx_inference_defaults();
    run->inference.permutations = permutations(arguments);
    run->inference.seed = vx_argument_integer(arguments, VX_OPTION_SEED);
    vx_status status = vx_corrections_read(arguments, &run->inference.correct, &run->primary, error);
    if (!status)
        status = vx_run_check_expected(run, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_SCALE, &run->scale, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_REFERENCE, &run->reference, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_CHANGE, &run->change, error);
    if (!status)
        status = vx_by_modality_read(arguments, VX_OPTION_UNITS, &run->units, error);
    if (!status)
        status = vx_argument_names(arguments, VX_OPTION_SUV, &run->suv, error);
    if (status)
        return status;
    run->inference.cluster_p = vx_argument_real(arguments, VX_OPTION_CLUSTER_P);
    run->inference.cluster_t = vx_argument_real(arguments, VX_OPTION_CLUSTER_T);
    run->inference.connectivity = connectivity[vx_argument_choice(arguments, VX_OPTION_CONNECTIVITY)];
    run->inference.tails = tails[vx_argument_choice(arguments, VX_OPTION_TAILS)];
    run->inference.tfce_extent = vx_argument_real(arguments, VX_OPTION_TFCE_E);
    run->inference.tfce_height = vx_argument_real(arguments, VX_OPTION_TFCE_H);
    run->inference.tfce_preset = preset[vx_argument_choice(arguments, VX_OPTION_TFCE_PRESET)];
    run->inference.memory_limit = vx_argument_bytes(arguments, VX_OPTION_MEMORY_LIMIT);
    return VX_OK;
}

/* ---- stages ---- */

static vx_status stopped(vx_error *error)
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
    bool smooths = false, regrids = false;
    for (size_t m = 0; m < run->study->modalities; m++) {
        const vx_preparation_options *images = &run->modality[m].preparation.options;
        nuisance |= images->scale == VX_SCALE_ANCOVA;
        smooths |= images->smooth > 0 || images->smooth_to > 0;
        regrids |= images->regrid || images->regrid_mm > 0;
    }
    unsigned uses = nuisance ? VX_USE_REGRESSION : VX_USE_FLIPS;
    uses |= (smooths ? VX_USE_SMOOTHING : 0) | (regrids ? VX_USE_REGRIDDING : 0);
    uses |= run->study->covariates ? VX_USE_REGRESSION : 0;
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
    if (note[0])
        vx_say(run, "%s\n", note);
    return status;
}

static vx_status read_modality(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    vx_status status = vx_run_prepare(run, modality, error);
    modality->survey.smoothness = vx_smoothness_of_volume;
    if (!status)
        status = vx_matrix_from_sources(&modality->sources, run->threads, &modality->survey, &modality->matrix,
                                        &modality->mask, error);
    if (!status)
        status = vx_preparation_remark(&modality->preparation, &modality->sources, &modality->survey.remarks, error);
    if (!status)
        vx_plan_say_mask(run, modality);
    if (!status)
        status = vx_run_say_scaling(run, modality, error);
    if (!status)
        status = vx_quality_find(&modality->survey, &modality->quality, error);
    if (!status)
        vx_plan_say_quality(run, modality);
    if (!status)
        status = vx_quality_remark(modality->quality, &modality->survey, &modality->sources, &modality->mask,
                                   &modality->survey.remarks, error);
    if (!status)
        status = vx_run_take_remarks(run, modality->study->name, &modality->survey.remarks, error);
    return status ? status : vx_run_place_regions(run, modality, error);
}

static vx_status read_images(vx_run *run, vx_error *error)
{
    double start = vx_seconds();
    vx_status status = VX_OK;
    for (size_t m = 0; !status && m < run->study->modalities; m++) {
        status = read_modality(run, run->modality + m, error);
        if (!status)
            status = stopped(error);
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

static vx_status plan(vx_run *run, vx_error *error)
{
    vx_status shared = share_participants(run, error);
    if (shared)
        return shared;
    for (size_t m = 0; m < run->study->modalities; m++) {
        vx_run_modality *modality = run->modality + m;
        vx_status status = vx_run_adjust(modality, error);
        if (!status)
            status = vx_model_of_study(run->study, &run->model, modality->adjust.name ? &modality->adjust : NULL,
                                       modality->study->participant, modality->study->n, &modality->model, error);
        if (status)
            return vx_error_prefix(error, status, "%s", modality->study->name);
        if ((status = vx_run_find_smoothness(run, modality, error)))
            return status;
        modality->plan = vx_array_zero((size_t)modality->model->effects, sizeof *modality->plan);
        modality->result = vx_array_zero((size_t)modality->model->effects, sizeof(vx_result *));
        if (!modality->plan || !modality->result)
            return vx_fail_memory(error);
        for (int64_t e = 0; e < modality->model->effects; e++) {
            status = vx_infer_plan(run->device, modality->matrix, modality->model->effect + e, &run->inference,
                                   modality->plan + e, error);
            if (status)
                return status;
        }
    }
    return vx_plan_say_effects(run, error);
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

static vx_status infer(vx_run *run, vx_error *error)
{
    double start = vx_seconds();
    vx_progress_state progress = {.kind = progress_kind(run), .start = start, .shown = start};
    vx_status status = VX_OK;
    for (size_t m = 0; m < run->study->modalities; m++) {
        for (int64_t e = 0; e < run->modality[m].model->effects; e++)
            progress.total += run->modality[m].plan[e].evaluations;
    }
    for (size_t m = 0; !status && m < run->study->modalities; m++) {
        vx_run_modality *modality = run->modality + m;
        progress.modality = modality->study->name;
        for (int64_t e = 0; !status && e < modality->model->effects; e++) {
            const vx_effect *effect = modality->model->effect + e;
            progress.effect = effect->name;
            progress.effect_total = modality->plan[e].evaluations;
            status = vx_infer(run->device, modality->matrix, effect, &run->inference, vx_progress_show, &progress,
                              modality->result + e, error);
            progress.before += progress.effect_total;
            progress.effect_total = 0; /* the volumes take little beside the mask */
            if (!status)
                status = vx_run_infer_volumes(run, modality, e, vx_progress_show, &progress, error);
            if (status && status != VX_INTERRUPTED)
                vx_error_prefix(error, status, "%s %s", modality->study->name, effect->name);
        }
    }
    vx_progress_end(&progress);
    run->seconds_infer = vx_seconds() - start;
    return vx_stop_requested() ? stopped(error) : status;
}

/* All stages in memory, from reading images to results. */
static vx_status compute(vx_run *run, const vx_folder *folder, vx_error *error)
{
    vx_status status = open_device(run, error);
    if (!status)
        status = read_images(run, error);
    if (!status)
        status = plan(run, error);
    if (!status)
        status = vx_place_check(run, folder, error);
    if (!status)
        status = vx_run_test_outcomes(run, error);
    if (!status)
        status = infer(run, error);
    if (!status)
        status = vx_corrections_over_effects(run, error);
    if (!status)
        status = vx_plan_say_results(run, error);
    return status && vx_stop_requested() ? stopped(error) : status;
}

/* Writes the results and puts them in place. This takes seconds after hours of permutations, so it ignores requests to
 * stop. A part that could not be written does not hold back the others, but without run.json the folder stays
 * temporary. */
static vx_status write_and_commit(vx_run *run, vx_folder *folder, vx_error *error)
{
    double start = vx_seconds();
    vx_error why;
    vx_status status = vx_provenance_write(run, vx_folder_path(folder), error);
    run->seconds_write = vx_seconds() - start;
    if (status && !vx_folder_has_record(folder)) {
        char *path = vx_copy_text(vx_folder_path(folder));
        if (vx_folder_keep(folder))
            vx_error_prefix(error, status, "what could be written is in %s", path ? path : run->out);
        free(path);
        return status;
    }
    const vx_status placed = vx_folder_commit(folder, status ? &why : error);
    if (status && placed)
        vx_error_prefix(error, status, "%s", why.message);
    else if (status)
        vx_error_prefix(error, status, "the results are in place in %s, but", run->out);
    return status ? status : placed;
}

static vx_status compute_and_commit(vx_run *run, vx_folder *folder, vx_error *error)
{
    vx_status status = compute(run, folder, error);
    if (!status)
        return write_and_commit(run, folder, error);
    vx_folder_abandon(folder);
    return status;
}

/* Writes the report into the results in place, as `voxstat report` does. */
static vx_status write_report(vx_run *run, const vx_report_options *options, vx_error *error)
{
    double start = vx_seconds();
    vx_status status = vx_report_write(run->out, options, error);
    run->seconds_report = vx_seconds() - start;
    return status;
}

/* Prints the tables of results to stdout, and the findings in words to stderr. */
static vx_status summarise(const vx_run *run, bool report, vx_error *error)
{
    enum { OUTCOME_ROWS_MAX = 40 }; /* `voxstat show` prints all */
    vx_results *results = NULL;
    vx_status status = vx_results_open(run->out, &results, error);
    if (!status)
        status = vx_summary_print(results, stdout, error);
    if (!status)
        status = vx_summary_print_outcomes(results, OUTCOME_ROWS_MAX, stdout, error);
    if (!status)
        status = vx_summary_print_expected(results, stdout, error);
    vx_stdout_flush(); /* where both streams go to one place, the sentences stand below the tables */
    if (!status && !run->quiet) {
        vx_summary_say(results, stderr);
        vx_summary_say_outcomes(results, stderr);
    }
    vx_results_close(results);
    vx_say(run, "results: %s\n", run->out);
    if (report)
        vx_say(run, "report: %s/report.html\n", run->out);
    vx_say(run, "time: %.1f s, of which reading %.1f s, permutations %.1f s, writing %.1f s, the report %.1f s\n",
           vx_seconds() - run->start, run->seconds_read, run->seconds_infer, run->seconds_write, run->seconds_report);
    return status;
}

static void run_destroy(vx_run *run)
{
    for (size_t m = 0; run->modality && m < run->study->modalities; m++) {
        vx_run_modality *modality = run->modality + m;
        for (int64_t e = 0; modality->result && e < modality->model->effects; e++)
            vx_result_free(modality->result[e]);
        free(modality->result);
        vx_run_volumes_destroy(modality);
        free(modality->plan);
        vx_model_free(modality->model);
        vx_matrix_free(modality->matrix);
        vx_quality_free(modality->quality);
        vx_survey_destroy(&modality->survey);
        vx_sources_destroy(&modality->sources);
        vx_preparation_destroy(&modality->preparation);
        free(modality->body_weight);
        free(modality->units);
        free((double *)modality->adjust.value);
        vx_source_destroy(&modality->atlas_source);
        vx_regions_destroy(&modality->atlas);
        vx_regions_destroy(&modality->regions);
    }
    free(run->modality);
    for (size_t m = 0; run->marker_units && m < run->study->markers; m++)
        free(run->marker_units[m]);
    free(run->marker_units);
    vx_run_outcomes_destroy(run);
    free(run->shared);
    vx_atlas_destroy(&run->atlas);
    vx_region_plan_destroy(&run->plan);
    vx_source_destroy(&run->template);
    vx_remarks_destroy(&run->remarks);
    vx_by_modality_destroy(&run->scale);
    vx_by_modality_destroy(&run->reference);
    vx_by_modality_destroy(&run->change);
    vx_by_modality_destroy(&run->units);
    vx_names_destroy(&run->suv);
    free(run->source);
    free(run->protected);
    free(run->recover);
    vx_device_free(run->device);
    vx_study_free(run->study);
    vx_bids_destroy(&run->bids);
}

vx_status vx_command_run(const vx_arguments *arguments, vx_error *error)
{
    vx_run run = {.start = vx_seconds()};
    vx_folder *folder = NULL;
    time_t now = time(NULL);
    vx_report_options report = {.template = vx_argument_text(arguments, VX_OPTION_TEMPLATE)};
    bool recovered = false;
    vx_error why;
    vx_status status = read_settings(arguments, &run, error), unreported;
    report.orientation = run.mask.analyze;
    if (!status)
        status = vx_report_check(&report, &run.template, error);
    if (status)
        goto cleanup;
    strftime(run.started, sizeof run.started, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    vx_stop_catch();
    if (run.threads)
        omp_set_num_threads(run.threads); /* also for loops without an option of threads: hashing of inputs */
    if ((status = vx_run_read_study(&run, error)) || (status = vx_run_say_bids(&run, error)) ||
        (status = vx_plan_say_study(&run, error)) || (status = vx_run_remark_frames(&run, error)) ||
        (status = vx_run_read_atlas(&run, error)) || (status = vx_inputs_list(&run, error)) ||
        (status = vx_run_find_units(&run, error)))
        goto cleanup;
    if ((status = vx_place_begin(&run, &folder, &recovered, error))) {
        vx_folder_abandon(folder);
        goto cleanup;
    }
    if ((status = recovered ? vx_folder_commit(folder, error) : compute_and_commit(&run, folder, error)))
        goto cleanup;
    unreported = write_report(&run, &report, &why);
    if ((status = summarise(&run, !unreported, error)))
        goto cleanup;
    if (unreported) /* hours of computing must not be lost: the results stay */
        status = vx_fail(error, unreported, "the results are complete in %s, but there is no report: %s", run.out,
                         why.message);

cleanup:
    run_destroy(&run);
    return status;
}
