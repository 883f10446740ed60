/* Steps of a source: the nearest neighbour on an oblique grid against NumPy, and files of several volumes. */
#include "unit/image_fixture.h"

#include "image/source.h"

#include <math.h>

#include <nifti2_io.h>

static const vx_loading exactly = {.exact = true};

/* 4 x 3 x 2 voxels of 2 mm, the first at 0; label 300 + 3400 v. */
static void put_labels(const char *path)
{
    const vx_grid grid = vx_grid_new(4, 3, 2, 2, (const double[]){0, 0, 0});
    int32_t label[24];
    for (int v = 0; v < 24; v++)
        label[v] = 300 + 3400 * v;
    if (vx_image_write(path, &grid, label, VX_INT32, VX_INTENT_LABEL, 0, NULL, "", &error))
        fail_msg("%s", error.message);
}

static vx_grid oblique(void)
{
    static const double affine[4][4] = {{1.3163738428355587, -0.815023415627145, 0.0, -0.4},
                                        {0.7191383079063044, 1.4918903552136333, 0.3, -1.1},
                                        {0.0, 0.2, 1.1, -0.7},
                                        {0.0, 0.0, 0.0, 1.0}};
    vx_grid grid = vx_grid_new(3, 2, 3, 1, (const double[]){0, 0, 0});
    memcpy(grid.affine, affine, sizeof affine);
    return grid;
}

/* NumPy: src = (300 + 3400 * arange(24)).reshape(2, 3, 4).transpose(2, 1, 0); M = inv(diag([2, 2, 2, 1])) @ B, B as
 * above; for k, j, i: x = floor((M @ [i, j, k, 1])[:3] + 0.5); src[x], or -1 where x is outside src. */
static const double numpy_nearest[18] = {-1, 300, 3700, -1, 13900, 17300, 300, 300, 3700, -1,
                                         13900, 17300, 41100, 41100, 44500, -1, 54700, 58100};

static void test_nearest(void **state)
{
    const vx_grid grid = oblique();
    const vx_step step = vx_step_nearest(&grid, "pet.nii");
    vx_source source = {.path = "labels.nii.gz"};
    vx_loading raw = exactly;
    vx_loaded volume;
    (void)state;
    put_labels("labels.nii.gz");
    assert_int_equal(vx_source_add_step(&source, &step, &error), VX_OK);
    assert_int_equal(vx_source_read(&source, &exactly, &volume, &error), VX_OK);
    assert_true(volume.grid.dim[0] == 3 && volume.grid.dim[1] == 2 && volume.grid.affine[2][1] == 0.2);
    for (int v = 0; v < 18; v++) {
        const double value = vx_loaded_value(&volume, v);
        assert_true(numpy_nearest[v] < 0 ? isnan(value) : value == numpy_nearest[v]);
    }
    vx_loaded_destroy(&volume);
    raw.raw = true;
    assert_int_equal(vx_source_read(&source, &raw, &volume, &error), VX_OK);
    assert_true(volume.grid.dim[0] == 4 && vx_loaded_value(&volume, 23) == 78500);
    vx_loaded_destroy(&volume);
    assert_string_equal(source.step->parameters, "grid of pet.nii");
    vx_source_destroy(&source);
}

/* Every centre of the coarse grid lies halfway between centres of the fine one, which is far from 0, so that rounding
 * moves the products to both sides. The voxel of the higher index is taken everywhere. */
static void test_halfway(void **state)
{
    enum { N = 60 };
    const double far = 1000.3;
    const vx_grid fine = vx_grid_new(2 * N, 1, 1, 0.7, (const double[]){far, 0, 0});
    const vx_grid coarse = vx_grid_new(N, 1, 1, 1.4, (const double[]){far + 0.35, 0, 0});
    vx_step step = vx_step_nearest(&coarse, "coarse.nii");
    vx_loaded volume = {.grid = fine, .slope = 1, .data = malloc(2 * N * sizeof(float))};
    (void)state;
    assert_non_null(volume.data);
    for (int v = 0; v < 2 * N; v++)
        volume.data[v] = (float)v;
    assert_int_equal(vx_steps_apply(&step, 1, &volume, &error), VX_OK);
    for (int v = 0; v < N; v++)
        assert_true(volume.data[v] == (float)(2 * v + 1));
    vx_loaded_destroy(&volume);
}

/* Two volumes of 12 voxels in one file: one reading gives one of them, and elsewhere they are refused. */
static void test_several_volumes(void **state)
{
    nifti_1_header h = {.sizeof_hdr = 348, .dim = {4, 3, 2, 2, 2, 1, 1, 1}, .datatype = DT_INT16, .bitpix = 16,
                        .pixdim = {1, 2, 2, 2, 1}, .vox_offset = 352, .sform_code = 1, .srow_x = {2, 0, 0, 0},
                        .srow_y = {0, 2, 0, 0}, .srow_z = {0, 0, 2, 0}, .magic = "n+1"};
    unsigned char bytes[352 + 48] = {0};
    const vx_loading several = {.exact = true, .several = true, .hashed = true};
    vx_source source = {.path = "four.nii"};
    vx_grid grid;
    vx_loaded volume;
    (void)state;
    memcpy(bytes, &h, sizeof h);
    for (int16_t v = 0; v < 24; v++)
        memcpy(bytes + 352 + 2 * v, &v, 2);
    FILE *file = fopen("four.nii", "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
    fclose(file);
    assert_int_equal(vx_source_read(&source, &exactly, &volume, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "four.nii: 4-D image with 2 volumes; one 3-D volume is needed"));
    for (int again = 0; again < 2; again++) {
        assert_int_equal(vx_source_open(&source, &several, &grid, &error), VX_OK);
        assert_int_equal(vx_source_volumes(&source), 2);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(vx_source_read(&source, &several, &volume, &error), VX_OK);
            for (int v = 0; v < 12; v++)
                assert_true(vx_loaded_value(&volume, v) == 12 * k + v);
            vx_loaded_destroy(&volume);
        }
        assert_null(source.opened);
        assert_int_equal(strlen(source.file[0].sha256), 64);
    }
    assert_int_equal(truncate("four.nii", 352 + 40), 0);
    assert_int_equal(vx_source_open(&source, &several, &grid, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "truncated"));
    vx_source_destroy(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nearest), cmocka_unit_test(test_halfway),
                                       cmocka_unit_test(test_several_volumes)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
