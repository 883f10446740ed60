/* A run.json in which two modalities or two effects are named alike is refused. */
#include "unit/results_fixture.h"

#include "results/results.h"

#include <jansson.h>

/* A second modality, or a second effect of the first, with the names of the first except those given. */
static void add_double(json_t *run, bool of_modality, size_t from, const char *files,
                       const char *figures)
{
    json_t *all = json_object_get(run, "modalities"), *effects = json_object_get(json_array_get(all, 0), "effects");
    json_t *list = of_modality ? all : effects, *other = json_deep_copy(json_array_get(list, from));
    if (files)
        json_object_set_new(other, "files", json_string(files));
    if (files && !of_modality) /* the same folder in results.h5 */
        json_object_set_new(other, "hdf5", json_string(files));
    if (figures)
        json_object_set_new(other, "figures", json_string(figures));
    assert_int_equal(json_array_append_new(list, other), 0);
}

/* Each would overwrite the other's pictures. Effect 1 has no clusters, so it may name any existing table. */
static void two_of_one_name_are_refused(void **state)
{
    static const struct { bool of_modality; size_t from; const char *files, *figures, *said; } alike[] = {
        {true, 0, NULL, NULL, "\"files\" of two modalities is \"pet\""},
        {true, 0, "pet-2", NULL, "\"figures\" of two effects is \"pet_"},
        {false, 0, "pet/level", NULL, "\"figures\" of two effects is \"pet_change\""},
        {false, 1, NULL, "pet_change", "\"figures\" of two effects is \"pet_change\""},
        {false, 1, NULL, "pet_other", "\"hdf5\" of two effects is \"pet/"},
    };
    json_error_t why;
    vx_error error = {0};
    (void)state;
    assert_int_equal(fixture_write_results(VOXSTAT_VERSION, VX_P_LOG10, &error), VX_OK);
    json_t *original = json_load_file(fixture_path("run.json"), 0, &why);
    assert_non_null(original);
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        json_t *run = json_deep_copy(original);
        vx_results *results = NULL;
        add_double(run, alike[i].of_modality, alike[i].from, alike[i].files, alike[i].figures);
        assert_int_equal(json_dump_file(run, fixture_path("run.json"), 0), 0);
        json_decref(run);
        const vx_status status = vx_results_open(fixture_folder, &results, &error);
        if (status != VX_INPUT || !strstr(error.message, alike[i].said))
            fail_msg("%s: status %d: %s", alike[i].said, status, error.message);
    }
    json_decref(original);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_of_one_name_are_refused, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
