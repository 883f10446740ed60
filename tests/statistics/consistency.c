/* A result does not depend on the device, the number of threads, the memory, the order of the rows, the scale of
 * covariate and data, or the sign that is called positive. It does depend on the seed. */
#include "fixture.h"

/* 9,240 voxels are 145 tiles, the last one not full, and so more than two of the smallest slabs; an odd number, so that
 * slabs are not all of one length. */
enum { N = 14, NX = 22, NY = 21, NZ = 20, V = NX * NY * NZ };
static const int dim[3] = {NX, NY, NZ};
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4, 6.5, 5, 3, 9.75, 4, 6, 5.5};
static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};
static const double *const nuisance[1] = {age};

static vx_matrix *make_matrix(int64_t n, double factor, const int *row)
{
    float *noise = fixture_noise(31, N, V), *data = malloc((size_t)n * V * sizeof *data);
    for (int64_t i = 0; i < n; i++)
        for (int64_t v = 0; v < V; v++)
            data[i * V + v] = (float)factor * (noise[(row ? row[i] : i) * V + v] + 0.3f);
    vx_matrix *matrix = fixture_matrix(dim, n, V, data, NULL);
    free(noise);
    free(data);
    return matrix;
}

static vx_inference_options loose(int64_t permutations)
{
    vx_inference_options options = vx_inference_defaults();
    options.permutations = permutations;
    options.cluster_p = 0.02;
    return options;
}

/* Bit for bit: every null distribution and every map. */
static void same(const vx_result *a, const vx_result *b, const char *what)
{
    assert_int_equal(a->null.count, b->null.count);
    for (uint64_t i = 0; i < a->null.count; i++)
        if (a->null.voxel[i] != b->null.voxel[i] || a->null.extent[i] != b->null.extent[i] ||
            a->null.mass[i] != b->null.mass[i])
            fail_msg("%s: relabelling %d: t %.17g, %.17g, extent %g, %g, mass %.17g, %.17g", what, (int)i,
                     a->null.voxel[i], b->null.voxel[i], a->null.extent[i], b->null.extent[i], a->null.mass[i],
                     b->null.mass[i]);
    assert_true(!a->null.tfce == !b->null.tfce);
    for (uint64_t i = 0; a->null.tfce && i < a->null.count; i++)
        if (a->null.tfce[i] != b->null.tfce[i])
            fail_msg("%s: relabelling %d: TFCE %.17g, %.17g", what, (int)i, a->null.tfce[i], b->null.tfce[i]);
    assert_int_equal(a->maps, b->maps);
    for (size_t m = 0; m < a->maps; m++)
        for (int64_t v = 0; v < V; v++)
            if (a->map[m].value[v] != b->map[m].value[v])
                fail_msg("%s: map %s differs at voxel %d", what, vx_quantity_name(a->map[m].quantity), (int)v);
    assert_int_equal(a->clusters, b->clusters);
}

/* A case is not idle where clusters come and go and p takes many values. */
static void lively(const vx_result *result)
{
    double least = INFINITY, most = 0;
    for (uint64_t i = 0; i < result->null.count; i++) {
        least = fmin(least, result->null.extent[i]);
        most = fmax(most, result->null.extent[i]);
    }
    assert_true(least < most && most > 4);
}

/* Flips, orders, and both with nuisance: cpu with one and two threads, then every other device. Where a device does not
 * round division correctly the float ops may differ in the last bits, and the header sends their comparison to
 * refit.c. Every flip is taken without TFCE, which takes most of the time, and without sanitizers. */
static void devices_and_threads(void **state)
{
    enum { CASES = 5, FEW = 300, NO_TFCE = VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS | VX_CORRECT_FDR };
#ifdef __SANITIZE_ADDRESS__
    const int cases = CASES - 1;
#else
    const int cases = CASES;
#endif
    char device[8][32];
    int devices = fixture_devices(device, 8);
    vx_matrix *matrix = make_matrix(N, 1, NULL);
    (void)state;
    for (int c = 0; c < cases; c++) {
        const bool every = c == CASES - 1;
        vx_model *model = fixture_model(N, score, c / 2 % 2, nuisance, VX_PEARSON);
        const vx_effect *effect = &model->effect[c % 2];
        vx_inference_options options = loose(every ? VX_PERMUTATIONS_ALL : FEW);
        if (every)
            options.correct = NO_TFCE;
        vx_result *first = fixture_run("cpu", 1, matrix, effect, &options);
        vx_result *two = fixture_run("cpu", 2, matrix, effect, &options);
        lively(first);
        same(first, two, "two threads");
        vx_result_free(two);
        for (int d = 1; d < devices; d++) {
            vx_device *opened = NULL;
            vx_error error = {0};
            check(vx_device_open(device[d], NULL, &opened, NULL, 0, &error), error);
            bool exact = vx_device_properties(opened)->exact_division;
            vx_device_free(opened);
            vx_result *other = fixture_run(device[d], 0, matrix, effect, &options);
            if (exact || c == 0 || every)
                same(first, other, device[d]);
            vx_result_free(other);
        }
        vx_result_free(first);
        vx_model_free(model);
    }
    vx_matrix_free(matrix);
}

