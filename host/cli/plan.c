#include "cli/run.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/terminal.h"
#include "engine/mass.h"
#include "infer/quantity.h"
#include "results/change.h"
#include "results/level.h"
#include "results/scheme.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* Prints who is used for a modality or marker, and who is not. */
static void say_participants(const vx_run *run, const char *name, const int64_t *participant, int64_t n,
                             const vx_left_out *left_out, size_t left_outs)
{
    const vx_study *study = run->study;
    vx_say(run, "%s: %lld of %lld participants used\n", name, (long long)n, (long long)study->participants);
    for (size_t i = 0; i < left_outs; i++)
        vx_say(run, "  left out: %s (%s)\n", left_out[i].participant, left_out[i].reason);
    for (size_t c = 0; c < study->covariates; c++) {
        for (int64_t i = 0; i < n; i++) {
            if (isnan(study->covariate[c].value[participant[i]]))
                vx_say(run, "  left out of %s: %s (no value in %s)\n",
                       run->model.joint ? "the covariates' effects" : study->covariate[c].name,
                       study->participant[participant[i]], study->covariate[c].name);
        }
    }
}

/* What values below quantification count as, and whether ranks depend on it. The caller frees. */
static char *below_text(const vx_run *run, const vx_column *column)
{
    const char *rule = vx_argument_text(run->arguments, VX_OPTION_BELOW_QUANTIFICATION);
    static const char *const counts[] = {"half of the limit", "the limit", "the limit over the square root of 2"};
    const char *as = counts[vx_argument_choice(run->arguments, VX_OPTION_BELOW_QUANTIFICATION)];
    const bool differ = column->limit[0] < column->limit[1];
    char limits[64];
    if (column->formula)
        return vx_text("%s: %lld value%s made from values below quantification, which count as %s "
                       "(--below-quantification %s)", column->name, (long long)column->below,
                       column->below == 1 ? " is" : "s are", as, rule);
    snprintf(limits, sizeof limits, differ ? "<%.6g to <%.6g" : "<%.6g", column->limit[0], column->limit[1]);
    return vx_text("%s: %lld value%s below quantification (%s) count%s as %s (--below-quantification %s); ranks %s",
                   column->name, (long long)column->below, plural(column->below), limits,
                   column->below == 1 ? "s" : "", as, rule,
                   column->tied ? "do not depend on it" : differ ? "depend on it, because the limits differ"
                   : "depend on it, because a measured value is below the limit");
}

/* What readers of the results need, too, becomes a remark. */
static vx_status say_marker(vx_run *run, const vx_study_marker *marker, vx_error *error)
{
    vx_status status = VX_OK;
    say_participants(run, marker->name, marker->participant, marker->n, marker->left_out, marker->left_outs);
    if (marker->formula)
        vx_say(run, "  %s = %s in each session\n", marker->name, marker->formula);
    if (marker->log_scale)
        vx_say(run, "  tested as logarithms\n");
    for (int64_t s = 0; s < marker->sessions && !status; s++) {
        if (!marker->column[s]->below)
            continue;
        char *text = below_text(run, marker->column[s]);
        status = text ? vx_run_remark(run, error, "%s", text) : vx_fail_memory(error);
        free(text);
    }
    return status;
}

static vx_status say_markers(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    vx_status status = VX_OK;
    for (size_t m = 0; !status && m < study->markers; m++)
        status = say_marker(run, study->marker + m, error);
    return status;
}

static void say_columns(const vx_run *run, const vx_column *column, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        vx_say(run, "%s%s", i ? ", " : "", column[i].name);
}

/* States the meaning of the intercept with centred columns. */
static void say_intercept(const vx_run *run)
{
    const vx_study *study = run->study;
    if (!study->covariates && !study->nuisances)
        return;
    vx_say(run, "covariates are mean-centred (");
    say_columns(run, study->covariate, study->covariates);
    if (study->covariates && study->nuisances)
        vx_say(run, ", ");
    say_columns(run, study->nuisance, study->nuisances);
    vx_say(run, "): the intercept is the %s at the average covariate\n",
           run->design == VX_PAIRED ? "mean change" : "mean");
}

/* A low threshold joins nearly all voxels of the mask into one cluster. */
static vx_status remark_threshold(vx_run *run, vx_error *error)
{
    const double t = run->inference.cluster_t, p = run->inference.cluster_p;
    if (vx_argument_given(run->arguments, VX_OPTION_CLUSTER_T) ? t >= 1 : p <= 0.15)
        return VX_OK;
    if (vx_argument_given(run->arguments, VX_OPTION_CLUSTER_T))
        return vx_run_remark(run, error, "--cluster-t %g: so much of any map lies above it that nearly all of the "
                             "mask is one cluster; 2 to 5 is usual", t);
    return vx_run_remark(run, error, "--cluster-p %g: so much of any map lies above it that nearly all of the mask is "
                         "one cluster; 0.001 to 0.01 is usual", p);
}

