/* Regridding against SciPy, and what it must keep: data, their edge, and their place. */
#include "unit/volume_fixture.h"
#include "unit/worker_fixture.h"

#include "prepare/regrid.h"

static void regrid(vx_loaded *volume, const vx_grid *grid, vx_regrid_method method)
{
    int64_t points;
    if (vx_regrid_volume(&worker, volume, grid, method, &points, &error))
        fail_msg("%s", error.message);
    assert_memory_equal(&volume->grid, grid, sizeof *grid);
}

/* SciPy 1.10: v = arange(120)
 * x = (3 + sin(1.7 * v)).astype(float32).astype(float).reshape(4, 5, 6).transpose(2, 1, 0)
 * A = diag([2, 2, 2, 1]); B = the affine of turned_grid with step [1.5, 1.7, 2.2] and origin [4.1, 4.3, 1.2]
 * points = [(inv(A) @ B @ [i, j, k, 1])[:3] for k in range(3) for j in range(3) for i in range(4)]
 * map_coordinates(x, transpose(points), order=1, mode="nearest") and (..., order=3, mode="mirror"); NAN where
 * a point is not within half a voxel of the volume. */
static const double scipy[2][36] = {
    [VX_REGRID_LINEAR] = {
        2.4501844612359998, 3.193015952987671, 3.031028293409348, 2.769764498109818, 2.6919518637534328,
        3.5419553200335696, 3.009231133723831, 2.4596661124603276, 2.4879165498681637, 3.1662011724475096,
        3.203991341426087, 2.76312945177002, 2.4779526747560507, 2.9561014926433566, 3.5668062379837027,
        2.5748878982877725, 2.8211757563551334, 3.017354475469818, 3.2814952473746875, 2.6559453569075777,
        2.447397712028961, 2.861211422154083, 3.610589953913688, 2.715727815618515, 2.9533179649829866,
        2.7775191020774845, 3.6349947097730633, 2.866779222488403, 3.1134451408247377, 2.2849768001730344,
        3.224249407348633, NAN, 3.064536996302605, 2.7312782836341856, NAN, NAN},
    [VX_REGRID_CUBIC] = {
        2.1742476952055743, 3.605207490768051, 3.0560342376792904, 2.610940409479455, 2.1725087141309216,
        3.8235671701349063, 3.0280427520912037, 2.2135228022502416, 2.145851593977301, 3.4413150058307282,
        3.112808017572723, 2.3703009328564058, 2.1244031649859605, 2.9262285152972543, 3.861174828871826,
        2.370706684668762, 2.526555418853934, 2.9270654151324837, 3.5703740081966644, 2.2870679361270687,
        2.3185657837396767, 2.7994233952451903, 3.9590480971316717, 2.5913984502059804, 3.1955839237121753,
        2.498844814270146, 3.7886611066248372, 2.6678869371298024, 3.184384689335322, 2.1803831077133538,
        3.5852092357587577, NAN, 3.126790900774034, 2.2867613655115124, NAN, NAN},
};

static void test_scipy(void **state)
{
    const vx_grid from = vx_grid_new(6, 5, 4, 2, (const double[]){0, 0, 0});
    vx_grid to = turned_grid(4, 3, 3, (const double[]){1.5, 1.7, 2.2});
    (void)state;
    to.affine[0][3] = 4.1;
    to.affine[1][3] = 4.3;
    to.affine[2][3] = 1.2;
    for (int method = VX_REGRID_LINEAR; method <= VX_REGRID_CUBIC; method++) {
        vx_loaded volume = new_volume(&from);
        for (int v = 0; v < 120; v++)
            volume.data[v] = (float)(3 + sin(1.7 * v));
        regrid(&volume, &to, (vx_regrid_method)method);
        for (int v = 0; v < 36; v++) /* rounded to float once, below 4 */
            assert_true(isnan(scipy[method][v]) ? isnan(volume.data[v])
                                                : fabs(volume.data[v] - scipy[method][v]) < 4 * 6e-8);
        vx_loaded_destroy(&volume);
    }
}