/* 64 MB, and limits so small that the matrix is cut into slabs and the relabellings into many batches. */
static void memory_limits(void **state)
{
    char device[8][32];
    int devices = fixture_devices(device, 8);
    vx_matrix *matrix = make_matrix(N, 1, NULL);
    (void)state;
    for (int c = 0; c < 4; c++) {
        vx_model *model = fixture_model(N, score, c / 2, nuisance, VX_PEARSON);
        const vx_effect *effect = &model->effect[c % 2];
        vx_inference_options options = loose(100); /* ten batches and more under the smallest limits */
        for (int d = 0; d < devices; d++) {
            int64_t slabs = 0, batch = 0, most = 0, least = INT64_MAX;
            vx_device *opened = NULL;
            vx_error error = {0};
            options.memory_limit = 0;
            vx_result *free_run = fixture_run(device[d], 0, matrix, effect, &options);
            check(vx_device_open(device[d], NULL, &opened, NULL, 0, &error), error); /* its self-test runs once */
            for (size_t limit = 64 << 20; limit > 1 << 14; limit -= limit / 8) {
                vx_plan plan;
                options.memory_limit = limit;
                if (vx_infer_plan(opened, matrix, effect, &options, &plan, &error) != VX_OK)
                    break;
                assert_true(plan.device_bytes <= limit);
                least = plan.batch < least ? plan.batch : least;
                most = plan.slabs > most ? plan.slabs : most;
                if (plan.slabs == slabs && plan.batch > batch / 2)
                    continue;
                slabs = plan.slabs;
                batch = plan.batch;
                vx_result *result = NULL;
                check(vx_infer(opened, matrix, effect, &options, NULL, NULL, &result, &error), error);
                same(free_run, result, "memory limit");
                vx_result_free(result);
            }
            vx_device_free(opened);
            if (most < 3 || least > 10)
                fail_msg("%s, case %d: at most %d slabs, batches of %d", device[d], c, (int)most, (int)least);
            vx_result_free(free_run);
        }
        vx_model_free(model);
    }
    vx_matrix_free(matrix);
}

/* Integers agree to the last bit. Floats are summed in another order: 2 (n + 2) 2^-24 in r with n = 7, and
 * dt = sqrt(df) (1 + t^2 / df)^(3/2) dr. */
static double maximum_bound(double t, bool floats)
{
    return floats ? 18 * 0x1p-24 * sqrt(5) * pow(1 + t * t / 5, 1.5) : 0;
}

/* All relabellings, rows in another order: the same set of maxima, and the same p. */
static void order_of_rows(void **state)
{
    enum { FEW = 7 };
    static const int row[FEW] = {4, 0, 6, 2, 5, 1, 3};
    double shuffled[FEW];
    vx_matrix *matrix = make_matrix(FEW, 1, NULL), *other = make_matrix(FEW, 1, row);
    (void)state;
    for (int i = 0; i < FEW; i++)
        shuffled[i] = score[row[i]];
    vx_model *model = fixture_model(FEW, score, 0, NULL, VX_PEARSON);
    vx_model *moved = fixture_model(FEW, shuffled, 0, NULL, VX_PEARSON);
    for (int e = 0; e < 2; e++) {
        vx_inference_options options = loose(VX_PERMUTATIONS_ALL);
        options.correct = VX_CORRECT_VOXEL;
        options.tails = VX_POSITIVE;
        vx_result *a = fixture_run("cpu", 0, matrix, &model->effect[e], &options);
        vx_result *b = fixture_run("cpu", 0, other, &moved->effect[e], &options);
        assert_int_equal(a->null.count, e ? 5040 / 2 : 128); /* two of the first seven scores are 4 */
        assert_int_equal(b->null.count, a->null.count);
        double ends[2] = {a->null.voxel[0], b->null.voxel[0]};
        fixture_near(ends[1], ends[0], maximum_bound(ends[0], e), "observed", e);
        qsort(a->null.voxel, a->null.count, sizeof(double), fixture_ascending);
        qsort(b->null.voxel, b->null.count, sizeof(double), fixture_ascending);
        for (uint64_t i = 0; i < a->null.count; i++) {
            double t = a->null.voxel[i];
            fixture_near(b->null.voxel[i], t, maximum_bound(t, e), "maximum", (long)i);
        }
        for (int64_t v = 0; v < V; v++)
            fixture_near(fixture_map(b, "p-uncorrected")[v], fixture_map(a, "p-uncorrected")[v], 1e-7, "p", v);
        vx_result_free(a);
        vx_result_free(b);
    }
    vx_model_free(model);
    vx_model_free(moved);
    vx_matrix_free(matrix);
    vx_matrix_free(other);
}

