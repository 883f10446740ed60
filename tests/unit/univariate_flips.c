/* Exact sign flips and the interval that inverts them, against hand enumeration, R, and the definition spelled out. */
#include "univariate/flips.h"

#include "base/sort.h"
#include "univariate_fixture.h"

static vx_flips series(const double *y, int64_t n, const vx_sign_list *list)
{
    vx_flips flips;
    vx_error error;
    assert_int_equal(vx_flips_init(&flips, y, n, list, &error), VX_OK);
    return flips;
}

static double p_at(const double *y, int64_t n, double m, vx_tails tails)
{
    vx_flips flips = series(y, n, NULL);
    double p = vx_flips_p(&flips, m, tails);
    vx_flips_destroy(&flips);
    return p;
}

static vx_interval interval_of(const double *y, int64_t n, double alpha, vx_tails tails)
{
    vx_flips flips = series(y, n, NULL);
    vx_interval interval = vx_flips_interval(&flips, alpha, tails);
    vx_flips_destroy(&flips);
    return interval;
}

/* y = (1, 2, 3, -1) sums to 5. The sums of its 16 flips: 7, 5, 5, 3, 3, 1, 1, 1 and their opposites. */
static void four_by_hand(void **state)
{
    static const double y[] = {1, 2, 3, -1};
    (void)state;
    near(p_at(y, 4, 0, VX_POSITIVE), 3 / 16.0, 0);
    near(p_at(y, 4, 0, VX_NEGATIVE), 15 / 16.0, 0);
    near(p_at(y, 4, 0, VX_TWO_TAILS), 6 / 16.0, 0);
    /* About m = 2: (-1, 0, 1, -3) sums to -3. Flips: 5, 5, 3, 3, 3, 3, 1, 1 and their opposites. */
    near(p_at(y, 4, 2, VX_NEGATIVE), 6 / 16.0, 0);
    near(p_at(y, 4, 2, VX_TWO_TAILS), 12 / 16.0, 0);
    near(p_at(y, 4, 1.25, VX_TWO_TAILS), 1, 0); /* the mean */
}

/* The subset means of (1, 2, 4, 8, 16) begin with 1, 1.5, 2, 7/3 and end with 28/3, 10, 12, 16. Of 32 flips the share
 * 0.1 is reached by four: the empty subset and three means. 0.125 in both tails is reached by one mean in each. */
static void five_by_hand(void **state)
{
    static const double y[] = {1, 2, 4, 8, 16};
    vx_interval both = interval_of(y, 5, 0.125, VX_TWO_TAILS), above = interval_of(y, 5, 0.1, VX_POSITIVE);
    vx_interval below = interval_of(y, 5, 0.1, VX_NEGATIVE), third = interval_of(y, 5, 0.15, VX_POSITIVE);
    vx_interval few = interval_of(y, 5, 0.05, VX_TWO_TAILS);
    (void)state;
    assert_true(both.low == 1 && both.high == 16);
    assert_true(above.low == 2 && above.high == INFINITY);
    assert_true(below.low == -INFINITY && below.high == 10);
    near(third.low, 7 / 3.0, 1e-10);
    assert_true(few.low == -INFINITY && few.high == INFINITY); /* the smallest p is 2/32 */
}

/* exactRankTests: perm.test(round(10 * y), exact = TRUE)$p.value, and alternative = "greater". Decimals tie like the
 * integers. */
static void as_r(void **state)
{
    (void)state;
    near(p_at(changes, N, 0, VX_TWO_TAILS), 0.0218505859375, 0);
    near(p_at(changes, N, 0, VX_POSITIVE), 0.01092529296875, 0);
}

