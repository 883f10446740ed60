#include "results/change.h"
#include "results/reading.h"

#include "base/file.h"
#include "base/memory.h"
#include "infer/quantity.h"
#include "results/names.h"
#include "results/schema.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUN_BYTES_MAX = 256 << 20 };

vx_results_left_out *vx_get_left_out(vx_reading *r, const json_t *object, size_t *count)
{
    const json_t *array = vx_get_array(r, object, VX_KEY_LEFT_OUT);
    vx_results_left_out *list = vx_reading_array(r, json_array_size(array), sizeof *list);
    *count = 0;
    for (size_t i = 0; list && i < json_array_size(array); i++) {
        const json_t *one = json_array_get(array, i);
        list[(*count)++] = (vx_results_left_out){vx_get_text(r, one, VX_KEY_PARTICIPANT),
                                                 vx_get_text(r, one, VX_KEY_REASON)};
    }
    return list;
}

/* ---- run.json ---- */

/* Older results do not say where the smallest p is. */
static void read_p(vx_reading *r, const json_t *object, vx_results_p p[VX_P_KINDS], int64_t *bonferroni_effects)
{
    const json_t *all = vx_get_object(r, object, VX_KEY_P);
    for (int k = 0; k < VX_P_KINDS; k++) {
        const json_t *one = json_object_get(all, vx_quantity_about(k)->key);
        p[k] = (vx_results_p){.smallest = NAN, .mm = {NAN, NAN, NAN}};
        if (!one)
            continue;
        p[k].there = true;
        p[k].smallest = vx_get_number(r, one, VX_KEY_SMALLEST);
        p[k].below = vx_get_integer(r, one, VX_VOXELS_BELOW_KEY);
        p[k].region = json_string_value(json_object_get(one, VX_KEY_REGION));
        if (json_object_get(one, VX_KEY_MM))
            vx_get_numbers(r, one, VX_KEY_MM, 3, p[k].mm);
        if (vx_quantity_about(k)->of != VX_P_UNCORRECTED)
            *bonferroni_effects = vx_get_integer(r, object, VX_KEY_BONFERRONI_EFFECTS);
    }
}

static void read_peak(vx_reading *r, const json_t *object, double *t, double mm[3])
{
    const json_t *peak = json_object_get(object, VX_KEY_PEAK);
    *t = mm[0] = mm[1] = mm[2] = NAN;
    if (!json_is_object(peak))
        return;
    *t = vx_get_number(r, peak, VX_KEY_T);
    vx_get_numbers(r, peak, VX_KEY_MM, 3, mm);
}

static void read_volume(vx_reading *r, const json_t *object, vx_results_volume *volume)
{
    const json_t *clusters = vx_get_object(r, object, VX_KEY_CLUSTERS);
    volume->family = vx_get_text(r, object, VX_KEY_NAME);
    volume->stem = vx_get_name(r, object, VX_KEY_STEM);
    volume->voxels = vx_get_integer(r, object, VX_KEY_VOXELS);
    read_peak(r, object, &volume->peak_t, volume->peak_mm);
    read_p(r, object, volume->p, &volume->bonferroni_effects);
    volume->clusters = (size_t)vx_get_integer(r, clusters, VX_KEY_NUMBER);
    for (int k = 0; k < VX_P_KINDS; k++) {
        char key[60];
        snprintf(key, sizeof key, "%s" VX_BELOW_ENDING, vx_quantity_about(k)->word);
        volume->counted[k] = volume->p[k].there && (vx_quantity_about(k)->of_cluster || json_object_get(clusters, key));
        if (volume->counted[k])
            volume->clusters_below[k] = (size_t)vx_get_integer(r, clusters, key);
    }
}

static void read_volumes(vx_reading *r, const json_t *object, vx_results_effect *effect)
{
    const json_t *volumes = json_object_get(object, VX_KEY_VOLUMES) ? vx_get_array(r, object, VX_KEY_VOLUMES) : NULL;
    effect->volume = vx_reading_array(r, json_array_size(volumes), sizeof *effect->volume);
    for (size_t v = 0; !r->status && v < json_array_size(volumes); v++)
        read_volume(r, json_array_get(volumes, v), &effect->volume[effect->volumes++]);
}

