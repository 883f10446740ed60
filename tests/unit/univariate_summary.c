/* The description of a series, its t test, effect sizes, percentages and intervals of correlations, against R. */
#include "univariate/correlation.h"
#include "univariate/effect_size.h"
#include "univariate/percent.h"
#include "univariate/summary.h"
#include "univariate/t_test.h"

#include "univariate_fixture.h"

/* mean(y), sd(y), median(y), range(y) */
static void description(void **state)
{
    static const double three[] = {4, 1, 2};
    vx_summary s;
    (void)state;
    assert_int_equal(vx_summary_of(changes, N, &s, NULL), VX_OK);
    near(s.mean, 1.8714285714285714, 1e-14);
    near(s.sd, 2.6441309671475373, 1e-14);
    near(s.median, 1.75, 1e-14);
    assert_true(s.n == N && s.min == -2.5 && s.max == 6.3);
    assert_int_equal(vx_summary_of(three, 3, &s, NULL), VX_OK);
    assert_true(s.median == 2);
    assert_int_equal(vx_summary_of(three, 1, &s, NULL), VX_OK);
    assert_true(s.median == 4 && isnan(s.sd));
}

/* t.test(y): statistic, p.value, conf.int. One-sided p are halves. */
static void t(void **state)
{
    vx_t_test test = vx_t_test_of(changes, N, VX_TWO_TAILS, 0.05);
    (void)state;
    near(test.t, 2.6482215234820505, 1e-12);
    near(test.p, 0.020079570336687762, 1e-8);
    near(test.interval.low, 0.34475280330504138, 1e-7);
    near(test.interval.high, 3.3981043395521011, 1e-7);
    assert_true(test.df == 13);
    near(test.se, 2.6441309671475373 / sqrt(14), 1e-12);
    near(vx_t_test_of(changes, N, VX_POSITIVE, 0.05).p, 0.020079570336687762 / 2, 1e-8);
    near(vx_t_test_of(changes, N, VX_NEGATIVE, 0.05).p, 1 - 0.020079570336687762 / 2, 1e-8);
}

/* 0.2 on paper, with rounding errors: no variance, and no t of 1e16. */
static void no_variance(void **state)
{
    const double same[] = {5.3 - 5.1, 4.2 - 4.0, 0.2}, zero[] = {0, 0};
    (void)state;
    vx_t_test test = vx_t_test_of(same, 3, VX_TWO_TAILS, 0.05);
    assert_true(test.se == 0 && isnan(test.t) && isnan(test.p) && isnan(test.interval.low));
    near(test.mean, 0.2, 1e-12);
    assert_true(isnan(vx_t_test_of(zero, 2, VX_TWO_TAILS, 0.05).p));
    test = vx_t_test_of(same, 1, VX_TWO_TAILS, 0.05);
    assert_true(test.mean == same[0] && isnan(test.sd) && isnan(test.t) && test.df == 0);
}

/* uniroot(function(d) pt(t, 13, d, lower.tail = FALSE) - p, c(-5, 12), tol = 1e-13)$root / sqrt(14), p = 0.025, 0.975.
 * gamma(6.5) / (sqrt(6.5) * gamma(6)) */
static void effect_sizes(void **state)
{
    vx_effect_size size = vx_effect_size_of(2.6482215234820505, 13, sqrt(14), 0.05);
    (void)state;
    near(size.dz, 0.70776697322502535, 1e-12);
    near(size.g, 0.94098246747114833 * 0.70776697322502535, 1e-12);
    near(size.dz_interval.low, 0.10810910859606669, 1e-8);
    near(size.dz_interval.high, 1.286094114627667, 1e-8);
    near(size.g_interval.low, 0.94098246747114833 * 0.10810910859606669, 1e-8);
    near(size.g_interval.high, 0.94098246747114833 * 1.286094114627667, 1e-8);
    size = vx_effect_size_of(-3, 13, sqrt(14), 0.05);
    near(size.dz_interval.low, -1.3965500307023733, 1e-8);
    near(size.dz_interval.high, -0.18420021853850624, 1e-8);
}

