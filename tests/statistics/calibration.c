/* Under the null hypothesis the familywise error rate is the nominal one: among simulated cohorts of smooth noise, the
 * share with any voxel, or any cluster, at p-fwe <= 0.05 is inside the binomial 99 % interval about 0.05. A true effect
 * is found.
 *
 * With M random relabellings and no ties, P(p <= 0.05) is exactly 0.05 where (M + 1) 0.05 is an integer (Phipson &
 * Smyth 2010): M = 199. Cluster extents tie, and ties only make p larger; the forming threshold is loose so that they
 * are few. Seeds are fixed, so a failure is a fault and not chance.
 *
 *     scipy.stats.binom.interval(.99, [120, 500], .05) = 1..13, 13..38
 *
 * The mean of all p is tested too. p is uniform on {1/200 .. 1}, so the mean is within 3.29 standard errors sqrt(1/12 /
 * cohorts) of 0.5025 with probability 0.999. A p of half the correct size may pass the count, but never the mean.
 * Extents tie, so only the lower bound applies to them.
 *
 * The alarm of results/calibration.h, of the median |t| over all voxels, is held to the same bounds: with one effect
 * tested and none there, it goes off 1 time in 20. */
#include "fixture.h"
#include "infer/quantiles.h"
#include "results/calibration.h"

/* The sanitizers make it six times slower. */
#ifdef __SANITIZE_ADDRESS__
enum { COHORTS = 120, LOW = 1, HIGH = 13 };
#else
enum { COHORTS = 500, LOW = 13, HIGH = 38 };
#endif
enum { N = 14, SIDE = 10, V = SIDE * SIDE * SIDE, PERMUTATIONS = 199 };
static const int dim[3] = {SIDE, SIDE, SIDE};
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4, 6.5, 5, 3, 9.75, 4, 6, 5.5};
static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};
static const double *const nuisance[1] = {age};

/* Noise blurred by (1, 2, 3, 2, 1) along each axis, about 3 voxels FWHM; the ends are cut. `heavy` cubes it: symmetric,
 * far from normal, where only permutation keeps its promise. */
static float *smooth_noise(uint64_t seed, bool heavy)
{
    static const float weight[5] = {1, 2, 3, 2, 1};
    float *data = fixture_noise(seed, N, V), *old = malloc(V * sizeof *old);
    for (int i = 0; i < N; i++) {
        float *image = data + (size_t)i * V;
        for (int stride = 1; stride < V; stride *= SIDE) {
            memcpy(old, image, V * sizeof *old);
            for (int v = 0; v < V; v++) {
                image[v] = 0;
                for (int k = -2; k <= 2; k++) {
                    int at = v / stride % SIDE + k;
                    image[v] += at >= 0 && at < SIDE ? weight[k + 2] * old[v + k * stride] : 0;
                }
            }
        }
        for (int v = 0; v < V && heavy; v++)
            image[v] = image[v] * image[v] * image[v] * 1e-3f;
    }
    free(old);
    return data;
}

static double least(const vx_result *result, const char *map)
{
    double p = 1;
    for (int v = 0; v < V; v++)
        p = fmin(p, fixture_map(result, map)[v]);
    return p;
}

