/* A folder that output wrote is read back as it was: the record made by hand, through the files, into vx_results. */
#include "unit/results_fixture.h"

#include "results/results.h"

/* In double, which cmocka's own comparison is not. */
#define assert_close(a, b, tolerance) assert_true(fabs((double)(a) - (b)) <= (tolerance))

/* With TFCE's null distribution for `change`. */
static void write_folder(vx_p_format format, const char *version)
{
    static double tfce[] = {9, 8, 7, 6};
    vx_error error;
    fixture_results[0].null.tfce = tfce;
    if (fixture_write_results(version, format, &error))
        fail_msg("%s", error.message);
}

static vx_results *open_folder(void)
{
    vx_results *results = NULL;
    vx_error error;
    if (vx_results_open(fixture_folder, &results, &error))
        fail_msg("%s", error.message);
    return results;
}

static void the_record_comes_back(void **state)
{
    (void)state;
    write_folder(VX_P_LOG10, VOXSTAT_VERSION);
    vx_results *results = open_folder();
    assert_string_equal(results->command_line, "voxstat --design paired");
    assert_string_equal(vx_results_option(results, "seed"), "42");
    assert_null(vx_results_option(results, "nothing"));
    assert_int_equal(results->design, VX_PAIRED);
    assert_string_equal(results->session[0], "bl");
    assert_int_equal(results->participants, 4);
    assert_int_equal(results->modalities, 1);
    const vx_results_modality *modality = results->modality;
    assert_int_equal(modality->n, 3);
    assert_string_equal(modality->participant[2], "sub-4");
    assert_string_equal(modality->left_out[0].reason, "no image in pet_followup");
    assert_int_equal(modality->mask_voxels, 5);
    assert_int_equal(modality->mask.left_out_zero, 2);
    assert_int_equal(modality->grid.dim[0], 4);
    assert_close(modality->grid.affine[1][3], 20.5, 0);
    assert_close(modality->grid.pixdim[2], 4, 1e-12);
    assert_close(modality->global[VX_MEAN_BASELINE][1], 20, 0);
    assert_close(modality->global[VX_MEAN_FOLLOWUP][2], 33, 0);
    assert_int_equal(modality->voxels[VX_MEAN_FOLLOWUP][2], 22);
    vx_results_close(results);
}

static void quality_comes_back(void **state)
{
    vx_error error;
    float *strips = NULL;
    (void)state;
    write_folder(VX_P_LOG10, VOXSTAT_VERSION);
    vx_results *results = open_folder();
    const vx_results_quality *quality = &results->modality->quality;
    assert_int_equal(quality->images, 6);
    assert_int_equal(quality->sessions, 2);
    assert_int_equal(quality->flag[1], 1 << VX_FLAG_SCALE | 1 << VX_FLAG_PERSON);
    assert_int_equal(quality->flag[2], 0);
    assert_int_equal(quality->nearest[0], -1);
    assert_int_equal(quality->nearest[1], 2);
    assert_close(quality->value[VX_QUALITY_COVERAGE][5], VX_QUALITY_COVERAGE + 0.625, 0);
    assert_true(isnan(quality->value[VX_QUALITY_MEAN][4]));
    assert_int_equal(vx_results_strips(results, results->modality, &strips, &error), VX_OK);
    for (int i = 0; i < 6; i++) /* x fastest in memory: [image, row, column] with the image fastest */
        for (int row = 0; row < 2; row++)
            for (int column = 0; column < 3; column++)
                assert_close(strips[i + 6 * (row + 2 * column)], 7 * ((i * 2 + row) * 3 + column), 0);
    free(strips);
    vx_results_close(results);
}

