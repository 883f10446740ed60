/* vx_volume_pack: niftilib reads the packed values back at their positions, within the rounding of the slope. */
#include "report/volume.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <nifti2_io.h>

enum { NX = 7, NY = 6, NZ = 5 };
static float value[NX * NY * NZ];

/* x to the left, y and z sheared: no axis of the affine is like another. */
static vx_grid odd_grid(void)
{
    vx_grid grid = vx_grid_new(NX, NY, NZ, 2, (const double[]){30, -20, 10});
    grid.affine[0][0] = -2;
    grid.affine[1][2] = 0.5;
    grid.affine[2][1] = -0.25;
    grid.sform_code = 4;
    return grid;
}

static nifti_image *unpack(const vx_bytes *packed)
{
    char path[] = "/tmp/voxstat-volume-XXXXXX.nii.gz";
    int file = mkstemps(path, 7);
    assert_true(file >= 0);
    assert_int_equal(write(file, packed->data, packed->size), packed->size);
    close(file);
    nifti_image *image = nifti_image_read(path, 1);
    unlink(path);
    assert_non_null(image);
    return image;
}

static void test_int16(void **state)
{
    const vx_grid grid = odd_grid();
    const vx_box box = {{1, 2, 0}, {6, 5, 4}};
    const double slope = 7.5 / INT16_MAX;
    vx_bytes packed;
    vx_error error;
    (void)state;
    for (int i = 0; i < NX * NY * NZ; i++)
        value[i] = (float)(7.5 * sin(i));
    value[(1 * NY + 3) * NX + 2] = NAN;
    assert_int_equal(vx_volume_pack(&grid, &box, value, VX_VOLUME_INT16, slope, &packed, &error), VX_OK);
    nifti_image *image = unpack(&packed);
    assert_int_equal(image->datatype, DT_INT16);
    assert_int_equal(image->sform_code, 4);
    assert_int_equal(image->nx, 5);
    assert_int_equal(image->ny, 3);
    assert_int_equal(image->nz, 4);
    const int16_t *stored = image->data;
    for (int z = 0; z < 4; z++)
        for (int y = 0; y < 3; y++)
            for (int x = 0; x < 5; x++) {
                float was = value[(z * NY + y + 2) * NX + x + 1];
                double is = image->scl_slope * stored[(z * 3 + y) * 5 + x] + image->scl_inter;
                assert_true(fabs(is - (isnan(was) ? 0 : was)) <= slope / 2 * (1 + 1e-6));
            }
    /* voxel (4, 2, 3) of the box is (5, 4, 3) of the grid: 30 - 10, -20 + 8 + 1.5, 10 - 1 + 6 */
    const double mm[3] = {20, -10.5, 15};
    for (int i = 0; i < 3; i++)
        assert_true(fabs(image->sto_xyz.m[i][0] * 4 + image->sto_xyz.m[i][1] * 2 + image->sto_xyz.m[i][2] * 3 +
                         image->sto_xyz.m[i][3] - mm[i]) < 1e-5);
    nifti_image_free(image);
    free(packed.data);
}

static void test_uint8_is_cut_off_at_its_ends(void **state)
{
    const vx_grid grid = odd_grid();
    const vx_box box = {{0, 0, 0}, {NX, NY, NZ}};
    const float given[5] = {-3, 0.24f, 100.4f, 127.6f, INFINITY};
    const unsigned char wanted[5] = {0, 0, 201, 255, 0}; /* round(given / 0.5) within 0 to 255 */
    vx_bytes packed;
    vx_error error;
    (void)state;
    for (int i = 0; i < 5; i++)
        value[i] = given[i];
    assert_int_equal(vx_volume_pack(&grid, &box, value, VX_VOLUME_UINT8, 0.5, &packed, &error), VX_OK);
    nifti_image *image = unpack(&packed);
    assert_int_equal(image->datatype, DT_UINT8);
    assert_memory_equal(image->data, wanted, sizeof wanted);
    nifti_image_free(image);
    free(packed.data);
}

static void test_box(void **state)
{
    const vx_grid grid = odd_grid();
    const vx_box tight = {{2, 1, 1}, {5, 4, 5}}, wide = {{0, 0, 0}, {7, 6, 5}}, full = {{0, 0, 0}, {NX, NY, NZ}};
    static float mask[NX * NY * NZ];
    (void)state;
    vx_box box = vx_box_around(&grid, mask, 1);
    assert_memory_equal(&box, &full, sizeof box);
    mask[2 + NX * (3 + NY * 1)] = 1; /* voxels (2, 3, 1) and (4, 1, 4) */
    mask[4 + NX * (1 + NY * 4)] = 1;
    box = vx_box_around(&grid, mask, 0);
    assert_memory_equal(&box, &tight, sizeof box);
    box = vx_box_around(&grid, mask, 2);
    assert_memory_equal(&box, &wide, sizeof box);
}

static void test_too_long_for_nifti_1(void **state)
{
    const vx_grid grid = vx_grid_new(40000, 1, 1, 1, (const double[]){0, 0, 0});
    const vx_box box = {{0, 0, 0}, {40000, 1, 1}};
    vx_bytes packed;
    vx_error error;
    (void)state;
    assert_int_equal(vx_volume_pack(&grid, &box, value, VX_VOLUME_UINT8, 1, &packed, &error), VX_OUTPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int16), cmocka_unit_test(test_uint8_is_cut_off_at_its_ends), cmocka_unit_test(test_box),
        cmocka_unit_test(test_too_long_for_nifti_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
