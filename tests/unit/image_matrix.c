/* vx_matrix_read: the mask, its counts and every error, on a grid of six voxels worked out by hand. */
#include "voxstat/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { VOXELS = 6, ROWS = 3 };

static char folder[] = "/tmp/voxstat-matrix-XXXXXX";
static vx_error error;

/* Voxels 0 and 1 stay. Voxel 2 is zero in b2 (and not finite nowhere), 3 is NaN in c1 and zero in b1, 4 changes by 1 in
 * everyone, 5 is zero in a1 and so no candidate of the implicit mask. */
static const float baseline[ROWS][VOXELS] = {{1, 2, 3, 4, 5, 0}, {2, 4, 6, 0, 1, 2}, {5, 3, 1, NAN, 7, 9}};
static const float followup[ROWS][VOXELS] = {{2, 1, 5, 6, 6, 3}, {5, 4.5f, 0, 3, 2, 2}, {4, 9, 8, 1, 8, 6}};

static vx_volume_row rows[ROWS] = {
    {"sub-a", "a1.nii", "pet_baseline", "a2.nii", "pet_followup"},
    {"sub-b", "b1.nii", "pet_baseline", "b2.nii.gz", "pet_followup"},
    {"sub-c", "c1.nii.gz", "pet_baseline", "c2.nii", "pet_followup"},
};

static vx_grid line(double x)
{
    return vx_grid_new(VOXELS, 1, 1, 2, (const double[]){x, 0, 0});
}

static void put(const char *path, const vx_grid *grid, const float *data)
{
    if (vx_image_write(path, grid, data, VX_FLOAT32, VX_INTENT_NONE, 0, NULL, "", &error))
        fail_msg("%s", error.message);
}

static int make_images(void **state)
{
    const vx_grid grid = line(-6);
    (void)state;
    if (!mkdtemp(folder) || chdir(folder))
        return -1;
    for (int i = 0; i < ROWS; i++) {
        put(rows[i].baseline, &grid, baseline[i]);
        put(rows[i].followup, &grid, followup[i]);
    }
    return 0;
}

static int remove_folder(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void expect_matrix(const vx_matrix *matrix, int64_t voxels, const int64_t *index)
{
    assert_int_equal(matrix->n, ROWS);
    assert_int_equal(matrix->voxels, voxels);
    for (int64_t v = 0; v < voxels; v++) {
        assert_int_equal(matrix->index[v], index[v]);
        for (int i = 0; i < ROWS; i++) /* one float subtraction */
            assert_true(matrix->data[i * voxels + v] == followup[i][index[v]] - baseline[i][index[v]]);
    }
}

static void expect_counts(const vx_mask_report *report, int64_t candidate, int64_t not_finite, int64_t zero,
                          int64_t threshold, int64_t constant)
{
    assert_int_equal(report->grid_voxels, VOXELS);
    assert_int_equal(report->candidate, candidate);
    assert_int_equal(report->left_out_not_finite, not_finite);
    assert_int_equal(report->left_out_zero, zero);
    assert_int_equal(report->left_out_threshold, threshold);
    assert_int_equal(report->left_out_constant, constant);
}

static void test_implicit_mask(void **state)
{
    (void)state;
    for (int threads = 0; threads <= 3; threads++) {
        vx_matrix *matrix;
        vx_mask_report report;
        assert_int_equal(vx_matrix_read(rows, ROWS, NULL, threads, &matrix, &report, &error), VX_OK);
        expect_matrix(matrix, 2, (const int64_t[]){0, 1});
        expect_counts(&report, 5, 1, 1, 0, 1); /* voxel 3 is both not finite and zero: the first reason counts */
        assert_string_equal(report.not_finite_worst, "sub-c (1 voxel)");
        assert_true(matrix->grid.affine[0][3] == -6);
        vx_matrix_free(matrix);
    }
}

/* Above 1 everywhere: voxel 0 is 1 in a1, voxel 1 is 1 in a2. Voxel 2 is zero before it is below the threshold. */
static void test_threshold(void **state)
{
    vx_mask_options mask = {.use_threshold = true, .threshold = 1};
    vx_matrix *matrix = NULL;
    vx_mask_report report;
    (void)state;
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_null(matrix);
    assert_non_null(strstr(error.message, "empty mask: of 5 voxels"));
    assert_non_null(strstr(error.message, "3 by the threshold"));
    mask.threshold = 0.5;
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 2, (const int64_t[]){0, 1});
    vx_matrix_free(matrix);
}

