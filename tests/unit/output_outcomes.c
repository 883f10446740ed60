/* Regions and markers: their files are read by Python (outcome_tables.py), compared with texts worked by hand, and read
 * back by vx_results_open. */
#include "unit/outcome_fixture.h"
#include "unit/results_fixture.h"

#include "cli/summary.h"
#include "output/outcomes.h"
#include "report/report.h"
#include "results/names.h"
#include "results/results.h"

#include <unistd.h>

static void write_or_fail(const vx_record *record)
{
    vx_error error;
    if (vx_write_results(fixture_folder, record, &error))
        fail_msg("%s", error.message);
}

static void python_reads_every_file(void **state)
{
    char command[PATH_MAX + 100];
    (void)state;
    vx_record record = fixture_outcome_record();
    vx_study study = fixture_study;
    vx_column age = {.name = "age", .value = (double[]){61, 72.5, 80, NAN}};
    study.covariate = &fixture_covariate;
    study.nuisance = &age;
    study.covariates = study.nuisances = 1;
    record.study = &study;
    write_or_fail(&record);
    snprintf(command, sizeof command, "/usr/bin/python3 '%s/tests/unit/outcome_tables.py' '%s'",
             getenv("VOXSTAT_SOURCE"), fixture_folder);
    assert_int_equal(system(command), 0);
}

/* ---- tables for a paper ---- */

/* A change whose SD and interval ask for three decimals; p just below the level, and p below 0.001. */
static vx_record paper_record(vx_outcome_test test[2], vx_outcome_tests *tests)
{
    vx_record record = fixture_outcome_record();
    for (int t = 0; t < 2; t++) {
        test[t] = record.outcome_tests->test[2 * t];
        double *value = test[t].value;
        value[VX_OUTCOME_N] = 14;
        value[VX_OUTCOME_BASELINE_MEAN] = 1.2347, value[VX_OUTCOME_BASELINE_SD] = 0.0567;
        value[VX_OUTCOME_FOLLOWUP_MEAN] = 1.2582, value[VX_OUTCOME_FOLLOWUP_SD] = 12.34;
        value[VX_OUTCOME_CHANGE] = -0.02349, value[VX_OUTCOME_CI_LOW] = -0.04181, value[VX_OUTCOME_CI_HIGH] = -0.0001;
        value[VX_OUTCOME_PERCENT] = t ? NAN : -1.949;
        value[VX_OUTCOME_P_EXACT] = t ? 0.0009 : 0.0312, value[VX_OUTCOME_P_FWE] = t ? 0.05 : 0.0496;
    }
    *tests = *record.outcome_tests;
    tests->test = test;
    tests->tests = 2;
    record.outcome_tests = tests;
    return record;
}

static void papers_are(const vx_record *record, vx_outcome_kind kind, const char *markdown, const char *latex)
{
    for (int k = 0; k < 2; k++) {
        char *text = NULL;
        FILE *stream = open_memstream(&text, &(size_t){0});
        (k ? vx_outcome_print_latex : vx_outcome_print_markdown)(stream, record, kind);
        fclose(stream);
        assert_string_equal(text, k ? latex : markdown);
        free(text);
    }
}

