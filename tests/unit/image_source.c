/* A volume on disk as a source: it is opened once, hashed while it is read, and later changes of the file are detected.
 */
#include "unit/nifti_fixture.h"

#include "image/means.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

static const vx_loading hashed = {.exact = true, .hashed = true};

static void read_source(vx_source *source)
{
    vx_loaded volume = {0};
    if (vx_source_read(source, &hashed, &volume, &error))
        fail_msg("%s", error.message);
    for (int v = 0; v < VOXELS; v++)
        assert_true(vx_loaded_value(&volume, v) == v);
    vx_loaded_destroy(&volume);
}

static void expect_sha256(const char *text, const void *bytes, size_t size)
{
    char expected[VX_SHA256_TEXT];
    assert_true(vx_sha256_text(bytes, size, expected));
    assert_string_equal(text, expected);
}

/* An open file is read to its end, even when its name is removed or replaced meanwhile. */
static void test_opened_once(void **state)
{
    const nifti_1_header h = header(DT_INT16, 16);
    unsigned char bytes[512];
    const size_t size = whole_file(&h, bytes);
    vx_source source = {.path = "once.nii"};
    vx_grid grid;
    (void)state;
    write_image("once.nii", &h);
    assert_int_equal(vx_source_open(&source, &hashed, &grid, &error), VX_OK);
    assert_true(grid.dim[0] == NX && grid.affine[0][3] == -10);
    assert_int_equal(unlink("once.nii"), 0);
    read_source(&source);
    expect_sha256(source.file[0].sha256, bytes, size);
    assert_int_equal(vx_source_now_all(&source), VX_SOURCE_GONE);
    vx_source_destroy(&source);
}

/* The hash is that of the first read; a later change of the file does not change it. */
static void test_what_it_was(void **state)
{
    nifti_1_header h = header(DT_INT16, 16);
    const struct timespec past[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    unsigned char bytes[512];
    const size_t size = whole_file(&h, bytes);
    vx_source source = {.path = "was.nii"};
    (void)state;
    write_image("was.nii", &h);
    assert_int_equal(vx_source_now_all(&source), VX_SOURCE_SAME); /* no hash is known */
    read_source(&source);
    assert_int_equal(vx_source_now_all(&source), VX_SOURCE_SAME);
    assert_int_equal(utimensat(AT_FDCWD, "was.nii", past, 0), 0);
    assert_int_equal(vx_source_now_all(&source), VX_SOURCE_SAME); /* another time, the same bytes */
    strcpy(h.descrip, "edited");
    write_image("was.nii", &h);
    assert_int_equal(vx_source_now_all(&source), VX_SOURCE_CHANGED);
    read_source(&source);
    expect_sha256(source.file[0].sha256, bytes, size);
    vx_source_destroy(&source);
}

/* Either name of a pair means both files, and both are hashed. */
static void test_pair(void **state)
{
    static const char *const name[] = {"pair.hdr", "pair.img", "pair"};
    nifti_1_header h = header(DT_INT16, 16);
    unsigned char bytes[512];
    (void)state;
    whole_file(&h, bytes);
    strcpy(h.magic, "ni1");
    h.vox_offset = 0;
    write_bytes("pair.hdr", &h, sizeof h);
    write_bytes("pair.img", bytes + 352, 2 * VOXELS);
    for (int k = 0; k < 3; k++) {
        vx_source source = {.path = name[k]};
        read_source(&source);
        assert_int_equal(source.files, 2);
        assert_string_equal(source.file[0].path, "pair.hdr");
        assert_string_equal(source.file[1].path, "pair.img");
        expect_sha256(source.file[0].sha256, &h, sizeof h);
        expect_sha256(source.file[1].sha256, bytes + 352, 2 * VOXELS);
        vx_source_destroy(&source);
    }
}

/* A row with one session beside one with two: no source is made up for the session that it lacks, and no mean. */
static void test_sources_of_rows(void **state)
{
    const nifti_1_header h = header(DT_INT16, 16);
    static const vx_session_image image[3] = {{"s1.nii", "bl", -1, {0}}, {"s2.nii", "fu", 1, {0}},
                                              {"s3.nii", "fu", 1, {0}}};
    static const vx_volume_row row[2] = {{"sub-a", image, 2}, {"sub-b", image + 2, 1}};
    vx_sources sources;
    (void)state;
    for (int k = 0; k < 3; k++)
        write_image(image[k].path, &h);
    const vx_mask_options options = VX_OPTIONS(vx_mask_options, .file = "m.nii");
    assert_int_equal(vx_sources_init(row, 2, &options, true, &sources, &error), VX_OK);
    assert_int_equal(sources.sessions, 2);
    assert_string_equal(sources.mask.path, "m.nii");
    assert_string_equal(vx_sources_image(&sources, 0, 1)->column, "fu");
    assert_string_equal(vx_sources_image(&sources, 1, 0)->participant, "sub-b");
    assert_null(vx_sources_image(&sources, 1, 1));
    assert_true(sources.how.tolerance == VX_GRID_TOLERANCE);

    const vx_voxel_set region = {.index = (const int64_t[]){1, 2, 9}, .voxels = 3};
    vx_means *means;
    assert_int_equal(vx_source_open(sources.image, &sources.how, &sources.how.grid, &error), VX_OK);
    if (vx_means_read(&sources, &region, 1, 2, &means, &error))
        fail_msg("%s", error.message);
    assert_true(means->region[0][0] == 4 && means->region[1][0] == 4 && means->region[0][1] == 4);
    assert_true(isnan(means->region[1][1]));
    assert_true(means->voxels[0][1] == VOXELS - 1 && means->voxels[1][1] == 0);
    assert_int_equal(means->missing, 0);
    for (int v = 0; v < VOXELS; v++)
        assert_true(means->image[v] == (float)v);
    vx_means_free(means);
    vx_sources_destroy(&sources);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_opened_once), cmocka_unit_test(test_what_it_was),
                                       cmocka_unit_test(test_pair), cmocka_unit_test(test_sources_of_rows)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
