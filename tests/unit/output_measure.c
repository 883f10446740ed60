/* Means of the images over the mask and over clusters, in numbers that can be added up on paper. */
#include "unit/output_fixture.h"

/* Two participants on the fixture's grid of 24 voxels, image values a + b v at voxel v. */
static const double level[2][2][2] = {{{10, 1}, {20, 2}}, {{100, 0.5}, {-50, 4}}}; /* participant, session: a, b */

static void put(const char *path, double a, double b)
{
    float data[24];
    vx_error error;
    for (int v = 0; v < 24; v++)
        data[v] = (float)(a + b * v);
    if (vx_image_write(path, &fixture_matrix.space.grid, data, VX_FLOAT32, VX_INTENT_NONE, 0, NULL, "", &error))
        fail_msg("%s", error.message);
}

/* Mask voxels 1, 6, 7, 13 and 23: mean 10 in places. The first effect's clusters, largest first: 6 and 13 (mean 9.5),
 * then 23. The second's: 7 alone. So the regions are the mask, 9.5, 23 and 7. */
static void means_of_regions(void **state)
{
    static const double place[4] = {10, 9.5, 23, 7};
    float label[2][VOXELS] = {{0, 1, 0, 1, 2}, {0, 0, 1, 0, 0}};
    vx_map map[2] = {{VX_MAP_CLUSTERS, "label", label[0]},
                     {VX_MAP_CLUSTERS, "label", label[1]}};
    vx_cluster cluster[2] = {{.label = 1, .voxels = 2}, {.label = 2, .voxels = 1}};
    vx_result first = {.map = &map[0], .maps = 1, .cluster = cluster, .clusters = 2};
    vx_result second = {.map = &map[1], .maps = 1, .cluster = cluster, .clusters = 1}, *result[2] = {&first, &second};
    char path[2][2][100];
    vx_session_image session[2][2];
    vx_volume_row row[2] = {{"sub-1", session[0], 2}, {"sub-2", session[1], 2}};
    vx_sources sources;
    vx_record_modality modality = {.name = "pet", .matrix = &fixture_matrix, .model = &fixture_model,
                                   .result = result};
    vx_means *means = NULL;
    vx_error error = {0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        for (int s = 0; s < 2; s++) {
            snprintf(path[i][s], sizeof path[i][s], "%s/%d%d.nii", fixture_folder, i, s);
            put(path[i][s], level[i][s][0], level[i][s][1]);
            session[i][s] = (vx_session_image){path[i][s], "pet", s ? 1 : -1, {0}};
        }
    }
    assert_int_equal(vx_sources_init(row, 2, NULL, true, &sources, &error), VX_OK);
    sources.how.grid = fixture_matrix.space.grid;
    assert_int_equal(vx_measured_region(&modality, 0), 1);
    assert_int_equal(vx_measured_region(&modality, 1), 3);
    if (vx_measure(&modality, &sources, 2, &means, &error))
        fail_msg("%s", error.message);
    assert_int_equal(means->regions, 4);
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < 2; i++)
            for (int r = 0; r < 4; r++)
                assert_true(means->region[s][i * 4 + r] == level[i][s][0] + level[i][s][1] * place[r]);
    for (int v = 0; v < 24; v++) /* (10 + 20 + 100 - 50) / 4 + (1 + 2 + 0.5 + 4) / 4 v */
        assert_true(means->image[v] == (float)(20 + 1.875 * v));
    vx_means_free(means);
    vx_sources_destroy(&sources);
}

/* The table lists every cluster, but only the largest are measured. */
static void only_the_largest_are_measured(void **state)
{
    const vx_result few = {.clusters = 3}, many = {.clusters = 500};
    (void)state;
    assert_int_equal(vx_measured_clusters(&few), 3);
    assert_int_equal(vx_measured_clusters(&many), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(means_of_regions, fixture_set_up, fixture_tear_down),
        cmocka_unit_test(only_the_largest_are_measured)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
