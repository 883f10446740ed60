/* The regions and markers of a run. They are tested before the voxels, so that what is wrong with one of them is said
 * before the long work. */
#include "cli/run.h"

#include "base/memory.h"
#include "image/change.h"
#include "results/change.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

#define FAMILY_OF_MARKERS "markers"

/* Values too near to zero, or below it, have no change in percent or as a ratio. */
static vx_status check_change(const vx_run *run, const vx_run_modality *modality, const vx_outcome *outcome,
                              vx_error *error)
{
    for (int64_t i = 0; i < outcome->n && outcome->value[0]; i++) {
        const double before = outcome->value[0][i], after = outcome->value[1][i];
        const int fault = vx_change_fault(modality->sources.change, before, after, 0);
        if (fault >= 0)
            return vx_fail(error, VX_INPUT, "%s: participant %s, %s: the mean of region %s is %g, and --change %s "
                           "takes values above 0; --change difference takes any", modality->study->name,
                           run->study->participant[outcome->participant[i]], run->study->session[fault], outcome->name,
                           fault ? after : before, vx_change_names[modality->sources.change]);
    }
    return VX_OK;
}

/* The values beside those of a region have to have a change, too. */
static vx_status add_beside(const vx_run *run, const vx_run_modality *modality, size_t of_means, vx_outcome *outcome,
                            vx_error *error)
{
    const size_t n = (size_t)outcome->n;
    vx_status status = VX_OK;
    for (int b = 0; b < VX_BESIDES && !status; b++) {
        const double *first = modality->beside[b] ? modality->beside[b] + 2 * of_means * n : NULL;
        vx_outcome other = *outcome;
        if (!first)
            continue;
        outcome->beside[b][0] = other.value[0] = outcome->value[0] ? first : NULL;
        outcome->beside[b][1] = other.value[1] = first + n;
        if ((status = check_change(run, modality, &other, error)))
            vx_error_prefix(error, status, "%s", vx_beside_words[b]);
    }
    return status;
}

/* A region's means of both sessions; of one session they are the second. */
static vx_status add_region(vx_run *run, const vx_run_modality *modality, const vx_region *region,
                            const vx_means *means, size_t of_means, vx_error *error)
{
    static const vx_outcome_scale scale[] = {[VX_CHANGE_DIFFERENCE] = VX_ON_LINEAR, [VX_CHANGE_PERCENT] = VX_ON_PERCENT,
                                             [VX_CHANGE_LOG_RATIO] = VX_ON_LOG,
                                             [VX_CHANGE_SYMMETRIC] = VX_ON_SYMMETRIC};
    const int64_t n = modality->study->n;
    double *value = vx_array(2 * (size_t)n, sizeof *value);
    if (!value)
        return vx_fail_memory(error);
    for (int64_t s = 0; s < means->sessions; s++)
        for (int64_t i = 0; i < n; i++)
            value[(s + 2 - means->sessions) * n + i] = means->region[s][(size_t)i * means->regions + of_means];
    run->outcome_value[run->outcomes] = value;
    run->outcome[run->outcomes++] = (vx_outcome){.kind = VX_OUTCOME_REGION,
                                                 .name = region->name,
                                                 .family = region->family,
                                                 .modality = modality->study->name,
                                                 .units = modality->units,
                                                 .scale = scale[modality->sources.change],
                                                 .adjust = modality->adjust.name ? &modality->adjust : NULL,
                                                 .coverage = vx_region_coverage(region),
                                                 .voxels = region->voxels,
                                                 .n = n,
                                                 .participant = modality->study->participant,
                                                 .value = {means->sessions == 2 ? value : NULL, value + n}};
    vx_outcome *outcome = &run->outcome[run->outcomes - 1];
    vx_status status = check_change(run, modality, outcome, error);
    return status ? status : add_beside(run, modality, of_means, outcome, error);
}

/* Whether a region's mean is 1 in every image, because the images were divided by it: it is the reference region. */
static bool is_reference(const vx_run_modality *modality, const vx_means *means, size_t of_means)
{
    static const double rounding = 1e-6;
    bool one = modality->preparation.options.scale == VX_SCALE_REFERENCE;
    for (int64_t s = 0; s < means->sessions; s++)
        for (int64_t i = 0; i < means->n && one; i++)
            one = fabs(means->region[s][(size_t)i * means->regions + of_means] - 1) <= rounding;
    return one;
}