static void effects_come_back(void **state)
{
    (void)state;
    write_folder(VX_P_LOG10, VOXSTAT_VERSION);
    vx_results *results = open_folder();
    const vx_results_effect *change = &results->modality[0].effect[0], *level = &results->modality[0].effect[1];
    assert_int_equal(change->kind, VX_MEAN);
    assert_int_equal(change->scheme, VX_SIGN_FLIP);
    assert_int_equal(level->kind, VX_SLOPE);
    assert_int_equal(level->scheme, VX_PERMUTE);
    assert_close(change->peak_t, -6.25, 0);
    assert_close(change->threshold_t, 3.125, 0);
    assert_true(change->p[VX_P_FWE_VOXEL].there);
    assert_close(change->p[VX_P_FWE_VOXEL].smallest, 0.03125, 0);
    assert_int_equal(change->p[VX_P_FWE_VOXEL].below, 1);
    assert_false(change->p[VX_P_FDR].there);
    assert_int_equal(change->clusters, 2);
    assert_int_equal(change->cluster[1].sign, -1);
    assert_close(change->cluster[1].peak_mm[1], 23.5, 0);
    assert_close(change->cluster[0].p[VX_P_FWE_EXTENT], 0.03125, 0);
    assert_true(isnan(change->cluster[0].p[VX_P_FWE_MASS]));
    assert_int_equal(change->null.count, 4);
    assert_close(change->null.voxel[3], 7, 0);
    assert_close(change->null.extent[3], 2, 0);
    assert_close(change->null.tfce[0], 9, 0);
    assert_null(change->null.mass);
    assert_int_equal(change->measured, 2);
    assert_close(change->baseline[0 * 3 + 2], 3, 0); /* cluster 1, participant 3 */
    assert_close(change->followup[1 * 3 + 0], 1, 0); /* cluster 2, participant 1 */
    assert_string_equal(level->name, "rapa/48 h");
    assert_string_equal(level->place, "pet/rapa-48-h");
    assert_int_equal(level->n, 2);
    assert_string_equal(level->participant[1], "sub-4");
    assert_string_equal(level->left_out[0].participant, "sub-1");
    assert_true(isnan(level->possible)); /* more than fit */
    assert_close(level->design[1 * 2 + 1], 0.5, 0);
    assert_close(level->raw[1 * 2 + 1], 8, 0); /* the table's, of the participant of the effect's second row */
    assert_close(level->raw[0 * 2 + 0], 1, 0);
    assert_int_equal(level->measured, 0);
    assert_null(level->null.extent);
    vx_results_close(results);
}

static void maps_come_back_with_plain_p(void **state)
{
    static const vx_p_format format[] = {VX_P_LOG10, VX_P_PLAIN, VX_P_ONE_MINUS};
    (void)state;
    for (int k = 0; k < 3; k++) {
        vx_error error;
        float *p = NULL, *t = NULL, *mean = NULL, *mask = NULL;
        write_folder(format[k], VOXSTAT_VERSION);
        vx_results *results = open_folder();
        const vx_results_modality *modality = results->modality;
        const vx_results_effect *change = modality->effect;
        assert_int_equal(vx_results_map(results, change, &modality->grid, VX_P_FWE_VOXEL, &p, &error), VX_OK);
        assert_int_equal(vx_results_map(results, change, &modality->grid, VX_MAP_T, &t, &error), VX_OK);
        assert_int_equal(vx_results_mean(results, modality, &mean, &error), VX_OK);
        assert_int_equal(vx_results_mask(results, modality, &mask, &error), VX_OK);
        for (int v = 0; v < VOXELS; v++) {
            assert_close(p[fixture_index[v]], fixture_p[v], 1e-6); /* float32, and a logarithm and back */
            assert_close(t[fixture_index[v]], fixture_t[v], 0);
            assert_close(mask[fixture_index[v]], 1, 0);
        }
        assert_close(p[0], 1, 1e-6); /* outside the mask */
        assert_close(mask[0], 0, 0);
        assert_close(mean[23], 11.5, 0);
        assert_true(vx_results_has_map(results, change, VX_MAP_CLUSTERS));
        assert_false(vx_results_has_map(results, change, VX_MAP_SLOPE));
        free(p);
        assert_int_equal(vx_results_map(results, change, &modality->grid, VX_MAP_SLOPE, &p, &error), VX_INPUT);
        assert_non_null(strstr(error.message, "/maps/pet/change/slope"));
        free(t);
        free(mean);
        free(mask);
        vx_results_close(results);
    }
}

