#include "infer/maps.h"

#include "base/memory.h"
#include "base/sort.h"
#include "infer/clusters.h"
#include "infer/exact.h"
#include "infer/quantiles.h"
#include "infer/quantity.h"
#include "infer/tfce.h"
#include "space/space.h"

#include <math.h>
#include <string.h>

/* Adds a map and returns its values, which the caller fills in; null without memory. */
static float *add_map(vx_result *result, int64_t voxels, vx_quantity quantity)
{
    float *value = vx_array((size_t)voxels, sizeof *value);
    if (value)
        result->map[result->maps++] = (vx_map){quantity, vx_quantity_about(quantity)->units, value};
    return value;
}

/* Moves a computed map into the result. */
static void give_map(vx_result *result, vx_quantity quantity, const char *of_estimate, float **value)
{
    const char *units = vx_quantity_about(quantity)->units;
    if (*value)
        result->map[result->maps++] = (vx_map){quantity, units ? units : of_estimate, *value};
    *value = NULL;
}

void vx_result_add_estimates(vx_result *result, vx_estimates *m)
{
    bool mean = result->effect->kind == VX_MEAN;
    const char *units = mean ? "data" : "data per unit of the covariate";
    give_map(result, mean ? VX_MAP_MEAN : VX_MAP_SLOPE, units, &m->estimate);
    give_map(result, VX_MAP_SE, units, &m->se);
    give_map(result, VX_MAP_CI_LOW, units, &m->low);
    give_map(result, VX_MAP_CI_HIGH, units, &m->high);
    give_map(result, VX_MAP_T, units, &m->t);
    give_map(result, VX_MAP_Z, units, &m->z);
    give_map(result, result->effect->ranks ? VX_MAP_RHO : VX_MAP_R, units, &m->r);
    give_map(result, VX_MAP_DZ, units, &m->dz);
    give_map(result, VX_MAP_G, units, &m->g);
}

/* Adds p-fdr, of the uncorrected p. */
static vx_status add_fdr(vx_result *result, int64_t voxels, const float *p, vx_error *error)
{
    float *map = add_map(result, voxels, VX_P_FDR);
    double *q = vx_array((size_t)voxels, sizeof *q);
    vx_status status = map && q ? VX_OK : vx_fail_memory(error);
    for (int64_t v = 0; !status && v < voxels; v++)
        q[v] = p[v];
    if (!status)
        status = vx_fdr(q, voxels, q, error);
    for (int64_t v = 0; !status && v < voxels; v++)
        map[v] = (float)q[v];
    free(q);
    return status;
}

vx_status vx_result_add_voxel_p(vx_result *result, const vx_problem *problem, const int32_t *score,
                                const vx_tally *tally, const vx_max_statistics *maxima, vx_error *error)
{
    vx_tails tails = result->options.tails;
    float *p = add_map(result, problem->voxels, VX_P_UNCORRECTED);
    if (!p)
        return vx_fail_memory(error);
    vx_status status = result->plan.exact_uncorrected ? vx_exact_p(problem, tails, p, error) : VX_OK;
    if (status)
        return status;
    for (int64_t v = 0; !result->plan.exact_uncorrected && v < problem->voxels; v++)
        p[v] = (float)vx_p_uncorrected(problem, tails, tally->exceed[v]);
    if (result->options.correct & VX_CORRECT_FDR && (status = add_fdr(result, problem->voxels, p, error)))
        return status;
    if (!(result->options.correct & VX_CORRECT_VOXEL))
        return VX_OK;
    float *fwe = add_map(result, problem->voxels, VX_P_FWE_VOXEL);
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

/* Relative tolerance of TFCE values that are equal in exact arithmetic: the engine's maximum and the map's, or those of
 * two relabellings with the same scores. Both are double sums with about one rounding for each voxel; the map is
 * rounded to float32, which dominates. */
static const double TFCE_AGREES = 1e-6;

vx_status vx_result_add_tfce(vx_result *result, const vx_problem *problem, const int32_t *score,
                             const vx_max_statistics *maxima, const char *device, vx_error *error)
{
    vx_tails tails = result->options.tails;
    float *map = add_map(result, problem->voxels, VX_MAP_TFCE);
    float *p = add_map(result, problem->voxels, VX_P_FWE_TFCE);
    float *lowered = vx_array((size_t)problem->voxels, sizeof *lowered);
    double *sorted = vx_array((size_t)maxima->count, sizeof *sorted), highest = 0.0;
    vx_status status = map && p && lowered && sorted ? VX_OK : vx_fail_memory(error);
    if (status || (status = vx_tfce_map(problem, score, false, map, error)) ||
        (status = vx_tfce_map(problem, score, true, lowered, error)))
        goto cleanup;
    memcpy(sorted, maxima->tfce, (size_t)maxima->count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)maxima->count);
    for (int64_t v = 0; v < problem->voxels; v++) {
        if ((tails == VX_POSITIVE && map[v] < 0.0f) || (tails == VX_NEGATIVE && map[v] > 0.0f))
            map[v] = 0.0f; /* this tail was computed only for the maxima of mirrored relabellings */
        double height = fabs((double)map[v]);
        highest = fmax(highest, height);
        height = fmin(height, fabs((double)lowered[v]));
        p[v] = (float)vx_p_from_maxima(sorted, maxima->count, height, TFCE_AGREES * height);
    }
    if (fabs(highest - maxima->tfce[0]) > TFCE_AGREES * highest)
        status = vx_fail(error, VX_DEVICE, "device %s found a largest TFCE of %.9g instead of %.9g",
                         device, maxima->tfce[0], highest);
cleanup:
    free(lowered);
    free(sorted);
    return status;
}

