/* Tables of expected changes: the comparisons by R, and every refusal by its message. */
#include "unit/folder_fixture.h"
#include "unit/univariate_fixture.h"

#include "outcome/expected.h"

/* ---- a study of 14 people ---- */

enum { PRECUNEUS, PRECUNEUS_CBF, HIPPOCAMPUS, TTAU, PTAU, NFL, ONE_SESSION, OUTCOMES };

static double before[N], after[N];
static int64_t participants[N];
static char names[N][16], *name_list[N];
static const vx_study study = {.participants = N, .participant = name_list};
static vx_outcome outcomes[OUTCOMES] = {
    [PRECUNEUS] = {.kind = VX_OUTCOME_REGION, .name = "precuneus", .modality = "pet"},
    [PRECUNEUS_CBF] = {.kind = VX_OUTCOME_REGION, .name = "precuneus", .modality = "cbf"},
    [HIPPOCAMPUS] = {.kind = VX_OUTCOME_REGION, .name = "hippocampus", .modality = "pet"},
    [TTAU] = {.kind = VX_OUTCOME_MARKER, .name = "ttau"},
    [PTAU] = {.kind = VX_OUTCOME_MARKER, .name = "ptau", .scale = VX_ON_LOG},
    [NFL] = {.kind = VX_OUTCOME_MARKER, .name = "nfl"},
    [ONE_SESSION] = {.kind = VX_OUTCOME_MARKER, .name = "abeta"}};

/* A baseline of 50 and a follow-up of 50 + y / 2: y per cent, and y / 2 in the units of the values. nfl has a baseline
 * of 0 in one participant. */
static int set_up(void **state)
{
    static double zero[N];
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "sub-%02d", i + 1);
        name_list[i] = names[i];
        participants[i] = i;
        before[i] = zero[i] = 50;
        after[i] = 50 + changes[i] / 2;
    }
    zero[4] = 0;
    for (int o = 0; o < OUTCOMES; o++) {
        outcomes[o].n = N;
        outcomes[o].participant = participants;
        outcomes[o].value[0] = o == ONE_SESSION ? NULL : o == NFL ? zero : before;
        outcomes[o].value[1] = after;
    }
    return make_folder(state);
}

static vx_status compare_with(const char *text, double weeks, vx_expected_comparisons **made)
{
    FILE *file = fopen("expected.tsv", "w");
    fputs(text, file);
    fclose(file);
    error.message[0] = '\0';
    return vx_expected_test("expected.tsv", weeks, outcomes, OUTCOMES, &study, 0.05, made, &error);
}

#define HEADER "region\tmodality\tchange\tse\tunit\tinterval_weeks\tsource\tlow\thigh\n"

/* ---- comparisons ---- */

static void figures_are(const vx_expected_comparison *one, const double expected[VX_EXPECTED_COLUMNS])
{
    for (int k = 0; k < VX_EXPECTED_COLUMNS; k++) {
        if (isnan(expected[k]) != isnan(one->value[k]))
            fail_msg("%s is %g, expected %g", vx_expected_about(k)->name, one->value[k], expected[k]);
        if (!isnan(expected[k]))
            near(one->value[k], expected[k], vx_expected_about(k)->is_p ? 1e-6 : 1e-7); /* of quantiles and tails */
    }
}

/* In R, with y of univariate_fixture.h:
 *     f <- weeks / rate_weeks; so <- sd(y) / sqrt(14); D <- mean(y) - f * rate; s <- sqrt(so^2 + (f * se)^2)
 *     df <- 13 * (s^2 / so^2)^2; D + c(-1, 1) * qt(0.975, df) * s
 *     p <- pt(D / s, df, lower.tail = FALSE) for a decline, pt(D / s, df) for a rise
 *     max(pt((D - low) / s, df, lower.tail = FALSE), pt((high - D) / s, df, lower.tail = FALSE))
 * for y, rate -8 (2.9) in 26 weeks; for y / 2, rate 1.5 (0.4) in 52 weeks, bounds -1 and 1.5; for y, rate 0 (0), bounds
 * -4 and 4. The study's interval is 24 weeks. */
