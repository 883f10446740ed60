/* The plan of a run when its images are read, and what is said of its results. */
#include "cli/run.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
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

static void say_loss(const vx_run *run, const char *what, const vx_mask_loss *loss)
{
    char a[32], b[32];
    if (loss->voxels)
        vx_say(run, "  most voxels that %s: %s, %s (%s, of which %s in no other participant)\n", what,
               loss->participant, loss->column, vx_count_text((uint64_t)loss->voxels, a),
               vx_count_text((uint64_t)loss->alone, b));
}

/* Why voxels are left out. That an image is zero there is said where all is said: it is zero outside the brain. */
static void say_voxels_left_out(const vx_run *run, const vx_run_modality *modality)
{
    const vx_mask_report *mask = &modality->mask;
    const struct {
        int64_t count;
        const char *reason;
        bool usual;
    } left_out[] = {
        {mask->left_out_not_finite, "not finite in some image", false},
        {mask->left_out_zero, "zero in some image", true},
        {mask->left_out_threshold, "not above the threshold in some image", false},
        {mask->left_out_change, "too near to zero, or below it, for the change", false},
        {mask->left_out_constant, "the same in every participant", false},
    };
    char text[32];
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i].count && (run->verbose || !left_out[i].usual))
            vx_say(run, "  voxels: %s left out: %s\n", vx_count_text((uint64_t)left_out[i].count, text),
                   left_out[i].reason);
    if (mask->kept_zero)
        vx_say(run, "  %s voxels that are exactly 0 in some image are kept\n",
               vx_count_text((uint64_t)mask->kept_zero, text));
}

void vx_plan_say_modality(const vx_run *run, const vx_run_modality *modality)
{
    const vx_mask_report *mask = &modality->mask;
    const vx_quality *quality = modality->quality;
    const int64_t images = quality ? quality->n * quality->sessions : 0;
    int64_t flagged = 0;
    char text[32];
    for (int64_t i = 0; i < images; i++)
        flagged += quality->flag[i] != 0;
    vx_say(run, "%s: %lld of %lld participants, mask of %s voxels", modality->study->name,
           (long long)modality->study->n, (long long)run->study->participants,
           vx_count_text((uint64_t)modality->matrix->space.elements, text));
    if (run->verbose)
        vx_say(run, " of %s", vx_count_text((uint64_t)mask->grid_voxels, text));
    if (images && !flagged)
        vx_say(run, ", none of %lld images flagged", (long long)images);
    vx_say(run, "\n");
    if (flagged)
        vx_say(run, "  quality control: %lld of %lld images flagged; quality.tsv has the figures, and --exclude leaves "
               "a participant out\n", (long long)flagged, (long long)images);
    say_voxels_left_out(run, modality);
    say_loss(run, "are not finite", &mask->not_finite);
    say_loss(run, "are exactly 0", &mask->zero);
    say_loss(run, "are not above the threshold", &mask->threshold);
    say_loss(run, "have no such change", &mask->change);
    if (modality->sources.change != VX_CHANGE_DIFFERENCE)
        vx_say(run, "  the change is that of followup from baseline%s\n", vx_change_words(modality->sources.change));
}

/* ---- effects ---- */

static void put_effect(vx_columns *table, const vx_run *run, const vx_run_modality *modality, int64_t e)
{
    const vx_effect *effect = modality->model->effect + e;
    const vx_plan *plan = modality->plan + e;
    const vx_tails_words *tails = vx_tails_about(run->inference.tails);
    const char *what = vx_scheme_about(effect->scheme)->relabellings;
    char text[32];
    vx_columns_put(table, "%s %s", modality->study->name, effect->name);
    vx_columns_put(table, "%lld", (long long)effect->n);
    vx_columns_put(table, "%.0f", (double)effect->n - effect->df);
    vx_columns_put(table, "%.0f", effect->df);
    vx_columns_put(table, plan->exhaustive ? "all %s %s" : "%s %s",
                   vx_count_text(plan->relabellings - !plan->exhaustive, text), what);
    vx_columns_put(table, "%s", plan->possible < UINT64_MAX ? vx_count_text(plan->possible, text) : "over 10^19");
    vx_columns_p(table, plan->p_smallest);
    vx_columns_put(table, "%s %s %s%.3f", tails->statistic, tails->relation, tails->minus, plan->threshold_t);
}

