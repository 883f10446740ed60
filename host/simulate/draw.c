/* Draws the cohort. docs/cohort.md lists all moments and their sources. */
#include "simulate/draw.h"

#include "base/memory.h"
#include "base/random.h"
#include "model/orthonormal.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

#define RESIDUAL_SD 0.07        /* regional uptake between participants */
#define GLOBAL_SD 0.14          /* global raw uptake between participants */
#define SESSION_SD 0.07         /* global raw uptake between sessions */
#define REFERENCE_NOISE_SD 2.5  /* percent, of a session: noise of the reference region, shared by all regions */

static const double blood_mean[VX_BLOOD] = {1.3, 20, 21, 5.8}, blood_cv[VX_BLOOD] = {0.35, 0.60, 0.42, 0.30};

/* Of the logs. Trough and 3 h are correlated only through their correlations with 48 h: .85 x .6 = .51. */
static const double blood_correlation[VX_BLOOD * VX_BLOOD] = {1.00, 0.30, 0.51, 0.85, 0.30, 1.00, 0.30, 0.30,
                                                              0.51, 0.30, 1.00, 0.60, 0.85, 0.30, 0.60, 1.00};

double vx_draw_normal(uint64_t seed, vx_draw what, int64_t participant, uint32_t k)
{
    return vx_normal(seed, (uint64_t)what << 32 | (uint64_t)participant, k, VX_STREAM_SIMULATE);
}

static double uniform(uint64_t seed, vx_draw what, int64_t participant, uint32_t k)
{
    return vx_uniform(seed, (uint64_t)what << 32 | (uint64_t)participant, k, VX_STREAM_SIMULATE);
}

/* Transforms x (n) to mean 0 and sample SD 1, uncorrelated with `others` columns (n each), by Gram-Schmidt. Those
 * columns must have mean 0 and SD 1 and be uncorrelated among themselves. */