static void papers_round_and_escape(void **state)
{
    vx_outcome_test test[2];
    vx_outcome_tests tests;
    vx_option_value tails = {"tails", "two"};
    (void)state;
    vx_record record = paper_record(test, &tests);
    record.option = &tails;
    record.options = 1;
    papers_are(&record, VX_OUTCOME_REGION,
               "**pet (SUVR), primary: change**\n\n"
               "| Region | n | Baseline | Follow-up | Change (95 % interval) | Mean % | p | p, corrected |\n"
               "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
               "| \"left\" \\| 5\\_% \\& \\<b\\> | 14 | 1.235 ± 0.057 | 1 ± 12 | −0.023 (−0.042 to 0.000) | −1.9 | "
               "0.031 | 0.0496 |\n"
               "| \\[caudate\\] | 14 | 1.235 ± 0.057 | 1 ± 12 | −0.023 (−0.042 to 0.000) | – | \\<0.001 | 0.050 |\n\n"
               "Values are mean ± SD. p: all 16,384 sign flips, two-sided; corrected over the rows by the maximum "
               "statistic (Westfall \\& Young 1993).\n\n",
               "% Needs \\usepackage{booktabs}.\n"
               "\\begin{table}\n\\centering\n\\caption{pet (SUVR), primary: change. Values are mean $\\pm$ SD. "
               "p: all 16,384 "
               "sign flips, two-sided; corrected over the rows by the maximum statistic (Westfall \\& Young 1993).}\n"
               "\\begin{tabular}{lrrrrrrr}\n\\toprule\n"
               "Region & n & Baseline & Follow-up & Change (95 \\% interval) & Mean \\% & p & p, corrected \\\\\n"
               "\\midrule\n"
               "''left'' \\textbar{} 5\\_\\% \\& \\textless{}b\\textgreater{} & 14 & 1.235 $\\pm$ 0.057 & "
               "1 $\\pm$ 12 & $-$0.023 ($-$0.042 to 0.000) & $-$1.9 & 0.031 & 0.0496 \\\\\n"
               "{[}caudate] & 14 & 1.235 $\\pm$ 0.057 & 1 $\\pm$ 12 & $-$0.023 ($-$0.042 to 0.000) & -- & "
               "\\textless{}0.001 & 0.050 \\\\\n\\bottomrule\n\\end{tabular}\n\\end{table}\n\n");
}

/* exp(0.1) = 1.105171, exp(0.02) = 1.020201, exp(0.18) = 1.197217: half the interval is 0.089, so three decimals. */
static void logarithms_are_shown_as_ratios(void **state)
{
    vx_outcome_test test[2];
    vx_outcome_tests tests;
    (void)state;
    vx_record record = paper_record(test, &tests);
    test[0] = record.outcome_tests->test[0];
    test[0].outcome = &fixture_outcomes[2];
    test[0].value[VX_OUTCOME_CHANGE] = 0.1;
    test[0].value[VX_OUTCOME_CI_LOW] = 0.02;
    test[0].value[VX_OUTCOME_CI_HIGH] = 0.18;
    test[1] = test[0];
    test[1].kind = VX_SLOPE;
    test[1].effect = fixture_outcome_effects[1];
    test[1].value[VX_OUTCOME_R] = -0.456;
    test[1].value[VX_OUTCOME_R_LOW] = -0.789;
    test[1].value[VX_OUTCOME_R_HIGH] = 0.123;
    test[1].value[VX_OUTCOME_RHO] = 0.5;
    record.options = 0;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &(size_t){0});
    vx_outcome_print_markdown(stream, &record, VX_OUTCOME_MARKER);
    fclose(stream);
    const char *slopes = strstr(text, "**markers: rapa/48 h**");
    assert_non_null(strstr(text, "| ttau | 14 | 1.235 ± 0.057 | 1 ± 12 | ×1.105 (1.020 to 1.197) | −1.9 | 0.031 |"));
    assert_non_null(strstr(text, "× is the ratio of geometric means. p: all 16,384 sign flips; corrected"));
    assert_non_null(slopes);
    assert_non_null(strstr(slopes, "| ttau | 14 | ×1.105 (1.020 to 1.197) | −0.46 (−0.79 to 0.12) | 0.50 | 0.031 |"));
    assert_non_null(strstr(slopes, "p: 10,000 permutations; corrected"));
    free(text);
}

/* The same mean of logarithms of one session: a geometric mean, and no ratio. */
static void one_session_has_no_ratio(void **state)
{
    vx_outcome_test test[2];
    vx_outcome_tests tests;
    (void)state;
    vx_record record = paper_record(test, &tests);
    vx_outcome outcome = fixture_outcomes[2];
    outcome.value[VX_MEAN_BASELINE] = NULL;
    test[0].outcome = &outcome;
    test[0].value[VX_OUTCOME_CHANGE] = 0.1;
    test[0].value[VX_OUTCOME_CI_LOW] = 0.02;
    test[0].value[VX_OUTCOME_CI_HIGH] = 0.18;
    tests.tests = 1;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &(size_t){0});
    vx_outcome_print_markdown(stream, &record, VX_OUTCOME_MARKER);
    fclose(stream);
    assert_non_null(strstr(text, "| Marker | n | Value | Mean (95 % interval) | p | p, corrected |\n"));
    assert_non_null(strstr(text, "| ttau | 14 | 1 ± 12 | 1.105 (1.020 to 1.197) | 0.031 | 0.0496 |\n"));
    assert_non_null(strstr(text, "Means of logarithms are shown as geometric means."));
    free(text);
}