/* What is known of an effect beside its line of the table. */
static void say_details(const vx_run *run, const vx_run_modality *modality, int64_t e)
{
    const vx_effect *effect = modality->model->effect + e;
    const vx_plan *plan = modality->plan + e;
    const vx_tails_words *tails = vx_tails_about(run->inference.tails);
    char a[32];
    vx_say(run, "%s %s: design [", modality->study->name, effect->name);
    for (int64_t c = 0; c < effect->columns; c++)
        vx_say(run, "%s%s", c ? ", " : "", effect->column_name[c]);
    vx_say(run, "]%s; clusters form at %s %s %s%.3f\n", effect->ranks ? " (ranks)" : "", tails->statistic,
           tails->relation, tails->minus, plan->threshold_t);
    if (plan->exact_uncorrected)
        vx_say(run, "  uncorrected p and false discovery rate: exact, over all %s %s\n",
               vx_count_text(plan->possible, a), vx_scheme_about(effect->scheme)->relabellings);
    vx_say(run, "  %s to compute, %lld a batch, %lld slab%s, %.1f MB of device memory\n",
           vx_count_text(plan->evaluations, a), (long long)plan->batch, (long long)plan->slabs, plural(plan->slabs),
           1e-6 * (double)plan->device_bytes);
}

static vx_status say_effects(const vx_run *run, vx_error *error)
{
    vx_columns *table = run->quiet || !run->study->modalities ? NULL : vx_columns_new();
    if (!table)
        return run->quiet || !run->study->modalities ? VX_OK : vx_fail_memory(error);
    vx_columns_title(table, "effect", VX_CUT);
    vx_columns_title(table, "n", VX_KEPT);
    vx_columns_title(table, "rank", VX_KEPT);
    vx_columns_title(table, "df", VX_KEPT);
    vx_columns_title(table, "relabellings", VX_KEPT);
    vx_columns_title(table, "of possible", VX_KEPT);
    vx_columns_title(table, "least p", VX_KEPT);
    vx_columns_title(table, "clusters form at", VX_SPARE);
    for (size_t m = 0; m < run->study->modalities; m++)
        for (int64_t e = 0; e < run->modality[m].model->effects; e++)
            put_effect(table, run, &run->modality[m], e);
    vx_status status = vx_columns_print(table, stderr, error);
    vx_columns_free(table);
    for (size_t m = 0; run->verbose && m < run->study->modalities; m++)
        for (int64_t e = 0; e < run->modality[m].model->effects; e++)
            say_details(run, &run->modality[m], e);
    return status;
}

/* The sizes of a modality's search volumes: "primary 656 voxels, secondary 844". The caller frees. */
static char *volumes_text(const vx_run_modality *modality)
{
    char *text = vx_text("%s", "");
    for (size_t v = 0; text && v < modality->volumes; v++) {
        char count[32], *longer = vx_text("%s%s%s %s%s", text, v ? ", " : "", modality->volume[v].name,
                                          vx_count_text((uint64_t)modality->volume[v].matrix->space.elements, count),
                                          v ? "" : " voxels");
        free(text);
        text = longer;
    }
    return text;
}

