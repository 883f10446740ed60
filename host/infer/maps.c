#include "infer/maps.h"

#include "base/memory.h"
#include "base/sort.h"
#include "infer/clusters.h"
#include "infer/exact.h"
#include "infer/tfce.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

/* A map of the result, with its values still to be filled in; null without memory. */
static float *add_map(vx_result *result, int64_t voxels, const char *name, const char *units, vx_intent intent,
                      bool is_p)
{
    vx_map *map = &result->map[result->maps];
    *map = (vx_map){.name = name, .units = units, .intent = intent, .is_p = is_p,
                    .value = vx_array((size_t)voxels, sizeof(float))};
    result->maps += map->value != NULL;
    return map->value;
}

/* Hands a finished map over to the result. */
static void give_map(vx_result *result, const char *name, const char *units, vx_intent intent, float **value)
{
    if (*value)
        result->map[result->maps++] = (vx_map){.name = name, .units = units, .intent = intent, .value = *value};
    *value = NULL;
}

void vx_result_add_estimates(vx_result *result, vx_estimates *m)
{
    bool mean = result->effect->kind == VX_MEAN;
    const char *units = mean ? "data" : "data per unit of the covariate";
    give_map(result, mean ? "mean" : "slope", units, VX_INTENT_ESTIMATE, &m->estimate);
    give_map(result, "se", units, VX_INTENT_ESTIMATE, &m->se);
    give_map(result, "ci-low", units, VX_INTENT_ESTIMATE, &m->low);
    give_map(result, "ci-high", units, VX_INTENT_ESTIMATE, &m->high);
    give_map(result, "t", "t", VX_INTENT_T, &m->t);
    give_map(result, "z", "z", VX_INTENT_Z, &m->z);
    give_map(result, result->effect->ranks ? "rho" : "r", "correlation", VX_INTENT_CORREL, &m->r);
    give_map(result, "dz", "standard deviations", VX_INTENT_ESTIMATE, &m->dz);
    give_map(result, "g", "standard deviations", VX_INTENT_ESTIMATE, &m->g);
}

vx_status vx_result_add_voxel_p(vx_result *result, const vx_problem *problem, const int32_t *score,
                                const vx_tally *tally, const vx_maxima *maxima, vx_error *error)
{
    vx_tails tails = result->options.tails;
    float *p = add_map(result, problem->voxels, "p-uncorrected", "p", VX_INTENT_P, true);
    if (!p)
        return vx_fail_memory(error);
    vx_status status = result->plan.exact_uncorrected ? vx_exact_p(problem, tails, p, error) : VX_OK;
    if (status)
        return status;
    for (int64_t v = 0; !result->plan.exact_uncorrected && v < problem->voxels; v++)
        p[v] = (float)vx_p_uncorrected(problem, tails, tally->exceed[v]);
    if (result->options.correct & VX_CORRECT_FDR) {
        float *q = add_map(result, problem->voxels, "p-fdr", "q", VX_INTENT_P, true);
        status = q ? vx_fdr(p, problem->voxels, q, error) : vx_fail_memory(error);
        if (status)
            return status;
    }
    if (!(result->options.correct & VX_CORRECT_VOXEL))
        return VX_OK;
    float *fwe = add_map(result, problem->voxels, "p-fwe-voxel", "p", VX_INTENT_P, true);
    double *sorted = vx_array((size_t)maxima->count, sizeof *sorted);
    if (!fwe || !sorted) {
        free(sorted);
        return vx_fail_memory(error);
    }
    memcpy(sorted, maxima->r, (size_t)maxima->count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)maxima->count);
    for (int64_t v = 0; v < problem->voxels; v++) {
        double r = vx_score_r(problem, score[v]);
        r = tails == VX_TWO_TAILS ? fabs(r) : tails == VX_POSITIVE ? r : -r;
        fwe[v] = (float)vx_p_from_maxima(sorted, maxima->count, r, vx_score_tolerance(problem, r));
    }
    free(sorted);
    return VX_OK;
}

/* How closely the engine's maximum and the map's must agree: two ways to one integral, each in double with about one
 * rounding a voxel, but the map is float32; or two relabellings' where all scores are the same. */
static const double TFCE_AGREES = 1e-6;