static void read_permutations(vx_reading *r, const json_t *object, vx_results_effect *effect)
{
    const json_t *of = vx_get_object(r, object, VX_KEY_PERMUTATIONS);
    effect->scheme = (vx_scheme)(VX_SIGN_FLIP + vx_get_word(r, of, VX_KEY_KIND, vx_scheme_names + VX_SIGN_FLIP));
    effect->possible = vx_get_number(r, of, VX_KEY_POSSIBLE);
    effect->relabellings = vx_get_integer(r, of, VX_KEY_RELABELLINGS);
    effect->exhaustive = vx_get_flag(r, of, VX_KEY_EXHAUSTIVE);
    if (json_object_get(of, VX_KEY_QUANTILES)) /* results of earlier versions do not have them */
        effect->quantiles.count = (uint64_t)vx_get_integer(r, of, VX_KEY_QUANTILES);
    effect->exact_uncorrected = vx_get_flag(r, of, VX_KEY_EXACT_UNCORRECTED);
    effect->p_smallest = vx_get_number(r, of, VX_KEY_P_SMALLEST);
}

static void read_effect(vx_reading *r, const json_t *object, vx_results_effect *effect)
{
    size_t count;
    const json_t *clusters;
    effect->name = vx_get_text(r, object, VX_KEY_NAME);
    effect->stem = vx_get_name(r, object, VX_KEY_FIGURES);
    effect->place = vx_get_place(r, object, VX_KEY_PLACE);
    if (strcmp(vx_get_text(r, object, VX_KEY_STEM), effect->place) != 0)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_STEM) " of %.60s is not its " VX_QUOTED(VX_KEY_PLACE), effect->name);
    effect->ranks = vx_get_flag(r, object, VX_KEY_RANKS);
    effect->n = vx_get_integer(r, object, VX_KEY_N);
    effect->df = vx_get_number(r, object, VX_KEY_DF);
    effect->participant = vx_get_texts(r, object, VX_KEY_PARTICIPANTS, &count);
    if (!r->status && (int64_t)count != effect->n)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_PARTICIPANTS) " of %.60s are not the n that it gives", effect->name);
    effect->left_out = vx_get_left_out(r, object, &effect->left_outs);
    effect->column = vx_get_texts(r, object, VX_KEY_COLUMNS, &count);
    effect->columns = (int64_t)count;
    effect->contrast = vx_reading_array(r, count, sizeof(double));
    vx_get_numbers(r, object, VX_KEY_CONTRAST, count, effect->contrast);
    effect->tails = (vx_tails)vx_get_word(r, object, VX_KEY_TAILS, vx_tails_names);
    read_peak(r, object, &effect->peak_t, effect->peak_mm);
    read_p(r, object, effect->p, &effect->bonferroni_effects);
    clusters = vx_get_object(r, object, VX_KEY_CLUSTERS);
    effect->threshold_t = vx_get_number(r, clusters, VX_KEY_THRESHOLD_T);
    effect->connectivity = (int)vx_get_integer(r, clusters, VX_KEY_CONNECTIVITY);
    effect->clusters = (size_t)vx_get_integer(r, clusters, VX_KEY_NUMBER);
    read_permutations(r, object, effect);
    read_volumes(r, object, effect);
}

