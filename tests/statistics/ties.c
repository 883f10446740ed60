/* Relabellings that are as extreme as the data in exact arithmetic are counted, whatever rounding does to them; ranks
 * and integers tie often. The expected counts are exact: of integers, or computed with fractions. */
#include "base/random.h"
#include "fixture.h"

static int64_t count_of(double p, int64_t all)
{
    return lround(p * (double)all);
}

/* The count of all orders of five participants that are as extreme as the data, given age, on every device. */
static void expect_count(const float change[5], const double score[5], const double age[5], vx_correlation correlation,
                         double t_squared, int64_t count)
{
    char device[8][32];
    int devices = fixture_devices(device, 8);
    const double *const nuisance[] = {age};
    vx_model *model = fixture_model(5, score, 1, nuisance, correlation);
    vx_matrix *matrix = fixture_matrix((int[]){1, 1, 1}, 5, 1, change, NULL);
    vx_inference_options options = vx_inference_defaults();
    options.permutations = VX_PERMUTATIONS_ALL;
    for (int d = 0; d < devices; d++) {
        vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[1], &options);
        fixture_near(fabs((double)fixture_map(result, "t")[0]), sqrt(t_squared), 1e-6, device[d], 0);
        assert_int_equal(count_of(fixture_map(result, "p-uncorrected")[0], 120), count);
        assert_int_equal(count_of(fixture_map(result, "p-fwe-voxel")[0], 120), count);
        vx_result_free(result);
    }
    vx_matrix_free(matrix);
    vx_model_free(model);
}

/* Spearman correlation of a change and a score given age. A Freedman-Lane refit of all 120 permutations with Python's
 * fractions: t^2 of the data is 2835 / 38, one is larger, 13008845 / 154774, and two are equal. Where the residual of a
 * permutation on age is small, its r has a larger rounding error. */
static void given_nuisance(void **state)
{
    (void)state;
    expect_count((float[]){-1, -3, 2, 0, 2}, (double[]){1, 1, 2, 3, 3}, (double[]){60, 61, 60, 64, 63}, VX_SPEARMAN,
                 2835 / 38., 3);
}

/* Two permutations have a residual on the nuisance of 6e-7 of the data, of which the covariate explains more than of
 * the observed data: r^2 is 0.535 against 0.466. A refit of all 120 with Python's fractions finds 28 that reach the
 * observed r^2. */
static void little_left(void **state)
{
    static const double r_squared = 0.4658263136838226;
    (void)state;
    expect_count((float[]){-6402, 4263, 2133, 4263, -4256}, (double[]){5, 2, 1, 0, 1}, (double[]){8, 11, 12, 7, 12},
                 VX_PEARSON, 2 * r_squared / (1 - r_squared), 28);
}

/* Twice the rank, ties at their mean. */
static int twice_rank(const double *value, int n, int i)
{
    int below = 0, equal = 0;
    for (int j = 0; j < n; j++) {
        below += value[j] < value[i];
        equal += value[j] == value[i];
    }
    return 2 * below + equal + 1;
}

/* The number of orders of `rank` whose sum of products with `other` is at most that of the given order. */
static int64_t as_low(int *rank, const int *other, int n, int at, int observed)
{
    int64_t count = 0;
    if (at == n) {
        int sum = 0;
        for (int i = 0; i < n; i++)
            sum += rank[i] * other[i];
        return sum <= observed;
    }
    for (int i = at; i < n; i++) {
        int kept = rank[at];
        rank[at] = rank[i];
        rank[i] = kept;
        count += as_low(rank, other, n, at + 1, observed);
        rank[i] = rank[at];
        rank[at] = kept;
    }
    return count;
}

