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

/* Three digits, also where rounding adds one before them; an exponent only where zeros would be hard to count. */
static void p_has_three_digits(void **state)
{
    char text[32];
    (void)state;
    assert_string_equal(vx_p_text(1, text), "1.00");
    assert_string_equal(vx_p_text(0.33410, text), "0.334");
    assert_string_equal(vx_p_text(0.09996, text), "0.100");
    assert_string_equal(vx_p_text(0.04567, text), "0.0457");
    assert_string_equal(vx_p_text(0.003996, text), "0.00400");
    assert_string_equal(vx_p_text(0.000122, text), "0.000122");
    assert_string_equal(vx_p_text(1 / 16384.0, text), "0.0000610");
    assert_string_equal(vx_p_text(1.2345e-7, text), "1.23e\xE2\x88\x92" "07");
    assert_string_equal(vx_p_text(NAN, text), "\xE2\x80\x93");
    assert_string_equal(vx_p_ascii(1.2345e-7, text), "1.23e-07");
    assert_string_equal(vx_p_ascii(0.04567, text), "0.0457");
    assert_string_equal(vx_p_ascii(INFINITY, text), "n/a");
}

static void minus_is_typeset(void **state)
{
    char text[32] = "-0.5 to -1e-05", full[32] = "-------------------------------";
    (void)state;
    assert_string_equal(vx_minus_text(text), "\xE2\x88\x92" "0.5 to \xE2\x88\x92" "1e\xE2\x88\x92" "05");
    assert_true(strlen(vx_minus_text(full)) == 31);
}

/* Thousands are apart in every form, digits before the point are never rounded away, and what rounds to zero has no
 * sign. */
static void figures_for_people(void **state)
{
    char text[32];
    (void)state;
    assert_string_equal(vx_number_text(-0.123456, text), "\xE2\x88\x92" "0.1235");
    assert_string_equal(vx_number_text(NAN, text), "\xE2\x80\x93");
    assert_string_equal(vx_number_text(999.96, text), "1,000");
    assert_string_equal(vx_number_text(-9999.6, text), "\xE2\x88\x92" "10,000");
    assert_string_equal(vx_number_text(1234567.25, text), "1,234,567");
    assert_string_equal(vx_number_text(1e300, text), "1e+300");
    assert_string_equal(vx_number_text(-0.0, text), "0");
    assert_string_equal(vx_fixed_text(-0.004, 2, text), "0.00");
    assert_string_equal(vx_fixed_text(-12345.67, 1, text), "\xE2\x88\x92" "12,345.7");
    assert_string_equal(vx_fixed_text(NAN, 1, text), "\xE2\x80\x93");
    assert_string_equal(vx_digits_text(4.938, 3, true, text), "+4.94");
    assert_string_equal(vx_digits_text(-1234.5, 2, true, text), "\xE2\x88\x92" "1,234");
    assert_string_equal(vx_digits_text(1.5e-5, 3, false, text), "1.5e\xE2\x88\x92" "05");
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
        cmocka_unit_test(p_has_three_digits),
        cmocka_unit_test(minus_is_typeset),
        cmocka_unit_test(figures_for_people),
        cmocka_unit_test(numbers_ascend),
        cmocka_unit_test(texts_ascend_and_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