/* SciPy: brentq(lambda d: stats.nct.sf(t, df, d) - p, ...) / sqrt(df + 1), from one degree of freedom to large t. */
static void effect_sizes_at_the_edges(void **state)
{
    vx_effect_size size = vx_effect_size_of(2, 1, sqrt(2), 0.05);
    (void)state;
    near(size.dz_interval.low, -0.7959279535014855, 1e-7);
    near(size.dz_interval.high, 3.543968401500473, 1e-7);
    assert_true(size.g == 0); /* J(1) = 0 */
    size = vx_effect_size_of(15, 13, sqrt(14), 0.05);
    near(size.dz_interval.low, 2.391716327311702, 1e-8);
    near(size.dz_interval.high, 5.610363568178726, 1e-8);
    size = vx_effect_size_of(0, 13, sqrt(14), 0.05);
    near(size.dz_interval.high, 0.5238224086117987, 1e-8);
    size = vx_effect_size_of(VX_EFFECT_SIZE_T_MAX + 1, 13, sqrt(14), 0.05);
    assert_true(isfinite(size.g) && isnan(size.dz_interval.low));
    assert_true(isnan(vx_effect_size_of(NAN, 13, sqrt(14), 0.05).dz));
}

/* mean(100 * (f - b) / b), 100 * (mean(f) - mean(b)) / mean(b), and exp() of t.test(log(f / b)). */
static void percentages(void **state)
{
    static const double b[] = {10, 12.5, 8.2, 9.9, 11.3}, f[] = {11, 12.1, 9.9, 10.4, 13.1}, bad[] = {1, 2, 0, 4, 5};
    vx_percent p;
    (void)state;
    assert_int_equal(vx_percent_of(b, f, 5, VX_TWO_TAILS, 0.05, &p, NULL), VX_OK);
    near(p.mean_of_percentages, 9.7022831814802473, 1e-12);
    near(p.percentage_of_means, 8.8631984585741801, 1e-12);
    near(p.ratio, 1.0937953589753233, 1e-12);
    near(p.ratio_interval.low, 0.98277012915282713, 1e-7);
    near(p.ratio_interval.high, 1.2173632997446449, 1e-7);
    near(p.ratio_p, 0.080639226426524227, 1e-7);
    assert_int_equal(vx_percent_of(bad, f, 5, VX_TWO_TAILS, 0.05, &p, NULL), VX_OK);
    assert_true(isnan(p.mean_of_percentages) && isnan(p.percentage_of_means) && isnan(p.ratio));
    assert_int_equal(vx_percent_of(b, bad, 5, VX_TWO_TAILS, 0.05, &p, NULL), VX_OK);
    assert_true(isfinite(p.mean_of_percentages) && isnan(p.ratio) && isnan(p.ratio_interval.low));
}

/* cor.test(y, l)$conf.int; for Spearman tanh(atanh(rho) + c(-1, 1) * qnorm(0.975) * sqrt((1 + rho^2 / 2) / 11)). */
static void correlations(void **state)
{
    vx_interval r = vx_correlation_interval(0.80726492159339747, N - 2, VX_PEARSON, 0.05);
    vx_interval rho = vx_correlation_interval(0.77582417582417584, N - 2, VX_SPEARMAN, 0.05);
    (void)state;
    near(r.low, 0.4839850227862047, 1e-8);
    near(r.high, 0.93665711527692552, 1e-8);
    near(rho.low, 0.34588313818017491, 1e-8);
    near(rho.high, 0.93650376490843323, 1e-8);
    rho = vx_correlation_interval(0.5, 1, VX_SPEARMAN, 0.05);
    assert_true(rho.low == -1 && rho.high == 1);
    r = vx_correlation_interval(-1, 12, VX_PEARSON, 0.05);
    assert_true(r.low == -1 && r.high == -1);
    assert_true(isnan(vx_correlation_interval(NAN, 12, VX_PEARSON, 0.05).low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(description),  cmocka_unit_test(t),
        cmocka_unit_test(no_variance),  cmocka_unit_test(effect_sizes),
        cmocka_unit_test(percentages),  cmocka_unit_test(effect_sizes_at_the_edges),
        cmocka_unit_test(correlations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