/* A cluster of one voxel: its mass has the order of -rho, and rho that of a sum of integers. */
static void cluster_mass(void **state)
{
    enum { N = 6, CASES = 200 };
    static const double score[N] = {1, 1, 2, 3, 3, 5};
    int clusters = 0;
    vx_model *model = fixture_model(N, score, 0, NULL, VX_SPEARMAN);
    vx_inference_options options = vx_inference_defaults();
    (void)state;
    options.permutations = VX_PERMUTATIONS_ALL;
    options.tails = VX_NEGATIVE;
    options.cluster_p = 0.2;
    for (int c = 0; c < CASES; c++) {
        double change[N];
        float data[N];
        int a[N], b[N], observed = 0;
        for (int i = 0; i < N; i++)
            data[i] = (float)(change[i] = round(3 * vx_normal(5, (uint64_t)c, (uint32_t)i, VX_STREAM_TEST)));
        for (int i = 0; i < N; i++) {
            a[i] = twice_rank(change, N, i);
            b[i] = twice_rank(score, N, i);
            observed += a[i] * b[i];
        }
        vx_matrix *matrix = fixture_matrix((int[]){1, 1, 1}, N, 1, data, NULL);
        vx_result *result = fixture_run("cpu", 1, matrix, &model->effect[1], &options);
        for (size_t k = 0; k < result->clusters; k++, clusters++)
            assert_int_equal(count_of(result->cluster[k].p[VX_P_FWE_MASS], 720), as_low(a, b, N, 0, observed));
        vx_result_free(result);
        vx_matrix_free(matrix);
    }
    assert_true(clusters > CASES / 10);
    vx_model_free(model);
}

/* In a mask of one voxel TFCE is |t|^3 / 3, or in a hundred steps of |t| / 100 a multiple of |t|^3, so what ties by one
 * ties by the other. */
static void tfce_of_one_voxel(void **state)
{
    enum { N = 7, CASES = 60 };
    char device[8][32];
    int devices = fixture_devices(device, 8), between = 0;
    vx_inference_options options = vx_inference_defaults();
    (void)state;
    options.permutations = VX_PERMUTATIONS_ALL;
    options.correct = VX_CORRECT_VOXEL | VX_CORRECT_TFCE;
    for (int c = 0; c < CASES; c++) {
        float change[N];
        double score[N], age[N];
        const double *const nuisance[] = {age};
        for (uint32_t i = 0; i < N; i++) {
            change[i] = (float)round(2 * vx_normal(6, (uint64_t)c, i, VX_STREAM_TEST));
            score[i] = round(change[i] + 2 * vx_normal(7, (uint64_t)c, i, VX_STREAM_TEST));
            age[i] = 60 + round(3 * vx_normal(8, (uint64_t)c, i, VX_STREAM_TEST));
        }
        options.tfce_preset = c % 3 == 2 ? VX_TFCE_PALM : VX_TFCE_EXACT;
        vx_matrix *matrix = fixture_matrix((int[]){1, 1, 1}, N, 1, change, NULL);
        vx_model *model = fixture_model(N, score, c % 2, nuisance, VX_PEARSON);
        for (int d = 0; d < (c < 4 ? devices : 1); d++) {
            vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[1], &options);
            double p = fixture_map(result, "p-fwe-voxel")[0];
            fixture_near(fixture_map(result, "p-fwe-tfce")[0], p, 0, device[d], c);
            between += p < 1;
            vx_result_free(result);
        }
        vx_model_free(model);
        vx_matrix_free(matrix);
    }
    assert_true(between > CASES / 2);
}

/* Two separate voxels that both reach r^2 = u^2 / (n sum k^2) = 441 / 460, beyond 15 / 16: 21^2 / (4 115) and 63^2 / (4
 * 1035), each under two of the 16 flips. */
static void near_one(void **state)
{
    enum { N = 4 };
    static const float change[2 * N] = {4, -12, 5, 13, 5, 19, 7, 19};
    char device[8][32];
    int devices = fixture_devices(device, 8);
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    vx_matrix *matrix = fixture_matrix((int[]){3, 1, 1}, N, 2, change, (int64_t[]){0, 2});
    vx_inference_options options = vx_inference_defaults();
    (void)state;
    options.permutations = VX_PERMUTATIONS_ALL;
    for (int d = 0; d < devices; d++) {
        vx_result *result = fixture_run(device[d], 1, matrix, model->effect, &options);
        assert_int_equal(count_of(fixture_map(result, "p-fwe-voxel")[0], 16), 4);
        assert_int_equal(count_of(fixture_map(result, "p-fwe-tfce")[0], 16), 4);
        vx_result_free(result);
    }
    vx_matrix_free(matrix);
    vx_model_free(model);
}

