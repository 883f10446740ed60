/* Comparisons with expected changes: their files are read by Python (expected_table.py) and by vx_results_open, and the
 * terminal and the report show them. */
#include "unit/outcome_fixture.h"
#include "unit/results_fixture.h"

#include "cli/summary.h"
#include "report/report.h"
#include "results/results.h"

static void write_or_fail(void)
{
    vx_error error;
    if (fixture_write_results(VOXSTAT_VERSION, VX_P_LOG10, &error))
        fail_msg("%s", error.message);
}

static vx_results *open_folder(void)
{
    vx_results *results = NULL;
    vx_error error;
    write_or_fail();
    if (vx_results_open(fixture_folder, &results, &error))
        fail_msg("%s", error.message);
    return results;
}

static void python_reads_every_file(void **state)
{
    char command[PATH_MAX + 100];
    (void)state;
    write_or_fail();
    snprintf(command, sizeof command, "/usr/bin/python3 '%s/tests/unit/expected_table.py' '%s'",
             getenv("VOXSTAT_SOURCE"), fixture_folder);
    assert_int_equal(system(command), 0);
}

static void comparisons_come_back(void **state)
{
    (void)state;
    vx_results *results = open_folder();
    const vx_expected_comparison *written = fixture_expected()->comparison;
    assert_int_equal(results->expecteds, EXPECTED);
    assert_true(results->expected_weeks == 24);
    for (size_t i = 0; i < EXPECTED; i++) {
        const vx_results_expected *found = &results->expected[i];
        assert_int_equal(found->kind, written[i].outcome->kind);
        assert_string_equal(found->name, written[i].outcome->name);
        assert_true(found->modality ? !strcmp(found->modality, "pet") : !written[i].outcome->modality);
        assert_int_equal(found->unit, written[i].unit);
        assert_string_equal(found->source, written[i].source);
        for (int k = 0; k < VX_EXPECTED_COLUMNS; k++) {
            const double value = written[i].value[k];
            assert_true(isnan(value) ? isnan(found->value[k]) : found->value[k] == value);
        }
    }
    vx_results_close(results);
}

/* Replaces a text of run.json by one of the same length. */
static void damage(const char *from, const char *to)
{
    char *text = calloc(1, 1 << 20), *place;
    FILE *file = fopen(fixture_path("run.json"), "r+");
    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    assert_non_null(place = strstr(text, from));
    memcpy(place, to, strlen(to));
    rewind(file);
    fputs(text, file);
    fclose(file);
    free(text);
}

static void damaged_ones_are_refused(void **state)
{
    static const char *const change[][3] = {{"\"absolute\"", "\"abs-lute\"", "\"unit\" is \"abs-lute\""},
                                            {"\"comparisons\"", "\"compar-sons\"", "lacks \"comparisons\""},
                                            {"\"source\"", "\"s-urce\"", "lacks \"source\""},
                                            {"\"interval_weeks\"", "\"interval-weeks\"", "lacks \"interval_weeks\""}};
    (void)state;
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        vx_results *results = NULL;
        vx_error error = {0};
        write_or_fail();
        damage(change[i][0], change[i][1]);
        assert_int_equal(vx_results_open(fixture_folder, &results, &error), VX_INPUT);
        if (!strstr(error.message, change[i][2]))
            fail_msg("'%s' is not in: %s", change[i][2], error.message);
    }
}

static void a_p_beyond_one_is_damage(void **state)
{
    (void)state;
    vx_results *results = NULL;
    vx_error error;
    vx_record record = fixture_outcome_record();
    vx_expected_comparisons expected = *record.expected;
    expected.comparison[0].value[VX_EXPECTED_P] = 1.5;
    record.expected = &expected;
    record.version = VOXSTAT_VERSION;
    record.modalities = 0;
    assert_int_equal(vx_write_results(fixture_folder, &record, &error), VX_OK);
    assert_int_equal(vx_results_open(fixture_folder, &results, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "results.h5: /expected/p holds 1.5: it is damaged"));
}

/* Figure k of comparison i is (i + 1) / 3 + k, with four digits. */
static void the_terminal_shows_a_line_each(void **state)
{
    (void)state;
    vx_error error;
    char *text = NULL;
    vx_results *results = open_folder();
    FILE *stream = open_memstream(&text, &(size_t){0});
    assert_int_equal(vx_summary_print_expected(results, stream, &error), VX_OK);
    fclose(stream);
    assert_non_null(strstr(text, "\nchange "));
    const char *region = strstr(text, "\"left\" | 5_% & <b>"), *marker = strstr(text, "ttau");
    assert_true(region && marker > region);
    assert_non_null(strstr(region, " pet   percent  3     1.333     7.333       9.333"));
    assert_non_null(strstr(marker, "absolute  3     1.667     7.667       9.667"));
    assert_non_null(strstr(text, "in 24 weeks"));
    assert_non_null(strstr(text, "one arm cannot tell a drug from time"));
    results->expecteds = 0;
    free(text);
    stream = open_memstream(&text, &(size_t){0});
    assert_int_equal(vx_summary_print_expected(results, stream, &error), VX_OK);
    fclose(stream);
    assert_string_equal(text, "");
    free(text);
    vx_results_close(results);
}

static void the_report_says_what_it_cannot_tell(void **state)
{
    (void)state;
    vx_error error;
    write_or_fail();
    if (vx_report_write(fixture_folder, &(vx_report_options){0}, &error))
        fail_msg("%s", error.message);
    char *page = calloc(1, 1 << 24);
    FILE *file = fopen(fixture_path("report.html"), "r");
    assert_true(file && fread(page, 1, (1 << 24) - 1, file) > 0);
    fclose(file);
    const char *section = strstr(page, "<section id=\"expected\"");
    assert_non_null(section);
    assert_non_null(strstr(section, "A single arm cannot tell a drug from time"));
    assert_non_null(strstr(section, "another population's"));
    assert_non_null(strstr(section, "&quot;left&quot; | 5_% &amp; &lt;b&gt;</th><td>pet</td><td>percent</td>"));
    assert_non_null(strstr(section, "<td class=\"n\">1.333 (2.333)</td><td class=\"n\">7.333 (8.333)</td>"
                                    "<td class=\"n\">9.333</td><td class=\"n\">12.33 to 13.33</td>"));
    assert_non_null(strstr(section, "&quot;Gejl&quot; 2016 &lt;b&gt; &amp; others"));
    assert_non_null(strstr(section, "alt=\"Observed minus expected change in percent of baseline, with 95 % intervals: "
                                    "&quot;left&quot; | 5_% &amp; &lt;b&gt; +9.3 (12.3 to 13.3) where +7.3 was "
                                    "expected, p 0.0143 *. The table")); /* the marker is in other units */
    const char *methods = strstr(page, "<section id=\"methods\"");
    assert_non_null(methods);
    assert_non_null(strstr(methods, "Mean changes of 2 outcomes were compared with external rates, which were scaled "
                                    "to the 24 weeks"));
    assert_non_null(strstr(methods, "<li>Schuirmann DJ."));
    file = fopen(fixture_path("figures/expected.png"), "r");
    assert_non_null(file);
    fclose(file);
    free(page);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        test(python_reads_every_file), test(comparisons_come_back), test(damaged_ones_are_refused),
        test(a_p_beyond_one_is_damage), test(the_terminal_shows_a_line_each), test(the_report_says_what_it_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
