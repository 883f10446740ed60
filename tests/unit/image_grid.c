/* Whether two grids agree, and the words for how they do not. */
#include "voxstat/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double origin[3] = {-90, -126, -72};

static vx_grid brain(void)
{
    return vx_grid_new(91, 109, 91, 2, origin);
}

static void expect_difference(const vx_grid *b, const char *words)
{
    const vx_grid a = brain();
    char difference[256];
    assert_false(vx_grid_same(&a, b, 1e-3, difference, sizeof difference));
    if (strcmp(difference, words) != 0)
        fail_msg("expected '%s', found '%s'", words, difference);
}

static void test_new(void **state)
{
    const vx_grid grid = brain();
    (void)state;
    assert_true(grid.dim[0] == 91 && grid.dim[1] == 109 && grid.dim[2] == 91);
    for (int i = 0; i < 3; i++) {
        assert_true(grid.pixdim[i] == 2 && grid.affine[i][3] == origin[i]);
        for (int j = 0; j < 4; j++) {
            assert_true(grid.sform[i][j] == grid.affine[i][j]);
            assert_true(j == 3 || grid.affine[i][j] == (i == j ? 2 : 0));
        }
    }
    assert_true(grid.affine[3][3] == 1 && grid.sform_code == 2 && grid.qform_code == 0);
}

/* The tolerance is of a voxel: 0.002 mm are a thousandth of 2 mm, the bound itself. */
static void test_tolerance(void **state)
{
    const vx_grid a = brain();
    vx_grid b = brain();
    (void)state;
    assert_true(vx_grid_same(&a, &b, 1e-12, NULL, 0));
    b.affine[1][3] += 0.0019;
    assert_true(vx_grid_same(&a, &b, 1e-3, NULL, 0));
    b.affine[1][3] += 0.0002;
    assert_false(vx_grid_same(&a, &b, 1e-3, NULL, 0));
    /* 1e-4 mm a voxel too long is 0.0054 voxels at the far corner, 108 voxels away. */
    b = brain();
    b.affine[1][1] += 1e-4;
    expect_difference(&b, "centre shifted by 0.000, 0.005, 0.000 mm");
    b = brain();
    b.affine[0][0] = NAN;
    assert_false(vx_grid_same(&a, &b, 1e-3, NULL, 0));
}

static void test_words(void **state)
{
    vx_grid b = brain();
    (void)state;
    b.dim[2] = 90;
    expect_difference(&b, "dimensions 91 x 109 x 90 against 91 x 109 x 91");

    b = brain();
    b.affine[0][3] += 1.5;
    b.affine[2][3] -= 2;
    expect_difference(&b, "centre shifted by 1.500, 0.000, -2.000 mm");

    b = brain(); /* mirrored in place: the first voxel is where the last was */
    b.affine[0][0] = -2;
    b.affine[0][3] = 90;
    expect_difference(&b, "x axis flipped");

    b = brain(); /* voxel (45, 54, 45) stays at its place, the axes turn by 10 degrees about z */
    const double c = cos(M_PI / 18), s = sin(M_PI / 18);
    const double turned[2][2] = {{2 * c, -2 * s}, {2 * s, 2 * c}};
    for (int i = 0; i < 2; i++) {
        b.affine[i][3] += 2 * (i == 0 ? 45 : 54) - turned[i][0] * 45 - turned[i][1] * 54;
        memcpy(b.affine[i], turned[i], sizeof turned[i]);
    }
    expect_difference(&b, "rotated by 10 degrees");

    b = brain();
    b.affine[0][0] = 3;
    b.affine[0][3] -= 45; /* the centre stays */
    expect_difference(&b, "voxels of 3 x 2 x 2 mm against 2 x 2 x 2");

    b = brain();
    b.affine[0][0] = b.affine[1][1] = 0;
    b.affine[0][1] = b.affine[1][0] = 2;
    b.affine[0][3] += 2 * (45 - 54);
    b.affine[1][3] += 2 * (54 - 45);
    expect_difference(&b, "axes in another order");
}

/* Whatever the space, the text ends within it. */
static void test_little_space(void **state)
{
    const vx_grid a = brain();
    vx_grid b = brain();
    char difference[64];
    (void)state;
    b.affine[0][0] = -3;
    b.affine[1][1] = -2;
    for (size_t size = 0; size <= sizeof difference; size++) {
        memset(difference, '#', sizeof difference);
        assert_false(vx_grid_same(&a, &b, 1e-3, difference, size));
        if (size > 0)
            assert_true(strlen(difference) < size);
        for (size_t k = size; k < sizeof difference; k++)
            assert_true(difference[k] == '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_little_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
