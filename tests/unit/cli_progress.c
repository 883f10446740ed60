/* What the progress of a run writes to a terminal and to a file. */
#include "cli/progress.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* What a run of 200 relabellings says after 20 of them, when 0.2 s and when 1 s have passed. */
static void say(vx_progress_kind kind, char *text, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stderr);
    const int before = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    vx_progress_state state = {.kind = kind, .total = 200, .effect_total = 200, .modality = "pet", .effect = "change"};
    state.start = vx_seconds() - 0.2;
    const bool early = vx_progress_show(&state, 20, 200);
    state.start -= 0.8;
    const bool late = vx_progress_show(&state, 20, 200);
    state.shown = 0;
    const bool later = vx_progress_show(&state, 30, 200);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    assert_true(early && late && later);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* The bar is there before the expected time is known, at least 200 / 20 of 1 s. That has a line of its own. */
static void the_expected_time_clears_the_bar(void **state)
{
    char text[1000];
    (void)state;
    say(VX_PROGRESS_BAR, text, sizeof text);
    const char *bar = strstr(text, "pet change"), *expected = strstr(text, "expected time: 0:");
    assert_true(bar && expected && bar < expected && atoi(strchr(expected, '0') + 2) >= 10);
    assert_true(strchr(expected, '\n') < strstr(expected, "pet change"));
    assert_memory_equal(expected - 4, "\r\033[K", 4);
    assert_null(strstr(expected + 1, "expected"));
}

static void a_file_has_lines_alone(void **state)
{
    char text[1000];
    (void)state;
    say(VX_PROGRESS_PLAIN, text, sizeof text);
    assert_non_null(strstr(text, "expected time: 0:1"));
    assert_null(strpbrk(text, "\r\033"));
    say(VX_PROGRESS_NONE, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_expected_time_clears_the_bar),
                                       cmocka_unit_test(a_file_has_lines_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
