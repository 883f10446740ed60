/* Bonferroni's correction over effects, worked by hand, on results as a run has them. */
#include "voxstat/result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Three effects: 100 relabellings each but 50 of the last, which has no extent.
 *     3 (0.02) = 0.06, 3 (0.1) = 0.3, 3 (0.5) > 1; 3 (0.03) = 0.09; 3 (0.04) = 0.12. */
static void each_p_times_their_number(void **state)
{
    float extent[2][3] = {{0.02f, 0.1f, 0.5f}, {0.03f, 0.03f, 1}}, voxel[3] = {0.04f, 1, 1};
    vx_map map[3][VX_QUANTITIES] = {
        {{VX_P_FWE_EXTENT, "p", extent[0]}}, {{VX_P_FWE_EXTENT, "p", extent[1]}}, {{VX_P_FWE_VOXEL, "p", voxel}}};
    vx_cluster cluster[2][2] = {{{.p = {[VX_P_FWE_EXTENT] = 0.02}}, {.p = {[VX_P_FWE_EXTENT] = 0.5}}},
                                {{.p = {[VX_P_FWE_EXTENT] = 0.03}}}};
    vx_result result[3] = {
        {.map = map[0], .maps = 1, .voxels = 3, .cluster = cluster[0], .clusters = 2, .null = {.count = 100}},
        {.map = map[1], .maps = 1, .voxels = 3, .cluster = cluster[1], .clusters = 1, .null = {.count = 100}},
        {.map = map[2], .maps = 1, .voxels = 3, .null = {.count = 50}}};
    static const float expected[3][3] = {{0.06f, 0.3f, 1}, {0.09f, 0.09f, 1}, {0.12f, 1, 1}};
    vx_error error;
    (void)state;
    assert_int_equal(vx_bonferroni((vx_result *[]){&result[0], &result[1], &result[2]}, 3, &error), VX_OK);
    for (int r = 0; r < 3; r++) {
        assert_int_equal(result[r].maps, 2);
        assert_int_equal(result[r].bonferroni_effects, 3);
        assert_int_equal(map[r][1].quantity, r < 2 ? VX_P_BONFERRONI_EXTENT : VX_P_BONFERRONI_VOXEL);
        for (int v = 0; v < 3; v++)
            assert_true(map[r][1].value[v] == expected[r][v]);
        free(map[r][1].value);
    }
    assert_true(cluster[0][0].p[VX_P_BONFERRONI_EXTENT] == 0.06 && cluster[0][1].p[VX_P_BONFERRONI_EXTENT] == 1);
    assert_true(cluster[1][0].p[VX_P_BONFERRONI_EXTENT] == 0.09);
}

/* A result has at most one map of a quantity. */
static void a_second_call_adds_nothing(void **state)
{
    float p[1] = {0.02f};
    vx_map map[2] = {{VX_P_FWE_VOXEL, "p", p}, {VX_MAP_T, "t", NULL}};
    vx_result result = {.map = map, .maps = 1, .voxels = 1, .null = {.count = 100}}, *list[2] = {&result, &result};
    vx_error error;
    (void)state;
    assert_int_equal(vx_bonferroni(list, 2, &error), VX_OK); /* the same result twice: the second finds the map */
    assert_int_equal(vx_bonferroni(list, 1, &error), VX_OK);
    assert_int_equal(result.maps, 2);
    assert_int_equal(result.bonferroni_effects, 2); /* of the call that made the map */
    assert_int_equal(map[1].quantity, VX_P_BONFERRONI_VOXEL);
    assert_true(map[1].value[0] == 0.04f);
    free(map[1].value);
}

/* k times one of 20 k relabellings is a twentieth, and not below it, although 7 (36 / 5040.) in double is. The p of a
 * single effect does not change. */
static void a_twentieth_stays_one(void **state)
{
    (void)state;
    for (size_t k = 1; k <= 40; k++) {
        float p[1] = {1.0f / (float)(20 * k)};
        vx_map map[40][2];
        vx_cluster cluster[40];
        vx_result result[40], *list[40];
        vx_error error;
        for (size_t r = 0; r < k; r++) {
            map[r][0] = (vx_map){VX_P_FWE_MASS, "p", p};
            cluster[r] = (vx_cluster){.p = {[VX_P_FWE_MASS] = 1 / (20. * (double)k)}};
            result[r] = (vx_result){.map = map[r],
                                    .maps = 1,
                                    .voxels = 1,
                                    .cluster = &cluster[r],
                                    .clusters = 1,
                                    .null = {.count = 20 * k}};
            list[r] = &result[r];
        }
        assert_int_equal(vx_bonferroni(list, k, &error), VX_OK);
        for (size_t r = 0; r < k; r++) {
            assert_true(map[r][1].value[0] == 0.05f);
            assert_true(cluster[r].p[VX_P_BONFERRONI_MASS] == 0.05);
            free(map[r][1].value);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_p_times_their_number),
        cmocka_unit_test(a_second_call_adds_nothing),
        cmocka_unit_test(a_twentieth_stays_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
