/* Two regions of six participants, and a marker that one of them lacks, under every sign flip and every order.
 *
 * The figures are of NumPy and SciPy. y is the change, of logarithms for the marker; E the participants who have it.
 *
 *   t      = y.mean() / (y.std(ddof=1) / np.sqrt(len(y)))           p_t = 2 * stats.t.sf(abs(t), len(y) - 1)
 *   flips  = itertools.product([1, -1], repeat=6); y is multiplied by the signs of E
 *   orders = itertools.permutations(range(6)); y is taken in the order that is left when the missing are struck out of
 *            the cycles: j = pi[i], and while j is not in E, j = pi[j]
 *   r, rho = np.corrcoef(x, y)[0, 1], of stats.rankdata for rho
 *   z      = stats.norm.isf(stats.t.sf(abs(t), df)), whose largest a relabelling gives p_fwe and p_matrix
 *   rho's interval  np.tanh(np.arctanh(rho) +- stats.norm.ppf(.975) * np.sqrt((1 + rho**2 / 2) / (len(y) - 3)))
 *   d_z      scipy.optimize.brentq(lambda d: stats.nct.cdf(t, df, d) - .975, -10, 20) / np.sqrt(len(y)), and times J
 *            = special.gamma(df / 2) / (np.sqrt(df / 2) * special.gamma((df - 1) / 2)) the lower limit of g
 *   others   stats.linregress, np.median of the Walsh averages, stats.t.ppf
 *
 * Wilcoxon's p are counted by hand: of the ranks 1, 2.5, 2.5, 4, 5, 6 of b six subsets have a sum of 3.5 or less.
 *
 * A statistic that equals the observed one within 1e-9 counts (1e-7 for z). */
#include "fixture.h"

#include "outcome/outcome.h"
#include "univariate/flip_count.h"

#include <math.h>
#include <string.h>

enum { N = 6, OUTCOMES = 3, EFFECTS = 2 };

static const double a[2][N] = {{10.1, 9.2, 11.3, 8.7, 10.9, 9.9}, {10.9, 9.1, 12.4, 9.6, 11.2, 11.1}};
static const double b[2][N] = {{1.31, 1.22, 1.48, 1.05, 1.37, 1.19}, {1.29, 1.31, 1.52, 1.01, 1.44, 1.25}};
static const double c[2][N - 1] = {{310, 250, 402, 280, 335}, {355, 246, 481, 300, 352}};
static const int64_t everyone[N] = {0, 1, 2, 3, 4, 5}, but_one[N - 1] = {0, 1, 3, 4, 5};

static const vx_outcome outcomes[OUTCOMES] = {
    {VX_OUTCOME_REGION, "a", "primary", "pet", NULL, VX_ON_LINEAR, 1.0, 100, N, everyone, .value = {a[0], a[1]}},
    {VX_OUTCOME_MARKER, "c", "markers", NULL, NULL, VX_ON_LOG, NAN, 0, N - 1, but_one, .value = {c[0], c[1]}},
    {VX_OUTCOME_REGION, "b", "primary", "pet", NULL, VX_ON_LINEAR, 0.75, 50, N, everyone, .value = {b[0], b[1]}},
};

typedef struct expected_figure {
    vx_outcome_column column;
    double of[OUTCOMES]; /* outcomes as above; NAN: the figure does not exist */
    double tolerance;    /* 0: exactly */
} expected_figure;

#define SOME 1e-6 /* maps are float, and intervals of 95 % are of quantiles to 1e-7 */

