/* Inference over elements that have names and no neighbours: five regions in six participants, every relabelling.
 *
 * The p are NumPy's, counted over all 64 sign flips and all 720 orders; a statistic that equals the observed one in
 * exact arithmetic counts (1e-9 relative), and q is Benjamini and Hochberg's, the running minimum of p V / rank. t of
 * the mean is of y, t of the slope is of x:
 *
 *   flips = [y * np.array(s)[:, None] for s in itertools.product([1, -1], repeat=6)]
 *   t = lambda y: y.mean(0) / (y.std(0, ddof=1) / np.sqrt(6))
 *   t = lambda x: (r := np.array([np.corrcoef(x, c)[0, 1] for c in y.T])) * np.sqrt(4 / (1 - r * r))
 *   uncorrected = (abs(ts) >= abs(t0) * (1 - 1e-9)).mean(0)
 *   corrected = (abs(ts).max(1)[:, None] >= abs(t0) * (1 - 1e-9)).mean(0) */
#include "fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6, V = 5 };

static const float data[N * V] = {.8f, .1f,  -1.2f, .4f,  .3f, 1.1f, -.4f, -.9f,  .7f, -.2f,
                                  .6f, .5f,  -1.6f, -.3f, .9f, 1.4f, -.2f, -.2f,  .9f, .1f,
                                  .9f, .3f,  -1.1f, .2f, -.6f, .5f,  -.1f, .3f,   .8f, .7f};
static const double score[N] = {2, 5, 1, 8, 4, 3};
static const char *const region[V] = {"hippocampus", "precuneus", "pons", "thalamus", "white matter"};

typedef struct expected_result {
    double t[V];
    double relabellings, uncorrected[V], corrected[V], q[V]; /* counts of so many */
} expected_result;

static const expected_result mean = {
    .t = {6.533756163560377, 0.24544034683690788, -2.7308970659116754, 2.446471269988031, 0.8770580193070293},
    .relabellings = 64, .uncorrected = {2, 58, 6, 6, 26}, .corrected = {2, 64, 16, 18, 60},
    .q = {10, 58, 10, 10, 32.5}};
static const expected_result slope = {
    .t = {4.030860659712426, -1.8041346847683843, 1.174130591650899, 2.098887030816312, -1.21459536043265},
    .relabellings = 720, .uncorrected = {13, 106, 222, 75, 218}, .corrected = {54, 354, 567, 271, 558},
    .q = {65, 530 / 3., 222, 530 / 3., 222}};

static vx_matrix *matrix_of_regions(void)
{
    vx_space space;
    vx_matrix *matrix = NULL;
    vx_error error = {0};
    check(vx_space_of_names("region", "regions", V, region, &space, &error), error);
    check(vx_matrix_new(&space, N, data, &matrix, &error), error);
    vx_space_destroy(&space);
    return matrix;
}

static vx_inference_options options_of(unsigned correct)
{
    vx_inference_options options = vx_inference_defaults();
    options.permutations = VX_PERMUTATIONS_ALL;
    options.correct = correct;
    return options;
}

/* t is within a few roundings of float; p and q are counts over the relabellings, rounded to float once. */
static void compare(const vx_result *result, const expected_result *e)
{
    const float *t = fixture_map(result, "t"), *uncorrected = fixture_map(result, "p-uncorrected");
    const float *corrected = fixture_map(result, "p-fwe-voxel"), *q = fixture_map(result, "p-fdr");
    assert_true((double)result->plan.relabellings == e->relabellings);
    for (int v = 0; v < V; v++) {
        fixture_near(t[v], e->t[v], 1e-5, "t", v);
        fixture_near(uncorrected[v] * e->relabellings, e->uncorrected[v], 1e-3, "uncorrected", v);
        fixture_near(corrected[v] * e->relabellings, e->corrected[v], 1e-3, "corrected", v);
        fixture_near(q[v] * e->relabellings, e->q[v], 1e-3, "q", v);
    }
    assert_int_equal(result->clusters, 0);
    assert_null(vx_result_map(result, VX_MAP_CLUSTERS));
}

static void regions_are_corrected_over_all_of_them(void **state)
{
    char device[8][32];
    const int devices = fixture_devices(device, 8);
    const vx_inference_options options = options_of(VX_CORRECT_VOXEL | VX_CORRECT_FDR);
    vx_matrix *matrix = matrix_of_regions();
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    (void)state;
    for (int d = 0; d < devices; d++)
        for (int e = 0; e < 2; e++) {
            vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[e], &options);
            compare(result, e ? &slope : &mean);
            vx_result_free(result);
        }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* The statistic of every relabelling, against a plain refit of each: t of 64 flips and 720 orders, of which all 64 are
 * there though half are evaluated. Relabelling 0 is the data as observed, and `reach` lies below its t by the rounding
 * bound of r, which is under 1e-6 here. A float r is within 5 units of 2^-24 of its value. */
