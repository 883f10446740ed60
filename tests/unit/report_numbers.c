/* The figures that the page works out: by hand, and SciPy's as literals. */
#include "base/robust.h"
#include "report/numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* In double, which cmocka's own comparison is not. */
#define assert_close(a, b, tolerance) assert_true(fabs((double)(a) - (b)) <= (tolerance))

/* 100 values 1 to 100: p of x is #{>= x} / 100, so 96 has p = 0.05, which is not below; only more than 96 will do. */
static void critical_of_a_hundred(void **state)
{
    double null[100];
    (void)state;
    for (int i = 0; i < 100; i++)
        null[i] = (i * 37 + 11) % 100 + 1; /* in no order */
    assert_close(vx_critical(null, 100), 96, 0);
    for (int i = 0; i < 100; i++)
        null[i] = null[i] > 90 ? 90 : null[i]; /* ten at the top: none of them is rare enough */
    assert_close(vx_critical(null, 100), 90, 0);
}

/* 0.05 x 101 = 5.05: five may be as large; 0.05 x 20 = 1: none may, so nothing can be significant. */
static void critical_of_few(void **state)
{
    double null[101];
    (void)state;
    for (int i = 0; i < 101; i++)
        null[i] = i;
    assert_close(vx_critical(null, 101), 95, 0);
    assert_close(vx_critical(null, 21), 19, 0); /* 0 to 20: only 20 itself has p = 1/21 */
    const double below[21] = {-1,  -20, -3,  -2.5, -19, -18, -17, -16, -15, -14, -13,
                              -12, -11, -10, -9,   -8,  -7,  -6,  -5,  -4,  -21};
    assert_close(vx_critical(below, 21), -2.5, 0); /* of falls tested alone */
    assert_true(isnan(vx_critical(null, 20)));
    assert_true(isnan(vx_critical(null, 1)));
}

/* scipy.stats.median_abs_deviation([1, 2, 4, 4, 9, 100], scale=1) is 2.5; the median is 4. */
static void robust_spread(void **state)
{
    const double value[] = {9, 1, 100, 4, 2, 4}, same[] = {3, 3, 3};
    double centre, spread;
    (void)state;
    vx_robust(value, 6, &centre, &spread);
    assert_close(centre, 4, 0);
    assert_close(spread, 1.4826 * 2.5, 1e-12);
    vx_robust(same, 3, &centre, &spread);
    assert_close(spread, 0, 0);
}

/* scipy.stats.linregress([1, 2, 3, 5, 9], [2.1, 2.9, 4.2, 5.8, 10.4]): slope 1.0375, intercept 0.93, rvalue
 * 0.9980114632234721, stderr 0.037831864876053216; scipy.stats.t.ppf(.975, 3): 3.182446305284263
 * (nifticdf's own is right to 1e-8). */
