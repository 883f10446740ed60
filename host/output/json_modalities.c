/* The results in run.json: modalities, their effects, and the search volumes of these. */
#include "output/json.h"

#include "atlas/location.h"
#include "base/json.h"
#include "infer/extreme.h"
#include "infer/quantity.h"
#include "output/quality.h"
#include "results/change.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

/* The most extreme t in the direction of the alternative, and its position. */
static json_t *peak_object(const vx_result *result, const vx_space *space)
{
    const vx_map *t = vx_result_map(result, VX_MAP_T);
    const int64_t peak = vx_extreme_t(result);
    int64_t voxel[3];
    double mm[3];
    if (peak < 0)
        return json_null();
    vx_grid_voxel(&space->grid, space->index[peak], voxel);
    vx_grid_mm(&space->grid, space->index[peak], mm);
    return json_pack("{so so so}",
                     VX_KEY_T, vx_json_number(t->value[peak]),
                     VX_KEY_MM, vx_json_numbers(mm, 3),
                     VX_KEY_VOXEL, vx_json_integers(voxel, 3));
}

/* For every map of p of such results the smallest p, where it is, and the number of significant voxels. */
static json_t *p_object(const vx_entry *entry, const vx_tests *tests)
{
    const vx_regions *atlas = entry->modality->atlas;
    const vx_space *space = tests->space;
    json_t *object = json_object();
    for (size_t m = 0; m < tests->result->maps; m++) {
        const vx_map *map = &tests->result->map[m];
        if (!vx_quantity_is_p(map->quantity) || !vx_map_written(tests, map))
            continue;
        const int64_t at = vx_extreme_p(tests->result, map);
        const int64_t region = at >= 0 && atlas ? vx_region_at(atlas, space, at) : -1;
        double mm[3] = {NAN, NAN, NAN};
        if (at >= 0)
            vx_grid_mm(&space->grid, space->index[at], mm);
        json_t *one = json_pack("{so sI so}",
                                VX_KEY_SMALLEST, vx_json_number(at >= 0 ? map->value[at] : NAN),
                                VX_VOXELS_BELOW_KEY, (json_int_t)vx_map_significant(map, space->elements),
                                VX_KEY_MM, vx_json_numbers(mm, 3));
        if (atlas)
            one = vx_json_set(one, VX_KEY_REGION, vx_json_text(region >= 0 ? atlas->region[region].name : NULL));
        object = vx_json_set(object, vx_quantity_about(map->quantity)->key, one);
    }
    return object;
}

/* The number of clusters, and for every kind of p the number of those whose own p, of voxels that of the peak, is
 * significant. */
static json_t *clusters_object(const vx_result *result)
{
    json_t *object = json_pack("{sI}", VX_KEY_NUMBER, (json_int_t)result->clusters);
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        const vx_quantity_row *about = vx_quantity_about(kind);
        json_int_t below = 0;
        char key[60];
        if ((about->of || !about->of_cluster) && !vx_result_map(result, kind))
            continue;
        for (size_t i = 0; i < result->clusters; i++)
            below += vx_significant(result->cluster[i].p[kind]);
        snprintf(key, sizeof key, "%s" VX_BELOW_ENDING, about->word);
        object = vx_json_set(object, key, json_integer(below));
    }
    object = vx_json_set(object, VX_KEY_THRESHOLD_T, vx_json_number(result->plan.threshold_t));
    return vx_json_set(object, VX_KEY_CONNECTIVITY, json_integer(result->options.connectivity));
}

static json_t *permutations_object(const vx_result *result)
{
    const vx_plan *plan = &result->plan;
    return json_pack("{ss so so sb sb so so so so so}",
                     VX_KEY_KIND, vx_scheme_names[result->effect->scheme],
                     VX_KEY_POSSIBLE, vx_json_count(plan->possible),
                     VX_KEY_RELABELLINGS, vx_json_count(plan->relabellings),
                     VX_KEY_EXHAUSTIVE, (int)plan->exhaustive,
                     VX_KEY_EXACT_UNCORRECTED, (int)plan->exact_uncorrected,
                     VX_KEY_P_SMALLEST, vx_json_number(plan->p_smallest),
                     VX_KEY_SEED, vx_json_count(result->options.seed),
                     VX_KEY_OVERFLOWS, vx_json_count(result->overflows),
                     VX_KEY_QUANTILES, vx_json_count(result->quantiles.count),
                     VX_KEY_SECONDS, vx_json_number(result->seconds));
}