static void statistics_are_those_of_every_relabelling(void **state)
{
    static const double ones[N] = {1, 1, 1, 1, 1, 1};
    char device[8][32];
    const int devices = fixture_devices(device, 8);
    vx_matrix *matrix = matrix_of_regions();
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    (void)state;
    for (int run = 0; run < 6 * devices; run++) {
        const int e = run / 3 % 2;
        vx_inference_options options = options_of(VX_CORRECT_VOXEL);
        options.tails = (vx_tails)(run % 3);
        options.statistics = true;
        vx_result *result = fixture_run(device[run / 6], 1, matrix, &model->effect[e], &options);
        int32_t paired[N] = {0, 1, 2, 3, 4, 5}, order[N]; /* data row j is paired with design row paired[j] */
        uint64_t count = 0;
        do { /* orders are numbered as `paired` ascends from the observed one, and flips by their bits */
            int8_t sign[N];
            for (int j = 0; j < N; j++)
                order[paired[j]] = j;
            double y[N];
            for (int i = 0; i < N; i++)
                sign[i] = count >> i & 1 ? -1 : 1;
            for (int v = 0; v < V; v++) {
                const double got = result->statistic[count * V + (uint64_t)v];
                for (int i = 0; i < N; i++)
                    y[i] = data[i * V + v];
                const double t = e ? reference_freedman_lane(N, score, 1, ones, y, order, NULL)
                                   : reference_freedman_lane(N, ones, 0, NULL, y, NULL, sign);
                fixture_near(got, t, 1e-5 * fmax(1, pow(fabs(t), 3)), "t", (long)count * V + v);
                const double seen = options.tails == VX_TWO_TAILS ? fabs(got) : run % 3 == VX_POSITIVE ? got : -got;
                if (count == 0)
                    assert_true(result->reach[v] < seen && result->reach[v] > seen - 1e-4);
            }
            count++;
        } while (e ? reference_next(paired, N) : count < 64);
        assert_int_equal(count, result->plan.relabellings);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Voxels have too many statistics to keep. */
static void statistics_of_voxels_are_refused(void **state)
{
    vx_matrix *matrix = fixture_matrix((int[]){V, 1, 1}, N, V, data, NULL);
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_inference_options options = options_of(VX_CORRECT_VOXEL);
    vx_device *device = NULL;
    vx_result *result = NULL;
    vx_error error = {0};
    (void)state;
    options.statistics = true;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    assert_int_equal(vx_infer(device, matrix, model->effect, &options, NULL, NULL, &result, &error), VX_USAGE);
    assert_non_null(strstr(error.message, "not of voxels"));
    vx_device_free(device);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

static void what_needs_neighbours_is_refused_by_name(void **state)
{
    static const unsigned correct[] = {VX_CORRECT_EXTENT, VX_CORRECT_MASS, VX_CORRECT_TFCE,
                                       VX_CORRECT_VOXEL | VX_CORRECT_TFCE};
    vx_matrix *matrix = matrix_of_regions();
    vx_model *model = fixture_model(N, score, 0, NULL, VX_PEARSON);
    vx_device *device = NULL;
    vx_error error = {0};
    (void)state;
    check(vx_device_open("cpu", &VX_OPTIONS(vx_device_options, .threads = 1), &device, NULL, 0, &error), error);
    for (size_t k = 0; k < sizeof correct / sizeof *correct; k++) {
        const vx_inference_options options = options_of(correct[k]);
        vx_result *result = NULL;
        vx_plan plan;
        assert_int_equal(vx_infer(device, matrix, model->effect, &options, NULL, NULL, &result, &error), VX_USAGE);
        assert_non_null(strstr(error.message, "regions have no neighbours"));
        assert_null(result);
        assert_int_equal(vx_infer_plan(device, matrix, model->effect, &options, &plan, &error), VX_USAGE);
    }
    vx_device_free(device);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_are_corrected_over_all_of_them),
        cmocka_unit_test(statistics_are_those_of_every_relabelling),
        cmocka_unit_test(statistics_of_voxels_are_refused),
        cmocka_unit_test(what_needs_neighbours_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
