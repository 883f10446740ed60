#include "infer/maps.h"

#include "base/memory.h"
#include "base/sort.h"
#include "infer/clusters.h"
#include "infer/exact.h"
#include "infer/quantity.h"
#include "infer/tfce.h"
#include "space/grid.h"

#include <math.h>
#include <string.h>

/* A map of the result, with its values still to be filled in; null without memory. */
static float *add_map(vx_work *w, vx_quantity quantity)
{
    float *value = vx_array((size_t)w->problem->voxels, sizeof *value);
    if (value)
        w->result->map[w->result->maps++] = (vx_map){quantity, vx_quantity_about(quantity)->units, value};
    return value;
}

/* Hands a finished map over to the result. */
static void give_map(vx_work *w, vx_quantity quantity, const char *of_estimate, float **value)
{
    const char *units = vx_quantity_about(quantity)->units;
    if (*value)
        w->result->map[w->result->maps++] = (vx_map){quantity, units ? units : of_estimate, *value};
    *value = NULL;
}

static void give_estimates(vx_work *w)
{
    vx_estimates *m = &w->estimates;
    bool mean = w->effect->kind == VX_MEAN;
    const char *units = mean ? "data" : "data per unit of the covariate";
    give_map(w, mean ? VX_MAP_MEAN : VX_MAP_SLOPE, units, &m->estimate);
    give_map(w, VX_MAP_SE, units, &m->se);
    give_map(w, VX_MAP_CI_LOW, units, &m->low);
    give_map(w, VX_MAP_CI_HIGH, units, &m->high);
    give_map(w, VX_MAP_T, units, &m->t);
    give_map(w, VX_MAP_Z, units, &m->z);
    give_map(w, w->effect->ranks ? VX_MAP_RHO : VX_MAP_R, units, &m->r);
    give_map(w, VX_MAP_DZ, units, &m->dz);
    give_map(w, VX_MAP_G, units, &m->g);
}

/* p-uncorrected, p-fdr and p-fwe-voxel. */
static vx_status add_voxel_p(vx_work *w, vx_error *error)
{
    vx_tails tails = w->options->tails;
    float *p = add_map(w, VX_P_UNCORRECTED);
    if (!p)
        return vx_fail_memory(error);
    vx_status status = w->exact ? vx_exact_p(w->problem, tails, p, error) : VX_OK;
    if (status)
        return status;
    for (int64_t v = 0; !w->exact && v < w->problem->voxels; v++)
        p[v] = (float)vx_p_uncorrected(w->problem, tails, w->tally->exceed[v]);
    if (w->options->correct & VX_CORRECT_FDR) {
        float *q = add_map(w, VX_P_FDR);
        status = q ? vx_fdr(p, w->problem->voxels, q, error) : vx_fail_memory(error);
        if (status)
            return status;
    }
    if (!(w->options->correct & VX_CORRECT_VOXEL))
        return VX_OK;
    float *fwe = add_map(w, VX_P_FWE_VOXEL);
    double *sorted = vx_array((size_t)w->maxima.count, sizeof *sorted);
    if (!fwe || !sorted) {
        free(sorted);
        return vx_fail_memory(error);
    }
    memcpy(sorted, w->maxima.r, (size_t)w->maxima.count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)w->maxima.count);
    for (int64_t v = 0; v < w->problem->voxels; v++) {
        double r = vx_score_r(w->problem, w->score[v]);
        r = tails == VX_TWO_TAILS ? fabs(r) : tails == VX_POSITIVE ? r : -r;
        fwe[v] = (float)vx_p_from_maxima(sorted, w->maxima.count, r, vx_score_tolerance(w->problem, r));
    }
    free(sorted);
    return VX_OK;
}

/* How closely the engine's maximum and the map's must agree: two ways to one integral, each in double with about one
 * rounding a voxel, but the map is float32; or two relabellings' where all scores are the same. */
static const double TFCE_AGREES = 1e-6;

/* tfce and p-fwe-tfce. */
static vx_status add_tfce(vx_work *w, vx_error *error)
{
    vx_tails tails = w->options->tails;
    float *map = add_map(w, VX_MAP_TFCE);
    float *p = add_map(w, VX_P_FWE_TFCE);
    float *least = vx_array((size_t)w->problem->voxels, sizeof *least);
    double *sorted = vx_array((size_t)w->maxima.count, sizeof *sorted), highest = 0.0;
    vx_status status = map && p && least && sorted ? VX_OK : vx_fail_memory(error);
    if (status || (status = vx_tfce_map(w->problem, w->score, false, map, error)) ||
        (status = vx_tfce_map(w->problem, w->score, true, least, error)))
        goto cleanup;
    memcpy(sorted, w->maxima.tfce, (size_t)w->maxima.count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)w->maxima.count);
    for (int64_t v = 0; v < w->problem->voxels; v++) {
        if ((tails == VX_POSITIVE && map[v] < 0.0f) || (tails == VX_NEGATIVE && map[v] > 0.0f))
            map[v] = 0.0f; /* that tail was needed for the mirrored relabellings' maxima alone */
        double height = fabs((double)map[v]);
        highest = fmax(highest, height);
        height = fmin(height, fabs((double)least[v]));
        p[v] = (float)vx_p_from_maxima(sorted, w->maxima.count, height, TFCE_AGREES * height);
    }
    if (fabs(highest - w->maxima.tfce[0]) > TFCE_AGREES * highest)
        status = vx_fail(error, VX_DEVICE, "device %s found a largest TFCE of %.9g where it is %.9g",
                         vx_device_properties(w->device)->id, w->maxima.tfce[0], highest);
cleanup:
    free(least);
    free(sorted);
    return status;
}