static void a_plain_line(void **state)
{
    const double x[] = {1, 2, 3, 5, 9}, y[] = {2.1, 2.9, 4.2, 5.8, 10.4};
    double design[10];
    vx_line line;
    (void)state;
    for (int i = 0; i < 5; i++) {
        design[2 * i] = 1;
        design[2 * i + 1] = x[i] - 4;
    }
    assert_int_equal(vx_line_fit(design, 5, 2, 1, 3, 4, y, &line, NULL), VX_OK);
    assert_close(line.slope, 1.0375, 1e-12);
    assert_close(line.r, 0.9980114632234721, 1e-12);
    assert_close(line.high - line.slope, 3.182446305284263 * 0.037831864876053216, 1e-8);
    assert_close(line.y_mean + line.slope * (0 - line.x_mean), 0.93, 1e-12);
    for (int i = 0; i < 5; i++) {
        assert_close(line.x[i], x[i], 1e-12); /* the data's units */
        assert_close(line.y[i], y[i], 1e-12);
    }
    /* Half width at the mean: t s / sqrt(n), with s = stderr sqrt(Sxx) and Sxx = 40. */
    assert_close(vx_line_band(&line, 4), 3.182446305284263 * 0.037831864876053216 * sqrt(40.0 / 5), 1e-8);
    assert_true(vx_line_band(&line, 9) > vx_line_band(&line, 4));
    /* NumPy: diag(X (X'X)^-1 X'); ((X b - X b_i)^2).sum() / (2 s^2), and the slope of b_i, b_i of the fit without i.
     * The bounds: 3 2 / 5, and the median of F(2, 3), scipy.stats.f.ppf(.5, 2, 3) = 0.8811. */
    const double leverage[] = {0.425, 0.3, 0.225, 0.225, 0.825};
    const double cook[] = {0.197096771530685, 0.0589519650655108, 0.0811586366094198, 0.329807923878447,
                           4.13051421441938};
    const double without[] = {1.05478260869565, 1.03, 1.04258064516129, 1.04774193548387, 0.942857142857142};
    double alone[5];
    assert_int_equal(vx_design_leverage(design, 5, 2, alone, NULL), VX_OK);
    for (int i = 0; i < 5; i++) {
        assert_close(line.leverage[i], leverage[i], 1e-12);
        assert_close(alone[i], leverage[i], 1e-12);
        assert_close(line.cook[i], cook[i], 1e-9);
        assert_close(line.without[i], without[i], 1e-12);
        assert_int_equal(vx_line_is_influential(&line, i), i == 4);
        assert_false(vx_line_is_far(&line, i));
    }
    assert_close(vx_leverage_bound(5, 2), 1.2, 1e-15);
    assert_close(vx_pearson(x, y, 5), 0.9980114632234721, 1e-12);
    vx_line_destroy(&line);
}

/* numpy.linalg.lstsq of y on 1, x and z: the slope of x is that of the residuals on each other. Here z is twice x
 * except in one row, and y = 3 x - z exactly: the slope given z is 3, without it it is not. */
static void a_line_given_nuisance(void **state)
{
    const double x[] = {-2, -1, 0, 1, 2}, z[] = {-4, -2, 1, 2, 3};
    double design[15], y[5];
    vx_line line;
    (void)state;
    for (int i = 0; i < 5; i++) {
        design[3 * i] = 1;
        design[3 * i + 1] = x[i];
        design[3 * i + 2] = z[i];
        y[i] = 3 * x[i] - z[i] + 7;
    }
    assert_int_equal(vx_line_fit(design, 5, 3, 1, 2, 0, y, &line, NULL), VX_OK);
    assert_close(line.slope, 3, 1e-10);
    assert_close(line.y_mean, 7, 1e-12);
    vx_line_destroy(&line);
}

/* No line is fitted where a column repeats another, or where more columns than participants repeat each other. */
static void a_repeated_column_is_refused(void **state)
{
    const double design[] = {1, 2, 4, 1, 3, 6, 1, 5, 10, 1, 6, 12}, y[] = {1, 2, 3, 4};
    vx_line line = {0};
    vx_error error;
    double square;
    (void)state;
    assert_int_equal(vx_line_fit(design, 4, 3, 1, 1, 0, y, &line, &error), VX_INPUT);
    assert_int_equal(vx_design_square(design, 2, 3, 1, &square, &error), VX_INPUT);
    assert_null(line.x);
}

/* c'(X'X)^-1 c by hand: of x = 1, 2, 3, 6 beside an intercept, 1 / 14. */
static void what_other_columns_leave(void **state)
{
    const double design[] = {1, 1, 1, 2, 1, 3, 1, 6};
    double square;
    (void)state;
    assert_int_equal(vx_design_square(design, 4, 2, 1, &square, NULL), VX_OK);
    assert_close(square, 14, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(critical_of_a_hundred), cmocka_unit_test(critical_of_few),
        cmocka_unit_test(robust_spread),         cmocka_unit_test(a_plain_line),
        cmocka_unit_test(a_line_given_nuisance), cmocka_unit_test(a_repeated_column_is_refused),
        cmocka_unit_test(what_other_columns_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