static const expected_figure of_mean[] = {
    {VX_OUTCOME_N, {6, 5, 6}, 0},
    {VX_OUTCOME_COVERAGE, {1, NAN, .75}, 0},
    {VX_OUTCOME_BASELINE_SD, {.9847165412780815, 57.97240722964676, .1503329637837291}, SOME},
    {VX_OUTCOME_CHANGE, {.7, .08346496136261247, .033333333333333326}, SOME},
    {VX_OUTCOME_SE, {.20493901531919198, .034059415646415445, .021239376429431994}, SOME},
    {VX_OUTCOME_PERCENT, {6.964447019534287, 8.957070866863837, 2.4825027290120665}, SOME},
    {VX_OUTCOME_PERCENT_OF_MEANS, {6.988352745424309, 9.955611921369712, 2.6246719160105236}, SOME},
    {VX_OUTCOME_GMR, {1.0686173063942879, 1.0870471259755121, 1.0240585798735498}, SOME},
    {VX_OUTCOME_GMR_LOW, {1.0158325751539046, .9889622316663133, .9793807558615729}, SOME},
    {VX_OUTCOME_GMR_HIGH, {1.124144839864357, 1.1948600424311553, 1.0707745365999979}, SOME},
    {VX_OUTCOME_T, {3.415650255319865, 2.4505693881861026, 1.5694120514358605}, SOME},
    {VX_OUTCOME_DF, {5, 4, 5}, 0},
    {VX_OUTCOME_P_T, {.018927124071945668, .07040211173361531, .1773454234819874}, SOME},
    {VX_OUTCOME_P_EXACT, {4 / 64., 8 / 64., 14 / 64.}, 0},
    {VX_OUTCOME_P_WILCOXON, {4 / 64., 4 / 32., 12 / 64.}, 0},
    {VX_OUTCOME_HL, {.75, .08164289977842822, .035}, 1e-9},
    {VX_OUTCOME_DZ_LOW, {.20597794046252332, -.08180756155578076, -.2725318083151777}, SOME},
    {VX_OUTCOME_G_LOW, {.1731756820596268, -.06527299032228749, -.22913075876934225}, SOME},
    {VX_OUTCOME_P_FWE, {6 / 64., 8 / 64., 20 / 64.}, 0},
    {VX_OUTCOME_P_STEPDOWN, {6 / 64., 8 / 64., 14 / 64.}, 0},
    {VX_OUTCOME_P_HOLM, {8 / 64., 8 / 64., 14 / 64.}, 0},
    {VX_OUTCOME_P_FDR, {8 / 64., 8 / 64., 14 / 64.}, 0},
    {VX_OUTCOME_R, {NAN, NAN, NAN}, 0},
    {VX_OUTCOME_P_MATRIX, {NAN, NAN, NAN}, 0},
};

static const expected_figure of_slope[] = {
    {VX_OUTCOME_N, {6, 5, 6}, 0},
    {VX_OUTCOME_CHANGE, {.18422939068100347, .005060076819240941, -.002293906810035823}, SOME},
    {VX_OUTCOME_SE, {.05296419057223196, .019552217435460265, .01095221099161071}, SOME},
    {VX_OUTCOME_P_T, {.025389425391418908, .8125319833066944, .8443341016601486}, SOME},
    {VX_OUTCOME_R, {.8669134575820079, .147776668172848, -.10415388713387237}, SOME},
    {VX_OUTCOME_RHO, {.942857142857143, .2, -.4285714285714286}, SOME},
    {VX_OUTCOME_RHO_LOW, {.382651336321975, -.8327255136368841, -.927549487911974}, SOME},
    {VX_OUTCOME_RHO_HIGH, {.996132647764838, .9220330384361468, .6195409824131148}, SOME},
    {VX_OUTCOME_P_EXACT, {25 / 720., 582 / 720., 599 / 720.}, 0},
    {VX_OUTCOME_P_RHO, {12 / 720., 564 / 720., 302 / 720.}, 0},
    {VX_OUTCOME_P_FWE, {54 / 720., 582 / 720., 704 / 720.}, 0},
    {VX_OUTCOME_P_MATRIX, {64 / 720., 710 / 720., 713 / 720.}, 0},
    {VX_OUTCOME_P_MATRIX_RHO, {34 / 720., 705 / 720., 543 / 720.}, 0},
    {VX_OUTCOME_DZ, {NAN, NAN, NAN}, 0},
    {VX_OUTCOME_CI_EXACT_LOW, {NAN, NAN, NAN}, 0},
};

static void compare(const vx_outcome_tests *tests, size_t effect, const expected_figure *figure, size_t figures)
{
    for (size_t k = 0; k < OUTCOMES; k++) {
        const vx_outcome_test *test = &tests->test[k * EFFECTS + effect];
        assert_ptr_equal(test->outcome, &outcomes[k]);
        for (size_t i = 0; i < figures; i++) {
            const double found = test->value[figure[i].column], right = figure[i].of[k];
            const char *name = vx_outcome_about(figure[i].column)->name;
            if (isnan(right) ? !isnan(found) : !(fabs(found - right) <= figure[i].tolerance * fmax(1, fabs(right))))
                fail_msg("%s of %s: %.17g, expected %.17g", name, outcomes[k].name, found, right);
        }
    }
}

