/* Every region and marker of a trial under every effect: what they cost beside the voxels of a run. */
#include "bench/rows.h"

#include "base/error.h"
#include "base/memory.h"
#include "outcome/outcome.h"
#include "simulate/draw.h"

#include <stdio.h>

enum { REGIONS = 62, MARKERS = 20, COVARIATES = 4, OUTCOMES = REGIONS + MARKERS, LACKING = 2, NAME = 16, SEED = 0 };

/* A trial of `n` participants. Every participant has the regions and half of the markers. Of the other half, one lacks
 * the first two participants and the next one the last two, in turn, so that there are three groups. */
typedef struct vx_bench_outcomes {
    vx_device *device;
    double *value;        /* OUTCOMES x 2 x n, then COVARIATES x n */
    int64_t *participant; /* n: 0, 1, ... */
    char name[OUTCOMES][NAME], covariate_name[COVARIATES][NAME];
    vx_outcome outcome[OUTCOMES];
    vx_column covariate[COVARIATES];
    vx_study study;
    vx_outcome_options options;
} vx_bench_outcomes;

static vx_status run_outcomes(void *context, vx_error *error)
{
    const vx_bench_outcomes *b = context;
    vx_outcome_tests *tests = NULL;
    vx_status status = vx_outcomes_test(b->device, b->outcome, OUTCOMES, &b->options, &tests, error);
    vx_outcome_tests_free(tests);
    return status;
}

/* Fills baseline and follow-up of outcome k, which all `n` participants have or all but two. */
static void make_outcome(vx_bench_outcomes *b, int k, int64_t n)
{
    const int marker = k - REGIONS, kind = marker < MARKERS / 2 ? 0 : 1 + marker % 2;
    const int64_t first = kind == 1 ? LACKING : 0, some = kind ? n - LACKING : n;
    double *before = b->value + 2 * k * n, *after = before + n;
    snprintf(b->name[k], NAME, "%s_%d", marker < 0 ? "region" : "marker", marker < 0 ? k : marker);
    for (int64_t i = 0; i < n; i++) {
        before[i] = 10 + vx_draw_normal(SEED, VX_DRAW_NOISE_BASELINE, i, (uint32_t)k);
        after[i] = 10 + vx_draw_normal(SEED, VX_DRAW_NOISE_FOLLOWUP, i, (uint32_t)k);
    }
    b->outcome[k] = (vx_outcome){.kind = marker < 0 ? VX_OUTCOME_REGION : VX_OUTCOME_MARKER,
                                 .name = b->name[k],
                                 .family = marker < 0 ? "exploratory" : "markers",
                                 .modality = marker < 0 ? "pet" : NULL,
                                 .coverage = 1,
                                 .voxels = 1,
                                 .n = some,
                                 .participant = b->participant + first,
                                 .value = {before + first, after + first}};
}

vx_status vx_bench_outcomes_rows(vx_bench_state *state, vx_device *device, vx_error *error)
{
    const int64_t n = state->options->participants;
    static const char row_name[] = "62 regions, 20 markers, 4 covariates";
    vx_bench_outcomes b = {.device = device};
    b.value = vx_array((size_t)n, (2 * OUTCOMES + COVARIATES) * sizeof *b.value);
    b.participant = vx_array((size_t)n, sizeof *b.participant);
    vx_status status = b.value && b.participant ? VX_OK : vx_fail_memory(error);
    for (int64_t i = 0; i < n && !status; i++)
        b.participant[i] = i;
    for (int k = 0; k < OUTCOMES && !status; k++)
        make_outcome(&b, k, n);
    for (int c = 0; c < COVARIATES && !status; c++) {
        snprintf(b.covariate_name[c], NAME, "level_%d", c);
        b.covariate[c] = (vx_column){.name = b.covariate_name[c], .value = b.value + (2 * OUTCOMES + c) * n};
        for (int64_t i = 0; i < n; i++)
            b.covariate[c].value[i] = vx_draw_normal(SEED, VX_DRAW_BLOOD, i, (uint32_t)c);
    }
    b.study = (vx_study){.design = VX_PAIRED, .participants = n, .covariate = b.covariate, .covariates = COVARIATES};
    b.options = (vx_outcome_options){.model = VX_OPTIONS(vx_model_options, .mean_name = "change"),
                                     .inference = vx_inference_defaults(),
                                     .study = &b.study,
                                     .alpha = 0.05};
    if (!status)
        status = vx_bench_measure(state, &(vx_bench_row){.part = "outcomes", .name = row_name}, run_outcomes, &b,
                                  error);
    free(b.value);
    free(b.participant);
    return status;
}