/* Remarks on the table that readers of the results need. */
static vx_status remark_study(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    const char *const *session = (const char *const *)study->session;
    vx_status status = VX_OK;
    if (study->direction == VX_DIRECTION_AGAINST_NAMES)
        status = vx_run_remark(run, error, "change = %s minus %s as --sessions says, though the names tell that %s "
                               "came before %s", session[1], session[0], session[1], session[0]);
    if (!status && vx_argument_given(run->arguments, VX_OPTION_EXCLUDE))
        status = vx_run_remark(run, error, "excluded from everything by --exclude: %s",
                               vx_argument_text(run->arguments, VX_OPTION_EXCLUDE));
    for (size_t i = 0; !status && i < study->covariates + study->nuisances; i++) {
        const vx_column *column = i < study->covariates ? study->covariate + i
                                                        : study->nuisance + (i - study->covariates);
        if (column->level[0])
            status = vx_run_remark(run, error, "%s counts as a number: %s = 0, %s = 1", column->name, column->level[0],
                                   column->level[1]);
        char *below = !status && column->below ? below_text(run, column) : NULL;
        if (below)
            status = vx_run_remark(run, error, "%s", below);
        else if (!status && column->below)
            status = vx_fail_memory(error);
        free(below);
    }
    for (size_t i = 0; !status && i < study->codeds; i++)
        status = vx_run_remark(run, error, "%lld cell%s of %s taken as missing (--missing %s)",
                               (long long)study->coded[i].cells, study->coded[i].cells == 1 ? "" : "s",
                               study->coded[i].name, vx_argument_text(run->arguments, VX_OPTION_MISSING));
    for (size_t i = 0; !status && i < study->unpaireds; i++)
        status = vx_run_remark(run, error, "the images of %s are not analysed: there are none of the other session",
                               study->unpaired[i]);
    return status;
}

vx_status vx_plan_say_study(vx_run *run, vx_error *error)
{
    const vx_study *study = run->study;
    vx_say(run, "voxstat %s, %s design, %s: %lld participant%s\n", VOXSTAT_VERSION,
           run->design == VX_PAIRED ? "paired" : "one-sample", study->table, (long long)study->participants,
           plural(study->participants));
    if (run->design == VX_PAIRED)
        vx_say(run, "change = %s minus %s (%s): positive where %s is higher\n", study->session[1], study->session[0],
               study->direction == VX_DIRECTION_NAMES ? "told from their names" : "as --sessions says",
               study->session[1]);
    else
        vx_say(run, "mean of the images as they are: nothing is subtracted\n");
    for (size_t i = 0; i < study->covariates + study->nuisances; i++) {
        const vx_column *column = i < study->covariates ? study->covariate + i
                                                        : study->nuisance + (i - study->covariates);
        if (column->formula)
            vx_say(run, "%s = %s\n", column->name, column->formula);
    }
    say_intercept(run);
    for (size_t m = 0; m < study->modalities; m++) {
        const vx_study_modality *modality = study->modality + m;
        say_participants(run, modality->name, modality->participant, modality->n, modality->left_out,
                         modality->left_outs);
    }
    vx_status status = say_markers(run, error);
    if (!status)
        status = remark_study(run, error);
    return status ? status : remark_threshold(run, error);
}

static void say_loss(const vx_run *run, const char *what, const vx_mask_loss *loss)
{
    char a[32], b[32];
    if (loss->voxels)
        vx_say(run, "  most voxels that %s: %s, %s (%s, of which %s in no other participant)\n", what,
               loss->participant, loss->column, vx_count_text((uint64_t)loss->voxels, a),
               vx_count_text((uint64_t)loss->alone, b));
}