/* A mask file decides about zeros: voxels 2 and 5 stay, 0 is not in it. Not finite and constant still leave. */
static void test_explicit_mask(void **state)
{
    const float in[VOXELS] = {0, 1, 0.5f, 1, 2, 7};
    const float spoilt[VOXELS] = {NAN, INFINITY, -1, 0, 0, 0};
    const vx_grid grid = line(-6), shifted = line(-5);
    vx_mask_options mask = {.file = "mask.nii.gz"};
    vx_matrix *matrix;
    vx_mask_report report;
    (void)state;
    put("mask.nii.gz", &grid, in);
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 3, (const int64_t[]){1, 2, 5});
    expect_counts(&report, 5, 1, 0, 0, 1);
    vx_matrix_free(matrix);

    put("mask.nii.gz", &grid, spoilt);
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "mask.nii.gz: empty mask"));
    put("mask.nii.gz", &shifted, in);
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "mask: mask.nii.gz: another grid than that of a1.nii: centre shifted"));
    mask.file = "nowhere.nii";
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "mask: nowhere.nii: No such file"));
}

/* Without a baseline the follow-up is the value; one row alone is kept whole. */
static void test_one_image_a_row(void **state)
{
    vx_volume_row alone[ROWS];
    vx_matrix *matrix;
    (void)state;
    for (int i = 0; i < ROWS; i++)
        alone[i] = (vx_volume_row){.participant = rows[i].participant, .followup = rows[i].followup,
                                   .followup_column = "pet"};
    assert_int_equal(vx_matrix_read(alone, ROWS, NULL, 2, &matrix, NULL, &error), VX_OK);
    const int64_t index[] = {0, 1, 3, 4, 5};
    assert_int_equal(matrix->voxels, 5);
    for (int v = 0; v < 5; v++)
        for (int i = 0; i < ROWS; i++)
            assert_true(matrix->data[i * 5 + v] == followup[i][index[v]]);
    vx_matrix_free(matrix);
    assert_int_equal(vx_matrix_read(alone + 1, 1, NULL, 2, &matrix, NULL, &error), VX_OK);
    assert_int_equal(matrix->voxels, 5); /* all but the zero at voxel 2 */
    vx_matrix_free(matrix);
}

/* Row `row` with one of its images replaced. The words are looked for one by one. */
static void expect_error(int row, const char *first, const char *second, const char *const words[])
{
    vx_volume_row changed[ROWS];
    memcpy(changed, rows, sizeof rows);
    if (first)
        changed[row].baseline = first;
    if (second)
        changed[row].followup = second;
    for (int threads = 1; threads <= 2; threads++) {
        vx_matrix *matrix = NULL;
        assert_int_equal(vx_matrix_read(changed, ROWS, NULL, threads, &matrix, NULL, &error), VX_INPUT);
        assert_null(matrix);
        for (int k = 0; words[k]; k++)
            if (!strstr(error.message, words[k]))
                fail_msg("expected '%s' in: %s", words[k], error.message);
    }
}
#define WORDS(...) (const char *const[]){__VA_ARGS__, NULL}