static vx_outcome_options options_of(const vx_study *study, const char *mean_name)
{
    return (vx_outcome_options){.model = VX_OPTIONS(vx_model_options, .mean_name = mean_name),
                                .inference = vx_inference_defaults(),
                                .study = study,
                                .alpha = 0.05};
}

static void expect_figures(void **state)
{
    double score[N] = {4.1, 3.2, 7.9, 5.5, 2.8, 8.3};
    vx_column covariate = {.name = "level", .value = score};
    vx_study study = {.design = VX_PAIRED, .participants = N, .covariate = &covariate, .covariates = 1};
    vx_outcome_options options = options_of(&study, "change");
    vx_device *device = NULL;
    vx_outcome_tests *tests = NULL;
    vx_error error = {0};
    (void)state;
    options.inference.permutations = VX_PERMUTATIONS_ALL;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    check(vx_outcomes_test(device, outcomes, OUTCOMES, &options, &tests, &error), error);
    assert_int_equal(tests->tests, OUTCOMES * EFFECTS);
    assert_string_equal(tests->effect[1], "level");
    assert_int_equal(tests->plan[0].relabellings, 64);
    compare(tests, 0, of_mean, sizeof of_mean / sizeof *of_mean);
    compare(tests, 1, of_slope, sizeof of_slope / sizeof *of_slope);
    assert_int_equal(tests->test[0].most_influential, 1); /* the change of -0.1 */
    /* np.polyfit(x, y, 1)[0] of c grows by .053 without the last, and by at most .011 without another */
    assert_int_equal(tests->test[EFFECTS + 1].most_influential, 5);
    vx_outcome_tests_free(tests);
    vx_device_free(device);
}

/* One tail halves the p of t of a rise, and leaves the intervals their two sides. Without the level of participant 2
 * the slope is of the other five: the mean of the baselines of `a` is then (10.1 + 9.2 + 8.7 + 10.9 + 9.9) / 5. */
static void one_tail_and_a_missing_level(void **state)
{
    static const vx_outcome_column both_sides[] = {VX_OUTCOME_CI_LOW, VX_OUTCOME_CI_HIGH, VX_OUTCOME_CI_EXACT_LOW,
                                                   VX_OUTCOME_CI_EXACT_HIGH, VX_OUTCOME_HL_LOW, VX_OUTCOME_HL_HIGH};
    double score[N] = {4.1, 3.2, NAN, 5.5, 2.8, 8.3};
    vx_column covariate = {.name = "level", .value = score};
    vx_study study = {.design = VX_PAIRED, .participants = N, .covariate = &covariate, .covariates = 1};
    vx_outcome_options options = options_of(&study, "change");
    vx_device *device = NULL;
    vx_outcome_tests *two = NULL, *one = NULL;
    vx_error error = {0};
    (void)state;
    options.inference.permutations = VX_PERMUTATIONS_ALL;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    check(vx_outcomes_test(device, outcomes, OUTCOMES, &options, &two, &error), error);
    options.inference.tails = VX_POSITIVE;
    check(vx_outcomes_test(device, outcomes, OUTCOMES, &options, &one, &error), error);
    fixture_near(one->test[0].value[VX_OUTCOME_P_T], .018927124071945668 / 2, SOME, "p_t", 0);
    for (size_t i = 0; i < sizeof both_sides / sizeof *both_sides; i++) {
        assert_true(isfinite(one->test[0].value[both_sides[i]]));
        assert_true(one->test[0].value[both_sides[i]] == two->test[0].value[both_sides[i]]);
    }
    assert_true(two->test[1].value[VX_OUTCOME_N] == 5);
    fixture_near(two->test[1].value[VX_OUTCOME_BASELINE_MEAN], 9.76, 1e-12, "baseline", 1);
    vx_outcome_tests_free(one);
    vx_outcome_tests_free(two);
    vx_device_free(device);
}

/* Of a series too long for all flips, the interval inverts the same random flips that p counts: it contains 0 exactly
 * where p is at least alpha. */