/* The engine's largest clusters of the data as observed must be those that a plain flood finds. */
static vx_status check_clusters(const vx_work *w, vx_error *error)
{
    int64_t largest = 0;
    for (size_t c = 0; c < w->result->clusters; c++)
        largest = w->result->cluster[c].voxels > largest ? w->result->cluster[c].voxels : largest;
    if ((double)largest != w->maxima.extent[0])
        return vx_fail(error, VX_DEVICE, "device %s found a largest cluster of %.0f voxels where there are %lld",
                       vx_device_properties(w->device)->id, w->maxima.extent[0], (long long)largest);
    return VX_OK;
}

/* By how much a voxel's part of its cluster's mass may be less in a relabelling that is the same in exact arithmetic;
 * with the last bits of a division that is not rounded correctly. */
static double mass_tolerance(const vx_work *w, int64_t v)
{
    double t = vx_score_height(w->problem, w->score[v]);
    double lowered = vx_score_height(w->problem, vx_score_lowered(w->problem, w->score[v]));
    return t - fmax(lowered, fmin(t, w->problem->options.threshold_t)) + 4.0 * 0x1p-24 * t;
}

/* The p of every cluster by its extent or its mass, and the map that says it in all of its voxels. */
static vx_status add_cluster_p(vx_work *w, vx_quantity kind, const double *maxima, const float *label, vx_error *error)
{
    const bool mass = kind == VX_P_FWE_MASS;
    float *map = add_map(w, kind);
    double *sorted = vx_array((size_t)w->maxima.count, sizeof *sorted);
    double *tolerance = vx_array_zero(w->result->clusters + 1, sizeof *tolerance);
    if (!map || !sorted || !tolerance) {
        free(sorted);
        free(tolerance);
        return vx_fail_memory(error);
    }
    for (int64_t v = 0; mass && v < w->problem->voxels; v++)
        if (label[v] > 0.0f)
            tolerance[(size_t)label[v] - 1] += mass_tolerance(w, v);
    memcpy(sorted, maxima, (size_t)w->maxima.count * sizeof *sorted);
    vx_sort_doubles(sorted, (size_t)w->maxima.count);
    for (size_t c = 0; c < w->result->clusters; c++) {
        vx_cluster *cluster = &w->result->cluster[c];
        double size = mass ? cluster->mass : (double)cluster->voxels;
        cluster->p[kind] = vx_p_from_maxima(sorted, w->maxima.count, size, tolerance[c]);
    }
    for (int64_t v = 0; v < w->problem->voxels; v++) {
        const vx_cluster *cluster = label[v] > 0.0f ? &w->result->cluster[(size_t)label[v] - 1] : NULL;
        map[v] = cluster ? (float)cluster->p[kind] : 1.0f;
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

/* The voxelwise p of every cluster's peak. */
static void fill_peaks(vx_work *w)
{
    for (size_t m = 0; m < w->result->maps; m++) {
        const vx_map *map = &w->result->map[m];
        if (!vx_quantity_is_p(map->quantity) || vx_quantity_about(map->quantity)->of_cluster)
            continue;
        for (size_t c = 0; c < w->result->clusters; c++) {
            vx_cluster *cluster = &w->result->cluster[c];
            cluster->p[map->quantity] = map->value[voxel_at(w->matrix, cluster->peak_voxel)];
        }
    }
}

static vx_status add_clusters(vx_work *w, vx_error *error)
{
    float *label = add_map(w, VX_MAP_CLUSTERS);
    if (!label)
        return vx_fail_memory(error);
    const float *t = vx_result_map(w->result, VX_MAP_T)->value;
    vx_status status = vx_clusters_find(w->problem, w->matrix, w->options->tails, w->score, t, label,
                                        &w->result->cluster, &w->result->clusters, error);
    if (status || !w->maxima.extent)
        return status;
    if ((status = check_clusters(w, error)))
        return status;
    if (w->options->correct & VX_CORRECT_EXTENT)
        if ((status = add_cluster_p(w, VX_P_FWE_EXTENT, w->maxima.extent, label, error)))
            return status;
    if (w->options->correct & VX_CORRECT_MASS)
        return add_cluster_p(w, VX_P_FWE_MASS, w->maxima.mass, label, error);
    return VX_OK;
}

/* t = sqrt(df) r / sqrt((1 - r)(1 + r)); rounding may take |r| to 1, and no maximum is infinite. */
static double t_from_r(double r, double df)
{
    double limit = 1.0 - 0x1p-40;
    r = fmin(fmax(r, -limit), limit);
    return sqrt(df) * r / sqrt((1.0 - r) * (1.0 + r));
}

/* The maxima become the result's null distributions, in t, voxels and mass. */
static void give_null(vx_work *w)
{
    vx_null *null = &w->result->null;
    for (uint64_t i = 0; i < w->maxima.count; i++)
        w->maxima.r[i] = t_from_r(w->maxima.r[i], w->effect->df);
    *null = (vx_null){.count = w->maxima.count, .voxel = w->maxima.r};
    w->maxima.r = NULL;
    if (w->options->correct & VX_CORRECT_EXTENT) {
        null->extent = w->maxima.extent;
        w->maxima.extent = NULL;
    }
    if (w->options->correct & VX_CORRECT_MASS) {
        null->mass = w->maxima.mass;
        w->maxima.mass = NULL;
    }
    null->tfce = w->maxima.tfce;
    w->maxima.tfce = NULL;
}

vx_status vx_maps_make(vx_work *w, vx_error *error)
{
    give_estimates(w);
    vx_status status = add_voxel_p(w, error);
    if (status || (status = add_clusters(w, error)))
        return status;
    if (w->maxima.tfce && (status = add_tfce(w, error)))
        return status;
    fill_peaks(w);
    give_null(w);
    return VX_OK;
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
    free(result);
}
