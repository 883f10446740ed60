/* A temporary folder in which a test program runs: make_folder and remove_folder set it up and tear it down. `error`
 * holds the message of the last failed call. */
#ifndef TESTS_UNIT_FOLDER_FIXTURE_H
#define TESTS_UNIT_FOLDER_FIXTURE_H

#include "voxstat/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/voxstat-test-XXXXXX";
static vx_error error;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? chdir(folder) : -1;
}

static int remove_folder(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* The message holds all of `words`, which end with a null. */
static inline void expect_words(const char *const *words)
{
    for (; *words; words++)
        if (!strstr(error.message, *words))
            fail_msg("'%s' is not in: %s", *words, error.message);
}
#define EXPECT_WORDS(...) expect_words((const char *const[]){__VA_ARGS__, NULL})

#endif
