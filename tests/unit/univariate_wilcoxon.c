/* Wilcoxon's signed-rank test and the Hodges-Lehmann interval, against R, hand enumeration and the definition. */
#include "univariate/wilcoxon.h"

#include "univariate_fixture.h"

static vx_wilcoxon test_of(const double *y, int64_t n, vx_zeros zeros, double alpha, vx_tails tails)
{
    vx_wilcoxon test;
    assert_int_equal(vx_wilcoxon_of(y, n, zeros, alpha, tails, &test, NULL), VX_OK);
    return test;
}

static void p_is(const double *y, int64_t n, vx_zeros zeros, double two, double above, double below)
{
    near(test_of(y, n, zeros, 0.05, VX_TWO_TAILS).p, two, 1e-12);
    near(test_of(y, n, zeros, 0.05, VX_POSITIVE).p, above, 1e-12);
    near(test_of(y, n, zeros, 0.05, VX_NEGATIVE).p, below, 1e-12);
}

/* exactRankTests: wilcox.exact(y, alternative = ...)$p.value; SciPy: stats.wilcoxon(y, mode = "exact") has the same.
 * wilcox.test(y, conf.int = TRUE, exact = TRUE)$conf.int and $estimate. */
static void as_r(void **state)
{
    vx_wilcoxon test = test_of(changes, N, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS);
    vx_wilcoxon above = test_of(changes, N, VX_ZEROS_DROPPED, 0.05, VX_POSITIVE);
    (void)state;
    p_is(changes, N, VX_ZEROS_DROPPED, 0.0245361328125, 0.01226806640625, 0.9898681640625);
    assert_true(test.w == 88 && test.ranked == N && test.exact);
    near(test.estimate, 1.9, 1e-12);
    near(test.interval.low, 0.3, 1e-12);
    near(test.interval.high, 3.45, 1e-12);
    near(above.interval.low, 0.45, 1e-12);
    assert_true(above.interval.high == INFINITY);
}

/* exactRankTests: wilcox.exact(t[t != 0]); coin: pvalue(wilcoxsign_test(t ~ z, zero.method = "Pratt", distribution =
 * "exact", alternative = ...)) with z = rep(0, 12). */
static void ties_and_zeros(void **state)
{
    static const double t[12] = {2, -1, 3, 3, 0, 5, -2, 2, 0, 4, 1, -3};
    (void)state;
    vx_wilcoxon dropped = test_of(t, 12, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS);
    near(dropped.p, 0.146484375, 1e-12);
    assert_true(dropped.w == 42.5 && dropped.ranked == 10);
    near(test_of(t, 12, VX_ZEROS_DROPPED, 0.05, VX_POSITIVE).p, 0.0732421875, 1e-12);
    p_is(t, 12, VX_ZEROS_PRATT, 0.158203125, 0.0791015625, 0.9384765625);
}

/* Ranks of (1, -2, 2, 4): 1, 2.5, 2.5, 4, so W = 7.5. The sums of the 16 subsets are 0, 1, 2.5 (twice), 3.5 (twice), 4,
 * 5 (twice), 6, 6.5 (twice), 7.5 (twice), 9, 10: 4 reach 7.5, and 14 are at most that. */
static void four_by_hand(void **state)
{
    static const double y[] = {1, -2, 2, 4};
    (void)state;
    p_is(y, 4, VX_ZEROS_DROPPED, 8 / 16.0, 4 / 16.0, 14 / 16.0);
    /* Walsh averages: -2, -0.5, 0, 1, 1, 1.5, 2, 2.5, 3, 4 */
    near(test_of(y, 4, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).estimate, 1.25, 0);
    assert_true(test_of(y, 4, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).interval.low == -INFINITY);
    /* P(W <= 1) = 2/16 reaches 0.1 in one tail, and P(W <= 2) = 3/16 reaches 0.15. */
    near(test_of(y, 4, VX_ZEROS_DROPPED, 0.1, VX_POSITIVE).interval.low, -2, 0);
    near(test_of(y, 4, VX_ZEROS_DROPPED, 0.15, VX_POSITIVE).interval.low, -0.5, 0);
    near(test_of(y, 4, VX_ZEROS_DROPPED, 0.15, VX_NEGATIVE).interval.high, 3, 0);
}

/* wilcox.test(x, conf.int = TRUE, conf.level = 0.9): n = 5 is bounded at 90 %, not at 95 %. */
static void five(void **state)
{
    static const double x[] = {1.1, 2.3, 0.4, 5.2, -0.7};
    vx_wilcoxon test = test_of(x, 5, VX_ZEROS_DROPPED, 0.1, VX_TWO_TAILS);
    (void)state;
    near(test.p, 0.1875, 1e-12);
    near(test.estimate, 1.35, 1e-12);
    assert_true(test.interval.low == -0.7 && test.interval.high == 5.2);
    test = test_of(x, 5, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS);
    assert_true(test.interval.low == -INFINITY && test.interval.high == INFINITY);
}