vx_status vx_result_add_tfce(vx_result *result, const vx_problem *problem, const int32_t *score,
                             const vx_maxima *maxima, const char *device, vx_error *error)
{
    vx_tails tails = result->options.tails;
    float *map = add_map(result, problem->voxels, "tfce", "TFCE", VX_INTENT_ESTIMATE, false);
    float *p = add_map(result, problem->voxels, "p-fwe-tfce", "p", VX_INTENT_P, true);
    float *least = vx_array((size_t)problem->voxels, sizeof *least);
    double *sorted = vx_array((size_t)maxima->count, sizeof *sorted), highest = 0.0;
    vx_status status = map && p && least && sorted ? VX_OK : vx_fail_memory(error);
    if (status || (status = vx_tfce_map(problem, score, false, map, error)) ||
        (status = vx_tfce_map(problem, score, true, least, error)))
        goto cleanup;
    memcpy(sorted, maxima->tfce, (size_t)maxima->count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)maxima->count);
    for (int64_t v = 0; v < problem->voxels; v++) {
        if ((tails == VX_POSITIVE && map[v] < 0.0f) || (tails == VX_NEGATIVE && map[v] > 0.0f))
            map[v] = 0.0f; /* that tail was needed for the mirrored relabellings' maxima alone */
        double height = fabs((double)map[v]);
        highest = fmax(highest, height);
        height = fmin(height, fabs((double)least[v]));
        p[v] = (float)vx_p_from_maxima(sorted, maxima->count, height, TFCE_AGREES * height);
    }
    if (fabs(highest - maxima->tfce[0]) > TFCE_AGREES * highest)
        status = vx_fail(error, VX_DEVICE, "device %s found a largest TFCE of %.9g where it is %.9g",
                         device, maxima->tfce[0], highest);
cleanup:
    free(least);
    free(sorted);
    return status;
}

/* The engine's largest clusters of the data as observed must be those that a plain flood finds. */
static vx_status check_clusters(const vx_result *result, const vx_maxima *maxima, const char *device, vx_error *error)
{
    int64_t largest = 0;
    for (size_t c = 0; c < result->clusters; c++)
        largest = result->cluster[c].voxels > largest ? result->cluster[c].voxels : largest;
    if ((double)largest != maxima->extent[0])
        return vx_fail(error, VX_DEVICE, "device %s found a largest cluster of %.0f voxels where there are %lld",
                       device, maxima->extent[0], (long long)largest);
    return VX_OK;
}

/* By how much a voxel's part of its cluster's mass may be less in a relabelling that is the same in exact arithmetic;
 * with the last bits of a division that is not rounded correctly. */
static double mass_tolerance(const vx_problem *problem, int32_t score)
{
    double t = vx_score_height(problem, score);
    double lowered = vx_score_height(problem, vx_score_lowered(problem, score));
    return t - fmax(lowered, fmin(t, problem->options.threshold_t)) + 4.0 * 0x1p-24 * t;
}

/* The p of every cluster by its extent or its mass, and the map that says it in all of its voxels. */
static vx_status add_cluster_p(vx_result *result, const vx_problem *problem, const int32_t *score,
                               const vx_maxima *maxima, bool mass, const float *label, vx_error *error)
{
    float *map = add_map(result, problem->voxels, mass ? "p-fwe-mass" : "p-fwe-extent", "p", VX_INTENT_P, true);
    double *sorted = vx_array((size_t)maxima->count, sizeof *sorted);
    double *tolerance = vx_array_zero(result->clusters + 1, sizeof *tolerance);
    if (!map || !sorted || !tolerance) {
        free(sorted);
        free(tolerance);
        return vx_fail_memory(error);
    }
    for (int64_t v = 0; mass && v < problem->voxels; v++)
        if (label[v] > 0.0f)
            tolerance[(size_t)label[v] - 1] += mass_tolerance(problem, score[v]);
    memcpy(sorted, mass ? maxima->mass : maxima->extent, (size_t)maxima->count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)maxima->count);
    for (size_t c = 0; c < result->clusters; c++) {
        vx_cluster *cluster = &result->cluster[c];
        double size = mass ? cluster->mass : (double)cluster->voxels;
        double p = vx_p_from_maxima(sorted, maxima->count, size, tolerance[c]);
        *(mass ? &cluster->p_mass : &cluster->p_extent) = p;
    }
    for (int64_t v = 0; v < problem->voxels; v++) {
        const vx_cluster *cluster = label[v] > 0.0f ? &result->cluster[(size_t)label[v] - 1] : NULL;
        map[v] = cluster ? (float)(mass ? cluster->p_mass : cluster->p_extent) : 1.0f;
    }
    free(sorted);
    free(tolerance);
    return VX_OK;
}