/* Sign flips of the mean, permutation of the score, and both given age, on heavy-tailed or normal noise. */
static void null_cohorts(void **state)
{
    enum { MAPS = 4, EXTENT = 1, TESTS = MAPS + 1 };
    static const char *const map[TESTS] = {"p-fwe-voxel", "p-fwe-extent", "p-fwe-mass", "p-fwe-tfce", "median |t|"};
    const int count = COHORTS, low = LOW, high = HIGH;
    vx_device *device = NULL;
    vx_error error = {0};
    (void)state;
    check(vx_device_open("cpu", NULL, &device, NULL, 0, &error), error);
    for (int c = 0; c < 4; c++) {
        vx_model *model = fixture_model(N, score, c / 2, nuisance, VX_PEARSON);
        int rejected[TESTS] = {0};
        double mean[TESTS] = {0};
        for (int cohort = 0; cohort < count; cohort++) {
            float *data = smooth_noise((uint64_t)(1000 * c + cohort), c == 0);
            vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
            vx_inference_options options = vx_inference_defaults();
            vx_result *result = NULL;
            options.permutations = PERMUTATIONS;
            options.seed = (uint64_t)cohort;
            options.cluster_p = 0.02;
            options.tails = c == 1 ? VX_POSITIVE : VX_TWO_TAILS;
            options.quantiles = PERMUTATIONS + 1;
            check(vx_infer(device, matrix, &model->effect[c % 2], &options, NULL, NULL, &result, &error), error);
            vx_calibration calibration;
            check(vx_calibration_find(&result->quantiles, 1, &calibration, &error), error);
            assert_int_equal(calibration.alarm, calibration.p <= 0.05);
            for (int m = 0; m < TESTS; m++) {
                double p = m < MAPS ? least(result, map[m]) : calibration.p;
                rejected[m] += p <= 0.05 + 1e-7;
                mean[m] += p / count;
            }
            vx_result_free(result);
            vx_matrix_free(matrix);
            free(data);
        }
        for (int m = 0; m < TESTS; m++) {
            double error_of_mean = 3.29 * sqrt(1 / 12. / count);
            printf("case %d %-13s %3d of %d at 0.05, mean p %.4f\n", c, map[m], rejected[m], count, mean[m]);
            if (rejected[m] < low || rejected[m] > high)
                fail_msg("case %d: %s rejects %d of %d, outside %d..%d", c, map[m], rejected[m], count, low, high);
            if (mean[m] < 0.5025 - error_of_mean || (m != EXTENT && mean[m] > 0.5025 + error_of_mean))
                fail_msg("case %d: the mean of %s is %.4f", c, map[m], mean[m]);
        }
        vx_model_free(model);
    }
    vx_device_free(device);
}

/* Relabellings are left out only where all of them would give no alarm, and then the first ones say the same. */
static void some_relabellings_suffice(void **state)
{
    enum { CASES = 12, LEAST = 32, REACH = 2, EFFECTS = 5 }; /* 2 of 200 reach 0.05 / EFFECTS, 3 do not */
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    int stopped = 0;
    (void)state;
    for (int i = 0; i < CASES; i++) {
        float *data = smooth_noise(70 + (uint64_t)i, false);
        for (int k = 0; k < N * V; k++)
            data[k] += (float)(83. / 12 * i); /* from nothing to a standard deviation, everywhere */
        vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
        vx_inference_options options = vx_inference_defaults();
        vx_calibration calibration[2];
        vx_result *result[2];
        vx_error error = {0};
        options.permutations = PERMUTATIONS;
        options.correct = VX_CORRECT_VOXEL;
        for (int k = 0; k < 2; k++) {
            options.quantiles = k ? LEAST : PERMUTATIONS + 1;
            options.quantiles_most = k ? PERMUTATIONS + 1 : 0;
            options.quantiles_reach = REACH;
            result[k] = fixture_run("cpu", 0, matrix, &model->effect[0], &options);
            check(vx_calibration_find(&result[k]->quantiles, EFFECTS, &calibration[k], &error), error);
        }
        const vx_quantiles *all = &result[0]->quantiles, *some = &result[1]->quantiles;
        assert_int_equal(all->count, PERMUTATIONS + 1);
        assert_int_equal(calibration[0].alarm, calibration[1].alarm);
        assert_memory_equal(all->median, some->median, some->count * 2 * sizeof(double));
        assert_true(some->count == all->count || vx_quantiles_reach(some) > REACH);
        assert_true(some->count >= LEAST && (i || some->count == LEAST));
        stopped += some->count < all->count;
        for (int k = 0; k < 2; k++)
            vx_result_free(result[k]);
        vx_matrix_free(matrix);
        free(data);
    }
    assert_in_range(stopped, 1, CASES - 1);
    vx_model_free(model);
}

/* A true effect in a cube of 4 x 4 x 4 voxels, three standard deviations per standard deviation of the score: found by
 * every correction, there and nowhere else; the cluster table says so. */
