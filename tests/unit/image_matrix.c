/* vx_matrix_read: the mask, its counts and every error, on a grid of six voxels worked out by hand. */
#include "unit/image_fixture.h"

#include <math.h>

#include <nifti2_io.h>

enum { VOXELS = 6, ROWS = 3 };

/* Voxels 0 and 1 stay. Voxel 2 is zero in b2 (and not finite nowhere), 3 is NaN in c1 and zero in b1, 4 changes by 1 in
 * everyone, 5 is zero in a1. */
static const float baseline[ROWS][VOXELS] = {{1, 2, 3, 4, 5, 0}, {2, 4, 6, 0, 1, 2}, {5, 3, 1, NAN, 7, 9}};
static const float followup[ROWS][VOXELS] = {{2, 1, 5, 6, 6, 3}, {5, 4.5f, 0, 3, 2, 2}, {4, 9, 8, 1, 8, 6}};

static const vx_session_image pairs[ROWS][2] = {
    {{"a1.nii", "pet_baseline", -1, {0}}, {"a2.nii", "pet_followup", 1, {0}}},
    {{"b1.nii", "pet_baseline", -1, {0}}, {"b2.nii.gz", "pet_followup", 1, {0}}},
    {{"c1.nii.gz", "pet_baseline", -1, {0}}, {"c2.nii", "pet_followup", 1, {0}}},
};
static const vx_volume_row rows[ROWS] = {{"sub-a", pairs[0], 2}, {"sub-b", pairs[1], 2}, {"sub-c", pairs[2], 2}};

static vx_grid line(double x)
{
    return vx_grid_new(VOXELS, 1, 1, 2, (const double[]){x, 0, 0});
}

static int make_images(void **state)
{
    const vx_grid grid = line(-6);
    if (make_folder(state))
        return -1;
    for (int i = 0; i < ROWS; i++) {
        put_image(pairs[i][0].path, &grid, baseline[i]);
        put_image(pairs[i][1].path, &grid, followup[i]);
    }
    return 0;
}

static void expect_matrix(const vx_matrix *matrix, int64_t voxels, const int64_t *index)
{
    assert_int_equal(matrix->n, ROWS);
    assert_int_equal(matrix->space.elements, voxels);
    for (int64_t v = 0; v < voxels; v++) {
        assert_int_equal(matrix->space.index[v], index[v]);
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

static void expect_loss(const vx_mask_loss *loss, const char *participant, const char *column, int64_t voxels,
                        int64_t alone, int64_t images)
{
    assert_string_equal(loss->participant, participant);
    assert_string_equal(loss->column, column);
    assert_int_equal(loss->voxels, voxels);
    assert_int_equal(loss->alone, alone);
    assert_int_equal(loss->images, images);
}

static void test_implicit_mask(void **state)
{
    (void)state;
    for (int threads = 0; threads <= 3; threads++) {
        vx_matrix *matrix;
        vx_mask_report report;
        assert_int_equal(vx_matrix_read(rows, ROWS, NULL, threads, &matrix, &report, &error), VX_OK);
        expect_matrix(matrix, 2, (const int64_t[]){0, 1});
        expect_counts(&report, 6, 1, 2, 0, 1); /* voxel 3 is both not finite and zero: the first reason counts */
        expect_loss(&report.not_finite, "sub-c", "pet_baseline", 1, 0, 1);
        expect_loss(&report.zero, "sub-a", "pet_baseline", 1, 1, 3);
        assert_true(matrix->space.grid.affine[0][3] == -6);
        vx_matrix_free(matrix);
    }
}

/* Above 1 everywhere: voxel 0 is 1 in a1, voxel 1 is 1 in a2. Voxel 2 is zero before it is below the threshold. */
static void test_threshold(void **state)
{
    vx_mask_options mask = VX_OPTIONS(vx_mask_options, .use_threshold = true, .threshold = 1);
    vx_matrix *matrix = NULL;
    vx_mask_report report;
    (void)state;
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_null(matrix);
    assert_non_null(strstr(error.message, "empty mask: of 6 voxels"));
    assert_non_null(strstr(error.message, "3 by the threshold"));
    mask.threshold = 0.5;
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 2, (const int64_t[]){0, 1});
    vx_matrix_free(matrix);
}

/* Voxel 0, infinite, is not in the mask. Zeros at voxels 2 and 5 are missing coverage, unless they are kept. Not finite
 * and constant leave either way. */
static void test_explicit_mask(void **state)
{
    const float in[VOXELS] = {INFINITY, 1, 0.5f, 1, 2, 7};
    const float spoilt[VOXELS] = {NAN, INFINITY, -1, 0, 0, 0};
    const vx_grid grid = line(-6), far = line(0);
    vx_mask_options mask = VX_OPTIONS(vx_mask_options, .file = "mask.nii.gz");
    vx_matrix *matrix;
    vx_mask_report report;
    (void)state;
    put_image("mask.nii.gz", &grid, in);
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 1, (const int64_t[]){1});
    expect_counts(&report, 5, 1, 2, 0, 1);
    assert_int_equal(report.kept_zero, 0);
    assert_true(report.file_low == 0.5 && report.file_high == 7 && report.file_between == 4);
    vx_matrix_free(matrix);
    mask.keep_zeros = true;
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 3, (const int64_t[]){1, 2, 5});
    expect_counts(&report, 5, 1, 0, 0, 1);
    assert_int_equal(report.kept_zero, 2);
    expect_loss(&report.zero, "sub-a", "pet_baseline", 1, 1, 3);
    vx_matrix_free(matrix);
    mask.level = 0.5; /* voxel 2 holds just that */
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 2, (const int64_t[]){1, 5});
    assert_int_equal(report.candidate, 4);
    vx_matrix_free(matrix);
    mask = VX_OPTIONS(vx_mask_options, .file = "mask.nii.gz");

    put_image("mask.nii.gz", &grid, spoilt);
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "mask.nii.gz: empty mask"));
    put_image("mask.nii.gz", &far, in); /* of its five finite voxels 1 to 5, 4 and 5 lie in the images */
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "mask: mask.nii.gz: 60 % of it lie outside the grid of a1.nii: it is in "
                           "another space (centre shifted"));
    const float shifted[VOXELS] = {0, 1, 1, 3, 0, 0}; /* voxels 2 and 3 are 0 and 1 of the images, 1 lies outside */
    const vx_grid left = line(-10);
    put_image("mask.nii.gz", &left, shifted);
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_matrix(matrix, 2, (const int64_t[]){0, 1});
    vx_matrix_free(matrix);
    mask.file = "nowhere.nii";
    assert_int_equal(vx_matrix_read(rows, ROWS, &mask, 2, &matrix, &report, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "mask: nowhere.nii: the image does not exist: No such file"));
}