/* The engine's largest cluster of the observed data must have the size that the flood fill found. */
static vx_status check_clusters(const vx_result *result, const vx_max_statistics *maxima, const char *device,
                                vx_error *error)
{
    int64_t largest = 0;
    for (size_t c = 0; c < result->clusters; c++)
        largest = result->cluster[c].voxels > largest ? result->cluster[c].voxels : largest;
    if ((double)largest != maxima->extent[0])
        return vx_fail(error, VX_DEVICE, "device %s found a largest cluster of %.0f voxels instead of %lld",
                       device, maxima->extent[0], (long long)largest);
    return VX_OK;
}

/* Bound on how much smaller a voxel's share of cluster mass may be in a relabelling that is equal in exact arithmetic.
 * The second term covers devices that do not round division correctly. */
static double mass_tolerance(const vx_problem *problem, int32_t score)
{
    double t = vx_score_height(problem, score);
    double lowered = vx_score_height(problem, vx_score_lowered(problem, score));
    return t - fmax(lowered, fmin(t, problem->options.threshold_t)) + 4.0 * 0x1p-24 * t;
}

/* Computes the p of every cluster by extent or mass, and the map that holds it in all voxels of the cluster. */
static vx_status add_cluster_p(vx_result *result, const vx_problem *problem, const int32_t *score,
                               const vx_max_statistics *maxima, vx_quantity kind, const float *label, vx_error *error)
{
    const bool mass = kind == VX_P_FWE_MASS;
    float *map = add_map(result, problem->voxels, kind);
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
        cluster->p[kind] = vx_p_from_maxima(sorted, maxima->count, size, tolerance[c]);
    }
    for (int64_t v = 0; v < problem->voxels; v++) {
        const vx_cluster *cluster = label[v] > 0.0f ? &result->cluster[(size_t)label[v] - 1] : NULL;
        map[v] = cluster ? (float)cluster->p[kind] : 1.0f;
    }
    free(sorted);
    free(tolerance);
    return VX_OK;
}

void vx_result_add_peaks(vx_result *result, const vx_space *space)
{
    for (size_t m = 0; m < result->maps; m++) {
        const vx_map *map = &result->map[m];
        if (!vx_quantity_is_p(map->quantity) || vx_quantity_about(map->quantity)->of_cluster)
            continue;
        for (size_t c = 0; c < result->clusters; c++) {
            vx_cluster *cluster = &result->cluster[c];
            cluster->p[map->quantity] = map->value[vx_space_find(space, cluster->peak_voxel)];
        }
    }
}

vx_status vx_result_add_clusters(vx_result *result, const vx_space *space, const vx_problem *problem,
                                 const int32_t *score, const vx_max_statistics *maxima, const char *device,
                                 vx_error *error)
{
    float *label = add_map(result, problem->voxels, VX_MAP_CLUSTERS);
    if (!label)
        return vx_fail_memory(error);
    const float *t = vx_result_map(result, VX_MAP_T)->value;
    vx_status status = vx_clusters_find(problem, space, result->options.tails, score, t, label,
                                        &result->cluster, &result->clusters, error);
    if (status || !maxima->extent)
        return status;
    if ((status = check_clusters(result, maxima, device, error)))
        return status;
    if (result->options.correct & VX_CORRECT_EXTENT)
        if ((status = add_cluster_p(result, problem, score, maxima, VX_P_FWE_EXTENT, label, error)))
            return status;
    if (result->options.correct & VX_CORRECT_MASS)
        return add_cluster_p(result, problem, score, maxima, VX_P_FWE_MASS, label, error);
    return VX_OK;
}

double vx_t_from_r(double r, double df)
{
    double limit = 1.0 - 0x1p-40;
    r = fmin(fmax(r, -limit), limit);
    return sqrt(df) * r / sqrt((1.0 - r) * (1.0 + r));
}

vx_status vx_result_add_statistics(vx_result *result, const vx_problem *problem, const int32_t *score,
                                   const vx_tally *tally, vx_error *error)
{
    const vx_relabellings *set = problem->relabellings;
    const vx_tails tails = result->options.tails;
    const double df = result->effect->df;
    const size_t voxels = (size_t)problem->voxels;
    size_t count;
    bool fits = vx_multiply((size_t)set->count, voxels, &count), mirrored;
    result->statistic = fits ? vx_array(count, sizeof *result->statistic) : NULL;
    result->reach = vx_array(voxels, sizeof *result->reach);
    if (!result->statistic || !result->reach)
        return vx_fail_memory(error);
    for (uint64_t i = 0; i < set->count; i++) {
        const int32_t *of = tally->score + vx_relabellings_evaluated(set, i, &mirrored) * voxels;
        for (size_t v = 0; v < voxels; v++) {
            double t = vx_t_from_r(vx_score_r(problem, of[v]), df);
            result->statistic[i * voxels + v] = mirrored ? -t : t;
        }
    }
    for (size_t v = 0; v < voxels; v++) {
        double r = vx_score_r(problem, score[v]);
        r = tails == VX_TWO_TAILS ? fabs(r) : tails == VX_POSITIVE ? r : -r;
        result->reach[v] = vx_t_from_r(r - vx_score_tolerance(problem, r), df);
    }
    return VX_OK;
}

void vx_result_add_null(vx_result *result, vx_max_statistics *maxima)
{
    vx_null *null = &result->null;
    for (uint64_t i = 0; i < maxima->count; i++)
        maxima->r[i] = vx_t_from_r(maxima->r[i], result->effect->df);
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

const vx_map *vx_result_map(const vx_result *result, vx_quantity quantity)
{
    for (size_t i = 0; i < result->maps; i++)
        if (result->map[i].quantity == quantity)
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
    free(result->statistic);
    free(result->reach);
    vx_quantiles_destroy(&result->quantiles);
    vx_relabellings_free(result->relabellings);
    free(result);
}