/* Values between 1 and 3 with a hole of zeros, a corner of zeros and a few NaN. */
static void fill(vx_loaded *volume)
{
    for (int64_t v = 0; v < (int64_t)vx_grid_elements(&volume->grid); v++) {
        int64_t at[3];
        vx_grid_voxel(&volume->grid, v, at);
        const bool hole = at[0] == 3 && at[1] == 3, corner = at[0] + at[1] + at[2] < 3;
        volume->data[v] = hole || corner ? 0 : (float)(1 + 2 * scattered((uint64_t)v));
        if (at[0] == 5 && at[2] == 2)
            volume->data[v] = NAN;
    }
}

/* The same volume stored in another order: axis a of the result runs along axis order[a] of `from`, backwards where the
 * bit a of `flips` is set. Every voxel keeps its place in mm. */
static vx_loaded reoriented(const vx_loaded *from, const int order[3], int flips)
{
    vx_grid grid = from->grid;
    for (int a = 0; a < 3; a++) {
        const double sign = flips >> a & 1 ? -1 : 1;
        grid.dim[a] = from->grid.dim[order[a]];
        for (int i = 0; i < 3; i++) {
            grid.affine[i][a] = sign * from->grid.affine[i][order[a]];
            if (sign < 0)
                grid.affine[i][3] += (double)(grid.dim[a] - 1) * from->grid.affine[i][order[a]];
        }
    }
    vx_loaded volume = new_volume(&grid);
    for (int64_t v = 0; v < (int64_t)vx_grid_elements(&grid); v++) {
        int64_t at[3], there[3];
        vx_grid_voxel(&grid, v, at);
        for (int a = 0; a < 3; a++)
            there[order[a]] = flips >> a & 1 ? grid.dim[a] - 1 - at[a] : at[a];
        volume.data[v] = from->data[vx_grid_place(&from->grid, there)];
    }
    return volume;
}

static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* Whether two volumes have the same values, to the last digit of a float or two: the sums have another order. */
static void expect_equal(const vx_loaded *one, const vx_loaded *other)
{
    for (size_t v = 0; v < vx_grid_elements(&one->grid); v++) {
        const float a = one->data[v], b = other->data[v];
        if (isnan(a) ? !isnan(b) : fabs((double)a - (double)b) > 2 * 1.2e-7 * fabs(a))
            fail_msg("voxel %zu: %.9g and %.9g", v, a, b);
    }
}

/* The 48 ways to store a volume land on one another, on their own grid and on an oblique one. No centre of it lies
 * halfway between voxels, where the nearest one depends on the order. */
static void test_orientations(void **state)
{
    const vx_grid from = vx_grid_new(7, 6, 5, 2, (const double[]){-6, -5, -4});
    const vx_grid oblique = turned_grid(9, 8, 7, (const double[]){1.3, 2.1, 1.6});
    vx_grid to[2] = {from, oblique};
    vx_loaded original = new_volume(&from);
    (void)state;
    fill(&original);
    to[1].affine[0][3] = -3.1;
    to[1].affine[1][3] = 0.7;
    to[1].affine[2][3] = -7.3;
    for (int method = VX_REGRID_LINEAR; method <= VX_REGRID_CUBIC; method++)
        for (int g = 0; g < 2; g++) {
            vx_loaded first = reoriented(&original, orders[0], 0);
            regrid(&first, &to[g], (vx_regrid_method)method);
            if (g == 0)
                expect_equal(&original, &first);
            for (int way = 1; way < 48; way++) {
                vx_loaded other = reoriented(&original, orders[way / 8], way % 8);
                regrid(&other, &to[g], (vx_regrid_method)method);
                expect_equal(&first, &other);
                vx_loaded_destroy(&other);
            }
            vx_loaded_destroy(&first);
        }
    vx_loaded_destroy(&original);
}

/* Weighted means of a constant, and splines through it, differ from it by far less than a float's last digit. Missing
 * voxels stay missing. */