static void effects_are_found(void **state)
{
    vx_model *model = fixture_model(N, score, 1, nuisance, VX_PEARSON);
    (void)state;
    for (int e = 0; e < 2; e++) {
        float *data = smooth_noise(99, false);
        bool inside[V];
        for (int v = 0; v < V; v++) {
            int x = v % SIDE, y = v / SIDE % SIDE, z = v / SIDE / SIDE;
            inside[v] = x >= 2 && x < 6 && y >= 3 && y < 7 && z >= 4 && z < 8;
            for (int i = 0; i < N && inside[v]; i++) /* 83 = 19^(3/2), the standard deviation of blurred noise */
                data[i * V + v] += (float)(3 * 83 * (e ? -(score[i] - 5.2) / 2 : 1));
        }
        vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
        vx_inference_options options = vx_inference_defaults();
        options.permutations = 999;
        vx_result *result = fixture_run("cpu", 0, matrix, &model->effect[e], &options);
        static const char *const map[4] = {"p-fwe-voxel", "p-fwe-extent", "p-fwe-mass", "p-fdr"};
        for (int m = 0; m < 4; m++) {
            int hits = 0, wrong = 0;
            for (int v = 0; v < V; v++) {
                hits += inside[v] && fixture_map(result, map[m])[v] <= 0.05f;
                wrong += !inside[v] && fixture_map(result, map[m])[v] <= 0.05f;
            }
            if (hits < 58 || (m == 0 && wrong > 0) || wrong > 12)
                fail_msg("effect %d: %s finds %d of 64 and %d elsewhere", e, map[m], hits, wrong);
        }
        assert_true(result->clusters >= 1);
        assert_int_equal(result->cluster[0].sign, e ? -1 : 1);
        assert_true(result->cluster[0].voxels >= 58 && result->cluster[0].p[VX_P_FWE_EXTENT] <= 0.01);
        assert_true(inside[result->cluster[0].peak_voxel[0] + SIDE * (result->cluster[0].peak_voxel[1] +
                                                                      SIDE * result->cluster[0].peak_voxel[2])]);
        vx_result_free(result);
        vx_matrix_free(matrix);
        free(data);
    }
    vx_model_free(model);
}

/* Over the two effects of a run the familywise error rate is the nominal one, where each effect is strong in one voxel
 * and absent from the others, which are independent noise. Each effect has 0.025, and (M + 1) 0.025 is an integer too.
 * A rule that multiplies only the smallest p of an effect has an error of 1 - 0.95^2 = 0.0975.
 *
 *     scipy.stats.binom.interval(.99, 1000, .05) = 33..69
 *     scipy.stats.binom.cdf(69, 1000, .0975) = 0.0009 */
static void effects_share_the_level(void **state)
{
    enum { RUNS = 1000, EFFECTS = 2, VOXELS = 64 };
    static const int cube[3] = {4, 4, 4};
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    vx_device *device = NULL;
    vx_error error = {0};
    double mean = 0;
    int wrong = 0;
    (void)state;
    check(vx_device_open("cpu", NULL, &device, NULL, 0, &error), error);
    options.permutations = PERMUTATIONS;
    options.correct = VX_CORRECT_VOXEL;
    for (int i = 0; i < N; i++)
        mean += score[i] / N;
    for (int run = 0; run < RUNS; run++) {
        float *data = fixture_noise(5000 + (uint64_t)run, N, VOXELS);
        for (int i = 0; i < N; i++) {
            data[i * VOXELS] += 20;
            data[i * VOXELS + 1] += 20 * (float)(score[i] - mean);
        }
        vx_matrix *matrix = fixture_matrix(cube, N, VOXELS, data, NULL);
        vx_result *result[EFFECTS] = {NULL};
        bool any = false;
        options.seed = (uint64_t)run;
        for (int e = 0; e < EFFECTS; e++)
            check(vx_infer(device, matrix, &model->effect[e], &options, NULL, NULL, &result[e], &error), error);
        check(vx_bonferroni(result, EFFECTS, &error), error);
        for (int e = 0; e < EFFECTS; e++) {
            const float *p = fixture_map(result[e], "p-bonferroni-voxel");
            assert_true(p[e] < 0.05); /* the true voxel is found */
            for (int v = EFFECTS; v < VOXELS; v++)
                any |= p[v] <= 0.05 + 1e-7;
            vx_result_free(result[e]);
        }
        wrong += any;
        vx_matrix_free(matrix);
        free(data);
    }
    printf("over two effects: %d of %d runs with a false voxel at 0.05\n", wrong, RUNS);
    assert_in_range(wrong, 33, 69);
    vx_model_free(model);
    vx_device_free(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_cohorts),
        cmocka_unit_test(some_relabellings_suffice),
        cmocka_unit_test(effects_are_found),
        cmocka_unit_test(effects_share_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