static void read_two_rows(const float value[2][2][VOXELS], vx_mask_report *report)
{
    static const vx_session_image two[2][2] = {{{"x1.nii", "before", -1, {0}}, {"x2.nii", "after", 1, {0}}},
                                               {{"y1.nii", "before", -1, {0}}, {"y2.nii", "after", 1, {0}}}};
    const vx_grid grid = line(-6);
    const vx_volume_row pair[2] = {{"sub-x", two[0], 2}, {"sub-y", two[1], 2}};
    vx_matrix *matrix;
    for (int i = 0; i < 4; i++)
        put_image(two[i / 2][i % 2].path, &grid, value[i / 2][i % 2]);
    if (vx_matrix_read(pair, 2, NULL, 2, &matrix, report, &error))
        fail_msg("%s", error.message);
    vx_matrix_free(matrix);
}

/* No image has voxel 2, so that it is no candidate. One baseline alone has voxel 3: the other three images lack it, and
 * nobody alone does. The first of them is named. */
static void test_one_image_makes_a_candidate(void **state)
{
    static const float value[2][2][VOXELS] = {{{1, 2, 0, 4, 5, 3}, {2, 3, 0, 0, 6, 1}},
                                              {{3, 1, 0, 0, 4, 2}, {1, 3, 0, 0, 5, 7}}};
    vx_mask_report report;
    (void)state;
    read_two_rows(value, &report);
    expect_counts(&report, 5, 0, 1, 0, 1); /* voxel 4 changes by 1 in both */
    expect_loss(&report.zero, "sub-x", "after", 1, 0, 3);
    assert_int_equal(report.not_finite.images, 0);
}

/* sub-a and sub-b lack voxels 1 and 2 together, sub-c voxel 3 alone: without sub-c one voxel more would stay, without
 * another none. A mask file without voxel 3 makes that no loss. */