static void test_errors(void **state)
{
    const vx_grid grid = line(-6), shifted = line(-5.5), other = vx_grid_new(3, 2, 1, 2, (const double[]){0, 0, 0});
    vx_grid flipped = line(4);
    const float constant[VOXELS] = {3, 3, 3, NAN, 3, 3}, nothing[VOXELS] = {NAN, NAN, NAN, INFINITY, NAN, NAN};
    (void)state;
    flipped.sform[0][0] = flipped.affine[0][0] = -2;
    put("constant.nii", &grid, constant);
    put("nothing.nii", &grid, nothing);
    put("shifted.nii", &shifted, followup[1]);
    put("other.nii", &other, followup[1]);
    put("flipped.nii", &flipped, followup[1]);
    put("copy.nii.gz", &grid, baseline[2]);

    expect_error(1, NULL, "gone.nii", WORDS("participant sub-b, column pet_followup: gone.nii: No such file"));
    expect_error(0, "gone.nii", NULL, WORDS("participant sub-a, column pet_baseline: gone.nii"));
    expect_error(2, "constant.nii", NULL, WORDS("sub-c, column pet_baseline: constant.nii: constant image", "is 3"));
    expect_error(0, NULL, "nothing.nii", WORDS("sub-a, column pet_followup: nothing.nii: no voxel is finite"));
    expect_error(1, "shifted.nii", NULL, WORDS("sub-b, column pet_baseline: shifted.nii", "a1.nii", "by 0.500, 0.000"));
    expect_error(0, NULL, "other.nii", WORDS("sub-a", "dimensions 3 x 2 x 1 against 6 x 1 x 1"));
    expect_error(2, NULL, "flipped.nii", WORDS("sub-c", "x axis flipped"));
    expect_error(1, "a2.nii", NULL,
                 WORDS("sub-a, column pet_followup (a2.nii)", "sub-b, column pet_baseline (a2.nii)", "the same file"));
    expect_error(2, NULL, "copy.nii.gz", WORDS("sub-c, column pet_baseline (c1.nii.gz)", "the same values"));
    assert_int_equal(vx_matrix_read(rows, 0, NULL, 1, NULL, NULL, NULL), VX_INPUT);
}

/* Of many bad rows the first is named, whichever thread is faster. */
static void test_lowest_row_is_reported(void **state)
{
    enum { MANY = 64 };
    vx_volume_row many[MANY];
    (void)state;
    for (int i = 0; i < MANY; i++)
        many[i] = i < 5 ? rows[0] : (vx_volume_row){"sub-late", "gone.nii", "one", "gone.nii", "two"};
    many[5].participant = "sub-early";
    for (int again = 0; again < 20; again++) {
        vx_matrix *matrix;
        assert_int_equal(vx_matrix_read(many, MANY, NULL, 4, &matrix, NULL, &error), VX_INPUT);
        assert_non_null(strstr(error.message, "sub-early, column one"));
    }
}

static void test_from_memory(void **state)
{
    const vx_grid grid = line(0);
    const float data[] = {1, 2, 3, 4};
    const int64_t index[] = {1, 5}, twice[] = {1, 1}, outside[] = {1, 6}, negative[] = {-1, 2};
    const int64_t *const bad[] = {twice, outside, negative};
    vx_matrix *matrix;
    (void)state;
    assert_int_equal(vx_matrix_new(&grid, 2, 2, data, index, &matrix, &error), VX_OK);
    assert_memory_equal(matrix->data, data, sizeof data);
    assert_memory_equal(matrix->index, index, sizeof index);
    assert_true(matrix->n == 2 && matrix->voxels == 2 && matrix->grid.dim[0] == VOXELS);
    vx_matrix_free(matrix);
    for (int k = 0; k < 3; k++)
        assert_int_equal(vx_matrix_new(&grid, 2, 2, data, bad[k], &matrix, &error), VX_INPUT);
    assert_int_equal(vx_matrix_new(&grid, 2, 0, data, index, &matrix, &error), VX_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_implicit_mask),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_explicit_mask),
        cmocka_unit_test(test_one_image_a_row),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_lowest_row_is_reported),
        cmocka_unit_test(test_from_memory),
    };
    return cmocka_run_group_tests(tests, make_images, remove_folder);
}