/* Reads the images again: the matrix has the changes, and the means of each session are wanted. */
static vx_status add_regions(vx_run *run, vx_run_modality *modality, vx_error *error)
{
    const vx_regions *regions = &modality->regions;
    vx_means *means = NULL;
    vx_voxel_set *set = vx_array((size_t)regions->count, sizeof *set);
    vx_status status = set ? VX_OK : vx_fail_memory(error);
    size_t tested = 0;
    for (int64_t r = 0; r < regions->count && !status; r++)
        if (regions->region[r].tested)
            set[tested++] = vx_region_voxels(&regions->region[r]);
    if (!status)
        status = vx_means_read(&modality->sources, set, tested, run->threads, &means, error);
    if (!status && means->missing)
        status = vx_fail(error, VX_INPUT, "%s: the means of regions need the images again: %s", modality->study->name,
                         means->first_missing);
    if (!status)
        status = vx_run_find_beside(run, modality, set, tested, error);
    tested = 0;
    for (int64_t r = 0; r < regions->count && !status; r++)
        if (regions->region[r].tested) {
            const size_t of_means = tested++;
            status = is_reference(modality, means, of_means)
                         ? vx_run_remark(run, error, "%s: %s is the reference region: its mean is 1 in every image, so "
                                         "that it is not tested", modality->study->name, regions->region[r].name)
                         : add_region(run, modality, &regions->region[r], means, of_means, error);
        }
    vx_means_free(means);
    free(set);
    return status;
}

static vx_status add_marker(vx_run *run, const vx_study_marker *marker, const char *units, vx_error *error)
{
    double *value = vx_array(2 * (size_t)marker->n, sizeof *value);
    if (!value)
        return vx_fail_memory(error);
    for (int64_t s = 0; s < marker->sessions; s++)
        for (int64_t i = 0; i < marker->n; i++)
            value[(s + 2 - marker->sessions) * marker->n + i] = marker->column[s]->value[marker->participant[i]];
    run->outcome_value[run->outcomes] = value;
    run->outcome[run->outcomes++] = (vx_outcome){.kind = VX_OUTCOME_MARKER,
                                                 .name = marker->name,
                                                 .family = FAMILY_OF_MARKERS,
                                                 .units = units,
                                                 .scale = marker->log_scale ? VX_ON_LOG : VX_ON_LINEAR,
                                                 .n = marker->n,
                                                 .participant = marker->participant,
                                                 .value = {marker->sessions == 2 ? value : NULL, value + marker->n}};
    return VX_OK;
}

/* Where there are images, the same is said of their effects. */
static vx_status remark_smallest(vx_run *run, vx_error *error)
{
    const vx_outcome_tests *tests = run->outcome_tests;
    vx_status status = VX_OK;
    for (size_t e = 0; e < tests->effects && !run->study->modalities && !status; e++)
        if (!vx_significant(tests->plan[e].p_smallest))
            status = vx_run_remark(run, error, "markers %s: %llu %srelabellings allow no p below %.3g, so nothing can "
                                   "be significant at " VX_LEVEL_TEXT, tests->effect[e],
                                   (unsigned long long)tests->plan[e].relabellings,
                                   tests->plan[e].exhaustive ? "possible " : "", tests->plan[e].p_smallest);
    return status;
}

vx_status vx_run_test_outcomes(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    const vx_outcome_options options = {
        .model = run->model,
        .inference = run->inference,
        .study = study,
        .zeros = vx_argument_choice(run->arguments, VX_OPTION_WILCOXON_ZEROS) ? VX_ZEROS_PRATT : VX_ZEROS_DROPPED,
        .alpha = VX_LEVEL,
    };
    const size_t markers = run->choice ? 0 : study->markers; /* an alternative does not change them */
    size_t most = markers;
    vx_status status = VX_OK;
    for (size_t m = 0; m < study->modalities; m++)
        most += (size_t)run->modality[m].regions.count;
    run->outcome = vx_array(most, sizeof *run->outcome);
    run->outcome_value = vx_array(most, sizeof *run->outcome_value);
    if (!run->outcome || !run->outcome_value)
        return vx_fail_memory(error);
    for (size_t m = 0; m < study->modalities && !status; m++)
        if (run->modality[m].regions.count) /* of an alternative only the modality that is read */
            status = add_regions(run, &run->modality[m], error);
    for (size_t m = 0; m < markers && !status; m++)
        status = add_marker(run, &study->marker[m], run->marker_units[m], error);
    if (!status && !run->choice)
        status = vx_run_compare_expected(run, error);
    if (status || !run->outcomes)
        return status;
    status = vx_outcomes_test(run->device, run->outcome, run->outcomes, &options, &run->outcome_tests, error);
    return status ? status : remark_smallest(run, error);
}

void vx_run_outcomes_destroy(vx_run *run)
{
    if (!run)
        return;
    for (size_t k = 0; k < run->outcomes; k++)
        free(run->outcome_value[k]);
    free(run->outcome_value);
    free(run->outcome);
    vx_outcome_tests_free(run->outcome_tests);
    vx_expected_comparisons_free(run->expected);
    run->outcome_value = NULL;
    run->outcome = NULL;
    run->outcomes = 0;
    run->outcome_tests = NULL;
    run->expected = NULL;
}
