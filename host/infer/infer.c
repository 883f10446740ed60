#include "voxstat/result.h"

#include "base/distribution.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "infer/clusters.h"
#include "infer/estimate.h"
#include "infer/pvalue.h"

#include <math.h>
#include <string.h>
#include <time.h>

vx_inference_options vx_inference_defaults(void)
{
    return (vx_inference_options){
        .permutations = VX_PERMUTATIONS_AUTO,
        .correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS | VX_CORRECT_FDR,
        .cluster_p = 0.001,
        .connectivity = 26,
        .tails = VX_TWO_TAILS,
    };
}

static vx_status check_options(const vx_inference_options *o, vx_error *error)
{
    if (o->connectivity != 6 && o->connectivity != 18 && o->connectivity != 26)
        return vx_fail(error, VX_USAGE, "connectivity %d; it is 6, 18 or 26", o->connectivity);
    if (o->cluster_t == 0.0 && !(o->cluster_p > 0.0 && o->cluster_p < 0.5))
        return vx_fail(error, VX_USAGE, "forming threshold p = %g; it lies between 0 and 0.5", o->cluster_p);
    if (!(o->cluster_t >= 0.0 && o->cluster_t < (double)VX_MASS_T_MAX))
        return vx_fail(error, VX_USAGE, "forming threshold t = %g; it lies between 0 and %g", o->cluster_t,
                       (double)VX_MASS_T_MAX);
    if (o->permutations < VX_PERMUTATIONS_AUTO)
        return vx_fail(error, VX_USAGE, "%lld permutations", (long long)o->permutations);
    if (o->correct & VX_CORRECT_TFCE)
        return vx_fail(error, VX_USAGE, "TFCE is not yet there; ask for voxel, extent, mass or fdr");
    return VX_OK;
}

static double threshold_t(const vx_inference_options *o, const vx_effect *effect)
{
    return o->cluster_t > 0.0 ? o->cluster_t : vx_t_quantile_upper(o->cluster_p, effect->df);
}

static bool wants_clusters(const vx_inference_options *o)
{
    return o->correct & (VX_CORRECT_EXTENT | VX_CORRECT_MASS);
}

/* 80 % of what is free, where no limit was given. */
static size_t memory_limit(const vx_inference_options *o, const vx_device_info *info)
{
    return o->memory_limit ? o->memory_limit : info->memory_free / 10 * 8;
}

/* Everything that one effect needs while it is tested; the caller's vx_result takes what outlives it. */
typedef struct work {
    vx_device *device;
    const vx_matrix *matrix;
    const vx_effect *effect;
    const vx_inference_options *options;
    vx_permutations *permutations;
    vx_problem *problem;
    vx_schedule schedule;
    vx_engine *engine;
    vx_tally *tally;
    vx_estimates estimates;
    vx_maxima maxima;
    int32_t *score, *high, *low;
    vx_result *result;
} work;

static vx_status make_schedule(work *w, vx_error *error)
{
    const vx_problem *p = w->problem;
    double t = p->options.threshold_t;
    vx_demand demand = {
        .voxels = p->voxels,
        .row_bytes = (size_t)w->effect->n * sizeof(float),
        .weights = vx_weights_size(p),
        .evaluations = p->evaluations,
        .count = p->options.count,
        .clusters = p->options.clusters,
        .threshold_p = vx_t_upper(t, w->effect->df),
        .slab_size = p->slab_size,
    };
    const vx_backend *backend = vx_device_backend(w->device);
    return vx_schedule_make(&demand, backend, memory_limit(w->options, &backend->info), &w->schedule, error);
}

/* Checks the options and prepares permutations, problem and schedule. */
static vx_status prepare(work *w, vx_error *error)
{
    vx_status status = check_options(w->options, error);
    if (status || (status = vx_permutations_new(w->effect, w->options->permutations, w->options->seed, &w->permutations,
                                                error)))
        return status;
    vx_problem_options options = {
        .threshold_t = threshold_t(w->options, w->effect),
        .connectivity = w->options->connectivity,
        .clusters = wants_clusters(w->options),
        .count = true,
    };
    if ((status = vx_problem_new(w->matrix, w->effect, w->permutations, &options, &w->problem, error)))
        return status;
    return make_schedule(w, error);
}

