/* vx_volume_pack: zlib and niftilib read the packed values back at their places, within the rounding of the slope. */
#include "image/nifti.h"
#include "report/volume.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <nifti2_io.h>
#include <zlib.h>

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

/* The inverse of the packing, written from volume.h: the integers in place of the folded differences. */
static void restore(unsigned char *byte, const int64_t dim[3])
{
    const int64_t count = dim[0] * dim[1] * dim[2], stride[3] = {1, dim[0], dim[0] * dim[1]};
    int16_t number[NX * NY * NZ];
    for (int64_t i = 0; i < count; i++) {
        const int folded = byte[i] + 256 * byte[count + i];
        number[i] = (int16_t)(folded % 2 ? -(folded + 1) / 2 : folded / 2);
    }
    for (int axis = 2; axis >= 0; axis--)
        for (int64_t i = stride[axis]; i < count; i++)
            if (i / stride[axis] % dim[axis])
                number[i] = (int16_t)(number[i] + number[i - stride[axis]]);
    memcpy(byte, number, (size_t)count * sizeof *number);
}

static nifti_image *unpack(const vx_bytes *packed)
{
    unsigned char file[VX_NIFTI_OFFSET + 2 * NX * NY * NZ];
    nifti_1_header header;
    char path[] = "/tmp/voxstat-volume-XXXXXX.nii";
    z_stream stream = {.next_in = packed->data, .avail_in = (uInt)packed->size, .next_out = file,
                       .avail_out = sizeof file};
    assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    memcpy(&header, file, sizeof header);
    restore(file + VX_NIFTI_OFFSET, (const int64_t[]){header.dim[1], header.dim[2], header.dim[3]});
    int out = mkstemps(path, 4);
    assert_true(out >= 0);
    assert_int_equal(write(out, file, stream.total_out), stream.total_out);
    close(out);
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
    assert_int_equal(vx_volume_pack(&grid, &box, value, &(vx_steps){slope, INT16_MIN, INT16_MAX}, &packed,
                                    &error), VX_OK);
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

static void test_values_are_cut_off_at_the_ends(void **state)
{
    const vx_grid grid = odd_grid();
    const vx_box box = {{0, 0, 0}, {NX, NY, NZ}};
    const float given[5] = {-3, 0.24f, 100.4f, 127.6f, INFINITY};
    const int16_t wanted[5] = {0, 0, 201, 255, 0}; /* round(given / 0.5) within 0 to 255 */
    vx_bytes packed;
    vx_error error;
    (void)state;
    for (int i = 0; i < 5; i++)
        value[i] = given[i];
    assert_int_equal(vx_volume_pack(&grid, &box, value, &(vx_steps){0.5, 0, 255}, &packed, &error), VX_OK);
    nifti_image *image = unpack(&packed);
    assert_memory_equal(image->data, wanted, sizeof wanted);
    nifti_image_free(image);
    free(packed.data);
}

/* From one end of int16 to the other the differences exceed int16, and come back modulo 2^16. */
static void test_the_largest_steps(void **state)
{
    const vx_grid grid = odd_grid();
    const vx_box box = {{0, 0, 0}, {NX, NY, NZ}};
    vx_bytes packed;
    vx_error error;
    (void)state;
    for (int i = 0; i < NX * NY * NZ; i++)
        value[i] = i * i % 3 ? INT16_MAX : INT16_MIN;
    assert_int_equal(vx_volume_pack(&grid, &box, value, &(vx_steps){1, INT16_MIN, INT16_MAX}, &packed, &error), VX_OK);
    nifti_image *image = unpack(&packed);
    for (int i = 0; i < NX * NY * NZ; i++)
        assert_int_equal(((const int16_t *)image->data)[i], value[i]);
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
    assert_int_equal(vx_volume_pack(&grid, &box, value, &(vx_steps){1, 0, 255}, &packed, &error), VX_OUTPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int16), cmocka_unit_test(test_values_are_cut_off_at_the_ends),
        cmocka_unit_test(test_the_largest_steps), cmocka_unit_test(test_box),
        cmocka_unit_test(test_too_long_for_nifti_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