static int64_t voxel_at(const vx_matrix *matrix, const int64_t at[3])
{
    int64_t place = vx_grid_place(&matrix->grid, at), low = 0, high = matrix->voxels;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (matrix->index[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void vx_result_add_peaks(vx_result *result, const vx_matrix *matrix)
{
    const vx_map *uncorrected = vx_result_map(result, "p-uncorrected"), *fdr = vx_result_map(result, "p-fdr");
    const vx_map *fwe = vx_result_map(result, "p-fwe-voxel"), *tfce = vx_result_map(result, "p-fwe-tfce");
    for (size_t c = 0; c < result->clusters; c++) {
        vx_cluster *cluster = &result->cluster[c];
        int64_t v = voxel_at(matrix, cluster->peak_voxel);
        cluster->p_uncorrected = uncorrected ? uncorrected->value[v] : NAN;
        cluster->p_fdr = fdr ? fdr->value[v] : NAN;
        cluster->p_voxel = fwe ? fwe->value[v] : NAN;
        cluster->p_tfce = tfce ? tfce->value[v] : NAN;
    }
}

vx_status vx_result_add_clusters(vx_result *result, const vx_matrix *matrix, const vx_problem *problem,
                                 const int32_t *score, const vx_maxima *maxima, const char *device, vx_error *error)
{
    float *label = add_map(result, problem->voxels, "clusters", "label", VX_INTENT_LABEL, false);
    if (!label)
        return vx_fail_memory(error);
    result->map[result->maps - 1].is_label = true;
    const float *t = vx_result_map(result, "t")->value;
    vx_status status = vx_clusters_find(problem, matrix, result->options.tails, score, t, label,
                                        &result->cluster, &result->clusters, error);
    if (status || !maxima->extent)
        return status;
    if ((status = check_clusters(result, maxima, device, error)))
        return status;
    if (result->options.correct & VX_CORRECT_EXTENT)
        if ((status = add_cluster_p(result, problem, score, maxima, false, label, error)))
            return status;
    if (result->options.correct & VX_CORRECT_MASS)
        return add_cluster_p(result, problem, score, maxima, true, label, error);
    return VX_OK;
}

/* t = sqrt(df) r / sqrt((1 - r)(1 + r)); rounding may take |r| to 1, and no maximum is infinite. */
static double t_from_r(double r, double df)
{
    double limit = 1.0 - 0x1p-40;
    r = fmin(fmax(r, -limit), limit);
    return sqrt(df) * r / sqrt((1.0 - r) * (1.0 + r));
}

void vx_result_add_null(vx_result *result, vx_maxima *maxima)
{
    vx_null *null = &result->null;
    for (uint64_t i = 0; i < maxima->count; i++)
        maxima->r[i] = t_from_r(maxima->r[i], result->effect->df);
    *null = (vx_null){.count = maxima->count, .voxel = maxima->r};
    maxima->r = NULL;
    if (result->options.correct & VX_CORRECT_EXTENT) {
        null->extent = maxima->extent;
        maxima->extent = NULL;
    }
    if (result->options.correct & VX_CORRECT_MASS) {
        null->mass = maxima->mass;
        maxima->mass = NULL;
    }
    null->tfce = maxima->tfce;
    maxima->tfce = NULL;
}

const vx_map *vx_result_map(const vx_result *result, const char *name)
{
    for (size_t i = 0; i < result->maps; i++)
        if (strcmp(result->map[i].name, name) == 0)
            return &result->map[i];
    return NULL;
}

void vx_result_free(vx_result *result)
{
    if (!result)
        return;
    for (size_t i = 0; i < result->maps; i++)
        free(result->map[i].value);
    free(result->map);
    free(result->cluster);
    free(result->null.voxel);
    free(result->null.extent);
    free(result->null.mass);
    free(result->null.tfce);
    free(result);
}
