#include "results/reading.h"

#include "base/memory.h"
#include "infer/quantiles.h"
#include "infer/quantity.h"
#include "results/level.h"
#include "results/schema.h"
#include "results/store.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

void *vx_reading_array(vx_reading *r, size_t count, size_t size)
{
    void *memory = r->status ? NULL : vx_array_zero(count, size);
    if (!memory && !r->status)
        r->status = vx_fail_memory(r->error);
    return memory;
}

double *vx_reading_numbers(vx_reading *r, const char *group, const char *place, const char *name, int rank,
                           const size_t *shape, bool gaps)
{
    double *value = NULL;
    char *path = vx_dataset_path(group, place, name);
    if (!r->status)
        r->status = path ? vx_store_numbers(r->results->store, path, rank, shape, &value, r->error)
                         : vx_fail_memory(r->error);
    const size_t count = r->status ? 0 : rank == 1 ? shape[0] : shape[0] * shape[1];
    for (size_t i = 0; !r->status && i < count; i++)
        if (!isfinite(value[i]) && !(gaps && isnan(value[i])))
            r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": %s holds a number that is not finite: "
                                "it is damaged", r->results->folder, path);
    free(path);
    if (r->status) {
        free(value);
        value = NULL;
    }
    return value;
}

/* Every participant's means over the mask, or over the largest clusters of an effect. An image that could not be read
 * again has the mean NaN and no voxels. */
static double *means(vx_reading *r, const vx_results_modality *modality, const vx_results_effect *effect, int session)
{
    const size_t n = (size_t)(effect ? effect->n : modality->n), all = (size_t)modality->n;
    const size_t shape[2] = {effect ? effect->measured : 1, n};
    const char *name = vx_session_names[session];
    double *value = effect ? vx_reading_numbers(r, VX_GROUP_CLUSTERS, effect->place, name, 2, shape, true)
                           : vx_reading_numbers(r, VX_GROUP_PARTICIPANTS, modality->stem, name, 1, &n, true);
    for (size_t i = 0, row = 0; i < n && !r->status; i++, row++) {
        while (effect && row < all && strcmp(modality->participant[row], effect->participant[i]) != 0)
            row++;
        const bool unread = row < all && !modality->voxels[session][row];
        for (size_t k = 0; k < shape[0] && !r->status; k++)
            if (isnan(value[k * n + i]) && !unread)
                r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": the means of %s, %s, hold a number "
                                    "that is not finite: it is damaged", r->results->folder, modality->name, name);
    }
    return value;
}

static bool has(const vx_results *results, const char *group, const char *place, const char *name)
{
    char *path = vx_dataset_path(group, place, name);
    const bool there = path && vx_store_has(results->store, path);
    free(path);
    return there;
}

/* The contrast tests either the intercept, which is the only constant column, or a regressor. */
static void find_kind(vx_reading *r, vx_results_effect *effect)
{
    effect->kind = VX_MEAN;
    for (effect->tested = 0; !r->status && effect->contrast[effect->tested] == 0;)
        effect->tested++;
    for (int64_t i = 1; i < effect->n && !r->status; i++)
        if (effect->design[i * effect->columns + effect->tested] != effect->design[effect->tested])
            effect->kind = VX_SLOPE;
    if (!r->status && effect->kind == VX_SLOPE && effect->columns < 2)
        vx_reading_fail(r, "\"columns\" of %.60s hold no intercept", effect->name);
}

static void read_quantiles(vx_reading *r, const vx_results_modality *modality, vx_results_effect *effect)
{
    vx_quantiles *q = &effect->quantiles;
    q->rank = q->count ? vx_reading_array(r, VX_QUANTILE_RANKS, sizeof *q->rank) : NULL;
    if (!q->rank)
        return;
    q->ranks = vx_quantile_ranks(modality->mask_voxels, q->rank);
    const size_t t[2] = {(size_t)q->count, q->ranks}, median[2] = {(size_t)q->count, 2};
    q->t = vx_reading_numbers(r, VX_GROUP_NULL, effect->place, VX_DATASET_QUANTILES, 2, t, false);
    q->median = vx_reading_numbers(r, VX_GROUP_NULL, effect->place, VX_DATASET_MEDIANS, 2, median, false);
}

