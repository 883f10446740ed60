/* The positions and sizes of voxels; whether two grids agree, and the message about their difference. */
#include "space/grid.h"

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

/* For any size of the buffer, the text ends within it. */
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

/* A sheared grid, whose voxels are not the product of their edges (26.7 mm3). The truth is NumPy's:
 *   a = np.array([[-2, .5, .25, 90], [.125, 3, -1, -126], [.5, -.75, 4, -72], [0, 0, 0, 1]])
 *   np.ravel_multi_index((3, 4, 2), (5, 7, 4), order='F'); a @ [3, 4, 2, 1]
 *   abs(np.linalg.det(a[:3, :3])); np.sqrt((a[:3, :3] ** 2).sum(0)); np.linalg.inv(a)[:3]
 * The places are sums of few binary fractions and so exact; the rest is within some roundings of double. */
static void test_sheared(void **state)
{
    static const double step[3] = {2.065338955232288, 3.132491021535417, 4.130677910464576};
    static const double expected[3][4] = {
        {-0.48080133555926546, 0.09348914858096828, 0.053422370617696155, 58.898163606010016},
        {0.04273789649415693, 0.34724540901502504, 0.08414023372287144, 45.96460767946578},
        {0.0681135225375626, 0.053422370617696155, 0.25909849749582636, 19.25609348914858}};
    vx_grid grid = {.dim = {5, 7, 4},
                    .affine = {{-2, .5, .25, 90}, {.125, 3, -1, -126}, {.5, -.75, 4, -72}, {0, 0, 0, 1}}};
    int64_t voxel[3];
    double mm[3], inverse[3][4];
    (void)state;
    assert_int_equal(vx_grid_elements(&grid), 140);
    assert_int_equal(vx_grid_place(&grid, (int64_t[]){3, 4, 2}), 93);
    vx_grid_voxel(&grid, 93, voxel);
    assert_true(voxel[0] == 3 && voxel[1] == 4 && voxel[2] == 2);
    vx_grid_mm(&grid, 93, mm);
    assert_true(mm[0] == 86.5 && mm[1] == -115.625 && mm[2] == -65.5);
    assert_true(fabs(vx_grid_voxel_mm3(&grid) - 23.3984375) < 1e-13);
    vx_grid_inverse(&grid, inverse);
    for (int k = 0; k < 3; k++) {
        assert_true(fabs(vx_grid_step_mm(&grid, k) - step[k]) < 1e-14);
        for (int j = 0; j < 4; j++)
            assert_true(fabs(inverse[k][j] - expected[k][j]) < 1e-13);
    }
    for (int k = 0; k < 3; k++) {
        int64_t beside[3] = {3, 4, 2};
        assert_true(vx_grid_holds(&grid, beside));
        beside[k] = grid.dim[k];
        assert_false(vx_grid_holds(&grid, beside));
        beside[k] = -1;
        assert_false(vx_grid_holds(&grid, beside));
    }
}

/* An affine without volume, and one that is not finite anywhere. */
static void test_regular(void **state)
{
    const vx_grid good = brain();
    vx_grid bad = good;
    (void)state;
    assert_true(vx_grid_is_regular(&good));
    memcpy(bad.affine[2], bad.affine[1], sizeof bad.affine[1]);
    assert_false(vx_grid_is_regular(&bad));
    bad = good;
    bad.affine[1][1] = 0;
    assert_false(vx_grid_is_regular(&bad));
    for (int k = 0; k < 12; k++) {
        bad = good;
        bad.affine[k / 4][k % 4] = k % 2 ? NAN : INFINITY;
        assert_false(vx_grid_is_regular(&bad));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sheared),
        cmocka_unit_test(test_regular),
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_little_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
