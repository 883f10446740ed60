/* A shared loop: every turn is taken once, and of several failures the lowest is told. */
#include "base/each.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TURNS = 200 };

typedef struct work {
    int taken[TURNS];
    int64_t fails, fails_too; /* -1: none */
} work;

static vx_status turn(void *context, int64_t i, vx_error *error)
{
    work *w = context;
    w->taken[i]++;
    return i == w->fails || i == w->fails_too ? vx_fail(error, VX_INPUT, "turn %d", (int)i) : VX_OK;
}

static void check(const work *w, int64_t all_below)
{
    for (int64_t i = 0; i < TURNS; i++)
        if (w->taken[i] > 1 || (i < all_below && !w->taken[i]))
            fail_msg("turn %d was taken %d times", (int)i, w->taken[i]);
}

static void every_turn_is_taken(void **state)
{
    (void)state;
    for (int threads = 0; threads < 4; threads++) {
        work w = {.fails = -1, .fails_too = -1};
        assert_int_equal(vx_each(TURNS, threads, false, turn, &w, NULL), VX_OK);
        check(&w, TURNS);
        assert_int_equal(vx_each(0, threads, false, turn, &w, NULL), VX_OK);
        check(&w, TURNS);
    }
}

static void the_lowest_failure_is_told(void **state)
{
    (void)state;
    for (int threads = 1; threads < 4; threads++)
        for (int all = 0; all < 2; all++)
            for (int again = 0; again < 20; again++) {
                work w = {.fails = 150, .fails_too = 150 - again};
                vx_error error = {0};
                char expected[16];
                assert_int_equal(vx_each(TURNS, threads, all, turn, &w, &error), VX_INPUT);
                snprintf(expected, sizeof expected, "turn %d", 150 - again);
                assert_string_equal(error.message, expected);
                check(&w, all ? TURNS : 150 - again);
                assert_true(all || threads > 1 || !w.taken[TURNS - 1]); /* one thread stops at once */
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_turn_is_taken),
        cmocka_unit_test(the_lowest_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