/* ---- the reader ---- */

static vx_results *open_folder(void)
{
    vx_results *results = NULL;
    vx_error error;
    if (vx_results_open(fixture_folder, &results, &error))
        fail_msg("%s", error.message);
    return results;
}

static void outcomes_come_back(void **state)
{
    (void)state;
    vx_error error;
    if (fixture_write_results(VOXSTAT_VERSION, VX_P_LOG10, &error))
        fail_msg("%s", error.message);
    vx_results *results = open_folder();
    const vx_outcome_tests *tests = fixture_outcome_tests();
    assert_int_equal(results->outcomes, OUTCOME_TESTS);
    assert_string_equal(results->participant[2], "sub-3");
    for (size_t t = 0; t < OUTCOME_TESTS; t++) {
        const vx_results_outcome *found = &results->outcome[t];
        const vx_outcome_test *test = &tests->test[t];
        assert_int_equal(found->kind, test->outcome->kind);
        assert_string_equal(found->name, test->outcome->name);
        assert_string_equal(found->effect, test->effect);
        assert_int_equal(found->effect_kind, test->kind);
        assert_int_equal(found->relabellings, t % 2 ? 10000 : 16384);
        assert_int_equal(found->exhaustive, t % 2 == 0);
        assert_int_equal(found->scale, test->outcome->scale);
        assert_true(found->family ? !strcmp(found->family, "primary") : !test->outcome->family);
        assert_true(found->modality ? !strcmp(found->modality, "pet") : !test->outcome->modality);
        assert_true(found->most_influential ? !strcmp(found->most_influential, "sub-4") : t == 1);
        for (int k = 0; k < VX_OUTCOME_COLUMNS; k++)
            assert_true(found->value[k] == test->value[k] || (isnan(found->value[k]) && isnan(test->value[k])));
        for (int s = 0; s < VX_MEAN_SESSIONS; s++) {
            int64_t there = 0;
            for (int64_t i = 0; i < test->outcome->n; i++)
                assert_true(found->session[s][test->outcome->participant[i]] == test->outcome->value[s][i]);
            for (int64_t i = 0; i < results->participants; i++)
                there += !isnan(found->session[s][i]);
            assert_int_equal(there, test->outcome->n);
        }
    }
    assert_int_equal(results->covariates, 1);
    assert_int_equal(results->nuisances, 0);
    assert_string_equal(results->covariate[0].name, fixture_covariate.name);
    assert_memory_equal(results->covariate[0].value, fixture_covariate.value, 4 * sizeof(double));
    vx_results_close(results);
}

static void a_p_beyond_one_is_damage(void **state)
{
    (void)state;
    vx_results *results = NULL;
    vx_error error;
    vx_record record = fixture_outcome_record();
    fixture_outcome_list[3].value[VX_OUTCOME_P_FWE] = 1.5;
    record.version = VOXSTAT_VERSION;
    record.modalities = 0;
    write_or_fail(&record);
    assert_int_equal(vx_results_open(fixture_folder, &results, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "results.h5: /regions/p_fwe holds 1.5: it is damaged"));
}

static bool page_has(const char *text)
{
    char command[200];
    snprintf(command, sizeof command, "grep -qF '%s' '%s/report.html'", text, fixture_folder);
    return !system(command);
}

