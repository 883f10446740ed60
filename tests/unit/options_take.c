/* Options structs of callers that were compiled against another version of the headers. */
#include "base/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct options { /* of this version */
    size_t size;
    double level;
    int connectivity;
} options;

typedef struct older { size_t size; double level; } older;
typedef struct newer { size_t size; double level; int connectivity; double weight; } newer;

static void test_same(void **state)
{
    const options given = {.size = sizeof given, .level = 0.5, .connectivity = 26};
    options taken;
    (void)state;
    assert_int_equal(vx_options_take(&given, "options", sizeof taken, &taken, NULL), VX_OK);
    assert_true(taken.size == sizeof taken && taken.level == 0.5 && taken.connectivity == 26);
}

/* Members that the caller's struct lacks are zero, whatever follows the struct in memory. */
static void test_older(void **state)
{
    const struct { older given; int64_t behind[4]; } memory = {{sizeof memory.given, 0.5}, {-1, -1, -1, -1}};
    options taken;
    (void)state;
    assert_int_equal(vx_options_take(&memory.given, "options", sizeof taken, &taken, NULL), VX_OK);
    assert_true(taken.size == sizeof taken && taken.level == 0.5 && taken.connectivity == 0);
}

/* A member of a later version may be there, but must ask for nothing. */
static void test_newer(void **state)
{
    newer given = {.size = sizeof given, .level = 0.5, .connectivity = 6};
    vx_error error;
    options taken;
    (void)state;
    assert_int_equal(vx_options_take(&given, "options", sizeof taken, &taken, &error), VX_OK);
    assert_true(taken.level == 0.5 && taken.connectivity == 6);
    given.weight = 1;
    assert_int_equal(vx_options_take(&given, "options", sizeof taken, &taken, &error), VX_USAGE);
    assert_non_null(strstr(error.message, "options: byte"));
    assert_non_null(strstr(error.message, "later version"));
}

static void test_no_size(void **state)
{
    options given = {.level = 0.5}, taken;
    vx_error error;
    (void)state;
    assert_int_equal(vx_options_take(&given, "options", sizeof taken, &taken, &error), VX_USAGE);
    assert_string_equal(error.message, "options: its member `size` is 0; it must be sizeof (options)");
    given.size = (size_t)-1;
    assert_int_equal(vx_options_take(&given, "options", sizeof taken, &taken, &error), VX_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_older),
        cmocka_unit_test(test_newer),
        cmocka_unit_test(test_no_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
