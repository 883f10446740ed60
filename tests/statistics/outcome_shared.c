/* Relabelling i moves the same people the same way in regions of two modalities and in markers, whoever is missing.
 *
 * The uncorrected p over few random relabellings depends on which were drawn. It is counted here from one list of
 * relabellings of all participants, restricted by the rule of voxstat/model.h: a sign stays with its participant, and
 * who is paired with somebody missing is paired with the next on the cycle of pi who is not. Within a participant list
 * |t| increases with |sum_i s_i y_i|, and with |sum_i (x_i - mean of x) y_pi(i)|. */
#include "fixture.h"

#include "model/relabelling.h"
#include "outcome/outcome.h"

enum { N = 14, OUTCOMES = 4, EFFECTS = 3, PERMUTATIONS = 199, SEEDS = 5 };

/* Nobody's absence is common to all outcomes, and no outcome has everybody. */
static const int64_t list[OUTCOMES][N] = {{0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13},
                                          {0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13},
                                          {0, 1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13},
                                          {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
static const int64_t count[OUTCOMES] = {13, 13, 12, 12};
/* Without ties, so that orders do not depend on the covariate. */
static double level[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 5.25, 3, 9.75, 4.25, 6, 5.5};
static double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};

/* |sum| of outcome k, whose changes are y (by participant), when everybody is relabelled. x is null for the mean. */
static double size_of(int k, const double *x, const double *y, const vx_relabelling *all)
{
    bool there[N] = {false};
    double mean = 0, sum = 0;
    for (int64_t i = 0; i < count[k]; i++) {
        there[list[k][i]] = true;
        mean += x ? x[list[k][i]] / (double)count[k] : 0;
    }
    for (int i = 0; i < N; i++) {
        int partner = all->order[i];
        if (!there[i])
            continue;
        while (!there[partner])
            partner = all->order[partner];
        sum += x ? (x[i] - mean) * y[partner] : all->sign[i] * y[i];
    }
    return fabs(sum);
}

/* The p of outcome k over the relabellings of `effect`, which has all participants. */
static double p_of(int k, const vx_effect *effect, const double *x, const double *y, uint64_t seed)
{
    vx_relabellings *set = NULL;
    vx_relabelling all = {0};
    vx_error error = {0};
    double observed = 0;
    int reach = 0;
    check(vx_relabellings_new(effect, PERMUTATIONS, seed, &set, &error), error);
    check(vx_relabelling_init(&all, set, &error), error);
    assert_int_equal(set->count, PERMUTATIONS + 1);
    for (uint64_t i = 0; i < set->count; i++) {
        vx_relabellings_get(set, i, &all);
        const double size = size_of(k, x, y, &all);
        observed = i ? observed : size;
        reach += size >= observed * (1 - 1e-9);
    }
    vx_relabelling_destroy(&all);
    vx_relabellings_free(set);
    return reach / (PERMUTATIONS + 1.0);
}

static void the_same_people_move_the_same_way(void **state)
{
    static const char *const name[OUTCOMES] = {"a", "b", "c", "d"}, *const modality[OUTCOMES] = {"pet", "cbf"};
    static const char *const family[OUTCOMES] = {"primary", "primary", "markers", "others"};
    const double *const x[EFFECTS] = {NULL, level, age};
    vx_column covariate[2] = {{.name = "level", .value = level}, {.name = "age", .value = age}};
    vx_study study = {.design = VX_ONESAMPLE, .participants = N, .covariate = covariate, .covariates = 2};
    vx_outcome_options options = {.model = VX_OPTIONS(vx_model_options, .mean_name = "mean"),
                                  .inference = vx_inference_defaults(),
                                  .study = &study,
                                  .alpha = 0.05};
    vx_model *everyone = fixture_model(N, level, 0, NULL, VX_PEARSON);
    vx_device *device = NULL;
    vx_error error = {0};
    (void)state;
    options.inference.permutations = PERMUTATIONS;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        double y[OUTCOMES][N], value[OUTCOMES][N];
        vx_outcome outcome[OUTCOMES];
        vx_outcome_tests *tests = NULL;
        float *noise = fixture_noise(810000 + seed, N, OUTCOMES);
        for (int k = 0; k < OUTCOMES; k++) {
            for (int i = 0; i < N; i++)
                y[k][i] = noise[i * OUTCOMES + k] + 0.3 + 0.1 * level[i];
            for (int64_t i = 0; i < count[k]; i++)
                value[k][i] = y[k][list[k][i]];
            outcome[k] = (vx_outcome){.kind = modality[k] ? VX_OUTCOME_REGION : VX_OUTCOME_MARKER,
                                      .name = name[k],
                                      .family = family[k],
                                      .modality = modality[k],
                                      .n = count[k],
                                      .participant = list[k],
                                      .value = {NULL, value[k]}};
        }
        options.inference.seed = seed;
        check(vx_outcomes_test(device, outcome, OUTCOMES, &options, &tests, &error), error);
        for (int k = 0; k < OUTCOMES; k++)
            for (int e = 0; e < EFFECTS; e++) {
                const double *figure = tests->test[k * EFFECTS + e].value;
                const double p = p_of(k, &everyone->effect[e > 0], x[e], y[k], seed);
                fixture_near(figure[VX_OUTCOME_P_EXACT], p, 1e-12, name[k], e);
                /* each is a family by itself, by its modality or the name of the family */
                assert_true(figure[VX_OUTCOME_P_FWE] == figure[VX_OUTCOME_P_EXACT]);
            }
        vx_outcome_tests_free(tests);
        free(noise);
    }
    vx_device_free(device);
    vx_model_free(everyone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_people_move_the_same_way)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
