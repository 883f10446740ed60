/* Orthonormal columns against answers by hand, and the residual of a vector on them. */
#include "model/orthonormal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* A few roundings of numbers near 1. */
#define assert_close(a, b) assert_true(fabs((double)(a) - (b)) <= 1e-14)

/* Gram and Schmidt by hand: (3, 0, 4) has length 5; (5, 2, 0) along it is 3, which leaves (3.2, 2, -2.4) of length
 * sqrt(20); both turn to the other side where the columns do. */
static void two_columns_by_hand(void **state)
{
    (void)state;
    for (int turn = 1; turn >= -1; turn -= 2) {
        double q[6] = {turn * 3, 0, turn * 4, turn * 5, turn * 2, 0}, length;
        const double answer[6] = {0.6, 0, 0.8, 3.2 / sqrt(20), 2 / sqrt(20), -2.4 / sqrt(20)};
        int64_t dependent;
        assert_int_equal(vx_orthonormalise(q, 3, 2, &length, &dependent, NULL), VX_OK);
        assert_int_equal(dependent, -1);
        assert_close(length, sqrt(20));
        for (int i = 0; i < 6; i++)
            assert_close(q[i], turn * answer[i]);
    }
}

/* The third column is twice the first less the second; a column of zeros depends on any. */
static void the_dependent_column_is_named(void **state)
{
    double q[12] = {1, 1, 1, 1, 0, 1, 2, 3, 2, 1, 0, -1}, zero[4] = {0, 0, 0, 0}, length;
    int64_t dependent;
    (void)state;
    assert_int_equal(vx_orthonormalise(q, 4, 3, &length, &dependent, NULL), VX_OK);
    assert_int_equal(dependent, 2);
    assert_int_equal(vx_orthonormalise(zero, 4, 1, &length, &dependent, NULL), VX_OK);
    assert_int_equal(dependent, 0);
}

/* Of y = 1e8 (a + b) + r the first pass leaves about 1e8 roundings along a and b, the second roundings of r alone. */
static void nothing_is_left_along_columns(void **state)
{
    const double r[4] = {1, -1, -1, 1};
    double q[8] = {1, 2, 3, 7, 5, 1, 1, 2}, y[4], length;
    int64_t dependent;
    (void)state;
    for (int i = 0; i < 4; i++)
        y[i] = 1e8 * (q[i] + q[4 + i]) + r[i];
    assert_int_equal(vx_orthonormalise(q, 4, 2, &length, &dependent, NULL), VX_OK);
    vx_project_out(q, 2, 4, y);
    assert_true(vx_dot(y, y, 4) > 0.1);
    assert_close(vx_dot(q, y, 4), 0);
    assert_close(vx_dot(q + 4, y, 4), 0);
}

static void what_is_no_number_is_refused(void **state)
{
    double q[3] = {1, NAN, 2}, length;
    int64_t dependent;
    (void)state;
    assert_int_equal(vx_orthonormalise(q, 3, 1, &length, &dependent, NULL), VX_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_columns_by_hand),
        cmocka_unit_test(the_dependent_column_is_named),
        cmocka_unit_test(nothing_is_left_along_columns),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