/* Negated data turn every positive result into the negative one, bit for bit, and leave two-sided ones alone. */
static void tails_mirror(void **state)
{
    vx_matrix *matrix = make_matrix(N, 1, NULL), *negated = make_matrix(N, -1, NULL);
    (void)state;
    for (int c = 0; c < 4; c++) {
        vx_model *model = fixture_model(N, score, c / 2, nuisance, VX_PEARSON);
        vx_inference_options options = loose(200);
        for (int tails = 0; tails < 3; tails++) {
            options.tails = (vx_tails)tails;
            vx_result *a = fixture_run("cpu", 0, matrix, &model->effect[c % 2], &options);
            options.tails = tails == VX_POSITIVE ? VX_NEGATIVE : tails == VX_NEGATIVE ? VX_POSITIVE : VX_TWO_TAILS;
            vx_result *b = fixture_run("cpu", 0, negated, &model->effect[c % 2], &options);
            for (uint64_t i = 0; i < a->null.count; i++) {
                assert_true(a->null.voxel[i] == b->null.voxel[i]);
                assert_true(a->null.extent[i] == b->null.extent[i]);
                assert_true(a->null.mass[i] == b->null.mass[i]);
            }
            static const char *const map[] = {"p-uncorrected", "p-fdr", "p-fwe-voxel", "p-fwe-extent", "p-fwe-mass"};
            for (size_t m = 0; m < sizeof map / sizeof *map; m++)
                for (int64_t v = 0; v < V; v++)
                    assert_true(fixture_map(a, map[m])[v] == fixture_map(b, map[m])[v]);
            for (int64_t v = 0; v < V; v++)
                assert_true(fixture_map(a, "t")[v] == -fixture_map(b, "t")[v]);
            vx_result_free(a);
            vx_result_free(b);
        }
        vx_model_free(model);
    }
    vx_matrix_free(matrix);
    vx_matrix_free(negated);
}

/* A covariate in other units and from another zero: t, r and p stay, the slope is divided by the unit. The double
 * preparation may round x~ to another float, 2^-24 an element: 1e-5 in t. */
static void units_of_the_covariate(void **state)
{
    double other[N];
    (void)state;
    for (int i = 0; i < N; i++)
        other[i] = 1000 + 25 * score[i];
    vx_matrix *matrix = make_matrix(N, 1, NULL);
    vx_model *model = fixture_model(N, score, 1, nuisance, VX_PEARSON);
    vx_model *scaled = fixture_model(N, other, 1, nuisance, VX_PEARSON);
    vx_inference_options options = loose(200);
    vx_result *a = fixture_run("cpu", 0, matrix, &model->effect[1], &options);
    vx_result *b = fixture_run("cpu", 0, matrix, &scaled->effect[1], &options);
    for (int64_t v = 0; v < V; v++) {
        double t = fixture_map(a, "t")[v];
        fixture_near(fixture_map(b, "t")[v], t, 1e-6 * fmax(1, fabs(t)), "t", v);
        fixture_near(25 * fixture_map(b, "slope")[v], fixture_map(a, "slope")[v], 1e-6, "slope", v);
    }
    for (uint64_t i = 0; i < a->null.count; i++)
        fixture_near(b->null.voxel[i], a->null.voxel[i], 1e-4, "maximum", (long)i);
    vx_result_free(a);
    vx_result_free(b);
    vx_model_free(model);
    vx_model_free(scaled);
    vx_matrix_free(matrix);
}

/* A participant whose covariate is missing leaves that effect, and relabellings move the others as before: bit for bit
 * the study without that participant in which the others keep their numbers. */