/* Orders of `rank` under which it is that of either voxel, or turned round: perfect fits. */
static int64_t fits(int *rank, const int *other, int n, int at)
{
    int64_t count = 0;
    if (at == n) {
        for (int v = 0; v < 2; v++) {
            bool same = true, turned = true;
            for (int i = 0; i < n; i++) {
                same = same && rank[i] == other[v * n + i];
                turned = turned && rank[i] + other[v * n + i] == 2 * (n + 1);
            }
            if (same || turned)
                return 1;
        }
        return 0;
    }
    for (int i = at; i < n; i++) {
        int kept = rank[at];
        rank[at] = rank[i];
        rank[i] = kept;
        count += fits(rank, other, n, at + 1);
        rank[i] = rank[at];
        rank[at] = kept;
    }
    return count;
}

/* Spearman of two voxels that follow the score's ranks, one as observed, the other in another order. */
static void perfect_fits(void **state)
{
    enum { N = 5, CASES = 60 };
    vx_inference_options options = vx_inference_defaults();
    int cases = 0;
    (void)state;
    options.permutations = VX_PERMUTATIONS_ALL;
    for (int c = 0; c < CASES; c++) {
        double score[N], voxel[2][N];
        float change[2 * N];
        int rank[N], other[2 * N];
        for (uint32_t i = 0; i < N; i++)
            score[i] = floor(4 * vx_uniform(9, (uint64_t)c, i, VX_STREAM_TEST));
        for (int i = 0; i < N; i++) {
            voxel[0][i] = score[i];
            voxel[1][i] = score[(i * (2 + c % 3) + c) % N];
            change[2 * i] = (float)voxel[0][i];
            change[2 * i + 1] = (float)voxel[1][i];
        }
        for (int i = 0; i < N; i++) {
            rank[i] = twice_rank(score, N, i);
            for (int v = 0; v < 2; v++)
                other[v * N + i] = twice_rank(voxel[v], N, i);
        }
        if (rank[0] == rank[1] && rank[1] == rank[2] && rank[2] == rank[3] && rank[3] == rank[4])
            continue;
        vx_model *model = fixture_model(N, score, 0, NULL, VX_SPEARMAN);
        vx_matrix *matrix = fixture_matrix((int[]){3, 1, 1}, N, 2, change, (int64_t[]){0, 2});
        vx_result *result = fixture_run("cpu", 1, matrix, &model->effect[1], &options);
        int64_t expected = fits(rank, other, N, 0);
        assert_int_equal(count_of(fixture_map(result, "p-fwe-voxel")[0], 120), expected);
        assert_int_equal(count_of(fixture_map(result, "p-fwe-tfce")[0], 120), expected);
        vx_result_free(result);
        vx_matrix_free(matrix);
        vx_model_free(model);
        cases++;
    }
    assert_true(cases > CASES / 2);
}

/* r^2 = 8^2 / (40 20.8) = 1 / 13 and t^2 = 3 r^2 / (1 - r^2) = 1 / 4. A cluster's voxels are above the threshold, not
 * at it. */
static void at_the_threshold(void **state)
{
    enum { N = 5 };
    static const float change[N] = {0, 5, 2, 0, 4};
    static const double score[N] = {0, 1, 2, 4, 8};
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_matrix *matrix = fixture_matrix((int[]){1, 1, 1}, N, 1, change, NULL);
    vx_inference_options options = vx_inference_defaults();
    (void)state;
    options.permutations = VX_PERMUTATIONS_ALL;
    options.cluster_t = 0.5;
    vx_result *result = fixture_run("cpu", 1, matrix, &model->effect[1], &options);
    fixture_near(fixture_map(result, "t")[0], 0.5, 1e-7, "t", 0);
    assert_int_equal(result->clusters, 0);
    vx_result_free(result);
    options.cluster_t = 0.4999;
    result = fixture_run("cpu", 1, matrix, &model->effect[1], &options);
    assert_int_equal(result->clusters, 1);
    vx_result_free(result);
    vx_matrix_free(matrix);
    vx_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(given_nuisance), cmocka_unit_test(little_left),
                                       cmocka_unit_test(cluster_mass),      cmocka_unit_test(tfce_of_one_voxel),
                                       cmocka_unit_test(near_one),          cmocka_unit_test(at_the_threshold),
                                       cmocka_unit_test(perfect_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
