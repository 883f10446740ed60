/* Holm's step-down, against values worked by hand, and on results as a run has them. */
#include "infer/holm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* As in the formula: sorted, 1 2 3 4 5 of 100 times 5 4 3 2 1 are 5 8 9 8 5, and none may be below one before it. In R:
 * p.adjust(c(.01, .02, .03, .04, .05), "holm") */
static void ascending_values(void **state)
{
    static const vx_share p[] = {{1, 100}, {2, 100}, {3, 100}, {4, 100}, {5, 100}};
    static const double expected[] = {0.05, 0.08, 0.09, 0.09, 0.09};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_true(fabs(vx_holm_adjusted(p, 5, i) - expected[i]) < 1e-15);
}

/* 0.01, 0.04, 0.03, 0.005: sorted 0.005 0.01 0.03 0.04 times 4 3 2 1. Counts of relabellings need not be the same. */
static void any_order_and_any_count(void **state)
{
    static const vx_share p[] = {{10, 1000}, {2, 50}, {3, 100}, {1, 200}};
    static const double expected[] = {0.03, 0.06, 0.06, 0.02};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(vx_holm_adjusted(p, 4, i) - expected[i]) < 1e-15);
}

/* Equal p have equal adjusted ones, those of the first place; nothing exceeds 1; one test stays as it is. */
static void ties_limits_and_one(void **state)
{
    static const vx_share tied[] = {{1, 10}, {1, 10}, {9, 10}}, alone[] = {{3, 7}};
    (void)state;
    assert_true(fabs(vx_holm_adjusted(tied, 3, 0) - 0.3) < 1e-15);
    assert_true(fabs(vx_holm_adjusted(tied, 3, 1) - 0.3) < 1e-15);
    assert_true(fabs(vx_holm_adjusted(tied, 3, 2) - 0.9) < 1e-15);
    assert_true(vx_holm_adjusted((vx_share[]){{2, 3}, {3, 4}}, 2, 0) == 1);
    assert_true(vx_holm_adjusted(alone, 1, 0) == 3 / 7.);
}

/* k times one of 20 k relabellings is a twentieth, and not below it: 3 (1 / 60.) is, in double. */
static void a_twentieth_stays_one(void **state)
{
    vx_share p[40];
    (void)state;
    for (size_t k = 1; k <= 40; k++) {
        for (size_t i = 0; i < k; i++)
            p[i] = (vx_share){1, 20 * k};
        for (size_t i = 0; i < k; i++)
            assert_true(vx_holm_adjusted(p, k, i) == 0.05);
    }
}

/* Two effects with 100 relabellings each, whose smallest p of extent are 0.02 and 0.03.
 *   p 0.02 of the first:  2 (0.02) = 0.04.
 *   p 0.10 of the first:  max(2 (0.03), 0.10) = 0.10.
 *   p 0.03 of the second: max(2 (0.02), 0.03) = 0.04. */
static void effects_are_the_tests(void **state)
{
    float p[2][3] = {{0.02f, 0.1f, 1}, {0.03f, 0.03f, 1}};
    vx_map map[2][VX_QUANTITIES] = {{{VX_P_FWE_EXTENT, "p", p[0]}}, {{VX_P_FWE_EXTENT, "p", p[1]}}};
    vx_cluster cluster[2][2] = {{{.p = {[VX_P_FWE_EXTENT] = 0.02}}, {.p = {[VX_P_FWE_EXTENT] = 0.1}}},
                                {{.p = {[VX_P_FWE_EXTENT] = 0.03}}}};
    vx_result result[2] = {
        {.map = map[0], .maps = 1, .voxels = 3, .cluster = cluster[0], .clusters = 2, .null = {.count = 100}},
        {.map = map[1], .maps = 1, .voxels = 3, .cluster = cluster[1], .clusters = 1, .null = {.count = 100}}};
    vx_result *list[2] = {&result[0], &result[1]};
    vx_error error;
    (void)state;
    assert_int_equal(vx_holm(list, 2, &error), VX_OK);
    assert_true(cluster[0][0].p[VX_P_HOLM_EXTENT] == 0.04);
    assert_true(cluster[0][1].p[VX_P_HOLM_EXTENT] == 0.1);
    assert_true(cluster[1][0].p[VX_P_HOLM_EXTENT] == 0.04);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(result[r].maps, 2);
        assert_null(vx_result_map(&result[r], VX_P_HOLM_VOXEL)); /* it needs p that are not there */
        const float *holm = vx_result_map(&result[r], VX_P_HOLM_EXTENT)->value;
        assert_true(holm[0] == 0.04f && holm[1] == (r ? 0.04f : 0.1f) && holm[2] == 1);
        free(map[r][1].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascending_values),      cmocka_unit_test(any_order_and_any_count),
        cmocka_unit_test(ties_limits_and_one),   cmocka_unit_test(a_twentieth_stays_one),
        cmocka_unit_test(effects_are_the_tests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
