/* Draws the cohort. docs/cohort.md lists all moments and their sources. */
#include "simulate/draw.h"

#include "base/memory.h"
#include "base/random.h"
#include "model/orthonormal.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { DRAWS_MAX = 32 }; /* purposes of a modality */

static const double blood_mean[VX_BLOOD] = {1.3, 20, 21, 5.8}, blood_cv[VX_BLOOD] = {0.35, 0.60, 0.42, 0.30};

/* Of the logs. Trough and 3 h are correlated only through their correlations with 48 h: .85 x .6 = .51. */
static const double blood_correlation[VX_BLOOD * VX_BLOOD] = {1.00, 0.30, 0.51, 0.85, 0.30, 1.00, 0.30, 0.30,
                                                              0.51, 0.30, 1.00, 0.60, 0.85, 0.30, 0.60, 1.00};

vx_draw vx_draw_of(vx_draw what, int modality)
{
    return (vx_draw)((int)what + DRAWS_MAX * modality);
}

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

bool vx_cohort_has(const vx_cohort *cohort, int64_t participant, int modality)
{
    const bool *missing = cohort->missing[participant][modality];
    return !missing[VX_BASELINE] && !missing[VX_FOLLOWUP];
}

/* Applies condition() to the values of x at the participants `who`. `others` has their values. `own` is scratch. */
static void condition_some(int64_t count, const int64_t *who, double *x, int others, const double *other, double *own)
{
    for (int64_t i = 0; i < count; i++)
        own[i] = x[who[i]];
    condition(count, own, others, other);
    for (int64_t i = 0; i < count; i++)
        x[who[i]] = own[i];
}

const vx_signal *vx_element_signal(const vx_phantom *phantom, int modality, int element)
{
    return modality == VX_CSF ? &vx_csf_markers[element].signal : &phantom->region[element]->signal[modality];
}

const char *vx_element_name(const vx_phantom *phantom, int modality, int element)
{
    return modality == VX_CSF ? vx_csf_markers[element].name : phantom->name[element];
}

double vx_marker_value(const vx_cohort *cohort, int64_t participant, int marker, int session)
{
    const vx_drawn *drawn = &cohort->drawn[VX_CSF];
    const int64_t at = participant * drawn->elements + marker;
    const double baseline = vx_csf_markers[marker].signal.level * drawn->session[participant][VX_BASELINE] *
                            exp(drawn->residual[at]);
    return session == VX_BASELINE ? baseline : baseline * (1 + drawn->change[at] / 100);
}

/* The number of the sequence from which an element's change is drawn. */
static uint32_t change_sequence(const vx_phantom *phantom, int modality, int element)
{
    return vx_modalities[modality].sided ? (uint32_t)element
                                         : (uint32_t)(phantom->region[element] - vx_phantom_regions);
}

/* change = mean + sd (r x + sqrt(1 - r^2) e), where x is the standardised log level at 48 h. All elements share a part
 * of the variance of e: the noise of two sessions. Exact moments are those of the participants below `conditioned` who
 * have both sessions. */