/* All differences are 0.2 on paper: each flip of one sign ties with the others. 0.1 + 0.2 - 0.3 is 0 on paper. */
static void decimals_tie(void **state)
{
    double same[] = {5.3 - 5.1, 4.2 - 4.0, 0.2, 7.1 - 6.9, 5.1 - 5.3}, zero[] = {0.1, 0.2, -0.3};
    vx_interval interval = interval_of(same, 4, 0.2, VX_TWO_TAILS);
    (void)state;
    assert_true(same[0] != 0.2);
    near(p_at(same, 5, 0, VX_POSITIVE), 6 / 32.0, 0);
    near(p_at(zero, 3, 0, VX_TWO_TAILS), 1, 0);
    near(p_at(same, 4, 0.2, VX_TWO_TAILS), 1, 0); /* a constant series, at the constant */
    near(p_at(same, 4, 0, VX_TWO_TAILS), 2 / 16.0, 0);
    near(interval.low, 0.2, 1e-9);
    near(interval.high, 0.2, 1e-9);
}

static void constants(void **state)
{
    static const double zero[8] = {0}, one[] = {3};
    vx_interval at = interval_of(zero, 8, 0.05, VX_TWO_TAILS), alone = interval_of(one, 1, 0.05, VX_TWO_TAILS);
    (void)state;
    near(p_at(zero, 8, 0, VX_TWO_TAILS), 1, 0);
    assert_true(at.low == 0 && at.high == 0);
    near(p_at(one, 1, 0, VX_POSITIVE), 0.5, 0);
    assert_true(alone.low == -INFINITY && alone.high == INFINITY);
}

/* p by its definition, over every flip. y are integers and m is a multiple of 1/8, so that sums are exact. */
static double p_by_definition(const double *y, int64_t n, double m, vx_tails tails)
{
    double observed = 0.0, count = 0.0;
    for (uint64_t s = 0; s < UINT64_C(1) << n; s++) {
        double sum = 0.0;
        for (int64_t i = 0; i < n; i++)
            sum += s >> i & 1 ? m - y[i] : y[i] - m;
        observed = s ? observed : sum;
        count += tails == VX_TWO_TAILS ? fabs(sum) >= fabs(observed)
                 : tails == VX_POSITIVE ? sum >= observed
                                        : sum <= observed;
    }
    return ldexp(count, -(int)n);
}

/* The k-th smallest of the means of the 2^n - 1 subsets. */
static double subset_mean(const double *y, int64_t n, int64_t k)
{
    size_t count = ((size_t)1 << n) - 1;
    double *mean = malloc(count * sizeof *mean);
    assert_non_null(mean);
    for (size_t f = 1; f <= count; f++) {
        double sum = 0.0;
        int members = 0;
        for (int64_t i = 0; i < n; i++)
            if (f >> i & 1) {
                sum += y[i];
                members++;
            }
        mean[f - 1] = sum / members;
    }
    vx_sort_doubles(mean, count);
    double found = mean[k - 1];
    free(mean);
    return found;
}

/* The interval contains m exactly when p(m) >= alpha, over a grid that has the limits, and its limits are Hartigan's.
 * */
static void interval_inverts_p(void **state)
{
    static const double alphas[] = {0.05, 0.1, 0.25, 0.5};
    (void)state;
    srand(2);
    for (int run = 0; run < 60; run++) {
        double y[9];
        int64_t n = 6 + run % 4;
        for (int64_t i = 0; i < n; i++)
            y[i] = rand() % 41 - 15;
        double alpha = alphas[run % 4];
        vx_tails tails = (vx_tails)(run % 3);
        vx_flips flips = series(y, n, NULL);
        vx_interval interval = vx_flips_interval(&flips, alpha, tails);
        for (double m = -20; m <= 30; m += 0.125) {
            double p = p_by_definition(y, n, m, tails);
            assert_true(vx_flips_p(&flips, m, tails) == p);
            assert_true((m >= interval.low && m <= interval.high) == (p >= alpha));
        }
        double share = tails == VX_TWO_TAILS ? alpha / 2 : alpha;
        int64_t k = (int64_t)ceil(ldexp(share, (int)n)) - 1, all = (INT64_C(1) << n) - 1;
        if (tails != VX_NEGATIVE) {
            near(interval.low, subset_mean(y, n, k), 1e-9);
            assert_true(vx_flips_p(&flips, interval.low, tails) >= alpha);
            assert_true(vx_flips_p(&flips, interval.low - 1e-8, tails) < alpha);
        }
        if (tails != VX_POSITIVE) {
            near(interval.high, subset_mean(y, n, all + 1 - k), 1e-9);
            assert_true(vx_flips_p(&flips, interval.high, tails) >= alpha);
            assert_true(vx_flips_p(&flips, interval.high + 1e-8, tails) < alpha);
        }
        vx_flips_destroy(&flips);
    }
}

