/* The bench runs and reports every row. The measured times are not tested. */
#include "bench/bench.h"
#include "bench/micro.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* No op lacks a share of the peaks. */
static void every_op_has_its_share_of_peak(const json_t *rows)
{
    size_t i, ops = 0;
    const json_t *row;
    json_array_foreach(rows, i, row)
        if (!strcmp(json_string_value(json_object_get(row, "part")), "micro")) {
            assert_true(json_number_value(json_object_get(row, "percent_of_peak")) > 0);
            ops++;
        }
    assert_int_equal(ops, VX_MICRO_CASES);
}

static void measures_every_row_of_the_cpu(void **state)
{
    (void)state;
    char *text = NULL, json[] = "/tmp/voxstat-bench-XXXXXX";
    size_t size = 0;
    int descriptor = mkstemp(json);
    assert_true(descriptor >= 0);
    close(descriptor);
    unlink(json); /* an existing file is not replaced */
    static const char *const row[] = {"signflip, max", "correlation, max", "clusters at p < 0.001", "sign flips, voxel",
                                      "covariate, voxel + extent + mass", "in a search volume", "tfce, one tail",
                                      "62 regions, 20 markers", "check", "28 images, 1 thread",
                                      "62 regions of 28 images", "prepare", "write", "28 of 4 mm, smoothed",
                                      "28 of 2 mm, to 4 mm, cubic"};
    static const char *const device[] = {"cpu"};
    vx_bench_options options = vx_bench_defaults();
    options.device = device;
    options.devices = 1;
    options.voxels = 500;
    options.repetitions = 1;
    options.json = json;
    char data[4096];
    const char *source = getenv("VOXSTAT_SOURCE");
    snprintf(data, sizeof data, "%s/sample_data", source ? source : ".");
    options.data = data;
    FILE *table = open_memstream(&text, &size);
    vx_error error = {0};
    vx_status status = vx_bench(&options, table, &error);
    fclose(table);
    if (status)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_non_null(strstr(text, row[i]));
    json_t *record = json_load_file(json, 0, NULL);
    assert_true(json_string_length(json_object_get(record, "commit")) >= 7);
    json_t *cpu = json_array_get(json_object_get(record, "devices"), 0);
    assert_string_equal(json_string_value(json_object_get(cpu, "id")), "cpu");
    assert_int_equal(json_array_size(json_object_get(cpu, "rows")), 28);
    every_op_has_its_share_of_peak(json_object_get(cpu, "rows"));
    assert_int_equal(json_array_size(json_object_get(record, "stages")), 10);
    json_decref(record);
    unlink(json);
    free(text);
}

static void refuses_options_out_of_range(void **state)
{
    (void)state;
    vx_bench_options options = vx_bench_defaults();
    options.repetitions = 0;
    assert_int_equal(vx_bench(&options, stderr, NULL), VX_USAGE);
    options = vx_bench_defaults();
    options.participants = 2;
    assert_int_equal(vx_bench(&options, stderr, NULL), VX_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(measures_every_row_of_the_cpu),
                                       cmocka_unit_test(refuses_options_out_of_range)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
