/* vx_locations_find: sub-peaks, centres of mass and shares of regions, worked out by hand on a line of voxels. */
#include "unit/atlas_fixture.h"

#include "atlas/location.h"

enum { VOXELS = 20 };

/* Cluster 1 has the peak 9 at voxel 3. Its other maxima: 8 at 5 (6 mm from the peak), 7 at 7 (12 mm), 6 at 9 (6 mm from
 * the one at 7), 5 at 11, 4 at 13, 3 at 15. Cluster 2, of falls, has its peak at voxel 18. */
static const float t[VOXELS] = {0, 1, 2, 9, 1, 8, 1, 7, 1, 6, 1, 5, 1, 4, 1, 3, 0, -4, -6, 0};
static const float label[VOXELS] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 2, 2, 0};

static vx_space line(void)
{
    const vx_grid grid = vx_grid_new(VOXELS + 1, 1, 1, 3, (const double[]){-10, 4, 6});
    int64_t index[VOXELS];
    vx_space space;
    for (int v = 0; v < VOXELS; v++)
        index[v] = v + 1; /* the first voxel of the grid is outside the mask */
    assert_int_equal(vx_space_on_grid(&grid, VOXELS, index, &space, &error), VX_OK);
    return space;
}

static void expect_sub_peaks(double distance, int count, const int64_t *at)
{
    vx_space space = line();
    vx_locations found;
    assert_int_equal(vx_locations_find(&space, label, t, 2, NULL, distance, &found, &error), VX_OK);
    assert_int_equal(found.cluster[0].peak, 3);
    assert_int_equal(found.cluster[0].sub_peaks, count);
    for (int k = 0; k < count; k++)
        assert_int_equal(found.cluster[0].sub_peak[k], at[k]);
    assert_int_equal(found.cluster[1].peak, 18);
    assert_int_equal(found.cluster[1].sub_peaks, 0);
    assert_int_equal(found.cluster[0].shares, 0);
    vx_locations_destroy(&found);
    vx_space_destroy(&space);
}

static void test_sub_peaks(void **state)
{
    (void)state;
    expect_sub_peaks(8, 3, (const int64_t[]){7, 11, 15});
    expect_sub_peaks(6, 3, (const int64_t[]){5, 7, 9});
    expect_sub_peaks(12, 3, (const int64_t[]){7, 11, 15});
    expect_sub_peaks(12.1, 2, (const int64_t[]){9, 15}); /* 18 and 36 mm from the peak */
    expect_sub_peaks(40, 0, NULL);
}

/* Equal neighbours are one plateau: the first is the peak, and the others are near it. */
static void test_plateau(void **state)
{
    const float flat[VOXELS] = {0, 5, 5, 5, 0}, one[VOXELS] = {0, 1, 1, 1, 0};
    vx_space space = line();
    vx_locations found;
    (void)state;
    assert_int_equal(vx_locations_find(&space, one, flat, 1, NULL, 8, &found, &error), VX_OK);
    assert_true(found.cluster->peak == 1 && found.cluster->sub_peaks == 0);
    vx_locations_destroy(&found);
    vx_space_destroy(&space);
}

/* Cluster 1: sum of |t| = 51, sum of |t| v = 381. Cluster 2: (4 * 17 + 6 * 18) / 10 = 17.6. x = -10 + 3 (v + 1). */
static void test_centre(void **state)
{
    vx_space space = line();
    vx_locations found;
    (void)state;
    assert_int_equal(vx_locations_find(&space, label, t, 2, NULL, 8, &found, &error), VX_OK);
    double sum = 0, moment = 0;
    for (int v = 1; v < 16; v++) {
        sum += t[v];
        moment += t[v] * v;
    }
    assert_true(sum == 51 && moment == 381);
    assert_true(fabs(found.cluster[0].centre_mm[0] - (-7 + 3 * 381. / 51)) < 1e-12);
    assert_true(fabs(found.cluster[1].centre_mm[0] - (-7 + 3 * 17.6)) < 1e-12);
    assert_true(found.cluster[1].centre_mm[1] == 4 && found.cluster[1].centre_mm[2] == 6);
    vx_locations_destroy(&found);
    vx_space_destroy(&space);
}