static json_t *left_out(const char *participant, const char *reason)
{
    return json_pack("{so so}", VX_KEY_PARTICIPANT, vx_json_text(participant), VX_KEY_REASON, vx_json_text(reason));
}

json_t *vx_left_out_json(const vx_left_out *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        array = vx_json_append(array, left_out(list[i].participant, list[i].reason));
    return array;
}

/* K of Bonferroni's correction stands where it was computed. */
static json_t *with_bonferroni(json_t *object, const vx_result *result)
{
    const json_int_t k = (json_int_t)result->bonferroni_effects;
    return k ? vx_json_set(object, VX_KEY_BONFERRONI_EFFECTS, json_integer(k)) : object;
}

/* The results within a search volume. */
static json_t *volume_object(const vx_entry *entry, size_t volume)
{
    const vx_tests tests = vx_entry_tests(entry, volume + 1);
    json_t *object = json_pack("{so ss sI so so so}",
                               VX_KEY_NAME, vx_json_text(entry->volume[volume].volume->name),
                               VX_KEY_STEM, tests.volume,
                               VX_KEY_VOXELS, (json_int_t)tests.space->elements,
                               VX_KEY_PEAK, peak_object(tests.result, tests.space),
                               VX_KEY_P, p_object(entry, &tests),
                               VX_KEY_CLUSTERS, clusters_object(tests.result));
    return with_bonferroni(object, tests.result);
}

static json_t *volumes_array(const vx_entry *entry)
{
    json_t *array = json_array();
    for (size_t v = 0; v < entry->modality->volumes; v++)
        array = vx_json_append(array, volume_object(entry, v));
    return array;
}

/* The participants, design and results of an effect. Effect rows ascend, so one pass over the modality's rows
 * suffices. */
static json_t *effect_object(const vx_record *record, const vx_entry *entry)
{
    const vx_result *result = entry->result;
    const vx_effect *effect = result->effect;
    const vx_tests tests = vx_entry_tests(entry, 0);
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
    json_t *object = json_pack("{so so so so sb sI so so so so so ss so so so so}",
                               VX_KEY_NAME, vx_json_text(effect->name),
                               VX_KEY_STEM, vx_json_text(entry->place),
                               VX_KEY_FIGURES, vx_json_text(entry->stem),
                               VX_KEY_PLACE, vx_json_text(entry->place),
                               VX_KEY_RANKS, (int)effect->ranks,
                               VX_KEY_N, (json_int_t)effect->n,
                               VX_KEY_DF, vx_json_number(effect->df),
                               VX_KEY_PARTICIPANTS, used,
                               VX_KEY_LEFT_OUT, missing,
                               VX_KEY_COLUMNS, columns,
                               VX_KEY_CONTRAST, vx_json_numbers(effect->contrast, (size_t)effect->columns),
                               VX_KEY_TAILS, vx_tails_names[result->options.tails],
                               VX_KEY_PEAK, peak_object(result, tests.space),
                               VX_KEY_P, p_object(entry, &tests),
                               VX_KEY_CLUSTERS, clusters_object(result),
                               VX_KEY_PERMUTATIONS, permutations_object(result));
    if (entry->modality->volumes)
        object = vx_json_set(object, VX_KEY_VOLUMES, volumes_array(entry));
    return with_bonferroni(object, result);
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
                     VX_KEY_LOWEST, vx_json_number(mask->file_low),
                     VX_KEY_HIGHEST, vx_json_number(mask->file_high),
                     VX_KEY_BETWEEN, (json_int_t)mask->file_between);
}

static json_t *mask_object(const vx_record_modality *modality)
{
    const vx_mask_report *mask = &modality->mask;
    return json_pack("{sI sI sI sI sI sI sI sI sI so so so so so}",
                     VX_KEY_VOXELS, (json_int_t)modality->matrix->space.elements,
                     VX_KEY_GRID_VOXELS, (json_int_t)mask->grid_voxels,
                     VX_KEY_CANDIDATE, (json_int_t)mask->candidate,
                     VX_KEY_LEFT_OUT_NOT_FINITE, (json_int_t)mask->left_out_not_finite,
                     VX_KEY_LEFT_OUT_ZERO, (json_int_t)mask->left_out_zero,
                     VX_KEY_LEFT_OUT_THRESHOLD, (json_int_t)mask->left_out_threshold,
                     VX_KEY_LEFT_OUT_CHANGE, (json_int_t)mask->left_out_change,
                     VX_KEY_LEFT_OUT_CONSTANT, (json_int_t)mask->left_out_constant,
                     VX_KEY_KEPT_ZERO, (json_int_t)mask->kept_zero,
                     VX_KEY_MOST_NOT_FINITE, loss_object(&mask->not_finite),
                     VX_KEY_MOST_ZERO, loss_object(&mask->zero),
                     VX_KEY_MOST_BELOW, loss_object(&mask->threshold),
                     VX_KEY_MOST_CHANGE, loss_object(&mask->change),
                     VX_KEY_FILE_VALUES, mask_values_object(mask));
}

