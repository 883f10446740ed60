/* Results of SciPy 1.10.1 and NumPy 1.24.2 for 14 participants and two voxels. With y, x, a, b as below, n = 14, Z =
 * [1, a, b], res(u) = u - Z lstsq(Z, u), R = stats.rankdata:
 *
 *   mean     y.mean(), stats.sem(y), stats.t.interval(.95, 13, y.mean(), stats.sem(y)), stats.ttest_1samp(y, 0),
 *            z = sign(t) stats.norm.isf(stats.t.sf(|t|, df)), dz = y.mean() / y.std(ddof=1),
 *            g = dz exp(gammaln(13/2) - gammaln(12/2)) / sqrt(13/2)   (Hedges 1981, eq. 6e)
 *   slope    stats.linregress(x, y), slope -+ stats.t.isf(.025, 12) stderr
 *   rho      stats.spearmanr(x, y), t = rho sqrt(12 / (1 - rho^2)); x and y hold ties
 *   partial  stats.pearsonr(res(x), res(y)), of ranks for rho; slope and its se by lstsq of y on [x, 1, a, b]
 *   mean | a, b   lstsq of y on [1, a - a.mean(), b - b.mean()]
 *
 * Maps are float32: values to 3e-7 relative (two and a half roundings), all the rest of the way being double. */
#include "fixture.h"
#include "infer/pvalue.h"

enum { N = 14, V = 2 };
static const double y[V][N] = {
    {1.5, -0.25, 2.75, 0.5, 3.25, -1.0, 0.75, 2.0, 1.25, -0.5, 4.0, 0.25, 1.75, 2.5},
    {-2.0, 0.5, -1.25, -3.5, 1.0, -0.75, -2.25, 0.25, -4.5, -1.5, 0.75, -3.0, -0.5, -1.75}};
static const double x[N] = {5.0, 3.5, 7.25, 4.0, 8.5, 2.75, 4.0, 6.5, 5.0, 3.0, 9.75, 4.0, 6.0, 5.5};
static const double a[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73, 69, 64};
static const double b[N] = {0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0};
static const double *const nuisance[2] = {a, b};

static vx_matrix *first_rows(int n)
{
    float data[N * V];
    for (int i = 0; i < n; i++)
        for (int v = 0; v < V; v++)
            data[i * V + v] = (float)y[v][i];
    return fixture_matrix((int[]){V, 1, 1}, n, V, data, NULL);
}

static void expect(const vx_result *result, const char *map, double first, double second)
{
    const float *value = fixture_map(result, map);
    fixture_near(value[0], first, 3e-7 * fabs(first), map, 0);
    fixture_near(value[1], second, 3e-7 * fabs(second), map, 1);
}

/* One effect of the model with `covariate` and the first `nuisances`; few permutations, as only the maps count. */
static vx_result *run(const double *covariate, int nuisances, vx_correlation correlation, vx_model **model)
{
    vx_matrix *matrix = first_rows(N);
    vx_inference_options options = vx_inference_defaults();
    options.permutations = 10;
    *model = fixture_model(N, covariate, nuisances, nuisance, correlation);
    vx_result *result = fixture_run("cpu", 1, matrix, &(*model)->effect[covariate != NULL], &options);
    vx_matrix_free(matrix);
    return result;
}

static void mean(void **state)
{
    vx_model *model;
    vx_result *result = run(NULL, 0, VX_PEARSON, &model);
    (void)state;
    assert_true(model->effect[0].df == 13);
    expect(result, "mean", 1.3392857142857142, -1.3214285714285714);
    expect(result, "se", 0.39450826853228993, 0.44275964896362507);
    expect(result, "ci-low", 0.48700241623385054, -2.2779526393952678);
    expect(result, "ci-high", 2.1915690123375779, -0.36490450346187508);
    expect(result, "t", 3.3948229254315252, -2.9845280041251763);
    expect(result, "z", 2.8208451299298782, -2.5573243819932472);
    expect(result, "dz", 0.90730459112359907, -0.79764866090490383);
    expect(result, "g", 0.85375771290338509, -0.75057340511335324);
    vx_result_free(result);
    vx_model_free(model);
}