/* Region a has the voxels 0 to 4, b the voxels 5 to 9 and 17, p 0.5 at voxel 3 and 0.25 at 10. Of cluster 1's 15 voxels
 * 4 are in a, 5 in b, 0.75 in p; of cluster 2's two voxels one is in b, and its peak is in none. */
static void test_regions(void **state)
{
    int64_t a[] = {1, 2, 3, 4, 5}, b[] = {6, 7, 8, 9, 10, 18}, p[] = {4, 11};
    float weight[] = {0.5f, 0.25f};
    vx_region region[] = {{.name = "a", .index = a, .voxels = 5}, {.name = "b", .index = b, .voxels = 6},
                          {.name = "p", .index = p, .weight = weight, .voxels = 2}};
    const vx_regions regions = {region, 3};
    vx_space space = line();
    vx_locations found;
    (void)state;
    assert_int_equal(vx_locations_find(&space, label, t, 2, &regions, 8, &found, &error), VX_OK);
    assert_int_equal(found.cluster[0].shares, 3);
    assert_true(found.cluster[0].share[0].region == 1 && found.cluster[0].share[0].share == 5. / 15);
    assert_true(found.cluster[0].share[1].region == 0 && found.cluster[0].share[1].share == 4. / 15);
    assert_true(found.cluster[0].share[2].region == 2 && found.cluster[0].share[2].share == 0.75 / 15);
    assert_int_equal(found.cluster[1].shares, 1);
    assert_true(found.cluster[1].share[0].region == 1 && found.cluster[1].share[0].share == 0.5);
    assert_int_equal(vx_region_at(&regions, &space, found.cluster[0].peak), 0); /* weight 1 against 0.5 */
    assert_int_equal(vx_region_at(&regions, &space, found.cluster[1].peak), -1);
    assert_int_equal(vx_region_at(&regions, &space, 10), 2);
    vx_locations_destroy(&found);
    vx_space_destroy(&space);
}

static void test_no_cluster(void **state)
{
    const float none[VOXELS] = {0};
    vx_space space = line();
    vx_locations found;
    (void)state;
    assert_int_equal(vx_locations_find(&space, none, t, 0, NULL, 8, &found, &error), VX_OK);
    assert_int_equal(found.clusters, 0);
    vx_locations_destroy(&found);
    vx_space_destroy(&space);
}

/* Of two overlapping regions the heavier one counts, and of equal weights the first: the rule of vx_region_at. */
static void test_numbers_of_regions(void **state)
{
    int64_t first[] = {1, 2, 3}, second[] = {2, 3, 4};
    float weight[] = {0.5f, 0.25f, 0.5f}, other[] = {0.25f, 0.75f, 0.125f}, number[VOXELS + 1];
    const float wanted[6] = {0, 1, 1, 2, 2, 0};
    vx_region region[] = {{.index = first, .weight = weight, .voxels = 3},
                          {.index = second, .weight = other, .voxels = 3}};
    const vx_regions regions = {region, 2};
    vx_space space = line();
    (void)state;
    assert_int_equal(vx_region_numbers(&regions, VOXELS + 1, number, &error), VX_OK);
    for (int i = 0; i < 6; i++)
        assert_float_equal(number[i], wanted[i], 0);
    for (int v = 0; v < VOXELS; v++)
        assert_int_equal(vx_region_at(&regions, &space, v) + 1, (int64_t)number[v + 1]);
    vx_space_destroy(&space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sub_peaks), cmocka_unit_test(test_plateau), cmocka_unit_test(test_centre),
        cmocka_unit_test(test_regions), cmocka_unit_test(test_no_cluster), cmocka_unit_test(test_numbers_of_regions),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
