/* TFCE through vx_infer on every device: its map against a flood fill at every threshold, its null against a plain
 * computation of every relabelling, shapes whose answer is a formula, the steps of other tools against their sums, and
 * exact uncorrected p against counting.
 *
 * Heights are float32 t, with four roundings. h^3 / 3 has three relative errors of about 2^-23 each, and a sum of such
 * terms no more. RELATIVE = 1e-5 is ten times that, and too small for one height, voxel or step too many. */
#include "fixture.h"

#include <float.h>

static const double RELATIVE = 1e-5;

enum { NX = 5, NY = 4, NZ = 3, V = NX * NY * NZ };
static const int dim[3] = {NX, NY, NZ};

static bool touches(int a, int b, int connectivity)
{
    int dx = abs(a % NX - b % NX), dy = abs(a / NX % NY - b / NX % NY), dz = abs(a / NX / NY - b / NX / NY);
    int most = connectivity == 26 ? 3 : connectivity == 18 ? 2 : 1;
    return dx <= 1 && dy <= 1 && dz <= 1 && dx + dy + dz <= most;
}

/* Voxels of v's component of {sign t >= h}; 0 where v is below. */
static int extent_at(const double *t, int sign, double h, int connectivity, int v)
{
    bool in[V] = {false};
    int stack[V], depth = 0, size = 0;
    if (sign * t[v] < h)
        return 0;
    in[v] = true;
    stack[depth++] = v;
    while (depth) {
        int u = stack[--depth];
        size++;
        for (int w = 0; w < V; w++)
            if (!in[w] && sign * t[w] >= h && touches(u, w, connectivity)) {
                in[w] = true;
                stack[depth++] = w;
            }
    }
    return size;
}

/* Smith & Nichols 2009, eq. 1, cut at every height that occurs: between two of them e_v(h) is constant. */
static double reference_tfce(const double *t, int sign, double e, double h, int connectivity, int v)
{
    double sum = 0;
    for (int k = 0; k < V; k++) { /* the interval below height k, down to the next lower one */
        double high = sign * t[k], low = 0;
        bool first = true;
        if (high <= 0 || high > sign * t[v])
            continue;
        for (int j = 0; j < V; j++) {
            first = first && !(j < k && t[j] == t[k]);
            low = sign * t[j] < high && sign * t[j] > low ? sign * t[j] : low;
        }
        if (first)
            sum += pow(extent_at(t, sign, high, connectivity, v), e) * (pow(high, h + 1) - pow(low, h + 1)) / (h + 1);
    }
    return sum;
}

/* The maximum over the tested tails, with E = 0.5, H = 2 and 26 neighbours. */
static double largest_tfce(const double *t, vx_tails tails)
{
    double most = 0;
    for (int v = 0; v < V; v++)
        for (int sign = tails == VX_POSITIVE ? 1 : -1; sign <= (tails == VX_NEGATIVE ? -1 : 1); sign += 2)
            most = fmax(most, reference_tfce(t, sign, 0.5, 2, 26, v));
    return most;
}

/* Data in which neighbours are alike, so that there are components of several sizes. */
static float *smooth(uint64_t seed, int n)
{
    float *noise = fixture_noise(seed, n, V), *data = calloc((size_t)n * V, sizeof *data);
    for (int i = 0; i < n; i++)
        for (int v = 0; v < V; v++)
            for (int u = 0; u < V; u++)
                data[i * V + v] += touches(u, v, 18) ? noise[i * V + u] : 0;
    free(noise);
    return data;
}

static vx_inference_options tfce_options(void)
{
    vx_inference_options options = vx_inference_defaults();
    options.correct = VX_CORRECT_TFCE;
    options.permutations = 50;
    return options;
}