static void read_effect_store(vx_reading *r, const vx_results_modality *modality, vx_results_effect *effect)
{
    const size_t design[2] = {(size_t)effect->n, (size_t)effect->columns}, count = (size_t)effect->relabellings;
    effect->design = vx_reading_numbers(r, VX_GROUP_DESIGN, effect->place, VX_DATASET_MATRIX, 2, design, false);
    effect->raw = vx_reading_numbers(r, VX_GROUP_DESIGN, effect->place, VX_DATASET_RAW, 2, design, false);
    find_kind(r, effect);
    effect->null.count = count;
    for (int kind = 0; kind < VX_P_KINDS; kind++) {
        double **maxima = vx_null_maxima(&effect->null, kind);
        const char *word = vx_quantity_about(kind)->word;
        if (maxima && (kind == VX_P_FWE_VOXEL || has(r->results, VX_GROUP_NULL, effect->place, word)))
            *maxima = vx_reading_numbers(r, VX_GROUP_NULL, effect->place, word, 1, &count, false);
    }
    read_quantiles(r, modality, effect);
    effect->measured = effect->clusters < VX_MEASURED_CLUSTERS ? effect->clusters : VX_MEASURED_CLUSTERS;
    if (!effect->measured)
        return;
    effect->followup = means(r, modality, effect, VX_MEAN_FOLLOWUP);
    if (r->results->design == VX_PAIRED)
        effect->baseline = means(r, modality, effect, VX_MEAN_BASELINE);
}

static void check_mean(vx_reading *r, const vx_results_modality *modality)
{
    float *mean = NULL;
    if (!r->status)
        r->status = vx_results_mean(r->results, modality, &mean, r->error);
    free(mean);
}

/* The number of finite non-zero voxels of every image. */
static int64_t *voxel_counts(vx_reading *r, const vx_results_modality *modality, const char *name)
{
    const size_t n = (size_t)modality->n;
    double *count = vx_reading_numbers(r, VX_GROUP_PARTICIPANTS, modality->stem, name, 1, &n, false);
    int64_t *voxels = vx_reading_array(r, n, sizeof *voxels);
    for (size_t i = 0; !r->status && i < n; i++) {
        if (count[i] < 0 || count[i] > (double)vx_grid_elements(&modality->grid))
            r->status = vx_fail(r->error, VX_INPUT, "%s/" VX_HDF5_FILE ": " VX_GROUP_PARTICIPANTS "/%s/%s counts %g "
                                "voxels in a grid of %zu: it is damaged", r->results->folder, modality->stem, name,
                                count[i], vx_grid_elements(&modality->grid));
        else
            voxels[i] = (int64_t)count[i];
    }
    free(count);
    return voxels;
}

static void read_modality_store(vx_reading *r, vx_results_modality *modality)
{
    check_mean(r, modality);
    vx_read_quality(r, modality);
    for (int s = r->results->design == VX_PAIRED ? 0 : 1; s < VX_MEAN_SESSIONS; s++) {
        modality->voxels[s] = voxel_counts(r, modality, vx_session_voxels_names[s]);
        modality->global[s] = means(r, modality, NULL, s);
    }
    for (size_t e = 0; e < modality->effects; e++)
        read_effect_store(r, modality, &modality->effect[e]);
}

/* ---- the folder ---- */

vx_status vx_results_open(const char *folder, vx_results **results, vx_error *error)
{
    vx_results *opened = vx_array_zero(1, sizeof *opened);
    vx_reading r = {opened, VX_OK, error};
    char *path = vx_text("%s/" VX_HDF5_FILE, folder);
    if (!opened || !path || !(opened->folder = vx_copy_text(folder)))
        r.status = vx_fail_memory(error);
    vx_read_run(&r);
    if (!r.status)
        r.status = vx_store_open(path, &opened->store, error);
    for (size_t m = 0; !r.status && m < opened->modalities; m++) {
        read_modality_store(&r, &opened->modality[m]);
        for (size_t e = 0; !r.status && e < opened->modality[m].effects; e++)
            vx_read_clusters(&r, &opened->modality[m], &opened->modality[m].effect[e]);
    }
    vx_read_outcomes(&r);
    vx_read_expected(&r);
    vx_read_sensitivity(&r);
    free(path);
    if (r.status)
        vx_results_close(opened);
    else
        *results = opened;
    return r.status;
}