static vx_plan plan_of(const work *w)
{
    return (vx_plan){
        .possible = w->permutations->possible,
        .relabellings = w->permutations->count,
        .evaluations = w->problem->evaluations,
        .exhaustive = w->permutations->exhaustive,
        .p_smallest = vx_p_smallest(w->permutations, w->options->tails),
        .threshold_t = w->problem->options.threshold_t,
        .device_bytes = w->schedule.bytes,
        .batch = w->schedule.batch,
        .slabs = w->schedule.voxel_slabs,
    };
}

static void destroy_work(work *w)
{
    vx_engine_free(w->engine);
    vx_tally_free(w->tally);
    vx_problem_free(w->problem);
    vx_permutations_free(w->permutations);
    vx_estimates_destroy(&w->estimates);
    vx_maxima_destroy(&w->maxima);
    free(w->score);
    free(w->high);
    free(w->low);
    vx_result_free(w->result);
}

vx_status vx_infer_plan(const vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                        const vx_inference_options *options, vx_plan *plan, vx_error *error)
{
    work w = {.device = (vx_device *)device, .matrix = matrix, .effect = effect, .options = options};
    vx_status status = prepare(&w, error);
    if (!status)
        *plan = plan_of(&w);
    destroy_work(&w);
    return status;
}

/* Observes the data, then evaluates every relabelling. */
static vx_status permute(work *w, vx_progress progress, void *context, vx_error *error)
{
    size_t voxels = (size_t)w->problem->voxels;
    w->score = vx_array(voxels, sizeof *w->score);
    w->high = vx_array(voxels, sizeof *w->high);
    w->low = vx_array(voxels, sizeof *w->low);
    if (!w->score || !w->high || !w->low)
        return vx_fail_memory(error);
    vx_status status = vx_tally_new(w->problem, &w->tally, error);
    if (status ||
        (status = vx_engine_new(vx_device_backend(w->device), w->problem, &w->schedule, &w->engine, error)) ||
        (status = vx_engine_observe(w->engine, w->score, error)))
        return status;
    vx_bounds(w->problem, w->options->tails, w->score, w->high, w->low);
    if ((status = vx_engine_count_against(w->engine, w->high, w->low, error)))
        return status;
    return vx_engine_run(w->engine, 0, w->problem->evaluations, w->tally, progress, context, error);
}

/* A map of the result, with its values still to be filled in; null without memory. */
static float *add_map(work *w, const char *name, const char *units, vx_intent intent, bool is_p)
{
    vx_map *map = &w->result->map[w->result->maps];
    *map = (vx_map){.name = name, .units = units, .intent = intent, .is_p = is_p,
                    .value = vx_array((size_t)w->problem->voxels, sizeof(float))};
    w->result->maps += map->value != NULL;
    return map->value;
}

/* Hands a finished map over to the result. */
static void give_map(work *w, const char *name, const char *units, vx_intent intent, float **value)
{
    if (*value)
        w->result->map[w->result->maps++] = (vx_map){.name = name, .units = units, .intent = intent, .value = *value};
    *value = NULL;
}

static void give_estimates(work *w)
{
    vx_estimates *m = &w->estimates;
    bool mean = w->effect->scheme == VX_SIGN_FLIP;
    const char *units = mean ? "data" : "data per unit of the covariate";
    give_map(w, mean ? "mean" : "slope", units, VX_INTENT_ESTIMATE, &m->estimate);
    give_map(w, "se", units, VX_INTENT_ESTIMATE, &m->se);
    give_map(w, "ci-low", units, VX_INTENT_ESTIMATE, &m->low);
    give_map(w, "ci-high", units, VX_INTENT_ESTIMATE, &m->high);
    give_map(w, "t", "t", VX_INTENT_T, &m->t);
    give_map(w, "z", "z", VX_INTENT_Z, &m->z);
    give_map(w, w->effect->ranks ? "rho" : "r", "correlation", VX_INTENT_CORREL, &m->r);
    give_map(w, "dz", "standard deviations", VX_INTENT_ESTIMATE, &m->dz);
    give_map(w, "g", "standard deviations", VX_INTENT_ESTIMATE, &m->g);
}