static void read_mask(vx_reading *r, const json_t *object, vx_results_modality *modality)
{
    const json_t *mask = vx_get_object(r, object, VX_KEY_MASK);
    const json_t *dim = vx_get_array(r, object, VX_KEY_DIM);
    modality->mask_voxels = vx_get_integer(r, mask, VX_KEY_VOXELS);
    modality->mask.grid_voxels = vx_get_integer(r, mask, VX_KEY_GRID_VOXELS);
    modality->mask.candidate = vx_get_integer(r, mask, VX_KEY_CANDIDATE);
    modality->mask.left_out_not_finite = vx_get_integer(r, mask, VX_KEY_LEFT_OUT_NOT_FINITE);
    modality->mask.left_out_zero = vx_get_integer(r, mask, VX_KEY_LEFT_OUT_ZERO);
    modality->mask.left_out_threshold = vx_get_integer(r, mask, VX_KEY_LEFT_OUT_THRESHOLD);
    modality->mask.left_out_change = vx_get_integer(r, mask, VX_KEY_LEFT_OUT_CHANGE);
    modality->mask.left_out_constant = vx_get_integer(r, mask, VX_KEY_LEFT_OUT_CONSTANT);
    for (size_t k = 0; k < 3; k++)
        modality->grid.dim[k] = json_integer_value(json_array_get(dim, k));
}

/* results.h5 has the affine as an attribute, too, but HDF5 1.10 reads out of bounds in damaged attributes. */
static void read_affine(vx_reading *r, const json_t *object, vx_grid *grid)
{
    const json_t *affine = vx_get_array(r, object, VX_KEY_AFFINE);
    if (!r->status && json_array_size(affine) != 4)
        vx_reading_fail(r, VX_QUOTED(VX_KEY_AFFINE) " has %zu rows and not 4", json_array_size(affine));
    for (size_t row = 0; !r->status && row < 4; row++)
        vx_get_row(r, json_array_get(affine, row), VX_KEY_AFFINE, 4, grid->affine[row]);
    for (int k = 0; k < 3; k++)
        grid->pixdim[k] = vx_grid_step_mm(grid, k);
}

/* Results of earlier versions do not have it. */
static int read_space_code(const json_t *object)
{
    const json_int_t code = json_integer_value(json_object_get(object, VX_KEY_SPACE_CODE));
    return code == VX_SPACE_TALAIRACH || code == VX_SPACE_MNI ? (int)code : 0;
}

/* Results of earlier versions do not have it. */
static void read_smoothness(const json_t *object, double smoothness[3])
{
    for (size_t k = 0; k < 3; k++) {
        const json_t *mm = json_array_get(json_object_get(object, VX_KEY_SMOOTHNESS), k);
        smoothness[k] = json_number_value(mm) >= 0 && json_is_number(mm) ? json_number_value(mm) : NAN;
    }
}

/* Results of earlier versions do not have them. */
static void read_steps(vx_reading *r, const json_t *object, vx_results_modality *modality)
{
    const json_t *steps = json_object_get(object, VX_KEY_PREPARATION);
    modality->step = vx_reading_array(r, json_array_size(steps), sizeof *modality->step);
    for (size_t k = 0; !r->status && k < json_array_size(steps); k++) {
        const json_t *step = json_array_get(steps, k);
        modality->step[modality->steps++] = (vx_results_step){vx_get_text(r, step, VX_KEY_NAME),
                                                              vx_get_text(r, step, VX_KEY_WORDS)};
    }
}

static void read_modality(vx_reading *r, const json_t *object, vx_results_modality *modality)
{
    modality->name = vx_get_text(r, object, VX_KEY_NAME);
    modality->stem = vx_get_name(r, object, VX_KEY_STEM);
    modality->change = (vx_change)vx_get_word(r, object, VX_KEY_CHANGE, vx_change_names);
    modality->units = vx_get_text_or_null(r, object, VX_KEY_UNITS);
    modality->change_units = vx_get_text_or_null(r, object, VX_KEY_CHANGE_UNITS);
    modality->n = vx_get_integer(r, object, VX_KEY_N);
    modality->left_out = vx_get_left_out(r, object, &modality->left_outs);
    read_mask(r, object, modality);
    vx_quality_size(r, object, modality);
    read_affine(r, object, &modality->grid);
    modality->grid.sform_code = read_space_code(object);
    read_smoothness(object, modality->smoothness);
    read_steps(r, object, modality);
    if (json_object_get(object, VX_KEY_ATLAS_REGIONS)) /* an atlas is no must */
        modality->region = vx_get_texts(r, object, VX_KEY_ATLAS_REGIONS, &modality->regions);
    const json_t *effects = vx_get_array(r, object, VX_KEY_EFFECTS);
    if (!r->status && !json_array_size(effects))
        vx_reading_fail(r, "%.60s has no " VX_QUOTED(VX_KEY_EFFECTS), modality->name);
    modality->effect = vx_reading_array(r, json_array_size(effects), sizeof *modality->effect);
    for (size_t e = 0; !r->status && e < json_array_size(effects); e++)
        read_effect(r, json_array_get(effects, e), &modality->effect[modality->effects++]);
    if (r->status)
        return;
    modality->participant = modality->effect[0].participant;
    for (int64_t c = 0; c < modality->effect[0].columns; c++)
        modality->adjusted |= !strcmp(modality->effect[0].column[c], VX_COLUMN_GLOBAL);
}