static void markers_alone_are_results(void **state)
{
    (void)state;
    vx_error error;
    vx_outcome_tests tests = *fixture_outcome_tests();
    vx_record record = fixture_outcome_record();
    record.version = VOXSTAT_VERSION;
    record.modalities = 0;
    record.outcome = &fixture_outcomes[2];
    record.outcomes = 1;
    tests.test += 4;
    tests.tests = 2;
    record.outcome_tests = &tests;
    write_or_fail(&record);
    vx_results *results = open_folder();
    assert_int_equal(results->modalities, 0);
    assert_int_equal(results->outcomes, 2);
    assert_string_equal(results->outcome[1].name, "ttau");
    assert_true(results->outcome[1].session[VX_MEAN_FOLLOWUP][1] == 150);
    vx_results_close(results);
    assert_null(fopen(fixture_path("regions.tsv"), "r"));
    if (vx_report_write(fixture_folder, &(vx_report_options){0}, &error))
        fail_msg("%s", error.message);
    assert_int_equal(access(fixture_path("figures/markers_forest.svg"), R_OK), 0);
    assert_true(page_has("<section id=\"markers\""));
    assert_false(page_has("<section id=\"effects\"")); /* which is about voxels */
}

static void results_without_outcomes_stay_readable(void **state)
{
    (void)state;
    vx_record record = fixture_outcome_record();
    vx_results *results = NULL;
    vx_error error;
    record.version = VOXSTAT_VERSION;
    record.modalities = 0;
    record.outcome_tests = NULL;
    write_or_fail(&record);
    assert_int_equal(vx_results_open(fixture_folder, &results, &error), VX_INPUT); /* nothing at all */
    assert_non_null(strstr(error.message, "\"modalities\""));
}

/* The figures of test t are -(t + 1) / 3 - column for `change`; four digits are shown. */
static void the_terminal_shows_lines(void **state)
{
    (void)state;
    vx_error error;
    char line[100], *text = NULL;
    if (fixture_write_results(VOXSTAT_VERSION, VX_P_LOG10, &error))
        fail_msg("%s", error.message);
    vx_results *results = open_folder();
    setenv("COLUMNS", "200", 1);
    FILE *stream = open_memstream(&text, &(size_t){0});
    assert_int_equal(vx_summary_print_outcomes(results, false, stream, &error), VX_OK);
    fclose(stream);
    unsetenv("COLUMNS");
    const char *markers = strstr(text, "\nmarker ");
    assert_non_null(markers);
    assert_true(!strncmp(text, "\nregion ", 8) && markers > text);
    assert_non_null(strstr(text, "\"left\" | 5_% & <b>  primary  pet change  "));
    snprintf(line, sizeof line, " %.4g ", -1 - 1 / 3.0 - VX_OUTCOME_CHANGE + 1);
    assert_non_null(strstr(text, line));
    assert_non_null(strstr(markers, "log"));
    assert_null(strstr(markers, "more"));
    assert_null(strstr(markers, "family")); /* the marker has none, so the column is left out */
    free(text);
    vx_results_close(results);
}

/* ---- the files ---- */

static void other_files_of_such_names_are_not_ours(void **state)
{
    static const char *const ours[] = {"regions.json", "regions_values.json", "markers" ".md", "markers.tex"};
    static const char *const others[] = {"thesis.tex", "regions.txt", "regions2" ".md", "README.txt"};
    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(vx_file_name_of_voxstat(ours[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(vx_file_name_of_voxstat(others[i]));
}

static void a_folder_that_is_missing_is_told(void **state)
{
    (void)state;
    vx_error error = {0};
    const vx_record record = fixture_outcome_record();
    assert_int_equal(vx_write_outcomes("/nowhere", &record, &error), VX_OUTPUT);
    assert_non_null(strstr(error.message, "/nowhere/regions.tsv"));
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        test(python_reads_every_file), test(papers_round_and_escape), test(logarithms_are_shown_as_ratios),
        test(one_session_has_no_ratio),
        test(outcomes_come_back), test(a_p_beyond_one_is_damage), test(markers_alone_are_results),
        test(results_without_outcomes_stay_readable), test(the_terminal_shows_lines),
        test(other_files_of_such_names_are_not_ours),
        test(a_folder_that_is_missing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
