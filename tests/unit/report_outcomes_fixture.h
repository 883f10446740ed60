/* Results with outcomes, made by hand in memory: regions of pet in families, markers, two covariates. Their values
 * follow a rule, so that the tests can work out what a picture has to show. */
#ifndef TESTS_UNIT_REPORT_OUTCOMES_FIXTURE_H
#define TESTS_UNIT_REPORT_OUTCOMES_FIXTURE_H

#include "results/results.h"

#include <math.h>
#include <stdlib.h>

typedef struct fixture_kind {
    vx_outcome_kind kind;
    size_t count;
    const char *const *name, *const *family; /* count */
} fixture_kind;

enum { FIXTURE_COVARIATES = 2 };
static const char *const fixture_covariate_names[FIXTURE_COVARIATES] = {"level", "dose <mg>"};

/* A permutation of n values from -1 to 1 in equal steps, whose mean is 0. */
static double fixture_place(int64_t i, int64_t n, int64_t step)
{
    return n > 1 ? 2 * (double)((i * step + 3) % n) / (double)(n - 1) - 1 : 0;
}

/* The change of participant i in percent of the mean baseline: `shift`, and up to 10 more or less. */
static double fixture_change(int64_t i, int64_t n, double shift)
{
    return shift + 10 * fixture_place(i, n, 11);
}

static void fixture_fill(vx_results_outcome *test, int64_t n, size_t o, double shift)
{
    double *v = test->value;
    const double base = 100 + 10 * (double)o, half = 10 / sqrt((double)n);
    for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
        v[k] = NAN;
    v[VX_OUTCOME_N] = (double)n;
    v[VX_OUTCOME_BASELINE_MEAN] = base;
    if (test->effect_kind == VX_MEAN) {
        v[VX_OUTCOME_CHANGE] = base * shift / 100;
        v[VX_OUTCOME_CI_LOW] = base * (shift - half) / 100;
        v[VX_OUTCOME_CI_HIGH] = base * (shift + half) / 100;
        v[VX_OUTCOME_P_EXACT] = fabs(shift) > 4 ? 0.0021 : 0.3125;
        v[VX_OUTCOME_P_FWE] = fabs(shift) > 4 ? 0.0049 : 0.75;
    } else {
        const double r = shift / 10;
        v[VX_OUTCOME_R] = r, v[VX_OUTCOME_R_LOW] = fmax(r - 0.4, -1), v[VX_OUTCOME_R_HIGH] = fmin(r + 0.3, 1);
        v[VX_OUTCOME_RHO] = -r, v[VX_OUTCOME_RHO_LOW] = -r - 0.1, v[VX_OUTCOME_RHO_HIGH] = -r + 0.1;
        v[VX_OUTCOME_P_EXACT] = fabs(r) > 0.6 ? 0.0125 : 0.5;
        v[VX_OUTCOME_P_FWE] = v[VX_OUTCOME_P_MATRIX] = v[VX_OUTCOME_P_MATRIX_RHO] = fabs(r) > 0.6 ? 0.0312 : 0.875;
    }
}

/* Changes of -6 to 6 percent, an outcome after the other. Freed by fixture_results_free. */
static vx_results *fixture_results_new(const fixture_kind *kind, size_t kinds, int64_t n)
{
    vx_results *results = calloc(1, sizeof *results);
    size_t tests = 0, at = 0;
    for (size_t k = 0; k < kinds; k++)
        tests += kind[k].count * (1 + FIXTURE_COVARIATES);
    results->design = VX_PAIRED;
    results->session[0] = "baseline", results->session[1] = "followup";
    results->participants = n;
    results->participant = calloc((size_t)n, sizeof *results->participant);
    for (int64_t i = 0; i < n; i++)
        results->participant[i] = "sub-1";
    results->run = json_object();
    results->outcome = calloc(tests, sizeof *results->outcome);
    results->outcomes = tests;
    for (size_t k = 0; k < kinds; k++)
        for (int s = 0; s < VX_MEAN_SESSIONS; s++)
            results->outcome_values[kind[k].kind][s] = calloc(kind[k].count * (size_t)n, sizeof(double));
    for (size_t k = 0; k < kinds; k++)
        for (size_t o = 0; o < kind[k].count; o++) {
            const double shift = kind[k].count > 1 ? 6 - 12 * (double)o / (double)(kind[k].count - 1) : 6;
            double *session[] = {results->outcome_values[kind[k].kind][0] + o * (size_t)n,
                                 results->outcome_values[kind[k].kind][1] + o * (size_t)n};
            for (int64_t i = 0; i < n; i++) {
                const double base = 100 + 10 * (double)o;
                session[0][i] = base * (1 + 0.08 * fixture_place(i, n, 17));
                session[1][i] = session[0][i] + base * fixture_change(i, n, shift) / 100;
            }
            for (size_t e = 0; e <= FIXTURE_COVARIATES; e++) {
                vx_results_outcome *test = &results->outcome[at++];
                test->kind = kind[k].kind;
                test->name = kind[k].name[o];
                test->family = kind[k].family ? kind[k].family[o] : NULL;
                test->modality = kind[k].kind == VX_OUTCOME_REGION ? "pet" : NULL;
                test->effect = e ? fixture_covariate_names[e - 1] : "change";
                test->effect_kind = e ? VX_SLOPE : VX_MEAN;
                test->relabellings = e ? 10001 : 16384;
                test->exhaustive = !e;
                test->most_influential = "sub-1";
                test->session[0] = session[0], test->session[1] = session[1];
                fixture_fill(test, n, o, e == 2 ? -shift : e ? shift * 1.2 : shift);
            }
        }
    return results;
}

static void fixture_results_free(vx_results *results)
{
    for (int k = 0; k < VX_OUTCOME_KINDS; k++)
        for (int s = 0; s < VX_MEAN_SESSIONS; s++)
            free(results->outcome_values[k][s]);
    json_decref(results->run);
    free(results->participant);
    free(results->outcome);
    free(results);
}

#endif
