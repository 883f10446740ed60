/* The op tfce on every backend, on maps of more voxels than a tile of the sort or a block of the sum has. */
#include "tfce_maps.h"

/* Maps of several sort tiles, with components of many blocks: white noise, whose arcs have more numbers than a digit of
 * the sort, and smooth ones; both with plateaus. */
static void test_large(void **state)
{
    (void)state;
    static const int connectivity[] = {6, 18, 26};
    static tfce_maps m;
    for (int kind = 0; kind < 6; kind++) {
        m = (tfce_maps){.grid = {30, 20, 16, connectivity[kind % 3]}, .maps = 2, .parallel = 2, .E = kind ? 0.5 : 1};
        vx_tfce_args args = random_settings(2);
        smooth_maps(&m, kind < 3 ? 0 : 1 << (2 * (kind - 3)), 10);
        compare(&args, &m, 2, 0);
    }
}

/* Heights that a sort by even steps cannot tell apart: all below one step, all above the last one, all equal, two of
 * them, and one that is far above the others. */
static void test_uneven(void **state)
{
    (void)state;
    static const float scale[] = {0x1p-22f, 0x1p-110f, 0x1p+12f, 1, 1};
    static const double levels[] = {10, 10, 10, 0.3, 10};
    static tfce_maps m;
    for (int kind = 0; kind < 15; kind++) {
        static const int connectivity[] = {6, 18, 26};
        m = (tfce_maps){.grid = {19, 10, 9, connectivity[kind / 5]}, .maps = 2, .parallel = 1, .E = 0.5};
        vx_tfce_args args = random_settings(2);
        smooth_maps(&m, 2, levels[kind % 5]);
        for (int v = 0; v < voxels_of(&m); v++) {
            m.height[0][v] *= scale[kind % 5];
            m.height[1][v] = kind % 5 == 3 ? 2 : kind % 5 == 4 && v == 700 ? VX_MASS_T_MAX : m.height[1][v];
        }
        compare(&args, &m, 2, 0);
    }
}

/* Heights that rise, or fall, from the first voxel to the last one. */
static void test_ramp(void **state)
{
    (void)state;
    static tfce_maps m;
    m = (tfce_maps){.grid = {13, 8, 7, 26}, .maps = 4, .parallel = 1, .E = 0.5};
    vx_tfce_args args = random_settings(2);
    for (int p = 0; p < m.maps; p++)
        for (int v = 0; v < voxels_of(&m); v++) {
            m.mask[v] = true;
            m.height[p][v] = (float)(p % 2 ? v + 1 : voxels_of(&m) - v) * (p < 2 ? 0x1p-5f : -0x1p-30f);
        }
    compare(&args, &m, 2, 0);
}

/* A path that winds through the grid and falls all along, so that the last voxel follows every other one to its
 * maximum: one component of s voxels at the s-th height. */
static void test_path(void **state)
{
    (void)state;
    static tfce_maps m;
    enum { LENGTH = 20, ROWS = 20 };
    m = (tfce_maps){.grid = {LENGTH, 2 * ROWS - 1, 1, 6}, .maps = 1, .parallel = 1, .E = 0.5};
    double expected = 0;
    int length = 0, count = ROWS * LENGTH + ROWS - 1;
    for (int row = 0; row < 2 * ROWS - 1; row++)
        for (int i = 0; i < (row % 2 ? 1 : LENGTH); i++, length++) {
            int x = row % 4 == 1 ? LENGTH - 1 : row % 4 == 3 ? 0 : row % 4 == 2 ? LENGTH - 1 - i : i;
            m.mask[row * LENGTH + x] = true;
            m.height[0][row * LENGTH + x] = (float)(count - length) / 64;
        }
    for (int s = 1; s <= count; s++)
        expected += sqrt(s) * (pow((count - s + 1) / 64.0, 3) - pow((count - s) / 64.0, 3)) / 3;
    for (int b = 0; b < backend_count; b++) {
        double best[MAPS_MAX][2];
        best_of(backends[b], &by_hand, &m, best);
        assert_near(best[0][0], expected, tolerance(count));
    }
}

/* As many maxima, arcs and merges as maps can have. Neighbours differ in one coordinate, so that the voxels with an
 * even sum of coordinates touch odd ones only. Where the even ones are higher, each is a maximum, and each odd one
 * merges up to six components. Where the odd ones are not in the mask, every voxel is a maximum of a component of its
 * own. */
static void test_checkerboard(void **state)
{
    (void)state;
    static tfce_maps m;
    for (int holes = 0; holes < 2; holes++) {
        m = (tfce_maps){.grid = {19, 18, 17, 6}, .maps = 2, .parallel = 1, .E = 0.5};
        for (int v = 0; v < voxels_of(&m); v++) {
            int x = v % 19, y = v / 19 % 18, z = v / 19 / 18, odd = (x + y + z) % 2;
            m.mask[v] = !holes || !odd;
            for (int p = 0; p < m.maps; p++)
                m.height[p][v] = (float)((odd ? 1 : 20) + (x * 7 + y * 5 + z * (3 + p)) % 16 / 2) / 4;
        }
        vx_tfce_args args = random_settings(2);
        compare(&args, &m, 2, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_large), cmocka_unit_test(test_uneven),
                                       cmocka_unit_test(test_ramp), cmocka_unit_test(test_path),
                                       cmocka_unit_test(test_checkerboard)};
    return cmocka_run_group_tests(tests, open_able_backends, free_backends);
}
