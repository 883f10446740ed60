/* run.json: the record of a run for scripts, with its options, inputs and main results. p is plain in every --p-format;
 * an absent number is null. results/schema.h has the keys. */
#include "output/record.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "infer/quantity.h"
#include "output/expected.h"
#include "output/manifest.h"
#include "output/outcomes.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* jansson's integers end at 2^63 - 1. Larger ones, possible for seeds and numbers of relabellings, are null. */
static json_t *integer_or_null(uint64_t value)
{
    return value <= INT64_MAX ? json_integer((json_int_t)value) : json_null();
}

static json_t *numbers(const double *value, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        array = vx_json_append(array, number(value[i]));
    return array;
}

static json_t *integers(const int64_t *value, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        array = vx_json_append(array, json_integer(value[i]));
    return array;
}

static json_t *options_object(const vx_record *record)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->options; i++)
        object = vx_json_set(object, record->option[i].name, vx_json_text(record->option[i].value));
    return object;
}

/* [{name, parameters, words}] */
static json_t *steps_array(const vx_input_file *input)
{
    json_t *array = json_array();
    for (size_t k = 0; k < input->steps; k++)
        array = vx_json_append(array, json_pack("{ss so ss}",
                                                VX_KEY_NAME, input->step[k].name,
                                                VX_KEY_PARAMETERS, vx_json_text(input->step[k].parameters),
                                                VX_KEY_WORDS, input->step[k].words));
    return array;
}

static json_t *inputs_array(const vx_record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; i < record->inputs; i++) {
        const vx_input_file *input = &record->input[i];
        json_t *one = json_pack("{so so so ss}",
                                VX_KEY_PATH, vx_json_text(input->path),
                                VX_KEY_PARTICIPANT, vx_json_text(input->participant),
                                VX_KEY_COLUMN, vx_json_text(input->column),
                                VX_KEY_SHA256, input->sha256);
        if (input->steps)
            one = vx_json_set(one, VX_KEY_STEPS, steps_array(input));
        array = vx_json_append(array, one);
    }
    return array;
}

static json_t *remarks_array(const vx_remarks *remarks)
{
    json_t *array = json_array();
    for (size_t i = 0; remarks && i < remarks->count; i++)
        array = vx_json_append(array, vx_json_text(remarks->text[i]));
    return array;
}

char *vx_options_json(const vx_record *record)
{
    return vx_json_dump(options_object(record), JSON_COMPACT);
}

char *vx_inputs_json(const vx_record *record)
{
    return vx_json_dump(inputs_array(record), JSON_COMPACT);
}

static json_t *device_object(const vx_device_info *device)
{
    return json_pack("{so so so so si si sI so}",
                     VX_KEY_ID, vx_json_text(device->id),
                     VX_KEY_NAME, vx_json_text(device->name),
                     VX_KEY_DRIVER, vx_json_text(device->driver),
                     VX_KEY_KIND, vx_json_text(device->kind),
                     VX_KEY_COMPUTE_UNITS, device->compute_units,
                     VX_KEY_THREADS, device->threads,
                     VX_KEY_MEMORY, (json_int_t)device->memory,
                     VX_KEY_SIMD, vx_json_text(device->simd));
}

/* The most extreme t in the direction of the alternative, and its position. */
static json_t *peak_object(const vx_result *result, const vx_space *space)
{
    const vx_map *t = vx_result_map(result, VX_MAP_T);
    const vx_tails tails = result->options.tails;
    int64_t peak = -1;
    double highest = -INFINITY;
    for (int64_t v = 0; t && v < space->elements; v++) {
        double value = tails == VX_TWO_TAILS ? fabs(t->value[v]) : tails == VX_POSITIVE ? t->value[v] : -t->value[v];
        if (value > highest) {
            highest = value;
            peak = v;
        }
    }
    if (peak < 0)
        return json_null();
    int64_t voxel[3];
    double mm[3];
    vx_grid_voxel(&space->grid, space->index[peak], voxel);
    vx_grid_mm(&space->grid, space->index[peak], mm);
    return json_pack("{so so so}",
                     VX_KEY_T, number(t->value[peak]),
                     VX_KEY_MM, numbers(mm, 3),
                     VX_KEY_VOXEL, integers(voxel, 3));
}