/* p-uncorrected, p-fdr and p-fwe-voxel. */
static vx_status add_voxel_p(work *w, vx_error *error)
{
    vx_tails tails = w->options->tails;
    float *p = add_map(w, "p-uncorrected", "p", VX_INTENT_P, true);
    if (!p)
        return vx_fail_memory(error);
    for (int64_t v = 0; v < w->problem->voxels; v++)
        p[v] = (float)vx_p_uncorrected(w->problem, tails, w->tally->exceed[v]);
    if (w->options->correct & VX_CORRECT_FDR) {
        float *q = add_map(w, "p-fdr", "q", VX_INTENT_P, true);
        vx_status status = q ? vx_fdr(p, w->problem->voxels, q, error) : vx_fail_memory(error);
        if (status)
            return status;
    }
    if (!(w->options->correct & VX_CORRECT_VOXEL))
        return VX_OK;
    float *fwe = add_map(w, "p-fwe-voxel", "p", VX_INTENT_P, true);
    double *sorted = vx_array((size_t)w->maxima.count, sizeof *sorted), tolerance = vx_score_tolerance(w->problem);
    if (!fwe || !sorted) {
        free(sorted);
        return vx_fail_memory(error);
    }
    memcpy(sorted, w->maxima.r, (size_t)w->maxima.count * sizeof *sorted);
    vx_sort(sorted, w->maxima.count);
    for (int64_t v = 0; v < w->problem->voxels; v++) {
        double r = vx_score_r(w->problem, w->score[v]);
        r = tails == VX_TWO_TAILS ? fabs(r) : tails == VX_POSITIVE ? r : -r;
        fwe[v] = (float)vx_p_from_maxima(sorted, w->maxima.count, r, tolerance);
    }
    free(sorted);
    return VX_OK;
}

/* The engine's largest clusters of the data as observed must be those that a plain flood finds. */
static vx_status check_clusters(const work *w, vx_error *error)
{
    int64_t largest = 0;
    for (size_t c = 0; c < w->result->clusters; c++)
        largest = w->result->cluster[c].voxels > largest ? w->result->cluster[c].voxels : largest;
    if ((double)largest != w->maxima.extent[0])
        return vx_fail(error, VX_DEVICE, "device %s found a largest cluster of %.0f voxels where there are %lld",
                       vx_device_properties(w->device)->id, w->maxima.extent[0], (long long)largest);
    return VX_OK;
}

/* One cluster-wise p-map from the null of the statistic; `of` gives the statistic of a cluster and takes its p. */
static vx_status add_cluster_p(work *w, const char *name, const double *maxima, bool mass, const float *label,
                               vx_error *error)
{
    float *map = add_map(w, name, "p", VX_INTENT_P, true);
    double *sorted = vx_array((size_t)w->maxima.count, sizeof *sorted);
    if (!map || !sorted) {
        free(sorted);
        return vx_fail_memory(error);
    }
    memcpy(sorted, maxima, (size_t)w->maxima.count * sizeof *sorted);
    vx_sort(sorted, w->maxima.count);
    for (size_t c = 0; c < w->result->clusters; c++) {
        vx_cluster *cluster = &w->result->cluster[c];
        /* Devices without correctly rounded division may differ in the last bits of each voxel's t. */
        double tolerance =
            mass ? 4.0 * 0x1p-24 * (cluster->mass + w->problem->options.threshold_t * (double)cluster->voxels) : 0.0;
        double p = vx_p_from_maxima(sorted, w->maxima.count, mass ? cluster->mass : (double)cluster->voxels, tolerance);
        *(mass ? &cluster->p_mass : &cluster->p_extent) = p;
    }
    for (int64_t v = 0; v < w->problem->voxels; v++) {
        const vx_cluster *cluster = label[v] > 0.0f ? &w->result->cluster[(size_t)label[v] - 1] : NULL;
        map[v] = cluster ? (float)(mass ? cluster->p_mass : cluster->p_extent) : 1.0f;
    }
    free(sorted);
    return VX_OK;
}

