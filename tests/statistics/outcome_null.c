/* Regions and markers without effect: the error rates of a trial that measures them, and what its intervals contain.
 *
 * Ten regions of 14 participants with correlation 0.5, and six markers with correlation 0.5, of which the last three
 * lack two participants each, not all the same. Both have no change and no relation to the covariates. A third family
 * has a known change: a region by 2.5 standard deviations, and a marker by a factor of exp(0.5), on the log scale.
 *
 * With M random relabellings and no ties, P(p <= 0.05) is exactly 0.05 where (M + 1) 0.05 is an integer (Phipson &
 * Smyth 2010): M = 199. Seeds are fixed, so a failure is a fault and not chance. There are about 30 counts, so that
 * each is tested at 0.001:
 *
 *     scipy.stats.binom.interval(.999, [120, 500], .05) = 0..15, 10..43
 *     scipy.stats.chi2.isf(.001, 9) = 27.88: p of ten classes of 20 values each */
#include "fixture.h"

#include "outcome/outcome.h"

/* The sanitizers make it several times slower. */
#ifdef __SANITIZE_ADDRESS__
enum { COHORTS = 120, LOW = 0, HIGH = 15 };
#else
enum { COHORTS = 500, LOW = 10, HIGH = 43 };
#endif
enum { N = 14, REGIONS = 10, MARKERS = 6, NULLS = REGIONS + MARKERS, SHIFTED = NULLS, LOGGED, OUTCOMES };
enum { EFFECTS = 3, PERMUTATIONS = 199, CLASSES = 10 };
#define SHIFT 2.5
#define LOG_SHIFT 0.5
#define CHI_MAX 27.88

