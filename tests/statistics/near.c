/* Nearly perfect fits: t up to 20,000, where a float r loses 1 - r^2. On every device the null, TFCE and mass of the
 * observed data are compared with the t map, which is computed in double. The bounds, with s = sqrt(1 - r^2) =
 * sqrt(df / (df + t^2)):
 *
 *   1. The data have the error e relative to their length: 2^-24 (floats), or 2^-28 (sign flips without nuisance, in
 *      fixed point).
 *   2. So residuals have the error 4 e, and t the relative error 4 e / s, beside four roundings to float.
 *   3. Where s^2 >= 1/16 a float r is used: t has the relative error 4 2^-24 / s^2, and N e sqrt(df) near 0.
 *   4. TFCE is proportional to h^3. */
#include "fixture.h"

#include "../ops/tfce_reference.h"

enum { N = 8, NX = 7, NY = 5, NZ = 3, V = NX * NY * NZ, EFFECTS = 4 };
static const int dim[3] = {NX, NY, NZ};
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4, 6.5}, age[N] = {67, 71, 59, 80, 63, 75, 66, 70};
static const double *const nuisance[1] = {age};

/* 1 or the score, plus noise that decreases along x; the sign is inverted in every fourth voxel. */
static vx_matrix *make_matrix(bool of_score)
{
    float *data = fixture_noise(41, N, V);
    for (int i = 0; i < N; i++)
        for (int v = 0; v < V; v++) {
            double signal = (of_score ? (score[i] - 5.1875) / 2 : 1) * (v % 4 ? 1 : -1);
            data[i * V + v] = (float)(signal + pow(10, -4.0 * (v % NX) / NX) * (double)data[i * V + v]);
        }
    vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
    free(data);
    return matrix;
}

static double error_of(double t, double df, double e)
{
    double s = sqrt(df / (df + t * t));
    return (s < 0.25 ? 4 * e / s + 4 * 0x1p-24 : 4 * 0x1p-24 / (s * s)) * fabs(t) + N * e * sqrt(df);
}

static void check_tfce(const vx_result *result, const double *t, double df, double e)
{
    const vx_reference_grid grid = {NX, NY, NZ, 26};
    const float *map = fixture_map(result, "tfce");
    double negative[V], up[V], down[V];
    for (int v = 0; v < V; v++)
        negative[v] = -t[v];
    vx_reference_tfce(&grid, 0.5, 2, t, up);
    vx_reference_tfce(&grid, 0.5, 2, negative, down);
    for (int v = 0; v < V; v++) {
        double expected = t[v] > 0 ? up[v] : -down[v];
        fixture_near(map[v], expected, 3.1 * error_of(t[v], df, e) * fabs(expected / t[v]), "tfce", v);
    }
}

static void check_mass(const vx_result *result, const double *t, double df, double e)
{
    const float *label = fixture_map(result, "clusters");
    assert_true(result->clusters > 0);
    for (size_t c = 0; c < result->clusters; c++) {
        double mass = 0, bound = 0;
        for (int v = 0; v < V; v++) {
            bool in = label[v] == (float)(c + 1);
            mass += in ? fabs(t[v]) - result->plan.threshold_t : 0;
            bound += in ? error_of(t[v], df, e) + 2 / (double)VX_MASS_ONE : 0;
        }
        fixture_near(result->cluster[c].mass, mass, bound, "mass", (long)c);
    }
}

static void observed_data(void **state)
{
    char id[4][32];
    int devices = fixture_devices(id, 4);
    (void)state;
    for (int c = 0; c < EFFECTS; c++) {
        vx_matrix *matrix = make_matrix(c % 2);
        vx_model *model = fixture_model(N, score, c / 2, nuisance, VX_PEARSON);
        const vx_effect *effect = &model->effect[c % 2];
        double e = c == 0 ? 0x1p-28 : 0x1p-24;
        for (int d = 0; d < devices; d++) {
            vx_inference_options options = vx_inference_defaults();
            options.permutations = 200;
            options.correct = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS | VX_CORRECT_TFCE;
            vx_result *result = fixture_run(id[d], 0, matrix, effect, &options);
            double t[V], most = 0;
            for (int v = 0; v < V; v++) {
                t[v] = (double)fixture_map(result, "t")[v];
                most = fmax(most, fabs(t[v]));
            }
            assert_true(most > 2000);
            fixture_near(result->null.voxel[0], most, error_of(most, effect->df, e), "largest t", c);
            int64_t as_large = 0;
            for (uint64_t i = 0; i < result->null.count; i++)
                as_large += result->null.voxel[i] > 0.9 * most;
            for (int v = 0; v < V; v++) /* nothing else comes near it, and so nothing else is counted */
                if (fabs(t[v]) == most)
                    fixture_near(fixture_map(result, "p-fwe-voxel")[v],
                                 (double)as_large / (double)result->null.count, 1e-7, "p", c);
            check_tfce(result, t, effect->df, e);
            check_mass(result, t, effect->df, e);
            vx_result_free(result);
        }
        vx_model_free(model);
        vx_matrix_free(matrix);
    }
}

/* Every flip of data that one flip of the sign, participant 2's, turns into a nearly perfect fit: the maximum is that
 * flip's, t in double. */
static void another_relabelling(void **state)
{
    char id[4][32];
    int devices = fixture_devices(id, 4);
    float *data = fixture_noise(42, N, V);
    double null[1 << N];
    for (int i = 0; i < N; i++)
        for (int v = 0; v < V; v++)
            data[i * V + v] = (i == 2 ? -1 : 1) * (1 + 1e-3f * data[i * V + v]);
    for (int flip = 0; flip < 1 << N; flip++) {
        null[flip] = 0;
        for (int v = 0; v < V; v++) {
            double sum = 0, square = 0;
            for (int i = 0; i < N; i++)
                sum += (flip >> i & 1 ? -1 : 1) * (double)data[i * V + v];
            for (int i = 0; i < N; i++)
                square += pow((flip >> i & 1 ? -1 : 1) * (double)data[i * V + v] - sum / N, 2);
            null[flip] = fmax(null[flip], fabs(sum / N) / sqrt(square / (N - 1) / N));
        }
    }
    assert_true(null[1 << 2] > 1000 && null[0] < 10);
    vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    (void)state;
    for (int d = 0; d < devices; d++) {
        vx_inference_options options = vx_inference_defaults();
        options.permutations = VX_PERMUTATIONS_ALL;
        vx_result *result = fixture_run(id[d], 0, matrix, model->effect, &options);
        for (int flip = 0; flip < 1 << N; flip++)
            fixture_near(result->null.voxel[flip], null[flip], error_of(null[flip], N - 1, 0x1p-28),
                         "largest t of a flip", flip);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(observed_data), cmocka_unit_test(another_relabelling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