/* The first flip is the observed data; the others are random where `all` is false, else every one. */
static vx_sign_list list_of(int64_t n, uint64_t count, bool all)
{
    int8_t *sign = malloc(count * (size_t)n);
    assert_non_null(sign);
    for (uint64_t s = 0; s < count; s++)
        for (int64_t i = 0; i < n; i++)
            sign[s * (uint64_t)n + (uint64_t)i] = (all ? s >> i & 1 : s && rand() % 2) ? -1 : 1;
    return (vx_sign_list){count, sign};
}

/* A list of all flips is the same as no list. */
static void a_list_of_all(void **state)
{
    (void)state;
    vx_sign_list list = list_of(N, 1 << N, true);
    vx_flips listed = series(changes, N, &list), counted = series(changes, N, NULL);
    for (vx_tails tails = VX_TWO_TAILS; tails <= VX_NEGATIVE; tails++) {
        vx_interval a = vx_flips_interval(&listed, 0.05, tails), b = vx_flips_interval(&counted, 0.05, tails);
        assert_true(a.low == b.low && a.high == b.high);
        for (double m = -2; m < 6; m += 0.1)
            assert_true(vx_flips_p(&listed, m, tails) == vx_flips_p(&counted, m, tails));
        for (int64_t i = 0; i < N; i++) /* each flip of the others is listed twice */
            assert_true(vx_flips_p_without(&listed, i, tails) == vx_flips_p_without(&counted, i, tails));
    }
    vx_flips_destroy(&listed);
    vx_flips_destroy(&counted);
    free((void *)list.sign);
}

/* More participants than can be counted: p is a share of the list, and the interval inverts it. */
static void a_random_list(void **state)
{
    enum { MANY = 30, FLIPS = 400 };
    double y[MANY];
    (void)state;
    srand(3);
    for (int i = 0; i < MANY; i++)
        y[i] = rand() % 41 - 15;
    assert_int_equal(vx_flips_init(&(vx_flips){0}, y, MANY, NULL, &(vx_error){0}), VX_INTERNAL);
    vx_sign_list list = list_of(MANY, FLIPS, false);
    vx_flips flips = series(y, MANY, &list);
    for (vx_tails tails = VX_TWO_TAILS; tails <= VX_NEGATIVE; tails++) {
        vx_interval interval = vx_flips_interval(&flips, 0.05, tails);
        int inside = 0;
        for (double m = -15; m <= 25; m += 0.125) {
            double reach = 0.0, observed = 0.0;
            for (int s = 0; s < FLIPS; s++) {
                double sum = 0.0;
                for (int i = 0; i < MANY; i++)
                    sum += list.sign[s * MANY + i] * (y[i] - m);
                observed = s ? observed : sum;
                reach += tails == VX_TWO_TAILS ? fabs(sum) >= fabs(observed)
                         : tails == VX_POSITIVE ? sum >= observed
                                                : sum <= observed;
            }
            assert_true(vx_flips_p(&flips, m, tails) == reach / FLIPS);
            assert_true((m >= interval.low && m <= interval.high) == (reach / FLIPS >= 0.05));
            inside += m >= interval.low && m <= interval.high;
        }
        assert_in_range(inside, 10, 310);
        assert_true(isfinite(interval.low) == (tails != VX_NEGATIVE));
        assert_true(isfinite(interval.high) == (tails != VX_POSITIVE));
    }
    vx_flips_destroy(&flips);
    free((void *)list.sign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_by_hand),       cmocka_unit_test(five_by_hand),  cmocka_unit_test(as_r),
        cmocka_unit_test(decimals_tie),       cmocka_unit_test(constants),     cmocka_unit_test(interval_inverts_p),
        cmocka_unit_test(a_list_of_all),      cmocka_unit_test(a_random_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