static void destroy_effect(vx_results_effect *effect)
{
    free(effect->participant);
    free(effect->left_out);
    free(effect->column);
    free(effect->contrast);
    free(effect->design);
    free(effect->raw);
    free(effect->volume);
    free(effect->cluster);
    for (size_t c = 0; effect->peak_region && c < effect->clusters; c++)
        free(effect->peak_region[c]);
    free(effect->peak_region);
    for (size_t i = 0; i < effect->sub_peaks; i++)
        free(effect->sub_peak[i].region);
    free(effect->sub_peak);
    free(effect->null.voxel);
    free(effect->null.extent);
    free(effect->null.mass);
    free(effect->null.tfce);
    vx_quantiles_destroy(&effect->quantiles);
    free(effect->baseline);
    free(effect->followup);
}

void vx_results_close(vx_results *results)
{
    if (!results)
        return;
    for (size_t m = 0; results->modality && m < results->modalities; m++) {
        vx_results_modality *modality = &results->modality[m];
        for (size_t e = 0; modality->effect && e < modality->effects; e++)
            destroy_effect(&modality->effect[e]);
        free(modality->effect);
        free(modality->left_out);
        free(modality->step);
        free(modality->region);
        for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
            free(modality->quality.value[k]);
        free(modality->quality.flag);
        free(modality->quality.nearest);
        for (int s = 0; s < VX_MEAN_SESSIONS; s++) {
            free(modality->global[s]);
            free(modality->voxels[s]);
        }
    }
    free(results->modality);
    for (int k = 0; k < VX_OUTCOME_KINDS; k++)
        for (int s = 0; s < VX_MEAN_SESSIONS; s++)
            free(results->outcome_values[k][s]);
    for (size_t i = 0; results->outcome && i < results->outcomes; i++)
        free(results->outcome[i].left_out);
    free(results->outcome);
    free(results->covariate);
    free(results->covariate_values);
    free(results->expected);
    free(results->choice);
    free(results->sensitivity);
    free(results->participant);
    free(results->remark);
    vx_store_close(results->store);
    json_decref(results->run);
    free(results->folder);
    free(results);
}

const char *vx_results_option(const vx_results *results, const char *name)
{
    return json_string_value(json_object_get(json_object_get(results->run, VX_KEY_OPTIONS), name));
}

const char *vx_results_covariate_units(const vx_results *results, const char *covariate)
{
    const json_t *study = json_object_get(results->run, VX_KEY_STUDY);
    return json_string_value(json_object_get(json_object_get(study, VX_KEY_COVARIATE_UNITS), covariate));
}

bool vx_results_significant(const vx_results *results, vx_quantity kind, double p)
{
    return kind == results->primary && vx_quantity_about(kind)->control != VX_CONTROL_NONE && vx_significant(p);
}

const vx_results_effect *vx_results_first_found(const vx_results *results)
{
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            if (vx_results_significant(results, results->primary, effect->p[results->primary].smallest))
                return effect;
        }
    return results->modalities ? &results->modality[0].effect[0] : NULL;
}

const vx_results_step *vx_results_step_of(const vx_results_modality *modality, const char *name)
{
    for (size_t k = 0; k < modality->steps; k++)
        if (!strcmp(modality->step[k].name, name))
            return &modality->step[k];
    return NULL;
}

size_t vx_results_below(const vx_results_effect *effect, vx_quantity kind)
{
    size_t count = 0;
    if (!vx_quantity_about(kind)->of_cluster)
        return (size_t)effect->p[kind].below;
    for (size_t c = 0; c < effect->clusters; c++)
        count += vx_significant(effect->cluster[c].p[kind]);
    return count;
}

size_t vx_results_volume_below(const vx_results_volume *volume, vx_quantity kind)
{
    return vx_quantity_about(kind)->of_cluster ? volume->clusters_below[kind] : (size_t)volume->p[kind].below;
}

/* ---- volumes ---- */