/* For every map of p the smallest p and the number of significant voxels. */
static json_t *p_object(const vx_result *result, int64_t voxels)
{
    json_t *object = json_object();
    for (size_t m = 0; m < result->maps; m++) {
        const vx_map *map = &result->map[m];
        if (!vx_quantity_is_p(map->quantity))
            continue;
        double smallest = NAN;
        json_int_t below = 0;
        for (int64_t v = 0; v < voxels; v++) {
            smallest = fmin(smallest, map->value[v]); /* fmin ignores NaN */
            below += vx_significant(map->value[v]);
        }
        object = vx_json_set(object, vx_quantity_about(map->quantity)->key,
                             json_pack("{so sI}", VX_KEY_SMALLEST, number(smallest), VX_VOXELS_BELOW_KEY, below));
    }
    return object;
}

/* The number of clusters, and for every kind of cluster p the number of significant ones. */
static json_t *clusters_object(const vx_result *result)
{
    json_t *object = json_pack("{sI}", VX_KEY_NUMBER, (json_int_t)result->clusters);
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        const vx_quantity_row *about = vx_quantity_about(kind);
        json_int_t below = 0;
        char key[60];
        if (!about->of_cluster || (about->of && !vx_result_map(result, kind)))
            continue;
        for (size_t i = 0; i < result->clusters; i++)
            below += vx_significant(result->cluster[i].p[kind]);
        snprintf(key, sizeof key, "%s" VX_BELOW_ENDING, about->word);
        object = vx_json_set(object, key, json_integer(below));
    }
    object = vx_json_set(object, VX_KEY_THRESHOLD_T, number(result->plan.threshold_t));
    return vx_json_set(object, VX_KEY_CONNECTIVITY, json_integer(result->options.connectivity));
}

static json_t *permutations_object(const vx_result *result)
{
    const vx_plan *plan = &result->plan;
    return json_pack("{ss so so sb sb so so so so}",
                     VX_KEY_KIND, vx_scheme_names[result->effect->scheme],
                     VX_KEY_POSSIBLE, integer_or_null(plan->possible),
                     VX_KEY_RELABELLINGS, integer_or_null(plan->relabellings),
                     VX_KEY_EXHAUSTIVE, (int)plan->exhaustive,
                     VX_KEY_EXACT_UNCORRECTED, (int)plan->exact_uncorrected,
                     VX_KEY_P_SMALLEST, number(plan->p_smallest),
                     VX_KEY_SEED, integer_or_null(result->options.seed),
                     VX_KEY_OVERFLOWS, integer_or_null(result->overflows),
                     VX_KEY_SECONDS, number(result->seconds));
}

static json_t *left_out(const char *participant, const char *reason)
{
    return json_pack("{so so}", VX_KEY_PARTICIPANT, vx_json_text(participant), VX_KEY_REASON, vx_json_text(reason));
}

static const char *primary_key(const vx_record *record)
{
    const vx_quantity_row *about = vx_quantity_about(record->primary);
    return about->control == VX_CONTROL_NONE ? NULL : about->key;
}

/* The participants, design and results of an effect. Effect rows ascend, so one pass over the modality's rows
 * suffices. */