/* 0.2 four times and -0.2 on paper: ranks 3, W = 12. Differences that are 0 on paper are zeros. */
static void decimals_tie(void **state)
{
    const double y[] = {5.3 - 5.1, 4.2 - 4.0, 0.2, 7.1 - 6.9, 5.1 - 5.3}, zero[] = {0.1 + 0.2 - 0.3, 1, 2};
    static const double none[3] = {0};
    (void)state;
    assert_true(test_of(y, 5, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).w == 12);
    near(test_of(y, 5, VX_ZEROS_DROPPED, 0.05, VX_POSITIVE).p, 6 / 32.0, 0);
    assert_true(zero[0] != 0.0);
    assert_int_equal(test_of(zero, 3, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).ranked, 2);
    assert_true(test_of(zero, 3, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).w == 3);
    assert_true(test_of(zero, 3, VX_ZEROS_PRATT, 0.05, VX_TWO_TAILS).w == 5);
    assert_true(test_of(none, 3, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).p == 1); /* all zero */
    assert_true(test_of(none, 3, VX_ZEROS_PRATT, 0.05, VX_TWO_TAILS).p == 1);
}

/* Without ties, at an m that is no Walsh average, the interval contains m exactly when the test of y - m has
 * p >= alpha. */
static void interval_inverts_p(void **state)
{
    static const double alphas[] = {0.05, 0.1, 0.2, 0.5};
    (void)state;
    srand(4);
    for (int run = 0; run < 60; run++) {
        double y[10], shifted[10];
        int64_t n = 6 + run % 5;
        int inside = 0;
        for (int64_t i = 0; i < n; i++)
            y[i] = rand() / (double)RAND_MAX * 10 - 4;
        vx_tails tails = (vx_tails)(run % 3);
        vx_wilcoxon test = test_of(y, n, VX_ZEROS_DROPPED, alphas[run % 4], tails);
        for (double m = -5; m <= 7; m += 0.05) {
            for (int64_t i = 0; i < n; i++)
                shifted[i] = y[i] - m;
            double p = test_of(shifted, n, VX_ZEROS_DROPPED, 0.05, tails).p;
            assert_true((m >= test.interval.low && m <= test.interval.high) == (p >= alphas[run % 4]));
            inside += m >= test.interval.low && m <= test.interval.high;
        }
        assert_in_range(inside, 1, 239);
    }
}

/* wilcox.test(x, exact = TRUE, conf.int = TRUE), x <- c(2 * (1:78) + 1, -2 * (1:70)): 148 values are still exact. */
static void many(void **state)
{
    double x[250];
    (void)state;
    for (int i = 0; i < 148; i++)
        x[i] = i < 78 ? 2 * i + 3 : -2 * (i - 77);
    vx_wilcoxon test = test_of(x, 148, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS);
    assert_true(test.exact && test.w == 6126);
    near(test.p, 0.24177863119721815, 1e-11);
    assert_true(test.interval.low == -6.5 && test.interval.high == 23.5 && test.estimate == 8.5);
}

/* wilcox.test(x, exact = FALSE, correct = TRUE), x <- c(2 * (1:130) + 1, -2 * (1:120)), and with ties x <- c(1:130,
 * -(1:120)). The interval is that of exact = TRUE: the approximation chooses the same k, or a Walsh average beside it.
 * */
static void approximated(void **state)
{
    double x[250], tied[250];
    (void)state;
    for (int i = 0; i < 250; i++) {
        x[i] = i < 130 ? 2 * i + 3 : -2 * (i - 129);
        tied[i] = i < 130 ? i + 1 : -(i - 129);
    }
    vx_wilcoxon test = test_of(x, 250, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS);
    assert_true(!test.exact && test.w == 16975);
    near(test.p, 0.26080209031595969, 1e-9);
    near(test_of(x, 250, VX_ZEROS_DROPPED, 0.05, VX_POSITIVE).p, 0.13040104515797984, 1e-9);
    near(test_of(tied, 250, VX_ZEROS_DROPPED, 0.05, VX_TWO_TAILS).p, 0.28368438052629452, 1e-9);
    assert_true(test.estimate == 10.5);
    near(test.interval.low, -8.5, 0.06);
    near(test.interval.high, 29.5, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_r),         cmocka_unit_test(ties_and_zeros),     cmocka_unit_test(four_by_hand),
        cmocka_unit_test(five),         cmocka_unit_test(decimals_tie),       cmocka_unit_test(interval_inverts_p),
        cmocka_unit_test(many),         cmocka_unit_test(approximated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
