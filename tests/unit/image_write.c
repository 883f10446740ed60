/* vx_image_write: written values are read back, the header has the expected fields, and a failure leaves no file. */
#include "unit/image_fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include <nifti2_io.h>

/* A grid of which every field differs from its default and is exact in float32. */
static vx_grid odd_grid(void)
{
    vx_grid grid = vx_grid_new(4, 3, 2, 2, (const double[]){-5, 6, 7});
    grid.sform_code = 4;
    grid.sform[0][1] = 0.25;
    grid.affine[0][1] = 0.25;
    grid.qform_code = 1;
    grid.qfac = -1;
    grid.pixdim[1] = 3;
    for (int k = 0; k < 3; k++) {
        grid.quatern[k] = 0.125 * (k + 1);
        grid.qoffset[k] = 10.5 * (k + 1);
    }
    return grid;
}

/* Equality, for every number of the grid is exact in float32. */
static void expect_grid(const vx_grid *a, const vx_grid *b)
{
    assert_memory_equal(a->dim, b->dim, sizeof a->dim);
    assert_memory_equal(a->affine, b->affine, sizeof a->affine);
    assert_memory_equal(a->pixdim, b->pixdim, sizeof a->pixdim);
    assert_memory_equal(a->quatern, b->quatern, sizeof a->quatern);
    assert_memory_equal(a->qoffset, b->qoffset, sizeof a->qoffset);
    assert_memory_equal(a->sform, b->sform, sizeof a->sform);
    assert_true(a->qform_code == b->qform_code && a->sform_code == b->sform_code && a->qfac == b->qfac);
}

static void test_round_trip(void **state)
{
    static const char *const name[] = {"map.nii", "map.nii.gz"};
    const vx_grid grid = odd_grid();
    float data[24];
    (void)state;
    for (int v = 0; v < 24; v++)
        data[v] = (float)v / 3 - 4;
    for (int k = 0; k < 2; k++) {
        vx_image image;
        assert_int_equal(vx_image_write(name[k], &grid, data, VX_FLOAT32, VX_INTENT_T, 13, NULL, "t", &error), VX_OK);
        assert_int_equal(vx_image_read(name[k], VX_ANALYZE_REFUSE, &image, &error), VX_OK);
        assert_memory_equal(image.data, data, sizeof data);
        expect_grid(&image.grid, &grid);
        vx_image_destroy(&image);
    }
    FILE *gz = fopen("map.nii.gz", "rb");
    assert_int_equal(fgetc(gz), 0x1f);
    fclose(gz);
}

/* The header as niftilib reads it; the numbers are NIfTI-1's own (nifti1.h). */
static void test_header(void **state)
{
    static const struct {
        vx_intent intent;
        int code;
        double parameter;
    } intent[] = {{VX_INTENT_NONE, 0, 0}, {VX_INTENT_ESTIMATE, 1001, 0}, {VX_INTENT_T, 3, 12.5},
                  {VX_INTENT_CORREL, 2, 12.5}, {VX_INTENT_Z, 5, 0}, {VX_INTENT_P, 22, 0},
                  {VX_INTENT_LOG10P, 24, 0}, {VX_INTENT_LABEL, 1002, 0}};
    const vx_grid grid = odd_grid();
    const int32_t label[24] = {1, -2, 1 << 30};
    const double shown[2] = {-1.5, 64};
    char description[120];
    (void)state;
    memset(description, 'd', sizeof description - 1);
    description[sizeof description - 1] = 0;
    for (size_t k = 0; k < sizeof intent / sizeof *intent; k++) {
        vx_intent what = intent[k].intent;
        assert_int_equal(vx_image_write("h.nii.gz", &grid, label, VX_INT32, what, 12.5, k ? shown : NULL, description,
                                        &error),
                         VX_OK);
        nifti_image *nim = nifti_image_read("h.nii.gz", 1);
        assert_non_null(nim);
        assert_int_equal(nim->intent_code, intent[k].code);
        assert_true(nim->intent_p1 == intent[k].parameter);
        assert_true(nim->cal_min == (k ? -1.5f : 0) && nim->cal_max == (k ? 64 : 0));
        assert_int_equal(nim->datatype, DT_INT32);
        assert_int_equal(nim->xyz_units, NIFTI_UNITS_MM);
        assert_int_equal(nim->iname_offset, 352);
        assert_int_equal(strlen(nim->descrip), 79);
        assert_memory_equal(nim->data, label, sizeof label);
        nifti_image_free(nim);
    }
}

static void expect_no_file(const char *path, const char *words)
{
    if (!strstr(error.message, path) || !strstr(error.message, words))
        fail_msg("found: %s", error.message);
    assert_int_equal(error.status, VX_OUTPUT);
    assert_true(access(path, F_OK) != 0);
}

static void test_failures(void **state)
{
    const vx_grid grid = vx_grid_new(64, 64, 8, 2, (const double[]){0, 0, 0});
    const vx_grid wide = vx_grid_new(40000, 1, 1, 2, (const double[]){0, 0, 0});
    float *data = calloc(64 * 64 * 8, sizeof *data);
    struct rlimit old, small;
    (void)state;
    for (int v = 0; v < 64 * 64 * 8; v++)
        data[v] = (float)v * 1.1f;
    assert_int_equal(vx_image_write("no/map.nii", &grid, data, VX_FLOAT32, 0, 0, NULL, "", &error), VX_OUTPUT);
    expect_no_file("no/map.nii", "No such file");
    assert_int_equal(vx_image_write("wide.nii", &wide, data, VX_FLOAT32, 0, 0, NULL, "", &error), VX_OUTPUT);
    expect_no_file("wide.nii", "32767");

    /* A limit of file size simulates a full disk: both fail at the first write that does not fit. */
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    vx_status plain = vx_image_write("full.nii", &grid, data, VX_FLOAT32, 0, 0, NULL, "", &error);
    vx_error plain_error = error;
    vx_status packed = vx_image_write("full.nii.gz", &grid, data, VX_FLOAT32, 0, 0, NULL, "", &error);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(packed, VX_OUTPUT);
    expect_no_file("full.nii.gz", "File too large");
    assert_int_equal(plain, VX_OUTPUT);
    error = plain_error;
    expect_no_file("full.nii", "File too large");

    if (access("/dev/full", W_OK) == 0) { /* a device is not removed */
        assert_int_equal(symlink("/dev/full", "device.nii.gz"), 0);
        assert_int_equal(vx_image_write("device.nii.gz", &grid, data, VX_FLOAT32, 0, 0, NULL, "", &error), VX_OUTPUT);
        assert_non_null(strstr(error.message, "No space left"));
        assert_int_equal(access("/dev/full", F_OK), 0);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
