/* vx_matrix_read on rare values: negative and infinite ones, zeros in only one session, and finite ones whose
 * difference is infinite. */
#include "unit/image_fixture.h"

#include <float.h>
#include <math.h>

enum { VOXELS = 9, ROWS = 2 };

static const vx_session_image pair[ROWS][2] = {
    {{"a1.nii", "pet_baseline", -1, {0}}, {"a2.nii", "pet_followup", 1, {0}}},
    {{"b1.nii", "pet_baseline", -1, {0}}, {"b2.nii", "pet_followup", 1, {0}}}};
static const vx_volume_row rows[ROWS] = {{"sub-a", pair[0], 2}, {"sub-b", pair[1], 2}};

/* Voxel                0   1   2    3     4   5         6     7    8
 *                      +   -   -/+  inf   0   overflow  -inf  max  + */
static const float image[ROWS][2][VOXELS] = {
    {{1, -1, -2, 4, 5, 6, 7, 1, 2}, {2, -3, 2, 5, 7, 8, 9, FLT_MAX, 5}},
    {{3, -4, 5, 6, 0, FLT_MAX, 8, 3, 4}, {5, -2, -6, INFINITY, 2, -FLT_MAX, -INFINITY, 6, 4}}};

static int make_images(void **state)
{
    const vx_grid grid = vx_grid_new(VOXELS, 1, 1, 2, (const double[]){0, 0, 0});
    if (make_folder(state))
        return -1;
    for (int i = 0; i < ROWS; i++)
        for (int session = 0; session < 2; session++)
            put_image(pair[i][session].path, &grid, image[i][session]);
    return 0;
}

/* Voxels 0, 1, 2, 7, 8 stay with their changes, worked out by hand; FLT_MAX - 1 is FLT_MAX. Left out: 3, 5 and 6 as not
 * finite, 4 as zero in the second row's baseline alone. */
static void what_stays(void **state)
{
    static const int64_t index[5] = {0, 1, 2, 7, 8};
    static const float change[ROWS][5] = {{1, -2, 4, FLT_MAX, 3}, {2, 2, -11, 3, 0}};
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        vx_matrix *matrix;
        vx_mask_report report;
        if (vx_matrix_read(rows, ROWS, NULL, threads, &matrix, &report, &error))
            fail_msg("%s", error.message);
        assert_int_equal(report.candidate, VOXELS);
        assert_int_equal(report.left_out_not_finite, 3);
        assert_int_equal(report.left_out_zero, 1);
        assert_int_equal(report.left_out_constant, 0);
        assert_int_equal(matrix->space.elements, 5);
        for (int v = 0; v < 5; v++) {
            assert_int_equal(matrix->space.index[v], index[v]);
            for (int i = 0; i < ROWS; i++)
                assert_true(matrix->data[i * 5 + v] == change[i][v]);
        }
        vx_matrix_free(matrix);
    }
}

/* Whichever row comes first. */
static void the_order_of_rows_is_of_no_matter(void **state)
{
    const vx_volume_row turned[ROWS] = {rows[1], rows[0]};
    static const int64_t index[5] = {0, 1, 2, 7, 8};
    vx_matrix *matrix;
    (void)state;
    if (vx_matrix_read(turned, ROWS, NULL, 1, &matrix, NULL, &error))
        fail_msg("%s", error.message);
    assert_int_equal(matrix->space.elements, 5);
    for (int v = 0; v < 5; v++)
        assert_int_equal(matrix->space.index[v], index[v]);
    vx_matrix_free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_stays),
                                       cmocka_unit_test(the_order_of_rows_is_of_no_matter)};
    return cmocka_run_group_tests(tests, make_images, remove_folder);
}