static json_t *effect_object(const vx_record *record, const vx_entry *entry)
{
    const vx_result *result = entry->result;
    const vx_effect *effect = result->effect;
    const vx_space *space = &entry->modality->matrix->space;
    const vx_study_modality *study = entry->modality->study;
    json_t *used = json_array(), *missing = json_array(), *columns = json_array();
    for (int64_t row = 0, i = 0; row < study->n; row++) {
        const char *participant = record->study->participant[study->participant[row]];
        if (i < effect->n && effect->row[i] == row) {
            used = vx_json_append(used, vx_json_text(participant));
            i++;
        } else {
            missing = vx_json_append(missing, left_out(participant, "no value of a covariate of this effect"));
        }
    }
    for (int64_t c = 0; c < effect->columns; c++)
        columns = vx_json_append(columns, vx_json_text(effect->column_name[c]));
    json_t *object = json_pack("{so so so sb sI so so so so so ss so so so so}",
                               VX_KEY_NAME, vx_json_text(effect->name),
                               VX_KEY_STEM, vx_json_text(entry->stem),
                               VX_KEY_PLACE, vx_json_text(entry->place),
                               VX_KEY_RANKS, (int)effect->ranks,
                               VX_KEY_N, (json_int_t)effect->n,
                               VX_KEY_DF, number(effect->df),
                               VX_KEY_PARTICIPANTS, used,
                               VX_KEY_LEFT_OUT, missing,
                               VX_KEY_COLUMNS, columns,
                               VX_KEY_CONTRAST, numbers(effect->contrast, (size_t)effect->columns),
                               VX_KEY_TAILS, vx_tails_names[result->options.tails],
                               VX_KEY_PEAK, peak_object(result, space),
                               VX_KEY_P, p_object(result, space->elements),
                               VX_KEY_CLUSTERS, clusters_object(result),
                               VX_KEY_PERMUTATIONS, permutations_object(result));
    const json_int_t k = (json_int_t)result->bonferroni_effects;
    return k ? vx_json_set(object, VX_KEY_BONFERRONI_EFFECTS, json_integer(k)) : object;
}

/* Null where no image removed a voxel. */
static json_t *loss_object(const vx_mask_loss *loss)
{
    if (!loss->voxels)
        return json_null();
    return json_pack("{so so sI sI sI}",
                     VX_KEY_PARTICIPANT, vx_json_text(loss->participant),
                     VX_KEY_COLUMN, vx_json_text(loss->column),
                     VX_KEY_VOXELS, (json_int_t)loss->voxels,
                     VX_KEY_IN_NO_OTHER, (json_int_t)loss->alone,
                     VX_KEY_IMAGES, (json_int_t)loss->images);
}

/* Null without a mask file. */
static json_t *mask_values_object(const vx_mask_report *mask)
{
    if (mask->file_high == 0 && mask->file_low == 0)
        return json_null();
    return json_pack("{so so sI}",
                     VX_KEY_LOWEST, number(mask->file_low),
                     VX_KEY_HIGHEST, number(mask->file_high),
                     VX_KEY_BETWEEN, (json_int_t)mask->file_between);
}

static json_t *mask_object(const vx_record_modality *modality)
{
    const vx_mask_report *mask = &modality->mask;
    return json_pack("{sI sI sI sI sI sI sI sI so so so}",
                     VX_KEY_VOXELS, (json_int_t)modality->matrix->space.elements,
                     VX_KEY_GRID_VOXELS, (json_int_t)mask->grid_voxels,
                     VX_KEY_CANDIDATE, (json_int_t)mask->candidate,
                     VX_KEY_LEFT_OUT_NOT_FINITE, (json_int_t)mask->left_out_not_finite,
                     VX_KEY_LEFT_OUT_ZERO, (json_int_t)mask->left_out_zero,
                     VX_KEY_LEFT_OUT_THRESHOLD, (json_int_t)mask->left_out_threshold,
                     VX_KEY_LEFT_OUT_CONSTANT, (json_int_t)mask->left_out_constant,
                     VX_KEY_KEPT_ZERO, (json_int_t)mask->kept_zero,
                     VX_KEY_MOST_NOT_FINITE, loss_object(&mask->not_finite),
                     VX_KEY_MOST_ZERO, loss_object(&mask->zero),
                     VX_KEY_FILE_VALUES, mask_values_object(mask));
}

static json_t *affine_array(const vx_grid *grid)
{
    json_t *array = json_array();
    for (int row = 0; row < 4; row++)
        array = vx_json_append(array, numbers(grid->affine[row], 4));
    return array;
}

/* The modality whose first entry is `entry`; takes ownership of `effects`. */
static json_t *modality_object(const vx_entry *entry, json_t *effects)
{
    const vx_record_modality *modality = entry->modality;
    const vx_grid *grid = &modality->matrix->space.grid;
    json_t *missing = json_array();
    for (size_t i = 0; i < modality->study->left_outs; i++)
        missing = vx_json_append(
            missing, left_out(modality->study->left_out[i].participant, modality->study->left_out[i].reason));
    return json_pack("{so so sI so so so so so so}",
                     VX_KEY_NAME, vx_json_text(modality->name),
                     VX_KEY_STEM, vx_json_text(entry->modality_name),
                     VX_KEY_N, (json_int_t)modality->study->n,
                     VX_KEY_LEFT_OUT, missing,
                     VX_KEY_DIM, integers(grid->dim, 3),
                     VX_KEY_VOXEL_MM, numbers(grid->pixdim, 3),
                     VX_KEY_AFFINE, affine_array(grid),
                     VX_KEY_MASK, mask_object(modality),
                     VX_KEY_EFFECTS, effects);
}