static void condition(int64_t n, double *x, int others, const double *other)
{
    double mean = 0;
    for (int64_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        x[i] -= mean;
    for (int k = 0; k < others; k++) {
        double along = vx_dot(x, other + k * n, n) / (double)(n - 1);
        for (int64_t i = 0; i < n; i++)
            x[i] -= along * other[k * n + i];
    }
    double sd = sqrt(vx_dot(x, x, n) / (double)(n - 1));
    for (int64_t i = 0; i < n; i++)
        x[i] /= sd;
}

/* Log levels are mu + sigma L z, where L L' is the correlation. A lognormal of mean m and CV c has
 * sigma^2 = log(1 + c^2) and mu = log m - sigma^2 / 2. `conditioned` participants have exact moments. */
static vx_status draw_blood(const vx_simulate_options *options, int64_t conditioned, vx_cohort *cohort,
                            vx_error *error)
{
    int64_t n = cohort->n;
    double root[VX_BLOOD * VX_BLOOD];
    double *z = vx_array((size_t)n * VX_BLOOD, sizeof *z); /* VX_BLOOD x conditioned */
    if (!z)
        return vx_fail_memory(error);
    memcpy(root, blood_correlation, sizeof root);
    if (LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', VX_BLOOD, root, VX_BLOOD)) {
        free(z);
        return vx_fail(error, VX_INTERNAL, "the correlation of the blood levels is not positive definite");
    }
    for (int b = 0; b < VX_BLOOD; b++) {
        for (int64_t i = 0; i < conditioned; i++)
            z[b * conditioned + i] = vx_draw_normal(options->seed, VX_DRAW_BLOOD, i, (uint32_t)b);
        if (options->exact_moments)
            condition(conditioned, z + b * conditioned, b, z);
    }
    for (int64_t i = 0; i < n; i++)
        for (int b = 0; b < VX_BLOOD; b++) {
            double sigma = sqrt(log1p(blood_cv[b] * blood_cv[b])), sum = 0;
            for (int c = 0; c <= b; c++)
                sum += root[b * VX_BLOOD + c] * (i < conditioned ? z[c * conditioned + i]
                                                                : vx_draw_normal(options->seed, VX_DRAW_BLOOD, i,
                                                                                 (uint32_t)c));
            cohort->log_level[i][b] = log(blood_mean[b]) - sigma * sigma / 2 + sigma * sum;
        }
    free(z);
    return VX_OK;
}

void vx_stated_change(const vx_phantom_region *region, unsigned plant, double *mean, double *sd, double *r)
{
    bool none = plant & (VX_PLANT_NULL | VX_PLANT_GLOBAL);
    *mean = none ? 0 : region->mean;
    *sd = region->sd;
    *r = none || plant & VX_PLANT_LEVERAGE ? 0 : region->r;
}

/* change = mean + sd (r x + sqrt(1 - r^2) e), where x is the standardised log level at 48 h. All regions share a part
 * of the variance of e: the noise of the reference region in two sessions. */
static vx_status draw_change(const vx_simulate_options *options, const vx_phantom *phantom, int64_t conditioned,
                             vx_cohort *cohort, vx_error *error)
{
    int64_t n = cohort->n;
    double *x = vx_array((size_t)n, sizeof *x), *e = vx_array((size_t)n, sizeof *e);
    vx_status status = VX_OK;
    if (!x || !e) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    double sigma = sqrt(log1p(blood_cv[VX_48H] * blood_cv[VX_48H]));
    for (int64_t i = 0; i < n; i++)
        x[i] = (cohort->log_level[i][VX_48H] - log(blood_mean[VX_48H])) / sigma + sigma / 2;
    for (int l = 0; l < cohort->labels; l++) {
        double mean, sd, r;
        vx_stated_change(phantom->region[l], options->plant, &mean, &sd, &r);
        double share = sd > 0 ? fmin(1, 2 * REFERENCE_NOISE_SD * REFERENCE_NOISE_SD / (sd * sd)) : 0;
        for (int64_t i = 0; i < n; i++)
            e[i] = sqrt(share) * vx_draw_normal(options->seed, VX_DRAW_SHARED, i, 0) +
                   sqrt(1 - share) * vx_draw_normal(options->seed, VX_DRAW_CHANGE, i, (uint32_t)l);
        if (options->exact_moments)
            condition(conditioned, e, 1, x);
        for (int64_t i = 0; i < n; i++)
            cohort->change[i * cohort->labels + l] = mean + sd * (r * x[i] + sqrt(1 - r * r) * e[i]);
    }
cleanup:
    free(x);
    free(e);
    return status;
}

/* The last participant: a level 5 SD above the mean, and a change 4 SD above it where the design correlates them. */
static void plant_leverage(const vx_phantom *phantom, vx_cohort *cohort)
{
    double sigma = sqrt(log1p(blood_cv[VX_48H] * blood_cv[VX_48H]));
    int64_t last = cohort->n - 1;
    cohort->log_level[last][VX_48H] = log(blood_mean[VX_48H]) - sigma * sigma / 2 + 5 * sigma;
    for (int l = 0; l < cohort->labels; l++)
        if (phantom->region[l]->r != 0)
            cohort->change[last * cohort->labels + l] = phantom->region[l]->mean + 4 * phantom->region[l]->sd;
}

static void draw_covariates(const vx_simulate_options *options, vx_cohort *cohort)
{
    uint64_t seed = options->seed;
    for (int64_t i = 0; i < cohort->n; i++) {
        cohort->age[i] = (int)lrint(68 + 6 * vx_draw_normal(seed, VX_DRAW_COVARIATES, i, 0));
        cohort->mmse[i] = (int)lrint(fmin(30, 24 + 3 * vx_draw_normal(seed, VX_DRAW_COVARIATES, i, 1)));
        int64_t rank = 0; /* alternates in a random order, so that both sexes occur */
        for (int64_t j = 0; j < cohort->n; j++)
            rank += uniform(seed, VX_DRAW_COVARIATES, j, 4) < uniform(seed, VX_DRAW_COVARIATES, i, 4);
        cohort->sex[i] = rank % 2;
        if (cohort->log_level[i][VX_PREDOSE] < cohort->log_level[cohort->below_limit][VX_PREDOSE])
            cohort->below_limit = i;
    }
}

static void draw_uptake(const vx_simulate_options *options, vx_cohort *cohort)
{
    uint64_t seed = options->seed;
    for (int64_t i = 0; i < cohort->n; i++) {
        for (int l = 0; l < cohort->labels; l++)
            cohort->residual[i * cohort->labels + l] =
                RESIDUAL_SD * vx_draw_normal(seed, VX_DRAW_RESIDUAL, i, (uint32_t)l);
        double own = exp(GLOBAL_SD * vx_draw_normal(seed, VX_DRAW_SESSION, i, 0));
        for (int s = 0; s < VX_SESSIONS; s++)
            cohort->session[i][s] = own * exp(SESSION_SD * vx_draw_normal(seed, VX_DRAW_SESSION, i, 1 + (uint32_t)s));
        if (options->plant & VX_PLANT_GLOBAL)
            cohort->session[i][VX_FOLLOWUP] *= 1.10;
    }
}

vx_status vx_cohort_new(const vx_simulate_options *options, const vx_phantom *phantom, vx_cohort **cohort,
                        vx_error *error)
{
    vx_cohort *made = vx_array_zero(1, sizeof *made);
    size_t n = (size_t)options->participants, labels = (size_t)phantom->labels;
    vx_status status = VX_OK;
    if (!made)
        return vx_fail_memory(error);
    made->n = options->participants;
    made->labels = phantom->labels;
    made->log_level = vx_array(n, sizeof *made->log_level);
    made->age = vx_array(n, sizeof *made->age);
    made->sex = vx_array(n, sizeof *made->sex);
    made->mmse = vx_array(n, sizeof *made->mmse);
    made->residual = vx_array(n * labels, sizeof *made->residual);
    made->change = vx_array(n * labels, sizeof *made->change);
    made->session = vx_array(n, sizeof *made->session);
    if (!made->log_level || !made->age || !made->sex || !made->mmse || !made->residual || !made->change ||
        !made->session) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    /* A planted leverage point is excluded from the exact moments. */
    int64_t conditioned = made->n - (options->plant & VX_PLANT_LEVERAGE ? 1 : 0);
    status = draw_blood(options, conditioned, made, error);
    if (!status)
        status = draw_change(options, phantom, conditioned, made, error);
    if (status)
        goto cleanup;
    if (options->plant & VX_PLANT_LEVERAGE)
        plant_leverage(phantom, made);
    draw_covariates(options, made);
    draw_uptake(options, made);
    *cohort = made;
    made = NULL;
cleanup:
    vx_cohort_free(made);
    return status;
}

void vx_cohort_free(vx_cohort *cohort)
{
    if (!cohort)
        return;
    free(cohort->log_level);
    free(cohort->age);
    free(cohort->sex);
    free(cohort->mmse);
    free(cohort->residual);
    free(cohort->change);
    free(cohort->session);
    free(cohort);
}