static void map_is_the_integral(void **state)
{
    static const struct {
        int connectivity;
        double e, h;
        vx_tails tails;
    } cases[] = {{26, 0.5, 2, VX_TWO_TAILS}, {18, 0.5, 2, VX_POSITIVE}, {6, 0.5, 2, VX_NEGATIVE},
                 {26, 1, 1, VX_TWO_TAILS},   {6, 0.66, 3, VX_TWO_TAILS}, {18, 0, 0, VX_TWO_TAILS}};
    char id[4][32];
    int devices = fixture_devices(id, 4);
    float *data = smooth(11, 8);
    vx_matrix *matrix = fixture_matrix(dim, 8, V, data, NULL);
    vx_model *model = fixture_model(8, NULL, 0, NULL, VX_PEARSON);
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int d = 0; d < devices; d++) {
            vx_inference_options options = tfce_options();
            options.connectivity = cases[c].connectivity;
            options.tfce_extent = cases[c].e;
            options.tfce_height = cases[c].h;
            options.tails = cases[c].tails;
            vx_result *result = fixture_run(id[d], 0, matrix, model->effect, &options);
            const float *map = fixture_map(result, "tfce"), *float_t = fixture_map(result, "t");
            double t[V], most = 0;
            for (int v = 0; v < V; v++)
                t[v] = float_t[v];
            for (int v = 0; v < V; v++) {
                int sign = t[v] < 0 ? -1 : 1;
                bool asked = options.tails == VX_TWO_TAILS || (options.tails == VX_POSITIVE) == (sign > 0);
                double expected =
                    asked ? sign * reference_tfce(t, sign, cases[c].e, cases[c].h, cases[c].connectivity, v) : 0;
                fixture_near(map[v], expected, RELATIVE * fabs(expected), "tfce", v);
                most = fmax(most, fabs(expected));
            }
            assert_true(most > 0);
            fixture_near(result->null.tfce[0], most, RELATIVE * most, "observed maximum", 0);
            vx_result_free(result);
        }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(data);
}

/* All 16 flips of 4 participants, t of each in double from its own data; the null in the order of the flips, of both
 * tails and of each. */