/* Its figures, and the place of the smallest p: of equal ones that of the larger |t|. */
static void search_volumes_come_back(void **state)
{
    vx_error error;
    float *p = NULL;
    (void)state;
    write_folder(VX_P_LOG10, VOXSTAT_VERSION);
    vx_results *results = open_folder();
    const vx_results_modality *modality = results->modality;
    assert_int_equal(modality->effect[1].volumes, 1);
    const vx_results_effect *change = modality->effect;
    assert_int_equal(change->volumes, 1);
    const vx_results_volume *volume = change->volume;
    assert_string_equal(volume->family, "a/b");
    assert_string_equal(volume->stem, "a-b");
    assert_int_equal(volume->voxels, 3);
    assert_close(volume->peak_t, -6.25, 0);
    assert_close(volume->p[VX_P_FWE_VOXEL].smallest, 0.015625, 0);
    assert_int_equal(volume->p[VX_P_FWE_VOXEL].below, 2);
    assert_close(volume->p[VX_P_FWE_EXTENT].smallest, 0.25, 0);
    assert_close(volume->p[VX_P_FWE_EXTENT].mm[0], -12, 0); /* voxel 2, 1, 0, with |t| 6.25 */
    assert_close(volume->p[VX_P_FWE_EXTENT].mm[1], 23.5, 0);
    assert_close(volume->p[VX_P_FWE_EXTENT].mm[2], -7, 0);
    assert_null(volume->p[VX_P_FWE_EXTENT].region);
    assert_false(volume->p[VX_P_UNCORRECTED].there);
    assert_int_equal(volume->clusters, 1);
    assert_int_equal(vx_results_volume_below(volume, VX_P_FWE_EXTENT), 1);
    assert_int_equal(vx_results_volume_below(volume, VX_P_FWE_VOXEL), 2);
    assert_int_equal(vx_results_volume_map(results, change, volume, &modality->grid, VX_P_FWE_VOXEL, &p, &error),
                     VX_OK);
    for (int v = 0; v < 3; v++)
        assert_close(p[fixture_volume_index[v]], fixture_volume_p[v], 1e-6); /* float32, and a logarithm and back */
    assert_close(p[1], 1, 1e-6); /* of the mask, but not of the volume */
    free(p);
    assert_int_equal(vx_results_volume_map(results, change, volume, &modality->grid, VX_MAP_T, &p, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "/maps/pet/change/t_a-b"));
    vx_results_close(results);
}

/* The folder as a version before --primary wrote it. */
static void remove_primary(void)
{
    json_error_t why;
    json_t *run = json_load_file(fixture_path("run.json"), 0, &why);
    assert_int_equal(json_object_del(run, "primary"), 0);
    assert_int_equal(json_dump_file(run, fixture_path("run.json"), 0), 0);
    json_decref(run);
}

/* `change` has p of its voxels by extent from 0.03125 on, and one of its two clusters has that p. */
static void only_the_primary_correction_is_significant(void **state)
{
    (void)state;
    write_folder(VX_P_LOG10, VOXSTAT_VERSION);
    for (int k = 0; k < 2; k++) {
        vx_results *results = open_folder();
        const vx_results_effect *change = &results->modality[0].effect[0];
        assert_int_equal(results->primary, VX_P_FWE_VOXEL);
        assert_true(vx_results_significant(results, VX_P_FWE_VOXEL, 0.03125));
        assert_false(vx_results_significant(results, VX_P_FWE_VOXEL, 0.05));
        assert_false(vx_results_significant(results, VX_P_FWE_EXTENT, 0.03125));
        assert_int_equal(vx_results_below(change, VX_P_FWE_EXTENT), 1);
        assert_int_equal(vx_results_below(change, VX_P_FWE_VOXEL), 1);
        results->primary = VX_P_UNCORRECTED; /* as without any correction */
        assert_false(vx_results_significant(results, VX_P_UNCORRECTED, 0.03125));
        vx_results_close(results);
        if (!k)
            remove_primary();
    }
}

static void another_version_is_refused(void **state)
{
    vx_results *results = NULL;
    vx_error error;
    (void)state;
    write_folder(VX_P_LOG10, "9.8.7");
    assert_int_equal(vx_results_open(fixture_folder, &results, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "voxstat 9.8.7"));
    assert_null(results);
    assert_int_equal(remove(fixture_path("run.json")), 0);
    assert_int_equal(vx_results_open(fixture_folder, &results, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "it has no run.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_record_comes_back, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(quality_comes_back, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(effects_come_back, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(maps_come_back_with_plain_p, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(search_volumes_come_back, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(only_the_primary_correction_is_significant, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(another_version_is_refused, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