static void test_constant(void **state)
{
    const vx_grid from = vx_grid_new(12, 11, 10, 2, (const double[]){0, 0, 0});
    vx_grid to = turned_grid(14, 17, 15, (const double[]){1.7, 1.4, 1.9});
    (void)state;
    to.affine[0][3] = 12.3; /* the centres of both grids are near each other */
    to.affine[1][3] = 12.1;
    to.affine[2][3] = -12.7;
    for (int method = VX_REGRID_LINEAR; method <= VX_REGRID_CUBIC; method++) {
        vx_loaded volume = new_volume(&from);
        int values = 0, zeros = 0, missing = 0;
        fill(&volume);
        for (int v = 0; v < 12 * 11 * 10; v++)
            if (volume.data[v] > 0)
                volume.data[v] = 0.7f;
        regrid(&volume, &to, (vx_regrid_method)method);
        for (int v = 0; v < 14 * 17 * 15; v++) {
            values += volume.data[v] == 0.7f;
            zeros += volume.data[v] == 0;
            missing += isnan(volume.data[v]);
        }
        assert_true(values > 300 && zeros > 10 && missing > 300 && values + zeros + missing == 14 * 17 * 15);
        vx_loaded_destroy(&volume);
    }
}

/* Along x of 1 mm: voxels without data are 0 to 2, and 9 is NaN. The centres of voxels of 1 mm, shifted by 0.25, take
 * data where the nearest voxel has some, and nothing from those without. */
static void test_edge(void **state)
{
    enum { N = 10 };
    const vx_grid from = vx_grid_new(N, 1, 1, 1, (const double[]){0, 0, 0});
    const vx_grid to = vx_grid_new(N + 1, 1, 1, 1, (const double[]){-0.75, 0, 0});
    vx_loaded volume = new_volume(&from);
    (void)state;
    for (int v = 0; v < N; v++)
        volume.data[v] = v < 3 ? 0 : v == 9 ? NAN : (float)(10 + v);
    regrid(&volume, &to, VX_REGRID_LINEAR);
    assert_true(isnan(volume.data[0])); /* at -0.75, outside */
    for (int v = 1; v < 4; v++)         /* at 0.25, 1.25 and 2.25 */
        assert_true(volume.data[v] == 0);
    for (int v = 4; v < 9; v++)         /* at 3.25 to 7.25, between voxels with data */
        assert_true(volume.data[v] == (float)(10 + v - 0.75));
    assert_true(volume.data[9] == 18 && isnan(volume.data[10])); /* at 8.25 and 9.25, beside NaN and in it */
    vx_loaded_destroy(&volume);
}

/* Voxels of 3 mm have the mean of the 27 voxels in them, or of those that have data where these are half or more. */
static void test_average(void **state)
{
    const vx_grid from = vx_grid_new(6, 3, 3, 1, (const double[]){0, 0, 0});
    const vx_grid to = vx_grid_new(2, 1, 1, 3, (const double[]){1, 1, 1});
    double sum[2] = {0};
    (void)state;
    vx_loaded volume = new_volume(&from);
    for (int v = 0; v < 54; v++) {
        volume.data[v] = (float)(1 + v % 5 + v);
        sum[v % 6 / 3] += volume.data[v];
    }
    regrid(&volume, &to, VX_REGRID_LINEAR);
    for (int k = 0; k < 2; k++)
        assert_true(volume.data[k] == (float)(sum[k] / 27));
    vx_loaded_destroy(&volume);
    volume = new_volume(&from); /* 14 of 27 have data on the left, 13 on the right */
    for (int v = 0, seen[2] = {0}; v < 54; v++) {
        const int side = v % 6 / 3;
        volume.data[v] = seen[side]++ < 14 - side ? 5 : side ? NAN : 0;
    }
    regrid(&volume, &to, VX_REGRID_LINEAR);
    assert_true(volume.data[0] == 5 && isnan(volume.data[1]));
    vx_loaded_destroy(&volume);
}