static void null_is_every_flip(void **state)
{
    enum { N = 4 };
    char id[4][32];
    int devices = fixture_devices(id, 4);
    float *data = smooth(12, N);
    vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    double null[3][1 << N];
    (void)state;
    for (int flip = 0; flip < 1 << N; flip++) {
        double t[V];
        for (int v = 0; v < V; v++) {
            double sum = 0, square = 0;
            for (int i = 0; i < N; i++)
                sum += (flip >> i & 1 ? -1 : 1) * (double)data[i * V + v];
            for (int i = 0; i < N; i++)
                square += pow((flip >> i & 1 ? -1 : 1) * (double)data[i * V + v] - sum / N, 2);
            t[v] = sum / N / sqrt(square / (N - 1) / N);
        }
        for (vx_tails tails = VX_TWO_TAILS; tails <= VX_NEGATIVE; tails++)
            null[tails][flip] = largest_tfce(t, tails);
    }
    for (int run = 0; run < 3 * devices; run++) {
        vx_inference_options options = tfce_options();
        options.permutations = VX_PERMUTATIONS_ALL;
        options.tails = (vx_tails)(run % 3);
        const double *expected = null[run % 3];
        vx_result *result = fixture_run(id[run / 3], 0, matrix, model->effect, &options);
        assert_int_equal(result->null.count, 1 << N);
        for (int flip = 0; flip < 1 << N; flip++)
            fixture_near(result->null.tfce[flip], expected[flip], 10 * RELATIVE * expected[flip], "null", flip);
        const float *map = fixture_map(result, "tfce"), *p = fixture_map(result, "p-fwe-tfce");
        for (int v = 0; v < V; v++)
            fixture_near(p[v], reference_p(expected, 1 << N, fabs(map[v]), 1e-3 * fabs(map[v])), 1e-6, "p", v);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(data);
}

/* One voxel: h^3 / 3. Three in a row with the same data: sqrt(3) h^3 / 3. Two such ends of a row of three whose middle
 * is lower: between the middle's height m and h each end is alone, below m all three are one: (h^3 - m^3 + sqrt(3)
 * m^3) / 3. */
static void shapes_have_formulas(void **state)
{
    static const float end[6] = {1, 2, 3, 4, 5, 6.5f}, middle[6] = {-1, 2, -0.5f, 3, 0, 1};
    vx_model *model = fixture_model(6, NULL, 0, NULL, VX_PEARSON);
    (void)state;
    for (int shape = 0; shape < 3; shape++) {
        int voxels = shape == 0 ? 1 : 3;
        float data[18];
        for (int i = 0; i < 6; i++)
            for (int v = 0; v < voxels; v++)
                data[i * voxels + v] = shape == 2 && v == 1 ? middle[i] : end[i];
        vx_matrix *matrix = fixture_matrix((int[3]){voxels, 1, 1}, 6, voxels, data, NULL);
        vx_inference_options options = tfce_options();
        vx_result *result = fixture_run("cpu", 1, matrix, model->effect, &options);
        double h = fixture_map(result, "t")[0], m = fixture_map(result, "t")[voxels / 2];
        double expected = shape == 0   ? pow(h, 3) / 3
                          : shape == 1 ? sqrt(3) * pow(h, 3) / 3
                                       : (pow(h, 3) + (sqrt(3) - 1) * pow(m, 3)) / 3;
        assert_true(m > 0 && h >= m);
        fixture_near(fixture_map(result, "tfce")[0], expected, RELATIVE * expected, "shape", shape);
        vx_result_free(result);
        vx_matrix_free(matrix);
    }
    vx_model_free(model);
}

/* sum over k dh <= h_v of e^E (k dh)^2, times dh in PALM; dh is a hundredth of the largest |t| in the tested tails. */
static void presets_are_sums(void **state)
{
    static const vx_tfce_preset preset[] = {VX_TFCE_FSL, VX_TFCE_PALM, VX_TFCE_MRTRIX, VX_TFCE_NILEARN};
    char id[4][32];
    int devices = fixture_devices(id, 4);
    float *data = smooth(13, 9);
    vx_matrix *matrix = fixture_matrix(dim, 9, V, data, NULL);
    vx_model *model = fixture_model(9, NULL, 0, NULL, VX_PEARSON);
    (void)state;
    for (int k = 0; k < 8; k++)
        for (int d = 0; d < devices; d++) {
            vx_inference_options options = tfce_options();
            bool two = k / 4;
            options.tails = two ? VX_TWO_TAILS : VX_POSITIVE;
            options.tfce_preset = preset[k % 4];
            vx_result *result = fixture_run(id[d], 0, matrix, model->effect, &options);
            const float *map = fixture_map(result, "tfce"), *float_t = fixture_map(result, "t");
            double t[V], highest = 0;
            for (int v = 0; v < V; v++) {
                t[v] = float_t[v];
                highest = fmax(highest, two ? fabs(t[v]) : t[v]);
            }
            double dh = preset[k % 4] == VX_TFCE_MRTRIX ? 0.1f : highest / 100 * (1 - 1e-6);
            for (int v = 0; v < V; v++) {
                int sign = two && t[v] < 0 ? -1 : 1;
                double sum = 0;
                for (int step = 1; step * dh <= sign * t[v]; step++)
                    sum += sqrt(extent_at(t, sign, step * dh, 26, v)) * pow(step * dh, 2);
                sum *= preset[k % 4] == VX_TFCE_PALM ? dh : 1;
                /* dh has an error of 1e-6; a voxel that close to a step may be on either side */
                double last = fabs(t[v] / dh - nearbyint(t[v] / dh)) < 1e-3 ? sqrt(V) * t[v] * t[v] : 0;
                fixture_near(map[v], sign * sum, 1e-5 * sum + last, "stepped", v);
            }
            vx_result_free(result);
        }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(data);
}

/* One voxel of height h: it reaches a hundred steps of h / 100, and sum k^2 = 100 101 201 / 6 = 338350, so FSL's and
 * nilearn's sum is 33.835 h^2 and PALM's 33.835 h^2 h / 100. A step too few, where rounding takes the hundredth above
 * h, would give 32.835. MRtrix takes K = floor(h / 0.1) steps, K (K + 1) (2 K + 1) / 6 of 0.01. Many heights, as h /
 * 100 rounds up for some and down for others. */
static void steps_of_one_voxel(void **state)
{
    enum { N = 6, VOXELS = 12 };
    static const vx_tfce_preset preset[] = {VX_TFCE_FSL, VX_TFCE_PALM, VX_TFCE_MRTRIX, VX_TFCE_NILEARN};
    static const vx_tails tails[] = {VX_TWO_TAILS, VX_POSITIVE, VX_NEGATIVE};
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    float *data = fixture_noise(15, N, VOXELS);
    (void)state;
    for (int k = 0; k < 12 * VOXELS; k++) {
        float one[N];
        vx_inference_options options = tfce_options();
        options.permutations = 5;
        options.tfce_preset = preset[k % 4];
        options.tails = tails[k / 4 % 3];
        for (int i = 0; i < N; i++)
            one[i] = (float)((options.tails == VX_NEGATIVE ? -1 : 1) * fabs(1 + 0.4 * data[i * VOXELS + k / 12]));
        vx_matrix *matrix = fixture_matrix((int[3]){1, 1, 1}, N, 1, one, NULL);
        vx_result *result = fixture_run("cpu", 1, matrix, model->effect, &options);
        double h = fabs((double)fixture_map(result, "t")[0]), steps = floor(h / (double)0.1f);
        double expected = preset[k % 4] == VX_TFCE_MRTRIX ? steps * (steps + 1) * (2 * steps + 1) / 6 * 0.01
                          : preset[k % 4] == VX_TFCE_PALM ? 33.835 * h * h * h / 100
                                                          : 33.835 * h * h;
        assert_true(preset[k % 4] != VX_TFCE_MRTRIX || fabs(h / 0.1 - nearbyint(h / 0.1)) > 1e-4);
        fixture_near(fabs((double)fixture_map(result, "tfce")[0]), expected, RELATIVE * expected, "steps", k);
        fixture_near(result->null.tfce[0], expected, RELATIVE * expected, "null of steps", k);
        vx_result_free(result);
        vx_matrix_free(matrix);
    }
    free(data);
    vx_model_free(model);
}

/* 16 participants: 65,536 flips counted one by one, and by half sums while only 500 are used for the rest. */
static void exact_p_is_the_count(void **state)
{
    enum { N = 16 };
    static const vx_tails tails[] = {VX_TWO_TAILS, VX_POSITIVE, VX_NEGATIVE};
    float *data = fixture_noise(14, N, V);
    for (int i = 0; i < N * V; i++) /* integers in every third voxel: sums tie there */
        data[i] = i % V % 3 ? data[i] : nearbyintf(2 * data[i]);
    for (int v = 0; v < V; v += 15) { /* whose sum is 0 in some: every flip reaches that */
        data[(N - 1) * V + v] = 0;
        for (int i = 0; i < N - 1; i++)
            data[(N - 1) * V + v] -= data[i * V + v];
    }
    vx_matrix *matrix = fixture_matrix(dim, N, V, data, NULL);
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    (void)state;
    for (int k = 0; k < 3; k++) {
        vx_inference_options options = vx_inference_defaults();
        options.correct = VX_CORRECT_VOXEL;
        options.tails = tails[k];
        options.permutations = VX_PERMUTATIONS_ALL;
        vx_result *all = fixture_run("cpu", 0, matrix, model->effect, &options);
        options.permutations = 500;
        vx_result *some = fixture_run("cpu", 0, matrix, model->effect, &options);
        assert_true(all->plan.exhaustive && !some->plan.exhaustive);
        for (int v = 0; v < V; v++)
            fixture_near(fixture_map(some, "p-uncorrected")[v], fixture_map(all, "p-uncorrected")[v], 0, "exact p", v);
        for (int v = 0; v < V && tails[k] == VX_TWO_TAILS; v += 15)
            fixture_near(fixture_map(some, "p-uncorrected")[v], 1, 0, "p of a sum of 0", v);
        vx_result_free(all);
        vx_result_free(some);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map_is_the_integral), cmocka_unit_test(null_is_every_flip),
        cmocka_unit_test(shapes_have_formulas), cmocka_unit_test(presets_are_sums),
        cmocka_unit_test(steps_of_one_voxel),  cmocka_unit_test(exact_p_is_the_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