static int64_t voxel_at(const vx_matrix *matrix, const int64_t at[3])
{
    int64_t place = at[0] + matrix->grid.dim[0] * (at[1] + matrix->grid.dim[1] * at[2]), low = 0, high = matrix->voxels;
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
static void fill_peaks(work *w)
{
    const vx_map *uncorrected = vx_result_map(w->result, "p-uncorrected"), *fdr = vx_result_map(w->result, "p-fdr");
    const vx_map *fwe = vx_result_map(w->result, "p-fwe-voxel");
    for (size_t c = 0; c < w->result->clusters; c++) {
        vx_cluster *cluster = &w->result->cluster[c];
        int64_t v = voxel_at(w->matrix, cluster->peak_voxel);
        cluster->p_uncorrected = uncorrected ? uncorrected->value[v] : NAN;
        cluster->p_fdr = fdr ? fdr->value[v] : NAN;
        cluster->p_voxel = fwe ? fwe->value[v] : NAN;
    }
}

static vx_status add_clusters(work *w, vx_error *error)
{
    float *label = add_map(w, "clusters", "label", VX_INTENT_LABEL, false);
    if (!label)
        return vx_fail_memory(error);
    w->result->map[w->result->maps - 1].is_label = true;
    const float *t = vx_result_map(w->result, "t")->value;
    vx_status status = vx_clusters_find(w->problem, w->matrix, w->options->tails, w->score, t, label,
                                        &w->result->cluster, &w->result->clusters, error);
    if (status || !wants_clusters(w->options))
        return status;
    if ((status = check_clusters(w, error)))
        return status;
    if (w->options->correct & VX_CORRECT_EXTENT)
        if ((status = add_cluster_p(w, "p-fwe-extent", w->maxima.extent, false, label, error)))
            return status;
    if (w->options->correct & VX_CORRECT_MASS)
        return add_cluster_p(w, "p-fwe-mass", w->maxima.mass, true, label, error);
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
static void give_null(work *w)
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
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

vx_status vx_infer(vx_device *device, const vx_matrix *matrix, const vx_effect *effect,
                   const vx_inference_options *options, vx_progress progress, void *context, vx_result **result,
                   vx_error *error)
{
    enum { MAPS_MAX = 20 };
    work w = {.device = device, .matrix = matrix, .effect = effect, .options = options};
    vx_status status = VX_OK;
    w.result = vx_array_zero(1, sizeof *w.result);
    if (!w.result || !(w.result->map = vx_array_zero(MAPS_MAX, sizeof *w.result->map))) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    w.result->effect = effect;
    w.result->options = *options;
    if ((status = prepare(&w, error)) || (status = vx_estimate(matrix, effect, &w.estimates, error)))
        goto cleanup;
    w.result->plan = plan_of(&w);
    double started = now();
    if ((status = permute(&w, progress, context, error)) ||
        (status = vx_maxima_new(w.problem, w.tally, options->tails, &w.maxima, error)))
        goto cleanup;
    w.result->seconds = now() - started;
    w.result->overflows = w.tally->overflows;
    give_estimates(&w);
    if ((status = add_voxel_p(&w, error)) || (status = add_clusters(&w, error)))
        goto cleanup;
    fill_peaks(&w);
    give_null(&w);
    *result = w.result;
    w.result = NULL;
cleanup:
    destroy_work(&w);
    return status;
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
    free(result);
}