/* Prints a line for the modalities whose search volumes have the same sizes; it names them unless they are all. */
static vx_status say_volumes(const vx_run *run, vx_error *error)
{
    const size_t modalities = run->study->modalities;
    char **text = vx_array_zero(modalities, sizeof *text);
    vx_status status = text ? VX_OK : vx_fail_memory(error);
    for (size_t m = 0; !status && m < modalities; m++)
        if (!(text[m] = volumes_text(&run->modality[m])))
            status = vx_fail_memory(error);
    for (size_t m = 0; !status && m < modalities; m++) {
        size_t same = 0, before = 0;
        for (size_t k = 0; k < modalities; k++) {
            same += !strcmp(text[k], text[m]);
            before += k < m && !strcmp(text[k], text[m]);
        }
        if (before || !text[m][0])
            continue;
        for (size_t k = m, said = 0; same < modalities && k < modalities; k++)
            if (!strcmp(text[k], text[m]))
                vx_say(run, "%s%s", said++ ? ", " : "", run->modality[k].study->name);
        vx_say(run, "%ssearch volumes: %s\n", same < modalities ? ": " : "", text[m]);
    }
    for (size_t m = 0; text && m < modalities; m++)
        free(text[m]);
    free(text);
    return status;
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
    if (!run->study->modalities)
        vx_say(run, "significant: p FWE < " VX_LEVEL_TEXT ", corrected over the outcomes of a family\n");
    else if (about->control != VX_CONTROL_NONE)
        vx_say(run, "significant: p < " VX_LEVEL_TEXT " %s, the primary correction\n", about->criterion);
    else
        vx_say(run, "no correction is asked for: no voxel is called significant\n");
}

static vx_status remark_host_tfce(vx_run *run, vx_error *error)
{
    const vx_device_info *device = vx_device_properties(run->device);
    if (device->has_double || !(run->inference.correct & VX_CORRECT_TFCE) || !run->study->modalities)
        return VX_OK;
    return vx_run_remark(run, error, "%s computes no double precision: TFCE is computed by the processor (cpu)",
                         device->id);
}

static void say_device(const vx_run *run, const vx_plan *largest)
{
    const vx_device_info *device = vx_device_properties(run->device);
    const bool cpu = !strcmp(device->id, "cpu");
    vx_say(run, "device %s: %s", device->id, device->name);
    if (!cpu || run->verbose)
        vx_say(run, " (%s)", device->driver);
    if (cpu)
        vx_say(run, ", %d thread%s%s", device->threads, plural(device->threads), run->no_gpu ? ", no GPU" : "");
    if (largest)
        vx_say(run, "; memory: %.1f MB of buffers", 1e-6 * (double)largest->device_bytes);
    if (largest && run->verbose)
        vx_say(run, ", batches of %lld in %lld slab%s", (long long)largest->batch, (long long)largest->slabs,
               plural(largest->slabs));
    vx_say(run, "\n");
    if (!device->memory_free_known && !run->inference.memory_limit && !cpu)
        vx_say(run, "  how much of its memory is free is not known: 80 %% of %.1f GiB is assumed\n",
               (double)device->memory / 0x1p30);
}

vx_status vx_plan_say_effects(vx_run *run, vx_error *error)
{
    const vx_plan *largest = NULL;
    vx_status status = say_volumes(run, error);
    if (!status)
        status = say_effects(run, error);
    for (size_t m = 0; !status && m < run->study->modalities; m++)
        for (int64_t e = 0; !status && e < run->modality[m].model->effects; e++) {
            const vx_plan *plan = run->modality[m].plan + e;
            status = remark_smallest(run, &run->modality[m], e, error);
            if (!largest || plan->device_bytes >= largest->device_bytes)
                largest = plan;
        }
    if (!status)
        say_primary(run);
    if (!status)
        status = remark_host_tfce(run, error);
    if (!status)
        say_device(run, largest);
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
    char most[32];
    for (int64_t v = 0; v < result->voxels; v++)
        largest = fmax(largest, fabs((double)t->value[v]));
    if (largest <= (double)VX_MASS_T_MAX)
        return VX_OK;
    return vx_run_remark(run, error, "%s %s: |t| reaches %.6g, a nearly perfect fit; cluster mass and TFCE count |t| "
                         "up to %s only, in the maps, the tables and the null alike", modality, result->effect->name,
                         largest, vx_count_text((uint64_t)VX_MASS_T_MAX, most));
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