static void test_the_costliest_image(void **state)
{
    static const float value[ROWS][VOXELS] = {{5, 0, 0, 4, 1, 2}, {4, 0, 0, 3, 2, 1}, {6, 7, 8, 0, 3, 5}};
    static const vx_session_image one[ROWS] = {{"p.nii", "pet", 1, {0}}, {"q.nii", "pet", 1, {0}},
                                               {"r.nii", "pet", 1, {0}}};
    const float in[VOXELS] = {1, 1, 1, 0, 1, 1};
    const vx_grid grid = line(-6);
    const vx_mask_options mask = VX_OPTIONS(vx_mask_options, .file = "mask.nii.gz");
    vx_volume_row alone[ROWS];
    vx_matrix *matrix;
    vx_mask_report report;
    (void)state;
    put_image("mask.nii.gz", &grid, in);
    for (int i = 0; i < ROWS; i++) {
        put_image(one[i].path, &grid, value[i]);
        alone[i] = (vx_volume_row){rows[i].participant, &one[i], 1};
    }
    assert_int_equal(vx_matrix_read(alone, ROWS, NULL, 2, &matrix, &report, &error), VX_OK);
    expect_counts(&report, 6, 0, 3, 0, 0);
    expect_loss(&report.zero, "sub-c", "pet", 1, 1, 3);
    vx_matrix_free(matrix);
    assert_int_equal(vx_matrix_read(alone, ROWS, &mask, 2, &matrix, &report, &error), VX_OK);
    expect_counts(&report, 5, 0, 2, 0, 0);
    expect_loss(&report.zero, "sub-a", "pet", 2, 0, 2);
    vx_matrix_free(matrix);
}

static bool same_loss(const vx_mask_loss *a, const vx_mask_loss *b)
{
    return strcmp(a->participant, b->participant) == 0 && strcmp(a->column, b->column) == 0 &&
           a->voxels == b->voxels && a->alone == b->alone && a->images == b->images;
}

/* The order of participants changes neither a count nor the mask: sub-a alone excludes voxels 2 and 5, and 3 together
 * with sub-c. */
