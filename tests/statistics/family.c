/* Corrections over a family of elements: by hand, against their definitions in double, and on null families. */
#include "fixture.h"

enum { N = 6, V = 3, W = 2, M = V + W, MISSING = 2, ORDERS = 720 };
static const double score[N] = {2, 5, 1, 8, 4, 3};
static const int64_t everybody[N] = {0, 1, 2, 3, 4, 5};
static const char *const name[16] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"};
static char device[8][32];
static int devices;

static int find_devices(void **state)
{
    (void)state;
    devices = fixture_devices(device, 8);
    return 0;
}

static vx_matrix *matrix_of(int64_t n, int64_t elements, const float *data)
{
    vx_space space;
    vx_matrix *matrix = NULL;
    vx_error error = {0};
    check(vx_space_of_names("region", "regions", elements, name, &space, &error), error);
    check(vx_matrix_new(&space, n, data, &matrix, &error), error);
    vx_space_destroy(&space);
    return matrix;
}

/* A model of the given participants; `shared` may be null. */
static vx_model *model_of(int64_t n, const int64_t *participant, const double *covariate, const int64_t *shared,
                          int64_t count)
{
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "change", .participant = participant,
                                                .shared = shared, .shared_count = count);
    const vx_regressor regressor = {"level", covariate};
    vx_model *model = NULL;
    vx_error error = {0};
    check(vx_model_new(&options, n, &regressor, covariate ? 1 : 0, NULL, 0, &model, &error), error);
    return model;
}

static vx_inference_options settings(int64_t permutations, vx_tails tails)
{
    vx_inference_options options = vx_inference_defaults();
    options.permutations = permutations;
    options.correct = VX_CORRECT_VOXEL | VX_CORRECT_FDR;
    options.tails = tails;
    options.statistics = true;
    return options;
}

/* Four participants, two regions: a = (1, 2, 3, 4), b = (4, -1, 2, 2). Sums under the 8 flips that keep the first sign:
 *
 *     a   10   2   4  -4   6  -2   0  -8        |r| = |sum| / (2 sqrt(30)),  observed .913
 *     b    7   3   3  -1   9   5   5   1        |r| = |sum| / (2 sqrt(25)),  observed .7
 *
 * The larger |r| of both: .913 .3 .365 .365 .9 .5 .5 .730. So a is reached once, by itself and by the maximum; b twice
 * by itself and three times by the maximum. Step-down compares a with the maximum and b with itself. */
