/* Outcomes made by hand, of the study in output_fixture.h: two regions of pet and a marker on the log scale, under
 * `change` and under a covariate. Their names hold what TSV, LaTeX and Markdown take for their own. */
#ifndef TESTS_UNIT_OUTCOME_FIXTURE_H
#define TESTS_UNIT_OUTCOME_FIXTURE_H

#include "unit/output_fixture.h"

enum { OUTCOMES = 3, OUTCOME_EFFECTS = 2, OUTCOME_TESTS = OUTCOMES * OUTCOME_EFFECTS };

static const double fixture_outcome_values[OUTCOMES][2][3] = {
    {{1, 2, 3}, {1.5, 2.25, 3.125}}, {{10, 20, 30}, {11, 22, 0.1f}}, {{100, 200, 0}, {150, 250, 0}}};
static const vx_outcome fixture_outcomes[OUTCOMES] = {
    {VX_OUTCOME_REGION, "\"left\" | 5_% & <b>", "primary", "pet", "SUVR", VX_ON_LINEAR, 0.875, 4, 3,
     fixture_participants,
     .value = {fixture_outcome_values[0][0], fixture_outcome_values[0][1]}},
    {VX_OUTCOME_REGION, "[caudate]", "primary", "pet", "SUVR", VX_ON_LINEAR, 1, 5, 3, fixture_participants,
     .value = {fixture_outcome_values[1][0], fixture_outcome_values[1][1]}},
    {VX_OUTCOME_MARKER, "ttau", NULL, NULL, NULL, VX_ON_LOG, NAN, 0, 2, fixture_participants + 1,
     .value = {fixture_outcome_values[2][0], fixture_outcome_values[2][1]}}};
static char *fixture_outcome_effects[] = {"change", "rapa/48 h"};

/* Whether a figure exists for a test: its kinds, and coverage is absent from the second region. */
static bool fixture_figure_exists(const vx_outcome_test *test, vx_outcome_column column)
{
    const int kinds = vx_outcome_about(column)->where;
    const int outcome = test->outcome->kind == VX_OUTCOME_REGION ? VX_FOR_REGION : VX_FOR_MARKER;
    const int effect = test->kind == VX_MEAN ? VX_FOR_MEAN : VX_FOR_SLOPE;
    return kinds & outcome && kinds & effect && !(column == VX_OUTCOME_COVERAGE && test->outcome != fixture_outcomes);
}

/* The figure of test t: another one for every column and test, with more digits than the tables have. p are small. */
static double fixture_figure(size_t t, vx_outcome_column column)
{
    const double value = (double)(t + 1) / 3 + (double)column;
    return vx_outcome_about(column)->is_p ? value / 1000 : column == VX_OUTCOME_N ? 3 : t % 2 ? value : -value;
}

static vx_plan fixture_outcome_plans[OUTCOME_EFFECTS] = {{.relabellings = 16384, .exhaustive = true},
                                                         {.relabellings = 10000}};
static vx_outcome_test fixture_outcome_list[OUTCOME_TESTS];
static const vx_outcome_tests *fixture_outcome_tests(void)
{
    static vx_outcome_tests tests = {.test = fixture_outcome_list, .tests = OUTCOME_TESTS,
                                     .effect = fixture_outcome_effects, .effects = OUTCOME_EFFECTS,
                                     .plan = fixture_outcome_plans};
    for (size_t t = 0; t < OUTCOME_TESTS; t++) {
        vx_outcome_test *test = &fixture_outcome_list[t];
        *test = (vx_outcome_test){.outcome = &fixture_outcomes[t / OUTCOME_EFFECTS],
                                  .effect = fixture_outcome_effects[t % OUTCOME_EFFECTS],
                                  .kind = t % OUTCOME_EFFECTS ? VX_SLOPE : VX_MEAN,
                                  .most_influential = t == 1 ? -1 : 3};
        for (int column = 0; column < VX_OUTCOME_COLUMNS; column++)
            test->value[column] = fixture_figure_exists(test, column) ? fixture_figure(t, column) : NAN;
    }
    return &tests;
}

/* A region and a marker against expected changes: figure k of comparison i is (i + 1) / 3 + k, and p are that over
 * 1000. The second comparison has no equivalence bounds. */
enum { EXPECTED = 2 };
static const vx_expected_comparisons *fixture_expected(void)
{
    static vx_expected_comparison comparison[EXPECTED] = {
        {.outcome = &fixture_outcomes[0], .unit = VX_EXPECTED_PERCENT, .source = "\"Gejl\" 2016 <b> & others"},
        {.outcome = &fixture_outcomes[2], .unit = VX_EXPECTED_ABSOLUTE, .source = "an assumption"}};
    static const vx_expected_comparisons comparisons = {.table = {.path = "expected.tsv", .sha256 = "00ff"},
                                                        .weeks = 24, .comparison = comparison, .comparisons = EXPECTED};
    for (int i = 0; i < EXPECTED; i++)
        for (int k = 0; k < VX_EXPECTED_COLUMNS; k++)
            comparison[i].value[k] = k == VX_EXPECTED_N                     ? 3
                                     : i == 1 && k >= VX_EXPECTED_BOUND_LOW ? NAN
                                     : (i + 1) / 3.0 + k;
    for (int i = 0; i < EXPECTED; i++)
        for (int k = 0; k < VX_EXPECTED_COLUMNS; k++)
            if (vx_expected_about(k)->is_p)
                comparison[i].value[k] /= 1000;
    return &comparisons;
}

/* The record of output_fixture.h with these. */
static inline vx_record fixture_outcome_record(void)
{
    vx_record record = fixture_record;
    record.outcome = fixture_outcomes;
    record.outcomes = OUTCOMES;
    record.outcome_tests = fixture_outcome_tests();
    record.expected = fixture_expected();
    return record;
}

#endif