static void mean_given_nuisance(void **state)
{
    vx_model *model;
    vx_result *result = run(NULL, 2, VX_PEARSON, &model);
    (void)state;
    assert_true(model->effect[0].df == 11);
    expect(result, "mean", 1.3392857142857137, -1.3214285714285712);
    expect(result, "se", 0.28834285398437398, 0.43004007225827234);
    expect(result, "t", 4.644768184053186, -3.0728033424637484);
    vx_result_free(result);
    vx_model_free(model);
}

static void slope(void **state)
{
    vx_model *model;
    vx_result *result = run(x, 0, VX_PEARSON, &model);
    (void)state;
    assert_true(model->effect[1].df == 12);
    expect(result, "slope", 0.68346469230156826, 0.39614680359843968);
    expect(result, "se", 0.056281254918691744, 0.19985886379134379);
    expect(result, "ci-low", 0.56083837201516529, -0.039308252952093781);
    expect(result, "ci-high", 0.80609101258797122, 0.83160186014897319);
    expect(result, "t", 12.143735836895504, 1.9821327715143222);
    expect(result, "z", 5.4807770832676042, 1.8065107850286994);
    expect(result, "r", 0.96163968712304726, 0.49663866321504763);
    vx_result_free(result);
    vx_model_free(model);
}

static void slope_given_nuisance(void **state)
{
    vx_model *model;
    vx_result *result = run(x, 2, VX_PEARSON, &model);
    (void)state;
    assert_true(model->effect[1].df == 10);
    expect(result, "slope", 0.62593425236197575, 0.5521713615068693);
    expect(result, "se", 0.073531695356467697, 0.26207886858664187);
    expect(result, "t", 8.5124414625226308, 2.1068900536873914);
    expect(result, "r", 0.9374068068391409, 0.55446422478848378);
    vx_result_free(result);
    vx_model_free(model);
}

static void spearman(void **state)
{
    vx_model *model;
    vx_result *result = run(x, 0, VX_SPEARMAN, &model);
    (void)state;
    expect(result, "rho", 0.98123044531505765, 0.42652584672478866);
    expect(result, "t", 17.626543491592141, 1.6335755699908066);
    vx_result_free(result);
    vx_model_free(model);
    result = run(x, 2, VX_SPEARMAN, &model);
    expect(result, "rho", 0.96939259496363861, 0.39626370664525784);
    vx_result_free(result);
    vx_model_free(model);
}

/* Both covariates in one model, [1, x, a]: each t is adjusted for the other. Without `joint` each has a separate model.
 */
static void joint(void **state)
{
    static const double expected[2][2] = {{8.4454286978772508, 2.4276993795005426},
                                          {-1.5895408331506415, 1.3553802803621335}};
    const vx_regressor covariate[2] = {{"x", x}, {"a", a}};
    vx_matrix *matrix = first_rows(N);
    vx_inference_options options = vx_inference_defaults();
    options.permutations = 10;
    (void)state;
    for (int jointly = 0; jointly < 2; jointly++) {
        vx_model_options model_options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .joint = jointly);
        vx_model *model = NULL;
        vx_error error = {0};
        check(vx_model_new(&model_options, N, covariate, 2, NULL, 0, &model, &error), error);
        assert_int_equal(model->effects, 3);
        for (int e = 0; e < 2; e++) {
            assert_string_equal(model->effect[1 + e].name, covariate[e].name);
            assert_true(model->effect[1 + e].df == (jointly ? 11 : 12));
            vx_result *result = fixture_run("cpu", 1, matrix, &model->effect[1 + e], &options);
            if (jointly)
                expect(result, "t", expected[e][0], expected[e][1]);
            else if (e == 0)
                expect(result, "t", 12.143735836895504, 1.9821327715143222);
            vx_result_free(result);
        }
        vx_model_free(model);
    }
    vx_matrix_free(matrix);
}