static vx_status volume(const vx_results *results, const vx_grid *grid, const char *group, const char *place,
                        const char *name, float **data, vx_error *error)
{
    char *path = vx_dataset_path(group, place, name);
    vx_status status = path ? vx_store_volume(results->store, path, grid->dim, data, error) : vx_fail_memory(error);
    free(path);
    return status;
}

/* A map in the complete mask, or in the volume of that name in files. */
static vx_status read_map(const vx_results *results, const vx_results_effect *effect, const char *in,
                          const vx_grid *grid, vx_quantity quantity, float **data, vx_error *error)
{
    char *name = vx_name_in_volume(vx_quantity_name(quantity), in);
    vx_status status = name ? volume(results, grid, VX_GROUP_MAPS, effect->place, name, data, error)
                            : vx_fail_memory(error);
    const size_t elements = vx_grid_elements(grid);
    free(name);
    if (status || !vx_quantity_is_p(quantity))
        return status;
    for (size_t i = 0; i < elements; i++)
        (*data)[i] = vx_p_plain((*data)[i], results->p_format);
    return VX_OK;
}

vx_status vx_results_map(const vx_results *results, const vx_results_effect *effect, const vx_grid *grid,
                         vx_quantity quantity, float **data, vx_error *error)
{
    return read_map(results, effect, NULL, grid, quantity, data, error);
}

vx_status vx_results_volume_map(const vx_results *results, const vx_results_effect *effect,
                                const vx_results_volume *in, const vx_grid *grid, vx_quantity quantity, float **data,
                                vx_error *error)
{
    return read_map(results, effect, in->stem, grid, quantity, data, error);
}

bool vx_results_has_map(const vx_results *results, const vx_results_effect *effect, vx_quantity quantity)
{
    return has(results, VX_GROUP_MAPS, effect->place, vx_quantity_name(quantity));
}

vx_status vx_results_mean(const vx_results *results, const vx_results_modality *modality, float **data,
                          vx_error *error)
{
    return volume(results, &modality->grid, VX_GROUP_MEAN, modality->stem, NULL, data, error);
}

vx_status vx_results_atlas(const vx_results *results, const vx_results_modality *modality, float **data,
                           vx_error *error)
{
    float *region = NULL;
    vx_status status = volume(results, &modality->grid, VX_GROUP_ATLAS, modality->stem, NULL, &region, error);
    for (size_t i = 0; !status && i < vx_grid_elements(&modality->grid); i++)
        if (!(region[i] >= 0 && region[i] <= (float)modality->regions && region[i] == floorf(region[i])))
            status = vx_fail(error, VX_INPUT, "%s/" VX_HDF5_FILE ": " VX_GROUP_ATLAS "/%s holds %g, and the atlas has "
                             "%zu regions: it is damaged", results->folder, modality->stem, (double)region[i],
                             modality->regions);
    if (status)
        free(region);
    else
        *data = region;
    return status;
}

vx_status vx_results_strips(const vx_results *results, const vx_results_modality *modality, float **data,
                            vx_error *error)
{
    const vx_results_quality *quality = &modality->quality;
    const vx_grid shape = {.dim = {quality->images, quality->height, quality->width}};
    return volume(results, &shape, VX_GROUP_QUALITY, modality->stem, VX_DATASET_STRIPS, data, error);
}

vx_status vx_results_mask(const vx_results *results, const vx_results_modality *modality, float **data,
                          vx_error *error)
{
    float *mask = NULL;
    int64_t inside = 0;
    vx_status status = modality->alone
                           ? volume(results, &modality->grid, VX_DATASET_MASK, NULL, NULL, &mask, error)
                           : volume(results, &modality->grid, VX_GROUP_MASKS, modality->stem, NULL, &mask, error);
    for (size_t i = 0; !status && i < vx_grid_elements(&modality->grid); i++)
        inside += mask[i] == 1;
    if (!status && inside != modality->mask_voxels)
        status = vx_fail(error, VX_INPUT, "%s/" VX_HDF5_FILE ": the mask of %s holds %lld voxels, and run.json says "
                         "%lld: the two are not of one run", results->folder, modality->name, (long long)inside,
                         (long long)modality->mask_voxels);
    if (status)
        free(mask);
    else
        *data = mask;
    return status;
}