static void comparisons(void **state)
{
    vx_expected_comparisons *made = NULL;
    (void)state;
    if (compare_with(HEADER "precuneus\tpet\t-8\t2.9\t%\t26\tGejl 2016\tn/a\tn/a\n"
                     "ttau\tn/a\t1.5\t0.4\tabsolute\t52\tanother\t-1\t1.5\n"
                     "ptau\t\t0\t0\tpercent\t26\tnone\t-4\t4\n", 24, &made))
        fail_msg("%s", error.message);
    assert_int_equal(made->comparisons, 3);
    assert_true(made->weeks == 24);
    const vx_expected_comparison *one = made->comparison;
    assert_ptr_equal(one[0].outcome, &outcomes[PRECUNEUS]);
    assert_ptr_equal(one[1].outcome, &outcomes[TTAU]);
    assert_ptr_equal(one[2].outcome, &outcomes[PTAU]);
    assert_int_equal(one[0].unit, VX_EXPECTED_PERCENT);
    assert_int_equal(one[1].unit, VX_EXPECTED_ABSOLUTE);
    assert_string_equal(one[0].source, "Gejl 2016");
    figures_are(&one[0], (double[]){14, 1.8714285714285714, 0.70667372605895062, 13, -8, 2.9, 26, -7.384615384615385,
                                    2.6769230769230772, 9.2560439560439569, 2.7686287065739523, 3062.8550479046548,
                                    3.8274861870641859, 14.684601725023729, 0.00041908706804129027, NAN, NAN, NAN});
    figures_are(&one[1], (double[]){14, 0.93571428571428572, 0.3533368630294753, 13, 1.5, 0.4, 52, 0.69230769230769229,
                                    0.18461538461538463, 0.24340659340659343, 0.3986599791955503, 21.066777836494051,
                                    -0.58549223150155938, 1.0723054183147462, 0.72598961724103062, -1, 1.5,
                                    0.0025887324118739675});
    figures_are(&one[2], (double[]){14, 1.8714285714285714, 0.70667372605895062, 13, 0, 0, 26, 0, 0,
                                    1.8714285714285714, 0.70667372605895062, 13, 0.344752803305041322,
                                    3.39810433955210156, NAN, -4, 4, 0.005001698114715767});
    vx_expected_comparisons_free(made);
}

/* One modality has the hippocampus, so that it needs no column for it; the optional columns may be absent. */
static void optional_columns(void **state)
{
    vx_expected_comparisons *made = NULL;
    (void)state;
    if (compare_with("source\tregion\tchange\tse\tunit\tinterval_weeks\n"
                     "Jack 2000\thippocampus\t-2.55\t0.4\t%\t52\n", 26, &made))
        fail_msg("%s", error.message);
    assert_ptr_equal(made->comparison[0].outcome, &outcomes[HIPPOCAMPUS]);
    near(made->comparison[0].value[VX_EXPECTED_EXPECTED], -1.275, 1e-12);
    vx_expected_comparisons_free(made);
}

/* ---- refusals ---- */

#define REFUSED(text, ...) \
    do { \
        vx_expected_comparisons *refused = NULL; \
        assert_int_equal(compare_with(text, 24, &refused), VX_INPUT); \
        EXPECT_WORDS("expected.tsv", __VA_ARGS__); \
    } while (0)

static void refused_tables(void **state)
{
    (void)state;
    vx_expected_comparisons *made = NULL;
    REFUSED("region\tchange\tse\tunit\tsource\nprecuneus\t1\t1\t%\tx\n", "interval_weeks");
    REFUSED("region\tchange\tunit\tinterval_weeks\tsource\nprecuneus\t1\t%\t1\tx\n", "no column se");
    REFUSED("region\tchange\tse\tunit\tinterval_weeks\tsource\thihg\nttau\t1\t1\t%\t1\tx\t1\n",
            "column hihg has no meaning", "did you mean high?");
    REFUSED(HEADER, "the table is empty");
    assert_int_equal(compare_with(HEADER "ttau\tn/a\t1\t1\t%\t26\tx\tn/a\tn/a\n", 0, &made), VX_INPUT);
    EXPECT_WORDS("the study's interval is 0 weeks; one above 0 is needed");
    assert_int_equal(vx_expected_test("absent.tsv", 1, outcomes, OUTCOMES, &study, 0.05, &made, &error), VX_INPUT);
    EXPECT_WORDS("absent.tsv");
    assert_null(made);
}