/* stats.permutation_test((y[:8],), numpy.mean, permutation_type='samples', alternative=..., n_resamples=inf):
 * 18, 9 and 249 of 256 for the first voxel, 32, 243 and 16 for the second. y holds ties. And of six participants
 * stats.permutation_test((y[:6],), lambda u: pearsonr(x[:6], u).statistic, permutation_type='pairings', ...): 1 and 720
 * of 720, 183 and 540. */
static void exact_p(void **state)
{
    static const double flips[3][V] = {{18, 32}, {9, 243}, {249, 16}}, orders[3][V] = {{0, 0}, {1, 183}, {720, 540}};
    vx_matrix *eight = first_rows(8), *six = first_rows(6);
    vx_model *mean_of = fixture_model(8, NULL, 0, NULL, VX_PEARSON);
    vx_model *slope_of = fixture_model(6, x, 0, NULL, VX_PEARSON);
    (void)state;
    for (int tails = 0; tails < 3; tails++) {
        vx_inference_options options = vx_inference_defaults();
        options.permutations = VX_PERMUTATIONS_ALL;
        options.tails = (vx_tails)tails;
        vx_result *result = fixture_run("cpu", 1, eight, &mean_of->effect[0], &options);
        expect(result, "p-uncorrected", flips[tails][0] / 256, flips[tails][1] / 256);
        vx_result_free(result);
        result = fixture_run("cpu", 1, six, &slope_of->effect[1], &options);
        if (tails > 0) /* SciPy's two sides are twice the smaller one, not |r| */
            expect(result, "p-uncorrected", orders[tails][0] / 720, orders[tails][1] / 720);
        vx_result_free(result);
    }
    vx_model_free(mean_of);
    vx_model_free(slope_of);
    vx_matrix_free(eight);
    vx_matrix_free(six);
}

/* The 15 p-values of Benjamini & Hochberg 1995, section 4 (thrombolysis), out of order: at q = 0.05 the four smallest
 * are rejected, and their adjusted p are 15 p_(i) / i where no later one is smaller. */
static void false_discovery_rate(void **state)
{
    static const double p[15] = {0.0344, 0.0001, 0.7590, 0.0459, 0.0004, 0.3240, 0.0201, 1.0000,
                                 0.0019, 0.4262, 0.0278, 0.0095, 0.5719, 0.0298, 0.6528};
    double q[15], adjusted[15];
    int rejected = 0;
    vx_error error = {0};
    (void)state;
    check(vx_fdr(p, 15, q, &error), error);
    for (int i = 0; i < 15; i++)
        rejected += q[i] <= 0.05;
    assert_int_equal(rejected, 4);
    fixture_near(q[1], 15 * 0.0001, 1e-8, "smallest", 1);
    fixture_near(q[11], 15 * 0.0095 / 4, 1e-7, "last rejected", 11);
    /* 15 (0.0201 / 5, 0.0278 / 6, 0.0298 / 7) = 0.0603, 0.0695, 0.063857: the sixth takes the seventh's */
    fixture_near(q[10], 15 * 0.0298 / 7, 1e-7, "takes a later one's", 10);
    reference_fdr(p, 15, adjusted);
    for (int i = 0; i < 15; i++)
        fixture_near(q[i], adjusted[i], 1e-7, "adjusted p", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean),     cmocka_unit_test(mean_given_nuisance), cmocka_unit_test(slope),
        cmocka_unit_test(slope_given_nuisance), cmocka_unit_test(spearman), cmocka_unit_test(joint),
        cmocka_unit_test(exact_p),  cmocka_unit_test(false_discovery_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