static json_t *scaling_test_object(const vx_scaling_test *test)
{
    return json_pack("{so so so so so so}",
                     VX_KEY_MEAN, vx_json_numbers(test->mean, 2),
                     VX_KEY_SD, vx_json_numbers(test->sd, 2),
                     VX_KEY_PERCENT, vx_json_number(test->percent),
                     VX_KEY_T, vx_json_number(test->t),
                     VX_KEY_DF, vx_json_number(test->df),
                     VX_KEY_P, vx_json_number(test->p));
}

json_t *vx_json_with_scaling(json_t *object, const vx_scaling *scaling)
{
    if (!scaling || !scaling->step)
        return object;
    json_t *made = json_pack("{ss so}", VX_KEY_NAME, scaling->step, VX_KEY_OWN, scaling_test_object(&scaling->own));
    if (isfinite(scaling->relative.mean[0]))
        made = vx_json_set(made, VX_KEY_RELATIVE, scaling_test_object(&scaling->relative));
    return vx_json_set(object, VX_KEY_SCALING, made);
}

static json_t *affine_array(const vx_grid *grid)
{
    json_t *array = json_array();
    for (int row = 0; row < 4; row++)
        array = vx_json_append(array, vx_json_numbers(grid->affine[row], 4));
    return array;
}

static json_t *region_names(const vx_regions *atlas)
{
    json_t *array = json_array();
    for (int64_t r = 0; r < atlas->count; r++)
        array = vx_json_append(array, vx_json_text(atlas->region[r].name));
    return array;
}

/* The modality whose first entry is `entry`; takes ownership of `effects`. */
static json_t *modality_object(const vx_record *record, const vx_entry *entry, json_t *effects)
{
    const vx_record_modality *modality = entry->modality;
    const vx_grid *grid = &modality->matrix->space.grid;
    json_t *missing = vx_left_out_json(modality->study->left_out, modality->study->left_outs);
    json_t *preparation = json_array();
    for (size_t k = 0; k < modality->steps; k++)
        preparation = vx_json_append(preparation, vx_step_json(&modality->step[k]));
    json_t *smoothness = modality->smoothness ? vx_json_numbers(modality->smoothness, 3) : json_null();
    json_t *object = json_pack("{so so ss so so so so sI so so so so so so}",
                               VX_KEY_NAME, vx_json_text(modality->name),
                               VX_KEY_STEM, vx_json_text(entry->modality_name),
                               VX_KEY_CHANGE, vx_change_names[modality->change],
                               VX_KEY_UNITS, vx_json_text(modality->units),
                               VX_KEY_CHANGE_UNITS,
                               vx_json_text(vx_change_units(modality->change, modality->units)),
                               VX_KEY_PREPARATION, preparation,
                               VX_KEY_SMOOTHNESS, smoothness,
                               VX_KEY_N, (json_int_t)modality->study->n,
                               VX_KEY_LEFT_OUT, missing,
                               VX_KEY_DIM, vx_json_integers(grid->dim, 3),
                               VX_KEY_VOXEL_MM, vx_json_numbers(grid->pixdim, 3),
                               VX_KEY_AFFINE, affine_array(grid),
                               VX_KEY_MASK, mask_object(modality),
                               VX_KEY_EFFECTS, effects);
    object = vx_json_set(object, VX_KEY_SPACE_CODE, json_integer(vx_grid_space_code(grid)));
    if (modality->atlas)
        object = vx_json_set(object, VX_KEY_ATLAS_REGIONS, region_names(modality->atlas));
    if (modality->quality)
        object = vx_json_set(object, VX_KEY_QUALITY, vx_quality_json(record, modality));
    return vx_json_with_scaling(object, modality->scaling);
}

json_t *vx_json_modalities(const vx_record *record, const vx_entry *entry, size_t entries)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entries;) {
        const vx_entry *first = &entry[i];
        json_t *effects = json_array();
        for (; i < entries && entry[i].modality == first->modality; i++)
            effects = vx_json_append(effects, effect_object(record, &entry[i]));
        array = vx_json_append(array, modality_object(record, first, effects));
    }
    return array;
}
