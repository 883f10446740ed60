/* The count of sign flips against an enumeration of all 2^n. */
#include "univariate/flip_count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t enumerate(const double *y, int64_t n, double bound)
{
    uint64_t count = 0;
    for (uint64_t flips = 0; flips < UINT64_C(1) << n; flips++) {
        double sum = 0.0;
        for (int64_t i = 0; i < n; i++)
            sum += flips >> i & 1 ? -y[i] : y[i];
        count += sum >= bound;
    }
    return count;
}

/* By hand: the sums of +-1 +-2 +-3 are -6, -4, -2, 0, 0, 2, 4, 6. */
static void three_values(void **state)
{
    static const double y[] = {1, -2, 3};
    double scratch[4 << 2];
    (void)state;
    assert_int_equal(vx_flip_count_scratch(3), sizeof scratch / sizeof *scratch);
    assert_int_equal(vx_flip_count(y, 3, 6, scratch), 1);
    assert_int_equal(vx_flip_count(y, 3, 6.5, scratch), 0);
    assert_int_equal(vx_flip_count(y, 3, 2, scratch), 3);
    assert_int_equal(vx_flip_count(y, 3, 0, scratch), 5);
    assert_int_equal(vx_flip_count(y, 3, -6, scratch), 8);
}

/* Integers, whose sums are exact and often tie; every n up to 11, so that the halves have equal and unequal lengths. */
static void as_the_enumeration(void **state)
{
    double y[11], scratch[4 << 6];
    (void)state;
    srand(1);
    for (int64_t n = 1; n <= 11; n++)
        for (int run = 0; run < 20; run++) {
            double sum = 0.0;
            for (int64_t i = 0; i < n; i++)
                sum += y[i] = rand() % 21 - 10;
            for (double bound = sum - 3; bound <= sum + 3; bound += 1)
                assert_int_equal(vx_flip_count(y, n, bound, scratch), enumerate(y, n, bound));
        }
}

/* The largest n: of 24 equal values, at least 20 must stay: C(24,20) + ... + C(24,24) = 12951 flips. */
static void the_largest(void **state)
{
    double y[VX_FLIP_COUNT_MAX], *scratch = malloc((size_t)vx_flip_count_scratch(VX_FLIP_COUNT_MAX) * sizeof *scratch);
    (void)state;
    assert_non_null(scratch);
    for (int i = 0; i < VX_FLIP_COUNT_MAX; i++)
        y[i] = 1;
    assert_int_equal(vx_flip_count(y, VX_FLIP_COUNT_MAX, 16, scratch), 12951);
    free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_values),
        cmocka_unit_test(as_the_enumeration),
        cmocka_unit_test(the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