static const char *const name[OUTCOMES] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                           "j", "k", "l", "m", "n", "o", "p", "shifted", "logged"};
static const int64_t everyone[N] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
static const int64_t lacking[2][N - 2] = {{0, 1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13},
                                          {0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};

/* How often something of a cohort happened. */
typedef struct counts {
    int fwe[2][EFFECTS], stepdown[2][EFFECTS], matrix, matrix_rho; /* families: regions, markers */
    int t[EFFECTS], wilcoxon;                                      /* of the first region */
    int class[4][CLASSES]; /* p_exact of the first region and of the last marker, of the mean and of a covariate */
    int ci, ci_exact, hl, dz, gmr;                                 /* the known change is outside */
} counts;

/* The participants of outcome k, and their number. */
static const int64_t *participants_of(int k, int64_t *n)
{
    const int lack = k - (NULLS - 3); /* 0 to 2: lacks two */
    *n = lack >= 0 && k < NULLS ? N - 2 : N;
    return *n == N ? everyone : lacking[lack == 2];
}

/* Values of both sessions: a baseline, and changes of variance 1. */
static void draw(int cohort, double value[OUTCOMES][2][N], vx_outcome outcome[OUTCOMES])
{
    float *noise = fixture_noise(700000 + (uint64_t)cohort, N, 2 * OUTCOMES + 2);
    for (int k = 0; k < OUTCOMES; k++) {
        const bool marker = (k >= REGIONS && k < NULLS) || k == LOGGED;
        int64_t n;
        const int64_t *participant = participants_of(k, &n);
        for (int64_t i = 0; i < n; i++) {
            const float *of = noise + participant[i] * (2 * OUTCOMES + 2);
            const double shared = of[2 * OUTCOMES + marker], before = 20 + of[OUTCOMES + k];
            const double change = k < NULLS ? sqrt(0.5) * (of[k] + shared) : k == SHIFTED ? of[k] + SHIFT : of[k];
            value[k][0][i] = before;
            value[k][1][i] = k == LOGGED ? before * exp(0.2 * change + LOG_SHIFT) : before + change;
        }
        outcome[k] = (vx_outcome){.kind = marker ? VX_OUTCOME_MARKER : VX_OUTCOME_REGION,
                                  .name = name[k],
                                  .family = k < NULLS ? "null" : "known",
                                  .modality = marker ? NULL : "pet",
                                  .scale = k == LOGGED ? VX_ON_LOG : VX_ON_LINEAR,
                                  .coverage = 1,
                                  .voxels = 1,
                                  .n = n,
                                  .participant = participant,
                                  .value = {value[k][0], value[k][1]}};
    }
    free(noise);
}

static bool outside(const vx_outcome_test *test, vx_outcome_column low, double known)
{
    return !(test->value[low] <= known && known <= test->value[low + 1]);
}

static void count_p(const vx_outcome_test *test, int *class)
{
    const int rank = (int)lround(test->value[VX_OUTCOME_P_EXACT] * (PERMUTATIONS + 1)); /* 1 to 200 */
    class[(rank - 1) * CLASSES / (PERMUTATIONS + 1)]++;
}

static void count(const vx_outcome_tests *tests, counts *c)
{
    bool fwe[2][EFFECTS] = {{0}}, stepdown[2][EFFECTS] = {{0}}, matrix[2] = {0};
    for (int k = 0; k < NULLS; k++)
        for (int e = 0; e < EFFECTS; e++) {
            const double *value = tests->test[k * EFFECTS + e].value;
            fwe[k >= REGIONS][e] |= value[VX_OUTCOME_P_FWE] <= 0.05;
            stepdown[k >= REGIONS][e] |= value[VX_OUTCOME_P_STEPDOWN] <= 0.05;
            matrix[0] |= value[VX_OUTCOME_P_MATRIX] <= 0.05;
            matrix[1] |= value[VX_OUTCOME_P_MATRIX_RHO] <= 0.05;
        }
    for (int e = 0; e < EFFECTS; e++) {
        for (int f = 0; f < 2; f++) {
            c->fwe[f][e] += fwe[f][e];
            c->stepdown[f][e] += stepdown[f][e];
        }
        c->t[e] += tests->test[e].value[VX_OUTCOME_P_T] <= 0.05;
    }
    c->matrix += matrix[0];
    c->matrix_rho += matrix[1];
    c->wilcoxon += tests->test[0].value[VX_OUTCOME_P_WILCOXON] <= 0.05;
    for (int e = 0; e < 2; e++) {
        count_p(&tests->test[e], c->class[e]);
        count_p(&tests->test[(NULLS - 1) * EFFECTS + e], c->class[2 + e]);
    }
    const vx_outcome_test *shifted = &tests->test[SHIFTED * EFFECTS];
    c->ci += outside(shifted, VX_OUTCOME_CI_LOW, SHIFT);
    c->ci_exact += outside(shifted, VX_OUTCOME_CI_EXACT_LOW, SHIFT);
    c->hl += outside(shifted, VX_OUTCOME_HL_LOW, SHIFT);
    c->dz += outside(shifted, VX_OUTCOME_DZ_LOW, SHIFT);
    c->gmr += outside(&tests->test[LOGGED * EFFECTS], VX_OUTCOME_GMR_LOW, exp(LOG_SHIFT));
}

static void expect(const char *what, int found)
{
    printf("%-40s %d of %d\n", what, found, COHORTS);
    if (found < LOW || found > HIGH)
        fail_msg("%s: %d of %d, outside %d to %d", what, found, COHORTS, LOW, HIGH);
}

static void expect_uniform(const char *what, const int *class)
{
    double chi = 0;
    for (int i = 0; i < CLASSES; i++)
        chi += pow(class[i] - COHORTS / (double)CLASSES, 2) / (COHORTS / (double)CLASSES);
    printf("%-40s chi-square %.1f\n", what, chi);
    if (chi > CHI_MAX)
        fail_msg("%s: not uniform, chi-square %.1f", what, chi);
}

static void expect_all(const counts *c)
{
    static const char *const effect[EFFECTS] = {"change", "level", "age"}, *const family[2] = {"regions", "markers"};
    static const char *const of[4] = {"region, change", "region, level", "marker, change", "marker, level"};
    char what[80];
    for (int e = 0; e < EFFECTS; e++)
        for (int f = 0; f < 2; f++) {
            snprintf(what, sizeof what, "p_fwe of %s, %s", family[f], effect[e]);
            expect(what, c->fwe[f][e]);
            snprintf(what, sizeof what, "p_stepdown of %s, %s", family[f], effect[e]);
            expect(what, c->stepdown[f][e]); /* without any effect it rejects where the maximum does */
            assert_int_equal(c->stepdown[f][e], c->fwe[f][e]);
        }
    for (int e = 0; e < EFFECTS; e++) {
        snprintf(what, sizeof what, "p_t, %s", effect[e]);
        expect(what, c->t[e]);
    }
    expect("p_matrix", c->matrix);
    expect("p_matrix_rho", c->matrix_rho);
    expect("p_wilcoxon", c->wilcoxon);
    for (int i = 0; i < 4; i++) {
        snprintf(what, sizeof what, "p_exact of a %s", of[i]);
        expect_uniform(what, c->class[i]);
    }
    expect("outside the interval of t", c->ci);
    expect("outside the interval of flips", c->ci_exact);
    expect("outside that of Hodges and Lehmann", c->hl);
    expect("outside the interval of d_z", c->dz);
    expect("outside the interval of the ratio", c->gmr);
}

static void null_outcomes(void **state)
{
    double level[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 5.25, 3, 9.75, 4.25, 6, 5.5};
    double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};
    vx_column covariate[2] = {{.name = "level", .value = level}, {.name = "age", .value = age}};
    vx_study study = {.design = VX_PAIRED, .participants = N, .covariate = covariate, .covariates = 2};
    vx_outcome_options options = {.model = VX_OPTIONS(vx_model_options, .mean_name = "change"),
                                  .inference = vx_inference_defaults(),
                                  .study = &study,
                                  .alpha = 0.05};
    static double value[OUTCOMES][2][N];
    vx_outcome outcome[OUTCOMES];
    vx_device *device = NULL;
    counts found = {0};
    vx_error error = {0};
    (void)state;
    options.inference.permutations = PERMUTATIONS;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    for (int cohort = 0; cohort < COHORTS; cohort++) {
        vx_outcome_tests *tests = NULL;
        options.inference.seed = (uint64_t)cohort;
        draw(cohort, value, outcome);
        check(vx_outcomes_test(device, outcome, OUTCOMES, &options, &tests, &error), error);
        count(tests, &found);
        vx_outcome_tests_free(tests);
    }
    vx_device_free(device);
    expect_all(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(null_outcomes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