/* Refuses a run.json that lists a file which voxstat cannot have written: it has been tampered with. */
static void check_files(vx_reading *r, const json_t *run, const char *key)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(run, key), i, one)
        if (!vx_file_path_safe(json_string_value(one)))
            vx_reading_fail(r, "\"%s\" names \"%.60s\", which is no file that voxstat writes", key,
                            json_is_string(one) ? json_string_value(one) : "");
}

static void read_study(vx_reading *r, const json_t *run)
{
    vx_results *results = r->results;
    const json_t *study = vx_get_object(r, run, VX_KEY_STUDY);
    results->table = vx_get_text_or_null(r, study, VX_KEY_TABLE);
    results->design = (vx_design)vx_get_word(r, study, VX_KEY_DESIGN, vx_design_names);
    results->participants = vx_get_integer(r, study, VX_KEY_PARTICIPANTS);
    const json_t *sessions = vx_get_array(r, study, VX_KEY_SESSIONS);
    for (size_t k = 0; k < 2 && k < json_array_size(sessions); k++)
        results->session[k] = json_string_value(json_array_get(sessions, k));
    if (!r->status && results->design == VX_PAIRED && !(results->session[0] && results->session[1]))
        vx_reading_fail(r, VX_QUOTED(VX_KEY_SESSIONS) " of a paired design are not two names");
}

/* Versions before --primary wrote no such key. Their results have the default. */
static void read_primary(vx_reading *r, const json_t *run)
{
    const json_t *value = json_object_get(run, VX_KEY_PRIMARY);
    const char *key = json_string_value(value);
    vx_results *results = r->results;
    unsigned correct = 0;
    int kind = 0;
    if (r->status)
        return;
    if (!value || json_is_null(value)) {
        for (int k = 0; k < VX_P_KINDS; k++)
            if (results->modalities && results->modality[0].effect[0].p[k].there)
                correct |= vx_quantity_about(k)->correct;
        results->primary = vx_primary_default(correct);
        return;
    }
    while (kind < VX_P_KINDS && !(key && !strcmp(key, vx_quantity_about(kind)->key)))
        kind++;
    if (kind == VX_P_KINDS || vx_quantity_about(kind)->control == VX_CONTROL_NONE)
        vx_reading_fail(r, "\"" VX_KEY_PRIMARY "\" is no correction that this version knows");
    else
        results->primary = (vx_quantity)kind;
}

static void read_all(vx_reading *r)
{
    vx_results *results = r->results;
    const json_t *run = results->run;
    results->command_line = vx_get_text(r, run, VX_KEY_COMMAND_LINE);
    results->started = vx_get_text(r, run, VX_KEY_STARTED);
    results->seconds = vx_get_number(r, vx_get_object(r, run, VX_KEY_SECONDS), VX_KEY_TOTAL);
    const json_t *device = vx_get_object(r, run, VX_KEY_DEVICE);
    results->device = vx_get_text(r, device, VX_KEY_NAME);
    results->driver = vx_get_text(r, device, VX_KEY_DRIVER);
    results->p_format = (vx_p_format)vx_get_word(r, run, VX_KEY_P_FORMAT, vx_p_format_names);
    read_study(r, run);
    results->remark = vx_get_texts(r, run, VX_KEY_REMARKS, &results->remarks);
    vx_get_array(r, run, VX_KEY_FILES);
    check_files(r, run, VX_KEY_FILES);
    check_files(r, run, VX_KEY_REPORT);
    vx_get_object(r, run, VX_KEY_OPTIONS);
    const json_t *modalities = vx_get_array(r, run, VX_KEY_MODALITIES);
    if (!r->status && !json_array_size(modalities) && !json_object_get(run, VX_KEY_OUTCOMES))
        vx_reading_fail(r, "it has no " VX_QUOTED(VX_KEY_MODALITIES));
    results->modality = vx_reading_array(r, json_array_size(modalities), sizeof *results->modality);
    for (size_t m = 0; !r->status && m < json_array_size(modalities); m++) {
        results->modality[m].alone = json_array_size(modalities) == 1;
        read_modality(r, json_array_get(modalities, m), &results->modality[results->modalities++]);
    }
    read_primary(r, run);
}

