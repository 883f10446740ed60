/* Numbers written for people, and arrays in order. */
#include "base/number.h"
#include "base/sort.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void counts_are_grouped_by_thousands(void **state)
{
    char text[32];
    (void)state;
    assert_string_equal(vx_count_text(0, text), "0");
    assert_string_equal(vx_count_text(999, text), "999");
    assert_string_equal(vx_count_text(1000, text), "1,000");
    assert_string_equal(vx_count_text(87178291200, text), "87,178,291,200");
    assert_string_equal(vx_count_text(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

/* The numbers differ by less than a float's precision, are outside the range of int, or have either sign. */
static void numbers_ascend(void **state)
{
    double value[] = {3e9, -0.5, 1 + 0x1p-40, 1, -INFINITY, -3e9, 1, 0x1p-1074};
    const double order[] = {-INFINITY, -3e9, -0.5, 0x1p-1074, 1, 1, 1 + 0x1p-40, 3e9};
    float single[] = {3e9f, -0.5f, 1.0f, -3e9f}, single_order[] = {-3e9f, -0.5f, 1.0f, 3e9f};
    (void)state;
    vx_sort_doubles(value, 8);
    vx_sort_floats(single, 4);
    for (int i = 0; i < 8; i++)
        assert_true(value[i] == order[i]);
    for (int i = 0; i < 4; i++)
        assert_true(single[i] == single_order[i]);
    assert_int_equal(vx_compare(1, 1), 0);
}

/* Bytes decide, above 127 too: "é" in UTF-8 comes after "z". */
static void texts_ascend_and_each_once(void **state)
{
    const char *text[] = {"b", "z", "\xC3\xA9", "a", "b", "", "B", "b", "a"};
    const char *const order[] = {"", "B", "a", "b", "z", "\xC3\xA9"};
    (void)state;
    assert_int_equal(vx_sort_distinct(text, 9), 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(text[i], order[i]);
    assert_int_equal(vx_sort_distinct(text, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped_by_thousands),
        cmocka_unit_test(numbers_ascend),
        cmocka_unit_test(texts_ascend_and_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