static vx_status draw_change(const vx_simulate_options *options, const vx_phantom *phantom, int modality,
                             int64_t conditioned, vx_cohort *cohort, vx_error *error)
{
    int64_t n = cohort->n, count = 0;
    const double shared_sd = vx_modalities[modality].shared_sd;
    const vx_draw shared = vx_draw_of(VX_DRAW_SHARED, modality), change = vx_draw_of(VX_DRAW_CHANGE, modality);
    vx_drawn *drawn = &cohort->drawn[modality];
    double *x = vx_array((size_t)n, sizeof *x), *e = vx_array((size_t)n, sizeof *e);
    double *x_own = vx_array((size_t)n, sizeof *x_own), *e_own = vx_array((size_t)n, sizeof *e_own);
    int64_t *who = vx_array((size_t)n, sizeof *who);
    vx_status status = VX_OK;
    if (!x || !e || !x_own || !e_own || !who) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    for (int64_t i = 0; i < conditioned; i++)
        if (vx_cohort_has(cohort, i, modality))
            who[count++] = i;
    double sigma = sqrt(log1p(blood_cv[VX_48H] * blood_cv[VX_48H]));
    for (int64_t i = 0; i < n; i++)
        x[i] = (cohort->log_level[i][VX_48H] - log(blood_mean[VX_48H])) / sigma + sigma / 2;
    if (options->exact_moments)
        condition_some(count, who, x, 0, NULL, x_own);
    for (int l = 0; l < drawn->elements; l++) {
        const vx_signal signal = vx_signal_planted(vx_element_signal(phantom, modality, l), modality, options->plant);
        double share = signal.sd > 0 ? fmin(1, 2 * shared_sd * shared_sd / (signal.sd * signal.sd)) : 0;
        const uint32_t sequence = change_sequence(phantom, modality, l);
        for (int64_t i = 0; i < n; i++)
            e[i] = sqrt(share) * vx_draw_normal(options->seed, shared, i, 0) +
                   sqrt(1 - share) * vx_draw_normal(options->seed, change, i, sequence);
        if (options->exact_moments)
            condition_some(count, who, e, 1, x_own, e_own);
        for (int64_t i = 0; i < n; i++)
            drawn->change[i * drawn->elements + l] =
                signal.mean + signal.sd * (signal.r * x[i] + sqrt(1 - signal.r * signal.r) * e[i]);
    }
cleanup:
    free(x);
    free(e);
    free(x_own);
    free(e_own);
    free(who);
    return status;
}

/* The last participant: a level 5 SD above the mean, and a PET change 4 SD above it where the design correlates
 * them. */
static void plant_leverage(const vx_phantom *phantom, vx_cohort *cohort)
{
    double sigma = sqrt(log1p(blood_cv[VX_48H] * blood_cv[VX_48H]));
    int64_t last = cohort->n - 1;
    vx_drawn *drawn = &cohort->drawn[VX_PET];
    cohort->log_level[last][VX_48H] = log(blood_mean[VX_48H]) - sigma * sigma / 2 + 5 * sigma;
    for (int l = 0; l < drawn->elements; l++) {
        const vx_signal *signal = &phantom->region[l]->signal[VX_PET];
        if (signal->r != 0)
            drawn->change[last * drawn->elements + l] = signal->mean + 4 * signal->sd;
    }
}

static bool lacks_something(const vx_cohort *cohort, int64_t participant)
{
    bool has_all = true;
    for (int m = 0; m < VX_MODALITIES; m++)
        has_all = has_all && vx_cohort_has(cohort, participant, m);
    return !has_all;
}

