/* p on either side of the level, in every format: exact fractions k / count decide which side that is. */
#include "report/numbers.h"
#include "results/level.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const vx_p_format formats[] = {VX_P_LOG10, VX_P_PLAIN, VX_P_ONE_MINUS};

/* p = k / count is below 1 / 20 where 20 k < count. Maps hold it in float, then in the format, in float again. */
static void maps_keep_the_side(void **state)
{
    static const int64_t count[] = {20, 40, 60, 100, 101, 140, 1000, 1024, 10000, 16384, 100000};
    (void)state;
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        for (int64_t k = count[i] / 20 > 3 ? count[i] / 20 - 3 : 1; k <= count[i] / 20 + 3; k++)
            for (int f = 0; f < 3; f++) {
                const bool below = 20 * k < count[i];
                const float p = (float)((double)k / (double)count[i]), stored = vx_p_stored(p, formats[f]);
                const float edge = vx_level_shown(formats[f]);
                assert_int_equal(vx_significant((double)k / (double)count[i]), below);
                assert_int_equal(vx_significant(p), below);
                assert_int_equal(formats[f] == VX_P_PLAIN ? stored <= edge : stored >= edge, below);
                assert_int_equal(vx_significant(vx_p_plain(stored, formats[f])), below);
                assert_true(fabs(vx_p_plain(stored, formats[f]) / p - 1) < 2e-6);
            }
    assert_false(vx_significant(NAN));
    assert_true(isnan(vx_p_plain(NAN, VX_P_LOG10)));
}

/* The largest number below a twentieth of count: (count - 1) / 20 in integers. */
static void counts_reach_the_level(void **state)
{
    (void)state;
    for (uint64_t count = 1; count <= 30000; count++)
        assert_true(vx_level_count(count) == (count - 1) / 20);
    assert_true(vx_level_count(0) == 0);
}

/* 19 and 39 relabellings beside the observed one: the largest of 20 has p = 0.05, which is not below; the largest of 40
 * has 0.025, and the second 0.05. */
static void critical_values_agree(void **state)
{
    double null[40];
    (void)state;
    for (int i = 0; i < 40; i++)
        null[i] = i;
    assert_true(isnan(vx_critical(null, 20)));
    assert_true(vx_critical(null, 40) == 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_keep_the_side),
        cmocka_unit_test(counts_reach_the_level),
        cmocka_unit_test(critical_values_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