static void missing_covariate(void **state)
{
    static const int row[N - 1] = {0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    int64_t participant[N - 1];
    double gap[N], left[N - 1];
    const vx_model_options numbered = VX_OPTIONS(vx_model_options, .mean_name = "mean", .participant = participant);
    const vx_regressor covariate = {"score", left};
    vx_model *without = NULL;
    vx_error error = {0};
    memcpy(gap, score, sizeof gap);
    gap[3] = NAN;
    (void)state;
    for (int i = 0; i < N - 1; i++) {
        left[i] = score[row[i]];
        participant[i] = row[i];
    }
    vx_matrix *matrix = make_matrix(N, 1, NULL), *fewer = make_matrix(N - 1, 1, row);
    vx_model *with_gap = fixture_model(N, gap, 0, NULL, VX_PEARSON);
    check(vx_model_new(&numbered, N - 1, &covariate, 1, NULL, 0, &without, &error), error);
    vx_inference_options options = loose(100);
    vx_result *a = fixture_run("cpu", 0, matrix, &with_gap->effect[1], &options);
    vx_result *b = fixture_run("cpu", 0, fewer, &without->effect[1], &options);
    same(a, b, "a missing covariate");
    vx_result_free(a);
    vx_result_free(b);
    vx_model_free(with_gap);
    vx_model_free(without);
    vx_matrix_free(matrix);
    vx_matrix_free(fewer);
}

/* A signal common to all voxels puts all of them above the threshold in some relabellings and no voxel in the others,
 * so that lists overflow and are computed again. Extent and mass of all 64 flips against the reference, index by index.
 * t is below 60, so the mass of 504 voxels has a relative error below 1e-3. */
static void overflowing_lists(void **state)
{
    enum { FEW = 6, VOXELS = 9 * 8 * 7 };
    static const int grid[3] = {9, 8, 7};
    static const double ones[FEW] = {1, 1, 1, 1, 1, 1}, shared[FEW] = {2, 4, 3, 6, 5, 4};
    const double threshold = 5.0;
    char device[8][32];
    int devices = fixture_devices(device, 8);
    float *data = fixture_noise(8, FEW, VOXELS);
    (void)state;
    for (int k = 0; k < FEW * VOXELS; k++)
        data[k] = (float)(shared[k / VOXELS] + 0.5 * data[k]);
    vx_matrix *matrix = fixture_matrix(grid, FEW, VOXELS, data, NULL);
    vx_model *model = fixture_model(FEW, NULL, 0, NULL, VX_PEARSON);
    vx_inference_options options = loose(VX_PERMUTATIONS_ALL);
    options.cluster_t = threshold;
    options.tails = VX_POSITIVE;
    for (int d = 0; d < devices; d++) {
        vx_result *result = fixture_run(device[d], 0, matrix, &model->effect[0], &options);
        assert_true(result->overflows > 0);
        assert_int_equal(result->null.count, 64);
        for (int flip = 0; flip < 64; flip++) {
            double t[VOXELS];
            int8_t sign[FEW];
            for (int i = 0; i < FEW; i++)
                sign[i] = flip >> i & 1 ? -1 : 1;
            for (int v = 0; v < VOXELS; v++) {
                double y[FEW];
                for (int i = 0; i < FEW; i++)
                    y[i] = data[i * VOXELS + v];
                t[v] = reference_freedman_lane(FEW, ones, 0, NULL, y, NULL, sign);
                assert_true(fabs(fabs(t[v]) - threshold) > 1e-6);
            }
            reference_cluster largest = reference_clusters(grid, t, 1, threshold, 26, NULL, NULL);
            fixture_near(result->null.extent[flip], largest.extent, 0, "extent", flip);
            fixture_near(result->null.mass[flip], largest.mass, 1e-3 * largest.mass, "mass", flip);
        }
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(data);
}

/* Another seed draws other relabellings, the same seed the same; a longer run begins with the shorter one. */
static void seeds(void **state)
{
    vx_matrix *matrix = make_matrix(N, 1, NULL);
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    (void)state;
    for (int e = 0; e < 2; e++) {
        vx_inference_options options = loose(100);
        vx_result *a = fixture_run("cpu", 0, matrix, &model->effect[e], &options);
        vx_result *again = fixture_run("cpu", 0, matrix, &model->effect[e], &options);
        same(a, again, "the same seed");
        options.permutations = 150;
        vx_result *longer = fixture_run("cpu", 0, matrix, &model->effect[e], &options);
        options.permutations = 100;
        options.seed = 1;
        vx_result *b = fixture_run("cpu", 0, matrix, &model->effect[e], &options);
        int equal = 0;
        assert_int_equal(longer->null.count, 151);
        for (uint64_t i = 0; i <= 100; i++) {
            assert_true(longer->null.voxel[i] == a->null.voxel[i]);
            equal += a->null.voxel[i] == b->null.voxel[i];
        }
        assert_int_equal(equal, 1); /* the data as observed */
        vx_result_free(a);
        vx_result_free(again);
        vx_result_free(longer);
        vx_result_free(b);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_and_threads), cmocka_unit_test(memory_limits),
        cmocka_unit_test(order_of_rows),       cmocka_unit_test(tails_mirror),
        cmocka_unit_test(units_of_the_covariate), cmocka_unit_test(overflowing_lists),
        cmocka_unit_test(missing_covariate),      cmocka_unit_test(seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
