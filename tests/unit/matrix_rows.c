/* vx_matrix_read on rows of other sessions than one or two: any number of them with any weights, worked out by hand. */
#include "unit/image_fixture.h"

#include <math.h>

enum { VOXELS = 6 };

static vx_grid line(void)
{
    return vx_grid_new(VOXELS, 1, 1, 2, (const double[]){-6, 0, 0});
}

/* Three sessions, the mean of the last two less the first: every number is exact in float32. A voxel where one of the
 * sessions is zero is missing, and one where the sum alone is zero is not. */
static void test_weights_over_sessions(void **state)
{
    static const float value[2][3][VOXELS] = {{{1, 2, 3, 4, -8, 1}, {2, 1, 0, 6, -8, 5}, {4, 6, 1, 2, -8, 2}},
                                              {{5, 2, 3, 4, 5, 2}, {1, 4, 2, 1, 3, 4}, {3, 8, 4, 2, 4, 6}}};
    static const float sum[2][VOXELS] = {{2, 1.5f, 0, 0, 0, 2.5f}, {-3, 4, 0, -2.5f, -1.5f, 3}};
    static const int64_t index[] = {0, 1, 3, 4, 5};
    const vx_grid grid = line();
    char name[2][3][16];
    vx_session_image session[2][3];
    vx_volume_row row[2];
    vx_matrix *matrix;
    vx_mask_report report;
    (void)state;
    for (int i = 0; i < 2; i++) {
        for (int s = 0; s < 3; s++) {
            snprintf(name[i][s], sizeof name[i][s], "w%d%d.nii", i, s);
            put_image(name[i][s], &grid, value[i][s]);
            session[i][s] = (vx_session_image){name[i][s], "pet", s ? 0.5 : -1, {0}};
        }
        row[i] = (vx_volume_row){"sub", session[i], 3};
    }
    if (vx_matrix_read(row, 2, NULL, 1, &matrix, &report, &error))
        fail_msg("%s", error.message);
    assert_int_equal(matrix->space.elements, 5);
    assert_int_equal(report.left_out_zero, 1);
    for (int v = 0; v < 5; v++)
        for (int i = 0; i < 2; i++)
            assert_true(matrix->space.index[v] == index[v] && matrix->data[i * 5 + v] == sum[i][index[v]]);
    vx_matrix_free(matrix);
}

/* Rows may have different sessions: here a change and a single image. Voxel 5 is zero in the first row's baseline,
 * voxel 2 in the second row, and voxel 4 in every image, so it is not a candidate. */
static void test_rows_of_different_sessions(void **state)
{
    static const float value[3][VOXELS] = {{1, 2, 3, 4, 0, 0}, {2, 1, 5, 6, 0, 3}, {5, 4.5f, 0, 3, 0, 2}};
    static const vx_session_image image[3] = {{"p1.nii", "pet_1", -1, {0}}, {"p2.nii", "pet_2", 1, {0}},
                                              {"q.nii", "pet_2", 1, {0}}};
    static const vx_volume_row row[2] = {{"sub-a", image, 2}, {"sub-b", image + 2, 1}};
    static const float sum[2][3] = {{1, -1, 2}, {5, 4.5f, 3}};
    static const int64_t index[] = {0, 1, 3};
    const vx_grid grid = line();
    vx_matrix *matrix;
    vx_mask_report report;
    (void)state;
    for (int k = 0; k < 3; k++)
        put_image(image[k].path, &grid, value[k]);
    for (int turned = 0; turned < 2; turned++) {
        const vx_volume_row order[2] = {row[turned], row[1 - turned]};
        if (vx_matrix_read(order, 2, NULL, 2, &matrix, &report, &error))
            fail_msg("%s", error.message);
        assert_int_equal(report.candidate, VOXELS - 1);
        assert_int_equal(report.left_out_zero, 2);
        assert_int_equal(report.zero.images, 2);
        assert_int_equal(matrix->space.elements, 3);
        for (int v = 0; v < 3; v++) {
            assert_int_equal(matrix->space.index[v], index[v]);
            for (int i = 0; i < 2; i++)
                assert_true(matrix->data[(i ^ turned) * 3 + v] == sum[i][v]);
        }
        vx_matrix_free(matrix);
    }
}

static void test_bad_rows(void **state)
{
    static const double bad[] = {0, NAN, INFINITY};
    (void)state;
    for (int k = 0; k < 3; k++) {
        const vx_session_image weighted[2] = {{"a.nii", "pet_1", -1, {0}}, {"b.nii", "pet_2", bad[k], {0}}};
        assert_int_equal(vx_matrix_read(&(vx_volume_row){"sub-a", weighted, 2}, 1, NULL, 1, NULL, NULL, &error),
                         VX_INPUT);
        EXPECT_WORDS("b.nii: its weight is");
    }
    assert_int_equal(vx_matrix_read(&(vx_volume_row){"sub-a", NULL, 0}, 1, NULL, 1, NULL, NULL, &error), VX_INPUT);
    EXPECT_WORDS("participant sub-a: no images");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights_over_sessions),
                                       cmocka_unit_test(test_rows_of_different_sessions),
                                       cmocka_unit_test(test_bad_rows)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