static void four_participants_by_hand(void **state)
{
    static const float data[4 * 2] = {1, 4, 2, -1, 3, 2, 4, 2};
    static const vx_family_p a = {1 / 8., 1 / 8., 1 / 8., 2 / 8., 2 / 8.}, b = {2 / 8., 3 / 8., 2 / 8., 2 / 8., 2 / 8.};
    const vx_inference_options options = settings(VX_PERMUTATIONS_ALL, VX_TWO_TAILS);
    vx_matrix *matrix = matrix_of(4, 2, data);
    vx_model *model = model_of(4, NULL, NULL, NULL, 0);
    (void)state;
    for (int d = 0; d < devices; d++) {
        vx_result *result = fixture_run(device[d], 1, matrix, model->effect, &options);
        vx_family_p p[3];
        vx_error error = {0};
        check(vx_family_correct((vx_family_member[]){{result, 1}, {NULL, 0}, {result, 0}}, 3, p, &error), error);
        assert_memory_equal(&p[2], &a, sizeof a);
        assert_memory_equal(&p[0], &b, sizeof b);
        assert_true(isnan(p[1].uncorrected) && isnan(p[1].fwe) && isnan(p[1].stepdown) && isnan(p[1].holm) &&
                    isnan(p[1].fdr));
        check(vx_family_correct((vx_family_member[]){{result, 1}}, 1, p, &error), error);
        assert_true(p->uncorrected == 2 / 8. && p->fwe == 2 / 8. && p->stepdown == 2 / 8. && p->holm == 2 / 8. &&
                    p->fdr == 2 / 8.);
        check(vx_family_correct((vx_family_member[]){{NULL, 0}}, 1, p, &error), error);
        assert_true(isnan(p->fwe));
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* ---- the definitions, in double ---- */

/* Regions 0 to 2 are of all participants, 3 and 4 of all but one. */
static float data[N * V], fewer[(N - 1) * W];
static int64_t present[N - 1];

static void make_data(uint64_t seed)
{
    float *noise = fixture_noise(seed, N, M);
    for (int i = 0, at = 0; i < N; i++) {
        for (int v = 0; v < V; v++)
            data[i * V + v] = noise[i * M + v] + (v == 1 ? 1.2f : 0.4f * noise[i * M]);
        if (i == MISSING)
            continue;
        for (int v = 0; v < W; v++)
            fewer[at * W + v] = noise[i * M + V + v] + 0.7f * noise[i * M] + (v == 0 ? (float)score[i] / 3 : 0);
        present[at++] = i;
    }
    free(noise);
}

/* t of member j when participant i is paired with pair[i] and has sign[i]. */
static double t_of(int j, bool slope, const int32_t *pair, const int8_t *sign)
{
    static const double ones[N] = {1, 1, 1, 1, 1, 1};
    const int n = j < V ? N : N - 1;
    double y[N], x[N];
    int32_t order[N], place[N];
    int8_t of_row[N];
    for (int i = 0, row = 0; i < N; i++)
        if (j < V || i != MISSING)
            place[i] = row++;
    for (int i = 0; i < N; i++) {
        if (j >= V && i == MISSING)
            continue;
        const int to = j >= V && pair[i] == MISSING ? pair[MISSING] : pair[i];
        const int row = place[i];
        y[row] = j < V ? data[i * V + j] : fewer[row * W + j - V];
        x[row] = score[i];
        order[row] = place[to];
        of_row[row] = sign[i];
    }
    return slope ? reference_freedman_lane(n, x, 1, ones, y, order, NULL)
                 : reference_freedman_lane(n, ones, 0, NULL, y, NULL, of_row);
}

static double s_of(double t, double df, vx_tails tails)
{
    t = tails == VX_TWO_TAILS ? fabs(t) : tails == VX_POSITIVE ? t : -t;
    return copysign(sqrt(df * log(1 + t * t / df)) * (8 * df + 1) / (8 * df + 3), t);
}

/* S of every relabelling and member; returns how many relabellings. */
static int enumerate(bool slope, vx_tails tails, double s[ORDERS][M])
{
    int32_t pair[N] = {0, 1, 2, 3, 4, 5};
    int count = 0;
    do {
        int8_t sign[N];
        for (int i = 0; i < N; i++)
            sign[i] = !slope && count >> i & 1 ? -1 : 1;
        for (int j = 0; j < M; j++)
            s[count][j] = s_of(t_of(j, slope, pair, sign), (j < V ? N : N - 1) - (slope ? 2 : 1), tails);
        count++;
    } while (slope ? reference_next(pair, N) : count < 64);
    return count;
}

/* The share of relabellings whose largest S of the members of `set` (bits) reaches `observed`; 1e-9 is far above the
 * rounding of ties in double, and far below other differences. */
static double reached(double s[ORDERS][M], int count, unsigned set, double observed)
{
    int reach = 0;
    for (int i = 0; i < count; i++) {
        double most = -INFINITY;
        for (int j = 0; j < M; j++)
            most = set >> j & 1 ? fmax(most, s[i][j]) : most;
        reach += most >= observed - 1e-9;
    }
    return (double)reach / count;
}

/* The definitions, quadratic and without sorting: a member's step-down p is the largest, over the members observed at
 * least as large, of the p of the maximum over those that are not larger than that one. */
static void define(double s[ORDERS][M], int count, vx_family_p p[M])
{
    for (int j = 0; j < M; j++) {
        p[j].uncorrected = reached(s, count, 1u << j, s[0][j]);
        p[j].fwe = reached(s, count, (1u << M) - 1, s[0][j]);
        p[j].stepdown = 0;
        for (int k = 0; k < M; k++) {
            unsigned not_larger = 0;
            for (int l = 0; l < M; l++)
                not_larger |= (s[0][l] <= s[0][k] ? 1u : 0) << l;
            if (s[0][k] >= s[0][j])
                p[j].stepdown = fmax(p[j].stepdown, reached(s, count, not_larger, s[0][k]));
        }
    }
    for (int j = 0; j < M; j++) {
        p[j].holm = 0;
        p[j].fdr = 1;
        for (int k = 0; k < M; k++) {
            int smaller = 0, no_larger = 0;
            for (int l = 0; l < M; l++) {
                smaller += p[l].uncorrected < p[k].uncorrected;
                no_larger += p[l].uncorrected <= p[k].uncorrected;
            }
            if (p[k].uncorrected <= p[j].uncorrected)
                p[j].holm = fmax(p[j].holm, fmin(1, (M - smaller) * p[k].uncorrected));
            if (p[k].uncorrected >= p[j].uncorrected)
                p[j].fdr = fmin(p[j].fdr, M * p[k].uncorrected / no_larger);
        }
    }
}

static void compare_with_definition(uint64_t seed)
{
    static double s[ORDERS][M];
    double of_present[N - 1];
    make_data(seed);
    for (int i = 0; i < N - 1; i++)
        of_present[i] = score[present[i]];
    vx_matrix *matrix[2] = {matrix_of(N, V, data), matrix_of(N - 1, W, fewer)};
    vx_model *model[2] = {model_of(N, everybody, score, everybody, N),
                          model_of(N - 1, present, of_present, everybody, N)};
    for (int run = 0; run < 6 * devices; run++) {
        const vx_tails tails = (vx_tails)(run % 3);
        const bool slope = run / 3 % 2;
        const vx_inference_options options = settings(VX_PERMUTATIONS_ALL, tails);
        vx_family_p expected[M], p[M];
        vx_result *result[2];
        vx_error error = {0};
        define(s, enumerate(slope, tails, s), expected);
        for (int k = 0; k < 2; k++)
            result[k] = fixture_run(device[run / 6], 1, matrix[k], &model[k]->effect[slope], &options);
        const vx_family_member member[M] = {
            {result[0], 0}, {result[0], 1}, {result[0], 2}, {result[1], 0}, {result[1], 1}};
        check(vx_family_correct(member, M, p, &error), error);
        for (int j = 0; j < M; j++) {
            fixture_near(p[j].uncorrected, expected[j].uncorrected, 1e-15, "uncorrected", j);
            fixture_near(p[j].fwe, expected[j].fwe, 1e-15, "fwe", j);
            fixture_near(p[j].stepdown, expected[j].stepdown, 1e-15, "stepdown", j);
            fixture_near(p[j].holm, expected[j].holm, 1e-14, "holm", j);
            fixture_near(p[j].fdr, expected[j].fdr, 1e-14, "fdr", j);
        }
        vx_result_free(result[0]);
        vx_result_free(result[1]);
    }
    for (int k = 0; k < 2; k++) {
        vx_model_free(model[k]);
        vx_matrix_free(matrix[k]);
    }
}

/* Two results with different missing people and degrees of freedom, each effect, each tail, every relabelling. In some
 * of the data a larger t has a smaller z than another one, and decides a p. */
static void as_defined(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    enum { SEEDS = 2 }; /* the same code runs for each */
#else
    enum { SEEDS = 6 };
#endif
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        compare_with_definition(31 + seed);
}

/* The family of all elements of one result has the p that the inference gives them, random or not, with ties. */
static void one_result_as_its_own_family(void **state)
{
    enum { ALL = 9, REGIONS = 12 };
    float ranks[ALL * REGIONS];
    double level[ALL];
    vx_family_member member[REGIONS];
    vx_family_p p[REGIONS];
    (void)state;
    for (int i = 0; i < ALL; i++) {
        level[i] = (i * 5 + 3) % 4;
        for (int v = 0; v < REGIONS; v++)
            ranks[i * REGIONS + v] = (float)((i * (v + 3) + v * v) % 7 - (v % 3));
    }
    vx_matrix *matrix = matrix_of(ALL, REGIONS, ranks);
    vx_model *model = model_of(ALL, NULL, level, NULL, 0);
    for (int run = 0; run < 12 * devices; run++) {
        const vx_tails tails = (vx_tails)(run % 3);
        const int effect = run / 3 % 2;
        const bool random = run / 6 % 2;
        vx_inference_options options = settings(random ? 250 : VX_PERMUTATIONS_ALL, tails);
        options.seed = 5;
        vx_result *result = fixture_run(device[run / 12], 2, matrix, &model->effect[effect], &options);
        vx_error error = {0};
        for (int v = 0; v < REGIONS; v++)
            member[v] = (vx_family_member){result, v};
        check(vx_family_correct(member, REGIONS, p, &error), error);
        for (int v = 0; v < REGIONS; v++) {
            assert_true((float)p[v].fwe == fixture_map(result, "p-fwe-voxel")[v]);
            if (!result->plan.exact_uncorrected) {
                assert_true((float)p[v].uncorrected == fixture_map(result, "p-uncorrected")[v]);
                fixture_near(p[v].fdr, fixture_map(result, "p-fdr")[v], 1e-6, "fdr", v);
            }
            assert_true(p[v].uncorrected <= p[v].stepdown && p[v].stepdown <= p[v].fwe);
        }
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Correlated families, 199 random relabellings, 500 cohorts: the family-wise error at 0.05 of the maximum and of
 * step-down lies inside the 99 % interval of calibration.c, 13 to 38. With true effects in half of the members, the
 * others are rejected no more often, and step-down finds more of the effects than the maximum. */
static void null_families(void **state)
{
    enum { COHORTS = 500, PEOPLE = 10, REGIONS = 8, LOW = 13, HIGH = 38 };
    static const double level[PEOPLE] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4.5, 6.5, 5.25, 3};
    vx_device *cpu = NULL;
    vx_error error = {0};
    (void)state;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &cpu, NULL, 0, &error), error);
    vx_model *model = model_of(PEOPLE, NULL, level, NULL, 0);
    for (int c = 0; c < 4; c++) {
        const int effect = c % 2, effects = c / 2 * REGIONS / 2;
        int errors[2] = {0}, found[2] = {0};
        for (int cohort = 0; cohort < COHORTS; cohort++) {
            float *noise = fixture_noise((uint64_t)(100000 + 1000 * c + cohort), PEOPLE, REGIONS + 1);
            float made[PEOPLE * REGIONS];
            vx_family_member member[REGIONS];
            vx_family_p p[REGIONS];
            vx_inference_options options = settings(199, VX_TWO_TAILS);
            vx_result *result = NULL;
            options.seed = (uint64_t)cohort;
            for (int i = 0; i < PEOPLE; i++)
                for (int v = 0; v < REGIONS; v++) {
                    const float *row = noise + i * (REGIONS + 1);
                    const double shift = v >= effects ? 0 : effect ? (level[i] - 5) / 1.1 : 1.4;
                    made[i * REGIONS + v] = (float)(row[v] + row[REGIONS] + shift);
                }
            vx_matrix *matrix = matrix_of(PEOPLE, REGIONS, made);
            check(vx_infer(cpu, matrix, &model->effect[effect], &options, NULL, NULL, &result, &error), error);
            for (int v = 0; v < REGIONS; v++)
                member[v] = (vx_family_member){result, v};
            check(vx_family_correct(member, REGIONS, p, &error), error);
            bool wrong[2] = {false};
            for (int v = 0; v < REGIONS; v++) {
                const bool below[2] = {p[v].fwe <= 0.05, p[v].stepdown <= 0.05};
                for (int k = 0; k < 2; k++) {
                    found[k] += v < effects && below[k];
                    wrong[k] = wrong[k] || (v >= effects && below[k]);
                }
            }
            errors[0] += wrong[0];
            errors[1] += wrong[1];
            vx_result_free(result);
            vx_matrix_free(matrix);
            free(noise);
        }
        printf("case %d: errors %d by the maximum, %d step-down; effects found %d, %d\n", c, errors[0], errors[1],
               found[0], found[1]);
        if (!effects) /* with no effect, step-down rejects something exactly where the maximum does */
            assert_true(errors[0] == errors[1] && errors[0] >= LOW);
        assert_true(errors[0] <= HIGH && errors[1] <= HIGH);
        assert_true(!effects || (found[1] > found[0] && found[0] > COHORTS));
    }
    vx_model_free(model);
    vx_device_free(cpu);
}

static void others_are_refused(void **state)
{
    double tied[N] = {2, 5, 2, 8, 4, 3}, of_present[N - 1];
    vx_error error = {0};
    (void)state;
    make_data(31);
    for (int i = 0; i < N - 1; i++)
        of_present[i] = score[present[i]];
    vx_matrix *matrix = matrix_of(N, V, data), *second = matrix_of(N - 1, W, fewer);
    vx_model *own = model_of(N, everybody, score, NULL, 0), *ties = model_of(N, everybody, tied, NULL, 0);
    vx_model *less = model_of(N - 1, present, of_present, NULL, 0);
    vx_model *shared = model_of(N, everybody, score, everybody, N), *also = model_of(N, everybody, tied, everybody, N);
    const vx_inference_options all = settings(VX_PERMUTATIONS_ALL, VX_TWO_TAILS), some = settings(50, VX_TWO_TAILS);
    vx_inference_options seed = some, without = some, one = some;
    seed.seed = 1;
    without.statistics = false;
    one.tails = VX_POSITIVE;
    const struct {
        const vx_matrix *matrix;
        const vx_effect *effect;
        const vx_inference_options *options;
        int64_t element;
        const char *why; /* null: accepted beside the first */
    } c[] = {
        {matrix, &own->effect[1], &some, 0, NULL},
        {matrix, &own->effect[1], &some, V, "effect level: element 3 of 0 to 2"},
        {matrix, &own->effect[1], &some, -1, "effect level: element -1 of 0 to 2"},
        {matrix, &own->effect[1], &without, 0, "effect level: its statistics were not kept"},
        {matrix, &own->effect[1], &one, 0, "effects level and level: a family is tested in the same tails"},
        {matrix, &own->effect[0], &some, 0, "effects level and change do not share relabellings: one flips signs"},
        {matrix, &own->effect[1], &seed, 0, "their seeds differ"},
        {matrix, &own->effect[1], &all, 0, "their numbers differ"},
        {second, &less->effect[1], &some, 0, "they are of other participants"},
        {matrix, &ties->effect[1], &some, 0, "they depend on the ties of each design"},
        {matrix, &shared->effect[1], &some, 0, NULL},
        {matrix, &also->effect[1], &some, 0, NULL},
    };
    vx_result *first = fixture_run("cpu", 1, matrix, &own->effect[1], &some);
    for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
        vx_result *result = fixture_run("cpu", 1, c[k].matrix, c[k].effect, c[k].options);
        vx_family_p p[2];
        vx_status status = vx_family_correct((vx_family_member[]){{first, 0}, {result, c[k].element}}, 2, p, &error);
        assert_int_equal(status, c[k].why ? VX_USAGE : VX_OK);
        if (c[k].why && !strstr(error.message, c[k].why))
            fail_msg("\"%s\" does not say \"%s\"", error.message, c[k].why);
        vx_result_free(result);
    }
    vx_result_free(first);
    vx_model *models[] = {own, ties, less, shared, also};
    for (size_t k = 0; k < sizeof models / sizeof *models; k++)
        vx_model_free(models[k]);
    vx_matrix_free(matrix);
    vx_matrix_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_participants_by_hand), cmocka_unit_test(as_defined),
        cmocka_unit_test(one_result_as_its_own_family), cmocka_unit_test(null_families),
        cmocka_unit_test(others_are_refused),
    };
    return cmocka_run_group_tests(tests, find_devices, NULL);
}