static void interval_of_random_flips(void **state)
{
    enum { MANY = VX_FLIP_COUNT_MAX + 1, SERIES = 60 };
    int64_t participant[MANY];
    double value[MANY];
    const vx_outcome outcome = {VX_OUTCOME_MARKER, "long", "markers", NULL, NULL, VX_ON_LINEAR, NAN, 0, MANY,
                                participant, .value = {NULL, value}};
    vx_study study = {.design = VX_ONESAMPLE, .participants = MANY};
    vx_outcome_options options = options_of(&study, "mean");
    vx_device *device = NULL;
    vx_error error = {0};
    int inside = 0;
    (void)state;
    options.inference.permutations = 199;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    for (uint64_t seed = 0; seed < SERIES; seed++) {
        float *noise = fixture_noise(820000 + seed, MANY, 1);
        vx_outcome_tests *tests = NULL;
        for (int i = 0; i < MANY; i++) {
            participant[i] = i;
            value[i] = noise[i] + 0.4; /* so that p is often near alpha */
        }
        options.inference.seed = seed;
        check(vx_outcomes_test(device, &outcome, 1, &options, &tests, &error), error);
        const double *figure = tests->test->value;
        const bool contains = figure[VX_OUTCOME_CI_EXACT_LOW] <= 0 && 0 <= figure[VX_OUTCOME_CI_EXACT_HIGH];
        assert_true(contains == (figure[VX_OUTCOME_P_EXACT] >= 0.05));
        inside += contains;
        vx_outcome_tests_free(tests);
        free(noise);
    }
    assert_in_range(inside, 10, SERIES - 10);
    vx_device_free(device);
}

/* The covariate and the nuisance have one order, so that their ranks are the same and only rho does not exist. */
static void rho_needs_its_own_ranks(void **state)
{
    double level[] = {8.234, 3.456, 2.944, 5.5, 6.1, 7.2}, age[] = {76, 67, 63, 70, 71, 72};
    vx_column covariate = {.name = "level", .value = level}, nuisance = {.name = "age", .value = age};
    vx_study study = {.design = VX_PAIRED, .participants = N, .covariate = &covariate, .covariates = 1,
                      .nuisance = &nuisance, .nuisances = 1};
    vx_outcome_options options = options_of(&study, "change");
    vx_device *device = NULL;
    vx_outcome_tests *tests = NULL;
    vx_error error = {0};
    (void)state;
    options.inference.permutations = 50;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    check(vx_outcomes_test(device, outcomes, OUTCOMES, &options, &tests, &error), error);
    const double *value = tests->test[1].value;
    assert_true(value[VX_OUTCOME_P_EXACT] <= 1 && fabs(value[VX_OUTCOME_R]) <= 1 && value[VX_OUTCOME_P_MATRIX] <= 1);
    assert_true(isnan(value[VX_OUTCOME_RHO]) && isnan(value[VX_OUTCOME_P_RHO]));
    assert_true(isnan(value[VX_OUTCOME_P_MATRIX_RHO]));
    vx_outcome_tests_free(tests);
    options.model.correlation = VX_SPEARMAN;
    assert_int_equal(vx_outcomes_test(device, outcomes, OUTCOMES, &options, &tests, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "rank"));
    vx_device_free(device);
}

/* Rounding sets the changes of 5.3 - 5.1 and 4.2 - 4.0 apart; t of such a series would be about 1e15. The last
 * participant's change differs at first, but the level of that participant is missing. */
static void equal_changes_are_refused(void **state)
{
    static const double before[N] = {5.1, 4.0, 3.3, 7.7, 1.9, 2.2};
    double after[N] = {5.3, 4.2, 3.5, 7.9, 2.1, 2.9}, score[N] = {4.1, 3.2, 5.0, 5.5, 2.8, NAN};
    vx_column covariate = {.name = "level", .value = score};
    const vx_outcome two[] = {outcomes[0], {VX_OUTCOME_MARKER, "flat", "markers", NULL, NULL, VX_ON_LINEAR, NAN, 0, N,
                                            everyone, .value = {before, after}}};
    vx_study study = {.design = VX_PAIRED, .participants = N, .covariate = &covariate, .covariates = 1};
    vx_outcome_options options = options_of(&study, "change");
    vx_device *device = NULL;
    vx_outcome_tests *tests = NULL;
    vx_error error = {0};
    (void)state;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    assert_int_equal(vx_outcomes_test(device, two, 2, &options, &tests, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "flat: the change is the same in all 5 participants who have level"));
    after[N - 1] = 2.4;
    assert_int_equal(vx_outcomes_test(device, two, 2, &options, &tests, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "flat: the change is the same in all 6 participants"));
    vx_device_free(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(expect_figures), cmocka_unit_test(equal_changes_are_refused),
                                       cmocka_unit_test(rho_needs_its_own_ranks),
                                       cmocka_unit_test(one_tail_and_a_missing_level),
                                       cmocka_unit_test(interval_of_random_flips)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