void vx_plan_say_mask(const vx_run *run, const vx_run_modality *modality)
{
    const vx_mask_report *mask = &modality->mask;
    const struct {
        int64_t count;
        const char *reason;
    } left_out[] = {
        {mask->left_out_not_finite, "not finite in some image"},
        {mask->left_out_zero, "zero in some image"},
        {mask->left_out_threshold, "not above the threshold in some image"},
        {mask->left_out_change, "too near to zero, or below it, for the change"},
        {mask->left_out_constant, "the same in every participant"},
    };
    char a[32], b[32];
    vx_say(run, "%s: mask of %s voxels, of %s in the grid", modality->study->name,
           vx_count_text((uint64_t)modality->matrix->space.elements, a), vx_count_text((uint64_t)mask->grid_voxels, b));
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (left_out[i].count)
            vx_say(run, "; %s left out: %s", vx_count_text((uint64_t)left_out[i].count, a), left_out[i].reason);
    }
    vx_say(run, "\n");
    if (mask->kept_zero)
        vx_say(run, "  %s voxels that are exactly 0 in some image are kept\n",
               vx_count_text((uint64_t)mask->kept_zero, a));
    say_loss(run, "are not finite", &mask->not_finite);
    say_loss(run, "are exactly 0", &mask->zero);
    say_loss(run, "are not above the threshold", &mask->threshold);
    say_loss(run, "have no such change", &mask->change);
    if (modality->sources.change != VX_CHANGE_DIFFERENCE)
        vx_say(run, "  the change is that of followup from baseline%s\n", vx_change_words(modality->sources.change));
}

void vx_plan_say_quality(const vx_run *run, const vx_run_modality *modality)
{
    const vx_quality *quality = modality->quality;
    const int64_t images = quality->n * quality->sessions;
    int64_t flagged = 0;
    for (int64_t i = 0; i < images; i++)
        flagged += quality->flag[i] != 0;
    if (flagged)
        vx_say(run, "  quality control: %lld of %lld images flagged; quality.tsv has the figures, and --exclude leaves "
               "a participant out\n", (long long)flagged, (long long)images);
    else
        vx_say(run, "  quality control: none of %lld images flagged\n", (long long)images);
}

static void say_effect(const vx_run *run, const vx_run_modality *modality, int64_t e)
{
    const vx_effect *effect = modality->model->effect + e;
    const vx_plan *plan = modality->plan + e;
    const vx_tails_words *tails = vx_tails_about(run->inference.tails);
    char a[32], possible[64] = "more than 10^19";
    if (plan->possible < UINT64_MAX)
        vx_count_text(plan->possible, possible);
    vx_say(run, "%s %s: n = %lld, design [", modality->study->name, effect->name, (long long)effect->n);
    for (int64_t c = 0; c < effect->columns; c++)
        vx_say(run, "%s%s", c ? ", " : "", effect->column_name[c]);
    vx_say(run, "]%s of rank %.0f, %.0f degrees of freedom\n", effect->ranks ? " (ranks)" : "",
           (double)effect->n - effect->df, effect->df);
    const char *what = vx_scheme_about(effect->scheme)->relabellings;
    if (plan->exhaustive)
        vx_say(run, "  all %s %s; ", possible, what);
    else
        vx_say(run, "  %s random %s of %s possible; ", vx_count_text(plan->relabellings - 1, a), what, possible);
    vx_say(run, "smallest p possible %.2g; clusters form at %s %s %s%.3f\n", plan->p_smallest, tails->statistic,
           tails->relation, tails->minus, plan->threshold_t);
    if (plan->exact_uncorrected)
        vx_say(run, "  uncorrected p and false discovery rate: exact, over all %s %s\n", possible, what);
    if (run->verbose)
        vx_say(run, "  %s to compute, %lld a batch, %lld slab%s, %.1f MB of device memory\n",
               vx_count_text(plan->evaluations, a), (long long)plan->batch, (long long)plan->slabs, plural(plan->slabs),
               1e-6 * (double)plan->device_bytes);
}

/* Warns where too few participants or relabellings leave no significant p possible. With plan->exact_uncorrected, false
 * discovery rates use more relabellings than family-wise p, and may still be significant. */
static vx_status remark_smallest(vx_run *run, const vx_run_modality *modality, int64_t e, vx_error *error)
{
    const vx_effect *effect = modality->model->effect + e;
    const vx_plan *plan = modality->plan + e;
    const char *which = plan->exact_uncorrected ? "family-wise p" : "p";
    const char *where = plan->exact_uncorrected ? "after such a correction" : "at " VX_LEVEL_TEXT;
    if (vx_significant(plan->p_smallest))
        return VX_OK;
    if (plan->exhaustive)
        return vx_run_remark(run, error, "%s %s: with %lld participants no %s below %.3g is possible, so nothing can "
                             "be significant %s", modality->study->name, effect->name, (long long)effect->n, which,
                             plan->p_smallest, where);
    return vx_run_remark(run, error, "%s %s: with %llu random relabellings no %s below %.3g is possible, so nothing "
                         "can be significant %s; --permutations asks for more", modality->study->name, effect->name,
                         (unsigned long long)plan->relabellings - 1, which, plan->p_smallest, where);
}

static void say_primary(const vx_run *run)
{
    const vx_quantity_row *about = vx_quantity_about(run->primary);
    const bool others = run->inference.correct & ~about->correct;
    vx_say(run, "significant: p < " VX_LEVEL_TEXT " %s%s\n", about->criterion,
           others ? ", the primary correction; the others are further looks" : "");
}