static json_t *modalities_array(const vx_record *record, const vx_entry *entry, size_t entries)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entries;) {
        const vx_entry *first = &entry[i];
        json_t *effects = json_array();
        for (; i < entries && entry[i].modality == first->modality; i++)
            effects = vx_json_append(effects, effect_object(record, &entry[i]));
        array = vx_json_append(array, modality_object(first, effects));
    }
    return array;
}

/* {name: [text coded as 0, text coded as 1]} for every column of two texts. */
static json_t *levels_object(const vx_study *study)
{
    json_t *object = json_object();
    for (size_t i = 0; i < study->covariates + study->nuisances; i++) {
        const vx_column *column = i < study->covariates ? study->covariate + i
                                                        : study->nuisance + (i - study->covariates);
        if (column->level[0])
            object = vx_json_set(object, column->name, json_pack("[oo]", vx_json_text(column->level[0]),
                                                                 vx_json_text(column->level[1])));
    }
    return object;
}

static json_t *study_object(const vx_study *study)
{
    static const char *const direction[] = {NULL, "names", "option", "option"};
    json_t *sessions = json_array();
    for (int k = 0; k < 2; k++)
        if (study->session[k])
            sessions = vx_json_append(sessions, vx_json_text(study->session[k]));
    return json_pack("{so ss so so so sI}",
                     VX_KEY_TABLE, vx_json_text(study->table),
                     VX_KEY_DESIGN, vx_design_names[study->design],
                     VX_KEY_SESSIONS, sessions,
                     VX_KEY_DIRECTION, vx_json_text(direction[study->direction]),
                     VX_KEY_LEVELS, levels_object(study),
                     VX_KEY_PARTICIPANTS, (json_int_t)study->participants);
}

vx_status vx_write_json(const char *folder, const vx_record *record, vx_error *error)
{
    vx_entry *entry = NULL;
    size_t entries = 0;
    json_t *run = NULL;
    vx_status status = vx_entries_new(record, &entry, &entries, error);
    if (status)
        goto cleanup;
    run = json_pack("{so ss so so s{so so so} so so ss ss? so so so so so}",
                    VX_KEY_VERSION, vx_json_text(record->version),
                    VX_KEY_KIND, VX_KIND_ANALYSIS,
                    VX_KEY_COMMAND_LINE, vx_json_text(record->command_line),
                    VX_KEY_STARTED, vx_json_text(record->started),
                    VX_KEY_SECONDS, VX_KEY_READ, number(record->seconds_read),
                    VX_KEY_INFER, number(record->seconds_infer),
                    VX_KEY_TOTAL, number(record->seconds_total),
                    VX_KEY_DEVICE, device_object(record->device),
                    VX_KEY_OPTIONS, options_object(record),
                    VX_KEY_P_FORMAT, vx_p_format_names[record->p_format],
                    VX_KEY_PRIMARY, primary_key(record),
                    VX_KEY_STUDY, study_object(record->study),
                    VX_KEY_REMARKS, remarks_array(record->remarks),
                    VX_KEY_MODALITIES, modalities_array(record, entry, entries),
                    VX_KEY_INPUTS, inputs_array(record),
                    VX_KEY_NOT_WRITTEN, vx_json_text(record->not_written));
    if (record->outcome_tests)
        run = vx_json_set(run, VX_KEY_OUTCOMES, vx_outcomes_json(record));
    if (record->expected)
        run = vx_json_set(run, VX_KEY_EXPECTED, vx_expected_json(record->expected));
    status = run ? vx_manifest_fill(folder, run, error) : vx_fail_memory(error);
    if (!status)
        status = vx_manifest_finish(folder, run, error);
cleanup:
    json_decref(run);
    vx_entries_free(entry, entries);
    return status;
}