static void test_order_of_rows(void **state)
{
    static const int order[][ROWS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const vx_grid grid = line(-6);
    const float lacking[VOXELS] = {1, 2, 0, 0, 5.5f, 0};
    const vx_session_image replaced[2] = {{"lacking.nii", "pet_baseline", -1, {0}}, pairs[0][1]};
    vx_mask_report first;
    (void)state;
    put_image("lacking.nii", &grid, lacking);
    for (int k = 0; k < 6; k++) {
        vx_volume_row ordered[ROWS];
        vx_matrix *matrix;
        vx_mask_report report;
        for (int i = 0; i < ROWS; i++)
            ordered[i] = rows[order[k][i]];
        for (int i = 0; i < ROWS; i++)
            if (ordered[i].participant == rows[0].participant)
                ordered[i].session = replaced;
        assert_int_equal(vx_matrix_read(ordered, ROWS, NULL, 2, &matrix, &report, &error), VX_OK);
        assert_int_equal(matrix->space.elements, 3);
        if (k == 0) {
            expect_counts(&report, 6, 1, 2, 0, 0);
            expect_loss(&report.zero, "sub-a", "pet_baseline", 3, 1, 3); /* voxel 2 is zero in b2 too */
            first = report;
        }
        assert_true(report.candidate == first.candidate && report.left_out_zero == first.left_out_zero &&
                    report.left_out_not_finite == first.left_out_not_finite &&
                    report.left_out_constant == first.left_out_constant);
        assert_true(same_loss(&report.zero, &first.zero) && same_loss(&report.not_finite, &first.not_finite));
        vx_matrix_free(matrix);
    }
}

/* Doubles near 1e6 that change by multiples of 1e-3: a float holds such values to 0.06. The change is the float nearest
 * to the difference of the doubles. Values that are the same as floats, but not as doubles, are no duplicates. */
static void test_difference_of_doubles(void **state)
{
    vx_session_image session[ROWS][2];
    vx_volume_row pair[ROWS];
    char name[2 * ROWS][16];
    vx_matrix *matrix;
    (void)state;
    for (int i = 0; i < 2 * ROWS; i++) {
        nifti_1_header h = {.sizeof_hdr = 348, .dim = {3, VOXELS, 1, 1}, .datatype = DT_FLOAT64, .bitpix = 64,
                            .pixdim = {1, 2, 2, 2}, .vox_offset = 352, .qform_code = 1, .magic = "n+1"};
        unsigned char bytes[352 + 8 * VOXELS] = {0};
        memcpy(bytes, &h, sizeof h);
        for (int v = 0; v < VOXELS; v++) {
            const double value = 1e6 + (i % 2) * 1e-3 * (v + 1) * (1 + i / 2) + 1e-5 * i;
            memcpy(bytes + 352 + 8 * v, &value, sizeof value);
        }
        if (i % 2 == 0) /* a baseline that is not constant */
            memcpy(bytes + 352, (const double[]){1e6 - 1}, 8);
        snprintf(name[i], sizeof name[i], "double%d.nii", i);
        FILE *file = fopen(name[i], "wb");
        assert_int_equal(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
        fclose(file);
        session[i / 2][i % 2] = (vx_session_image){name[i], i % 2 ? "fu" : "bl", i % 2 ? 1 : -1, {0}};
        pair[i / 2] = (vx_volume_row){"sub", session[i / 2], 2};
    }
    if (vx_matrix_read(pair, ROWS, NULL, 1, &matrix, NULL, &error))
        fail_msg("%s", error.message);
    for (int i = 0; i < ROWS; i++)
        for (int v = 1; v < VOXELS; v++) {
            const double change = 1e-3 * (v + 1) * (1 + i) + 1e-5; /* a double near 1e6 holds it to 1.2e-10 */
            assert_true(fabs(matrix->data[i * VOXELS + v] - change) < 3e-10 + 6e-8 * change);
        }
    vx_matrix_free(matrix);
}

/* A weight of 1 leaves the image unchanged, and a single row keeps all of its voxels. */
static void test_one_image_a_row(void **state)
{
    vx_volume_row alone[ROWS];
    vx_matrix *matrix;
    (void)state;
    for (int i = 0; i < ROWS; i++)
        alone[i] = (vx_volume_row){rows[i].participant, &pairs[i][1], 1};
    assert_int_equal(vx_matrix_read(alone, ROWS, NULL, 2, &matrix, NULL, &error), VX_OK);
    const int64_t index[] = {0, 1, 3, 4, 5};
    assert_int_equal(matrix->space.elements, 5);
    for (int v = 0; v < 5; v++)
        for (int i = 0; i < ROWS; i++)
            assert_true(matrix->data[i * 5 + v] == followup[i][index[v]]);
    vx_matrix_free(matrix);
    assert_int_equal(vx_matrix_read(alone + 1, 1, NULL, 2, &matrix, NULL, &error), VX_OK);
    assert_int_equal(matrix->space.elements, 5); /* all but the zero at voxel 2 */
    vx_matrix_free(matrix);
}

/* Row `row` with one of its images replaced. */
static void expect_error(int row, const char *first, const char *second, const char *const words[])
{
    vx_session_image session[2] = {pairs[row][0], pairs[row][1]};
    vx_volume_row changed[ROWS];
    memcpy(changed, rows, sizeof rows);
    changed[row].session = session;
    if (first)
        session[0].path = first;
    if (second)
        session[1].path = second;
    for (int threads = 1; threads <= 2; threads++) {
        vx_matrix *matrix = NULL;
        assert_int_equal(vx_matrix_read(changed, ROWS, NULL, threads, &matrix, NULL, &error), VX_INPUT);
        assert_null(matrix);
        expect_words(words);
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
    put_image("constant.nii", &grid, constant);
    put_image("nothing.nii", &grid, nothing);
    put_image("shifted.nii", &shifted, followup[1]);
    put_image("other.nii", &other, followup[1]);
    put_image("flipped.nii", &flipped, followup[1]);
    put_image("copy.nii.gz", &grid, baseline[2]);

    expect_error(1, NULL, "gone.nii",
                 WORDS("participant sub-b, column pet_followup: gone.nii: the image does not exist"));
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

/* The message names the first of many bad rows, whichever thread is faster. */
static void test_lowest_row_is_reported(void **state)
{
    enum { MANY = 64 };
    static const vx_session_image gone[2] = {{"gone.nii", "one", -1, {0}}, {"gone.nii", "two", 1, {0}}};
    vx_volume_row many[MANY];
    (void)state;
    for (int i = 0; i < MANY; i++)
        many[i] = i < 5 ? rows[0] : (vx_volume_row){"sub-late", gone, 2};
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
    const int64_t index[] = {1, 5};
    vx_space space;
    vx_matrix *matrix;
    (void)state;
    assert_int_equal(vx_space_on_grid(&grid, 2, index, &space, &error), VX_OK);
    assert_int_equal(vx_matrix_new(&space, 0, data, &matrix, &error), VX_INPUT);
    assert_int_equal(vx_matrix_new(&space, 2, data, &matrix, &error), VX_OK);
    vx_space_destroy(&space);
    assert_memory_equal(matrix->data, data, sizeof data);
    assert_memory_equal(matrix->space.index, index, sizeof index);
    assert_true(matrix->n == 2 && matrix->space.elements == 2 && matrix->space.grid.dim[0] == VOXELS);
    vx_matrix_free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_implicit_mask),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_explicit_mask),
        cmocka_unit_test(test_one_image_makes_a_candidate),
        cmocka_unit_test(test_the_costliest_image),
        cmocka_unit_test(test_order_of_rows),
        cmocka_unit_test(test_difference_of_doubles),
        cmocka_unit_test(test_one_image_a_row),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_lowest_row_is_reported),
        cmocka_unit_test(test_from_memory),
    };
    return cmocka_run_group_tests(tests, make_images, remove_folder);
}