/* Voxels of 4 mm over an even number of voxels, with a centre on a centre: the two at the ends are half in each. */
static void test_overlap(void **state)
{
    const vx_grid from = vx_grid_new(9, 1, 1, 1, (const double[]){0, 0, 0});
    vx_grid to = vx_grid_new(1, 1, 1, 1, (const double[]){4, 0, 0});
    vx_loaded volume = new_volume(&from);
    (void)state;
    to.affine[0][0] = 4;
    for (int v = 0; v < 9; v++)
        volume.data[v] = (float)(1 << v);
    regrid(&volume, &to, VX_REGRID_LINEAR);
    assert_true(volume.data[0] == (4 / 2 + 8 + 16 + 32 + 64 / 2) / 4.0f);
    vx_loaded_destroy(&volume);
}

/* FSL's MNI152_T1_1mm is 182 x 218 x 182 voxels from (90, -126, -72), x backwards; its MNI152_T1_2mm is 91 x 109 x 91
 * voxels from the same place. nilearn's and FSL's 3 mm grid is 61 x 73 x 61 likewise. */
static void test_isotropic(void **state)
{
    static const int64_t dim[2][3] = {{91, 109, 91}, {61, 73, 61}};
    static const double first[3] = {90, -126, -72};
    vx_grid fsl = vx_grid_new(182, 218, 182, 1, first), made;
    (void)state;
    fsl.affine[0][0] = -1;
    for (int i = 0; i < 2; i++) {
        const double mm = i + 2;
        assert_int_equal(vx_regrid_isotropic(&fsl, mm, &made, &error), VX_OK);
        assert_memory_equal(made.dim, dim[i], sizeof made.dim);
        for (int k = 0; k < 3; k++) {
            assert_true(made.affine[k][3] == first[k] && made.affine[k][k] == (k ? mm : -mm));
            assert_true(made.pixdim[k] == mm && made.sform[k][3] == first[k]);
        }
    }
    assert_true(made.sform_code == fsl.sform_code && made.qform_code == 0);
}

/* Images of one space get one grid, however they are stored: the corners are the same eight points. */
static void test_isotropic_orientations(void **state)
{
    const vx_grid from = turned_grid(11, 9, 7, (const double[]){2, 3, 1.5});
    vx_loaded original = new_volume(&from);
    vx_grid first;
    (void)state;
    assert_int_equal(vx_regrid_isotropic(&from, 2.5, &first, &error), VX_OK);
    for (int way = 1; way < 48; way++) {
        vx_loaded other = reoriented(&original, orders[way / 8], way % 8);
        vx_grid grid;
        double between[3][4];
        assert_int_equal(vx_regrid_isotropic(&other.grid, 2.5, &grid, &error), VX_OK);
        vx_grid_between(&first, &grid, between);
        for (int a = 0; a < 3; a++) {
            const int64_t along = first.dim[orders[way / 8][a]];
            assert_int_equal(grid.dim[a], along);
            for (int i = 0; i < 3; i++) /* an axis lies on an axis, and the first voxel on a corner */
                assert_true(fabs(between[i][a] - round(between[i][a])) < 1e-9);
        }
        for (int i = 0; i < 3; i++)
            assert_true(fabs(between[i][3]) < 1e-9 || fabs(between[i][3] - (double)(first.dim[i] - 1)) < 1e-9);
        vx_loaded_destroy(&other);
    }
    vx_loaded_destroy(&original);
}

static void test_impossible(void **state)
{
    const vx_grid from = vx_grid_new(10, 10, 10, 2, (const double[]){1, 1, 1});
    vx_grid grid;
    (void)state;
    assert_int_equal(vx_regrid_isotropic(&from, 1000, &grid, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "1000 mm are too large for the images, which are 20 mm along their axis x"));
    assert_int_equal(vx_regrid_isotropic(&from, 1e-6, &grid, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "too small"));
    assert_int_equal(vx_regrid_isotropic(&from, 0.01, &grid, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "too large"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scipy),     cmocka_unit_test(test_orientations), cmocka_unit_test(test_constant),
        cmocka_unit_test(test_edge),      cmocka_unit_test(test_average),      cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_isotropic), cmocka_unit_test(test_isotropic_orientations),
        cmocka_unit_test(test_impossible),
    };
    return cmocka_run_group_tests(tests, open_worker, close_worker);
}
