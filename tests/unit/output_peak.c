/* The peak in run.json: its voxel for each alternative, and its coordinates on a grid whose axes are not at right
 * angles. */
#include "unit/output_fixture.h"

#include <jansson.h>

/* mm of voxel (i, j, k): -2 i + j + 90, 3 j + k - 126, i + 4 k - 72. t is largest at (1, 0, 1), with 4, and smallest at
 * (2, 1, 0), with -6.25. */
static const double affine[4][4] = {{-2, 1, 0, 90}, {0, 3, 1, -126}, {1, 0, 4, -72}, {0, 0, 0, 1}};
static const double positive[7] = {4, 1, 0, 1, 88, -125, -67}, negative[7] = {-6.25, 2, 1, 0, 87, -123, -70};

static void peak_is(vx_tails tails, const double expected[7])
{
    vx_matrix matrix = fixture_matrix;
    vx_result first = fixture_results[0], *result[2] = {&first, &fixture_results[1]};
    vx_record_modality modality = fixture_modality;
    vx_record record = fixture_record;
    vx_error error;
    json_error_t reason;
    memcpy(matrix.space.grid.affine, affine, sizeof affine);
    first.options.tails = tails;
    modality.matrix = &matrix;
    modality.result = result;
    record.modality = &modality;
    if (vx_write_json(fixture_folder, &record, &error))
        fail_msg("%s", error.message);
    json_t *run = json_load_file(fixture_path("run.json"), 0, &reason);
    json_t *effects = json_object_get(json_array_get(json_object_get(run, "modalities"), 0), "effects");
    json_t *peak = json_object_get(json_array_get(effects, 0), "peak");
    if (!peak)
        fail_msg("run.json names no peak");
    assert_true(json_number_value(json_object_get(peak, "t")) == expected[0]);
    for (size_t k = 0; k < 3; k++) {
        assert_true(json_number_value(json_array_get(json_object_get(peak, "voxel"), k)) == expected[1 + k]);
        assert_true(json_number_value(json_array_get(json_object_get(peak, "mm"), k)) == expected[4 + k]);
    }
    json_decref(run);
}

static void peak_of_each_alternative(void **state)
{
    (void)state;
    peak_is(VX_TWO_TAILS, negative);
    peak_is(VX_POSITIVE, positive);
    peak_is(VX_NEGATIVE, negative);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(peak_of_each_alternative, fixture_set_up, fixture_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
