/* The first session, by name: pairs whose order is known in the field, and pairs without a known order. */
#include "study/sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct pair {
    const char *first, *second;
} pair;

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Both ways round, so that no answer can come from the order of the arguments. */
static void expect(const pair *pairs, size_t count, int order)
{
    for (size_t i = 0; i < count; i++) {
        const char *a = pairs[i].first, *b = pairs[i].second;
        if (vx_sessions_order(a, b) != order || vx_sessions_order(b, a) != -order)
            fail_msg("%s, %s: found %d and %d, expected %d and %d", a, b, vx_sessions_order(a, b),
                     vx_sessions_order(b, a), order, -order);
    }
}

static void known(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"baseline", "followup"},   {"Baseline", "Followup"},   {"BASELINE", "follow-up"},  {"bl", "fu"},
        {"pre", "post"},            {"Pre", "POST"},            {"before", "after"},        {"screening", "final"},
        {"screening", "baseline"},  {"base", "endpoint"},       {"baseline", "EOT"},        {"bl", "last"},
        {"baseline", "after"},      {"pretreatment", "fu"},     {"preop", "postop"},        {"pre-op", "post-op"},
        {"ses-pre", "ses-post"},    {"scanPre", "scanPost"},    {"first", "second"},        {"second", "third"},
        {"first", "last"},          {"early", "late"},          {"pre1", "pre2"},           {"pre2", "post1"},
        {"fu", "fu2"},              {"fu1", "fu2"},             {"followup9", "followup10"},
        {"V1", "V2"},               {"v9", "v10"},              {"visit1", "visit2"},       {"visit01", "visit2"},
        {"ses-01", "ses-02"},       {"ses-1", "ses-10"},        {"01", "02"},               {"1", "2"},
        {"T0", "T1"},               {"t1", "t2"},               {"timepoint1", "timepoint2"}, {"tp1", "tp2"},
        {"scan1", "scan2"},         {"wave1", "wave2"},         {"session1", "session2"},   {"time1", "time2"},
        {"2019", "2021"},           {"2023-11", "2024-01"},     {"2024-01-05", "2024-02-01"},
        {"2023-12-31", "2024-01-05"}, {"20231231", "20240105"}, {"ses-20231231", "ses-20240105"},
        {"M0", "M12"},              {"m00", "m06"},             {"m06", "m12"},             {"month6", "month12"},
        {"6m", "12m"},              {"wk0", "wk26"},            {"week26", "week52"},       {"26w", "52w"},
        {"day1", "day28"},          {"2y", "3y"},               {"year1", "year2"},         {"1y", "18m"},
        {"week26", "month12"},      {"day1", "week26"},         {"6months", "1year"},       {"1.5y", "2y"},
        {"bl", "m06"},              {"baseline", "month12"},    {"baseline", "week26"},     {"pre", "6m"},
        {"baseline", "V2"},         {"baseline", "ses-02"},     {"screening", "m12"},       {"ses-baseline", "ses-m12"},
        {"T0", "post"},             {"visit1", "followup"},     {"m00", "final"},           {"wk0", "fu"},
        {"day1", "endpoint"},       {"ses-01", "followup"},
    };
    expect(pairs, LENGTH(pairs), -1);
}

static void unknown(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"A", "B"}, {"drug", "placebo"}, {"rest", "task"}, {"baseline", "baseline"}, {"Baseline", "baseline"},
        {"bl", "pre"}, {"post", "followup"}, {"final", "endpoint"}, {"baseline", "V1"}, {"bl", "m00"},
        {"m06", "followup"}, {"post", "month6"}, {"V1", "T2"}, {"12m", "1y"}, {"52w", "1y"}, {"day30", "month1"},
        {"week-4", "week-2"}, {"day-7", "baseline"}, {"day-7", "day-1"}, /* perhaps minus 7 days */
        {"05012024", "31122023"}, {"240105", "231231"}, {"05-01-2024", "31-12-2023"}, /* dates in some order */
        {"week1run2", "week2run1"}, {"20240105", "baseline"}, {"x1y2", "x2y1"}, {"", "1"}, {"é1", "è2"},
        {"armApre", "armBpost"}, {"preA", "postB"}, {"fu", "fu1"}, {"1.25y", "1.5y"}, /* 1 and 25, or 1 and a quarter */
    };
    expect(pairs, LENGTH(pairs), 0);
}

static void long_names(void **state)
{
    (void)state;
    char a[500], b[500];
    memset(a, '1', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof b);
    b[0] = '2';
    assert_int_equal(vx_sessions_order(a, b), 0);
    assert_int_equal(vx_sessions_order(a, "baseline"), 0);
}

static void sorted(void **state)
{
    (void)state;
    static const char *const expected[] = {"screening", "bl", "m06", "m12", "m120"};
    const char *session[] = {"m12", "m120", "screening", "m06", "bl"};
    static const char *const untold[] = {"drug", "placebo", "B", "A"};
    const char *kept[] = {"drug", "placebo", "B", "A"};
    vx_sessions_sort(session, LENGTH(session));
    for (size_t i = 0; i < LENGTH(session); i++)
        assert_string_equal(session[i], expected[i]);
    vx_sessions_sort(kept, LENGTH(kept));
    for (size_t i = 0; i < LENGTH(kept); i++)
        assert_string_equal(kept[i], untold[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known),
        cmocka_unit_test(unknown),
        cmocka_unit_test(long_names),
        cmocka_unit_test(sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