static void refused_cells(void **state)
{
    (void)state;
    REFUSED(HEADER "ttau\tn/a\tn/a\t1\t%\t26\tx\tn/a\tn/a\n", "line 2: column change: it is missing", "a number");
    REFUSED(HEADER "ttau\tn/a\t1,5\t1\t%\t26\tx\tn/a\tn/a\n", "column change: found '1,5', expected a number");
    REFUSED(HEADER "ttau\tn/a\t1\tn/a\t%\t26\tx\tn/a\tn/a\n",
            "line 2: column se: it is missing; expected a standard error of 0 or more");
    REFUSED(HEADER "ttau\tn/a\t1\t-1\t%\t26\tx\tn/a\tn/a\n", "column se: found '-1', expected a standard error");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\tn/a\tx\tn/a\tn/a\n", "column interval_weeks: it is missing; expected a");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\t0\tx\tn/a\tn/a\n",
            "column interval_weeks: found '0', expected a number of weeks above 0");
    REFUSED(HEADER "ttau\tn/a\t1\t1\tpg/mL\t26\tx\tn/a\tn/a\n",
            "column unit: found 'pg/mL', expected percent (or %) of baseline, or absolute");
    REFUSED(HEADER "ttau\tn/a\t1\t1\tn/a\t26\tx\tn/a\tn/a\n", "column unit: found 'n/a'");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\t26\tn/a\tn/a\tn/a\n", "column source: it is missing");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\t26\tx\t-1\tn/a\n", "column high: it is missing; expected a number, as");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\t26\tx\tn/a\t1\n", "column low: it is missing; expected a number, as there is");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\t26\tx\t2\t2\n", "column low: found '2', expected less than high, which is 2");
}

static void refused_outcomes(void **state)
{
    (void)state;
    REFUSED(HEADER "n/a\tpet\t1\t1\t%\t26\tx\tn/a\tn/a\n", "line 2: column region: the name is missing");
    REFUSED(HEADER "precunus\tpet\t1\t1\t%\t26\tx\tn/a\tn/a\n",
            "line 2: no region or marker of this run is called precunus; did you mean precuneus?");
    REFUSED(HEADER "precuneus\tn/a\t1\t1\t%\t26\tx\tn/a\tn/a\n",
            "precuneus is in 2 modalities (pet, cbf): a column modality has to say in which");
    REFUSED(HEADER "hippocampus\tcbf\t1\t1\t%\t26\tx\tn/a\tn/a\n",
            "column modality: hippocampus is not in 'cbf', but in pet");
    REFUSED(HEADER "ttau\tpet\t1\t1\t%\t26\tx\tn/a\tn/a\n", "column modality: ttau is not in 'pet', but in a marker");
    REFUSED(HEADER "ttau\tn/a\t1\t1\t%\t26\tx\tn/a\tn/a\n\nttau\tn/a\t2\t1\tabsolute\t26\ty\tn/a\tn/a\n",
            "line 4: ttau stands twice, at line 2 before");
    REFUSED(HEADER "ptau\tn/a\t1\t1\tabsolute\t26\tx\tn/a\tn/a\n",
            "line 2: ptau is tested on the log scale", "the unit has to be percent");
    REFUSED(HEADER "nfl\tn/a\t1\t1\t%\t26\tx\tn/a\tn/a\n",
            "line 2: nfl: the baseline of sub-05 is 0, and percentages need one above 0");
    REFUSED(HEADER "abeta\tn/a\t1\t1\t%\t26\tx\tn/a\tn/a\n", "abeta has one session, and a change needs two");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),      cmocka_unit_test(optional_columns), cmocka_unit_test(refused_tables),
        cmocka_unit_test(refused_cells),    cmocka_unit_test(refused_outcomes),
    };
    return cmocka_run_group_tests(tests, set_up, remove_folder);
}
