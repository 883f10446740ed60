/* The NIfTI files of a run, read back by niftilib. */
#include "unit/output_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <nifti2_io.h>
#include <signal.h>

static nifti_image *read_image(const char *name)
{
    nifti_image *image = nifti_image_read(fixture_path(name), 1);
    if (!image)
        fail_msg("%s is not there", name);
    assert_int_equal(image->ndim, 3);
    for (int k = 0; k < 3; k++)
        assert_int_equal(image->dim[k + 1], fixture_matrix.space.grid.dim[k]);
    return image;
}

static void write_maps(const vx_record *record)
{
    vx_error error;
    if (vx_write_maps(fixture_folder, record, &error))
        fail_msg("%s", error.message);
}

static void a_statistic_is_written_as_it_is(void **state)
{
    (void)state;
    write_maps(&fixture_record);
    nifti_image *image = read_image("pet/change/t.nii.gz");
    assert_int_equal(image->datatype, NIFTI_TYPE_FLOAT32);
    assert_int_equal(image->intent_code, NIFTI_INTENT_TTEST);
    assert_true(image->intent_p1 == 2);
    assert_string_equal(image->descrip, "voxstat 9.8.7: t, pet_change");
    assert_int_equal(image->sform_code, 4);
    assert_int_equal(image->qform_code, 1);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            assert_true(image->sto_xyz.m[i][j] == fixture_matrix.space.grid.sform[i][j]);
    assert_true(image->quatern_c == 1 && image->qoffset_z == 3 && image->qfac == -1);
    const float *value = image->data;
    float expected[24] = {0};
    for (int v = 0; v < VOXELS; v++)
        expected[fixture_index[v]] = fixture_t[v];
    assert_memory_equal(value, expected, sizeof expected);
    nifti_image_free(image);

    image = read_image("pet/rapa-48-h/r.nii.gz");
    assert_int_equal(image->intent_code, NIFTI_INTENT_CORREL);
    assert_true(image->intent_p1 == 1);
    nifti_image_free(image);
}

/* t is from -6.25 to 4 and clusters form at 3.125; 1.25 times that is 3.90625. */
static void viewers_open_t_at_the_tail_tested(void **state)
{
    const struct { vx_tails tails; float scale, low, high; } as[] = {
        {VX_TWO_TAILS, 1, 3.125f, 6.25f}, {VX_POSITIVE, 1, 3.125f, 4}, {VX_NEGATIVE, 1, 0, 0},
        {VX_TWO_TAILS, 0.5f, 3.125f, 3.90625f}, {VX_POSITIVE, 0.5f, 3.125f, 3.90625f},
        {VX_NEGATIVE, 0.5f, 0, 0}};
    const vx_result before = fixture_results[0];
    float t[VOXELS];
    vx_map maps[3];
    (void)state;
    memcpy(maps, fixture_maps[0], sizeof maps);
    maps[0].value = t;
    for (int k = 0; k < 6; k++) {
        for (int v = 0; v < VOXELS; v++)
            t[v] = as[k].scale * fixture_t[v];
        fixture_results[0].map = maps;
        fixture_results[0].options.tails = as[k].tails;
        write_maps(&fixture_record);
        fixture_results[0] = before;
        nifti_image *image = read_image("pet/change/t.nii.gz");
        assert_true(image->cal_min == as[k].low && image->cal_max == as[k].high);
        nifti_image_free(image);
    }
}

static void labels_are_whole_numbers(void **state)
{
    (void)state;
    write_maps(&fixture_record);
    nifti_image *image = read_image("pet/change/clusters.nii.gz");
    assert_int_equal(image->datatype, NIFTI_TYPE_INT32);
    assert_int_equal(image->intent_code, NIFTI_INTENT_LABEL);
    const int32_t *label = image->data;
    for (int i = 0; i < 24; i++)
        assert_int_equal(label[i], i == 6 ? 2 : i == 13 ? 1 : 0);
    nifti_image_free(image);
}

static void p_is_as_asked_for(void **state)
{
    (void)state;
    /* p = 0.03125 = 2^-5 at voxel 6, p = 1 at voxel 7 and, by definition, outside; -log10 2^-5 = 1.505149978 */
    const struct { vx_p_format format; int intent; float p, one; const char *words; } as[] = {
        {VX_P_LOG10, NIFTI_INTENT_LOG10PVAL, 1.505149978f, 0, "-log10 p"},
        {VX_P_PLAIN, NIFTI_INTENT_PVAL, 0.03125f, 1, "as p"},
        {VX_P_ONE_MINUS, NIFTI_INTENT_NONE, 0.96875f, 0, "1-p"}};
    for (int k = 0; k < 3; k++) {
        vx_record record = fixture_record;
        record.p_format = as[k].format;
        write_maps(&record);
        nifti_image *image = read_image("pet/change/p-fwe-voxel.nii.gz");
        const float *value = image->data;
        assert_int_equal(image->intent_code, as[k].intent);
        assert_non_null(strstr(image->descrip, as[k].words));
        assert_true(value[6] == as[k].p && value[7] == as[k].one && value[0] == as[k].one);
        nifti_image_free(image);
    }
}

static void masks_mark_the_voxels_analysed(void **state)
{
    (void)state;
    int64_t index[] = {6, 7, 20};
    vx_matrix matrix = fixture_matrix;
    matrix.space.index = index;
    matrix.space.elements = 3;
    vx_record_modality modality[2] = {fixture_modality, fixture_modality};
    modality[1].name = "cbf";
    modality[1].matrix = &matrix;
    vx_record record = fixture_record;
    record.modality = modality;
    record.modalities = 2;
    write_maps(&record);
    const struct { const char *name; int voxels; } mask[] = {
        {"mask.nii.gz", 2}, {"pet/mask.nii.gz", VOXELS}, {"cbf/mask.nii.gz", 3}};
    for (int k = 0; k < 3; k++) {
        nifti_image *image = read_image(mask[k].name);
        const uint8_t *value = image->data;
        int voxels = 0;
        assert_int_equal(image->datatype, NIFTI_TYPE_UINT8);
        for (int i = 0; i < 24; i++)
            voxels += value[i];
        assert_int_equal(voxels, mask[k].voxels);
        assert_int_equal(value[6], 1);
        nifti_image_free(image);
    }
}

/* One modality: its mask is mask.nii.gz, and nothing but the maps is beside it. */
static void nothing_else_is_written(void **state)
{
    (void)state;
    write_maps(&fixture_record);
    const struct { const char *folder; int items; } expected[] = {
        {"", 2}, {"pet", 2}, {"pet/change", 3}, {"pet/rapa-48-h", 1}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        int items = 0;
        DIR *folder = opendir(fixture_path(expected[i].folder));
        while (readdir(folder))
            items++;
        closedir(folder);
        assert_int_equal(items - 2, expected[i].items);
    }
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    vx_error error = {0};
    struct rlimit before, little;
    getrlimit(RLIMIT_FSIZE, &before);
    little = before;
    little.rlim_cur = 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &little);
    vx_status status = vx_write_maps(fixture_folder, &fixture_record, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, VX_OUTPUT);
    assert_non_null(strstr(error.message, ".nii.gz"));
    assert_non_null(strstr(error.message, strerror(EFBIG)));
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        test(a_statistic_is_written_as_it_is), test(viewers_open_t_at_the_tail_tested),
        test(labels_are_whole_numbers), test(p_is_as_asked_for), test(masks_mark_the_voxels_analysed),
        test(nothing_else_is_written), test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