static vx_status remark_host_tfce(vx_run *run, vx_error *error)
{
    const vx_device_info *device = vx_device_properties(run->device);
    if (device->has_double || !(run->inference.correct & VX_CORRECT_TFCE) || !run->study->modalities)
        return VX_OK;
    return vx_run_remark(run, error, "%s computes no double precision: TFCE is computed by the processor (cpu)",
                         device->id);
}

vx_status vx_plan_say_effects(vx_run *run, vx_error *error)
{
    vx_status status = VX_OK;
    const vx_device_info *device = vx_device_properties(run->device);
    size_t bytes_max = 0;
    int64_t batch = 0, slabs = 0;
    for (size_t m = 0; !status && m < run->study->modalities; m++) {
        const vx_run_modality *modality = run->modality + m;
        for (int64_t e = 0; !status && e < modality->model->effects; e++) {
            const vx_plan *plan = modality->plan + e;
            say_effect(run, modality, e);
            status = remark_smallest(run, modality, e, error);
            if (plan->device_bytes >= bytes_max) {
                bytes_max = plan->device_bytes;
                batch = plan->batch;
                slabs = plan->slabs;
            }
        }
    }
    say_primary(run);
    if (!status)
        status = remark_host_tfce(run, error);
    vx_say(run, "device %s: %s (%s)", device->id, device->name, device->driver);
    if (!strcmp(device->id, "cpu"))
        vx_say(run, ", %d thread%s", device->threads, plural(device->threads));
    vx_say(run, "\nmemory: %.1f MB of device buffers, batches of %lld in %lld slab%s", 1e-6 * (double)bytes_max,
           (long long)batch, (long long)slabs, plural(slabs));
    if (!device->memory_free_known && !run->inference.memory_limit)
        vx_say(run, "; how much is free is not known, 80 %% of %.1f GiB is assumed", (double)device->memory / 0x1p30);
    vx_say(run, "\n");
    vx_say(run, "results: %s\n", run->out);
    return status;
}

/* `where` begins the remark: what was tested. */
static vx_status remark_memory(vx_run *run, const vx_plan *plan, const char *where, vx_error *error)
{
    if (!plan->device_bytes_refused)
        return VX_OK;
    return vx_run_remark(run, error, "%s: the device had no memory for %.1f MB of buffers; %.1f MB were used, in "
                         "batches of %lld and %lld slab%s", where, 1e-6 * (double)plan->device_bytes_refused,
                         1e-6 * (double)plan->device_bytes, (long long)plan->batch, (long long)plan->slabs,
                         plural(plan->slabs));
}

/* The same of an effect over the mask and in each search volume. */
static vx_status remark_effect_memory(vx_run *run, const vx_run_modality *modality, int64_t e, vx_error *error)
{
    char *where = vx_text("%s %s", modality->study->name, modality->result[e]->effect->name);
    vx_status status = where ? remark_memory(run, &modality->result[e]->plan, where, error) : vx_fail_memory(error);
    for (size_t v = 0; !status && v < modality->volumes; v++) {
        const vx_record_volume *volume = &modality->volume[v];
        char *within = vx_text("%s, search volume %s", where, volume->name);
        status = within ? remark_memory(run, &volume->result[e]->plan, within, error) : vx_fail_memory(error);
        free(within);
    }
    free(where);
    return status;
}

static vx_status remark_huge_t(vx_run *run, const vx_result *result, const char *modality, vx_error *error)
{
    const vx_map *t = vx_result_map(result, VX_MAP_T);
    double largest = 0;
    for (int64_t v = 0; v < result->voxels; v++)
        largest = fmax(largest, fabs((double)t->value[v]));
    if (largest <= (double)VX_MASS_T_MAX)
        return VX_OK;
    return vx_run_remark(run, error, "%s %s: |t| reaches %.6g, a nearly perfect fit; cluster mass and TFCE count |t| "
                         "up to %.0f only, in the maps, the tables and the null alike", modality, result->effect->name,
                         largest, (double)VX_MASS_T_MAX);
}

vx_status vx_plan_say_results(vx_run *run, vx_error *error)
{
    vx_status status = VX_OK;
    if (run->outcome_tests)
        status = remark_memory(run, &run->outcome_tests->refused, "regions and markers", error);
    for (size_t m = 0; !status && m < run->study->modalities; m++)
        for (int64_t e = 0; !status && e < run->modality[m].model->effects; e++) {
            status = remark_effect_memory(run, &run->modality[m], e, error);
            if (!status)
                status = remark_huge_t(run, run->modality[m].result[e], run->modality[m].study->name, error);
        }
    return status;
}