/* Refuses results whose files lie elsewhere, and says how to make them again. A cohort has no layout. */
static vx_status check_layout(const vx_results *results, vx_error *error)
{
    const json_t *layout = json_object_get(results->run, VX_KEY_LAYOUT);
    const char *kind = json_string_value(json_object_get(results->run, VX_KEY_KIND));
    const char *command = json_string_value(json_object_get(results->run, VX_KEY_COMMAND_LINE));
    const json_int_t found = json_is_integer(layout) ? json_integer_value(layout) : 1;
    if (found == VX_LAYOUT || !command || (kind && strcmp(kind, VX_KIND_ANALYSIS) != 0))
        return VX_OK;
    const bool later = found > VX_LAYOUT;
    return vx_fail(error, VX_INPUT, "%s: results of voxstat %.20s, whose folders have layout %lld; this is voxstat %s, "
                   "which reads layout %d only. %s%.1500s", results->folder, results->version, (long long)found,
                   VOXSTAT_VERSION, VX_LAYOUT, later ? "Use that version, or a later one"
                                                     : "Run the analysis again, with --force or another --out: ",
                   later ? "" : command);
}

/* Before 1.0, minor versions may change the contents of the files. */
static bool same_version(const char *version)
{
    const char *ours = VOXSTAT_VERSION, *last = strrchr(ours, '.');
    return !strncmp(version, ours, (size_t)(last - ours) + 1);
}

static vx_status load_run(vx_results *results, vx_error *error)
{
    json_error_t why;
    char *text = NULL;
    size_t size;
    vx_status status = VX_OK;
    char *path = vx_text("%s/" VX_RUN_FILE, results->folder);
    if (!path)
        return vx_fail_memory(error);
    if (access(results->folder, F_OK))
        status = vx_fail(error, VX_INPUT, "%s: there is no such folder", results->folder);
    else if (lstat(path, &(struct stat){0})) /* reading reports a dangling link */
        status = vx_fail(error, VX_INPUT, "%s: is no results folder of voxstat: it has no run.json", results->folder);
    else
        status = vx_file_read(path, RUN_BYTES_MAX, &text, &size, error);
    if (!status && !(results->run = json_loadb(text, size, 0, &why)))
        status = vx_fail(error, VX_INPUT, "%s: is damaged: line %d: %s", path, why.line, why.text);
    else if (!status && !(results->version = json_string_value(json_object_get(results->run, VX_KEY_VERSION))))
        status = vx_fail(error, VX_INPUT, "%s: is not voxstat's: it has no " VX_QUOTED(VX_KEY_VERSION), path);
    else if (!status && (status = check_layout(results, error)))
        ; /* said */
    else if (!status && !same_version(results->version))
        status = vx_fail(error, VX_INPUT, "%s: results of voxstat %.20s, and this is %s, which reads its own only",
                         results->folder, results->version, VOXSTAT_VERSION);
    free(text);
    free(path);
    return status;
}

void vx_read_run(vx_reading *r)
{
    if (!r->status)
        r->status = load_run(r->results, r->error);
    if (!r->status)
        read_all(r);
    if (!r->status)
        vx_check_run(r);
}