/* Each of these sessions is missing in another participant: the one with the smallest number who has everything. */
static void draw_missing(const vx_simulate_options *options, vx_cohort *cohort)
{
    static const struct { int modality, session; } lost[] = {
        {VX_CBF, VX_FOLLOWUP}, {VX_CSF, VX_FOLLOWUP}, {VX_CSF, VX_BASELINE}};
    for (size_t k = 0; k < sizeof lost / sizeof *lost; k++) {
        int64_t participant = 0;
        double smallest = 2;
        for (int64_t i = 0; i < cohort->n; i++) {
            const double number = uniform(options->seed, VX_DRAW_MISSING, i, 0);
            if (number < smallest && !lacks_something(cohort, i)) {
                smallest = number;
                participant = i;
            }
        }
        cohort->missing[participant][lost[k].modality][lost[k].session] = true;
    }
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

/* The limit of quantification is put in the middle of the lowest trough and the next, so that one is below it. */
static void draw_limit(vx_cohort *cohort)
{
    double next = INFINITY;
    for (int64_t i = 0; i < cohort->n; i++)
        if (i != cohort->below_limit)
            next = fmin(next, exp(cohort->log_level[i][VX_PREDOSE]));
    cohort->limit = (exp(cohort->log_level[cohort->below_limit][VX_PREDOSE]) + next) / 2;
}

static void draw_baseline(const vx_simulate_options *options, int modality, vx_cohort *cohort)
{
    uint64_t seed = options->seed;
    const vx_modality *measured = &vx_modalities[modality];
    const vx_draw residual = vx_draw_of(VX_DRAW_RESIDUAL, modality), session = vx_draw_of(VX_DRAW_SESSION, modality);
    vx_drawn *drawn = &cohort->drawn[modality];
    for (int64_t i = 0; i < cohort->n; i++) {
        for (int l = 0; l < drawn->elements; l++)
            drawn->residual[i * drawn->elements + l] =
                measured->residual_sd * vx_draw_normal(seed, residual, i, (uint32_t)l);
        double own = exp(measured->global_sd * vx_draw_normal(seed, session, i, 0));
        for (int s = 0; s < VX_SESSIONS; s++)
            drawn->session[i][s] = own * exp(measured->session_sd * vx_draw_normal(seed, session, i, 1 + (uint32_t)s));
        drawn->session[i][VX_FOLLOWUP] *= vx_session_planted(modality, options->plant);
    }
}

static vx_status allocate(const vx_phantom *phantom, vx_cohort *cohort, vx_error *error)
{
    const size_t n = (size_t)cohort->n;
    cohort->log_level = vx_array(n, sizeof *cohort->log_level);
    cohort->age = vx_array(n, sizeof *cohort->age);
    cohort->sex = vx_array(n, sizeof *cohort->sex);
    cohort->mmse = vx_array(n, sizeof *cohort->mmse);
    cohort->missing = vx_array_zero(n, sizeof *cohort->missing);
    bool complete = cohort->log_level && cohort->age && cohort->sex && cohort->mmse && cohort->missing;
    for (int m = 0; m < VX_MODALITIES; m++) {
        vx_drawn *drawn = &cohort->drawn[m];
        size_t cells;
        drawn->elements = m == VX_CSF ? vx_csf_markers_count : phantom->labels;
        if (!vx_multiply(n, (size_t)drawn->elements, &cells))
            return vx_fail_memory(error);
        drawn->residual = vx_array(cells, sizeof *drawn->residual);
        drawn->change = vx_array(cells, sizeof *drawn->change);
        drawn->session = vx_array(n, sizeof *drawn->session);
        complete = complete && drawn->residual && drawn->change && drawn->session;
    }
    return complete ? VX_OK : vx_fail_memory(error);
}

vx_status vx_cohort_new(const vx_simulate_options *options, const vx_phantom *phantom, vx_cohort **cohort,
                        vx_error *error)
{
    vx_cohort *made = vx_array_zero(1, sizeof *made);
    if (!made)
        return vx_fail_memory(error);
    made->n = options->participants;
    /* A planted leverage point is excluded from the exact moments. */
    int64_t conditioned = made->n - (options->plant & VX_PLANT_LEVERAGE ? 1 : 0);
    vx_status status = allocate(phantom, made, error);
    if (!status)
        status = draw_blood(options, conditioned, made, error);
    if (!status)
        draw_missing(options, made);
    for (int m = 0; m < VX_MODALITIES && !status; m++)
        status = draw_change(options, phantom, m, conditioned, made, error);
    if (status)
        goto cleanup;
    if (options->plant & VX_PLANT_LEVERAGE)
        plant_leverage(phantom, made);
    draw_covariates(options, made);
    draw_limit(made);
    for (int m = 0; m < VX_MODALITIES; m++)
        draw_baseline(options, m, made);
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
    free(cohort->missing);
    for (int m = 0; m < VX_MODALITIES; m++) {
        free(cohort->drawn[m].residual);
        free(cohort->drawn[m].change);
        free(cohort->drawn[m].session);
    }
    free(cohort);
}
