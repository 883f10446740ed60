/* An observed change against an expected one, and equivalence, worked by hand with R for the distributions. */
#include "univariate/expected.h"

#include "univariate_fixture.h"

/* -1.2 (SE 0.6, df 13) in 26 weeks, against -2.55 (SE 0.4) in 52: expected -1.275 (SE 0.2), difference 0.075.
 * se <- sqrt(0.6^2 + 0.2^2); df <- 13 * (se^2 / 0.6^2)^2; 0.075 + c(-1, 1) * qt(0.975, df) * se;
 * pt(0.075 / se, df, lower.tail = FALSE) */
static void against_a_decline(void **state)
{
    vx_expected e = vx_expected_of((vx_rate){-1.2, 0.6, 26}, 13, (vx_rate){-2.55, 0.4, 52}, 0.05);
    (void)state;
    near(e.expected, -1.275, 1e-12);
    near(e.expected_se, 0.2, 1e-12);
    near(e.difference, 0.075, 1e-12);
    near(e.se, 0.63245553203367588, 1e-12);
    near(e.df, 16.049382716049386, 1e-12);
    near(e.interval.low, -1.2654106319198266, 1e-7);
    near(e.interval.high, 1.4154106319198265, 1e-7);
    near(e.p, 0.45353769202065297, 1e-7);
}

/* The mirror image: less of a rise than expected has the same p, and the opposite change another. */
static void against_a_rise(void **state)
{
    vx_expected e = vx_expected_of((vx_rate){1.2, 0.6, 26}, 13, (vx_rate){2.55, 0.4, 52}, 0.05);
    (void)state;
    near(e.difference, -0.075, 1e-12);
    near(e.p, 0.45353769202065297, 1e-7);
    near(vx_expected_of((vx_rate){1.35, 0.6, 26}, 13, (vx_rate){2.55, 0.4, 52}, 0.05).p, 1 - 0.45353769202065297, 1e-7);
}

/* Without an external error the test is Student's against a constant: t = 2, pt(-2, 13). */
static void limits(void **state)
{
    vx_expected e = vx_expected_of((vx_rate){0.2, 0.6, 26}, 13, (vx_rate){-1, 0, 26}, 0.05);
    (void)state;
    near(e.p, 0.033420178824127129, 1e-7);
    assert_true(e.df == 13);
    e = vx_expected_of((vx_rate){0.2, 0.6, 26}, 13, (vx_rate){0, 0.1, 26}, 0.05); /* no direction */
    assert_true(isnan(e.p) && isfinite(e.interval.low));
    assert_true(isnan(vx_expected_of((vx_rate){0.2, 0, 26}, 13, (vx_rate){-1, 0.1, 26}, 0.05).difference));
    assert_true(isnan(vx_expected_of((vx_rate){0.2, 0.6, 26}, 13, (vx_rate){-1, 0.1, 0}, 0.05).p));
    assert_true(isnan(vx_expected_of((vx_rate){0.2, 0.6, 26}, 13, (vx_rate){-1, NAN, 26}, 0.05).p));
}

/* max(pt((0.3 + 1) / 0.4, 13, lower.tail = FALSE), pt((0.3 - 1) / 0.4, 13)) */
static void equivalence(void **state)
{
    (void)state;
    near(vx_equivalence_p(0.3, 0.4, 13, (vx_interval){-1, 1}), 0.051833942597315802, 1e-7);
    near(vx_equivalence_p(-0.3, 0.4, 13, (vx_interval){-1, 1}), 0.051833942597315802, 1e-7);
    assert_true(vx_equivalence_p(2, 0.4, 13, (vx_interval){-1, 1}) > 0.5);
    assert_true(isnan(vx_equivalence_p(0.3, 0, 13, (vx_interval){-1, 1})));
    assert_true(isnan(vx_equivalence_p(0.3, 0.4, 13, (vx_interval){1, 1})));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_decline),
        cmocka_unit_test(against_a_rise),
        cmocka_unit_test(limits),
        cmocka_unit_test(equivalence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
