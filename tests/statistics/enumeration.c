/* Complete distributions counted by hand: n = 4, all 16 sign flips, and n = 5, all 120 permutations (and 60 and 10 with
 * ties), on every device.
 *
 * The grid is 6 x 5 x 4. Four voxels a, b, c, d make a chain: a-b share a face, b-c an edge, c-d a corner. e is
 * isolated. So the largest cluster of the chain has 2, 3 or 4 voxels with 6, 18 or 26 neighbours:
 *
 *     a (1,1,1)   b (2,1,1)   c (3,2,1)   d (4,3,2)   e (1,4,3) */
#include "fixture.h"

enum { CHAIN = 4, VOXELS = 5, E = 4 };
static const int dim[3] = {6, 5, 4};
static const int64_t place[VOXELS] = {1 + 6 * (1 + 5 * 1), 2 + 6 * (1 + 5 * 1), 3 + 6 * (2 + 5 * 1),
                                      4 + 6 * (3 + 5 * 2), 1 + 6 * (4 + 5 * 3)};
static const int connectivity[3] = {6, 18, 26}, joined[3] = {2, 3, 4};

/* The results are floats. At these values a change of r changes t by at most 35 times as much, and the error of r is at
 * most 2^-24 n. */
static const double bound = 2e-5;

static char device[8][32];
static int devices;

static int find_devices(void **state)
{
    (void)state;
    devices = fixture_devices(device, 8);
    return 0;
}

/* Chain rows chain[i] (scaled by powers of two, which change no t), e rows apart[i]. */
static vx_matrix *make_matrix(int n, const double *chain, const double *apart)
{
    float data[8 * VOXELS];
    int64_t order[VOXELS] = {0, 1, 2, 3, 4};
    for (int i = 0; i < n; i++)
        for (int v = 0; v < VOXELS; v++)
            data[i * VOXELS + v] = (float)(v == E ? apart[i] : chain[i] * (1 << v));
    for (int v = 1; v < VOXELS; v++)
        assert_true(place[v] > place[order[v - 1]]);
    return fixture_matrix(dim, n, VOXELS, data, place);
}

/* Sorts a copy of `got` and compares it with runs of (value, times), values ascending. */
static void compare_distribution(const double *got, uint64_t count, const double (*expected)[2], int runs,
                                 double within, const char *what)
{
    double *sorted = malloc(count * sizeof *sorted);
    uint64_t at = 0;
    memcpy(sorted, got, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, fixture_ascending);
    for (int k = 0; k < runs; k++)
        for (int times = 0; times < (int)expected[k][1]; times++, at++) {
            assert_true(at < count);
            fixture_near(sorted[at], expected[k][0], within * fmax(1.0, fabs(expected[k][0])), what, (long)at);
        }
    assert_int_equal(at, count);
    free(sorted);
}

static void expect_p(const vx_result *result, const char *map, const double expected[VOXELS])
{
    const float *p = fixture_map(result, map);
    for (int v = 0; v < VOXELS; v++)
        fixture_near(p[v], expected[v], 1e-7, map, v);
}

/* Chain y = (1, 2, 3, 5), e = (1, 2, -3, 5). The sum s of a flip gives t = s sqrt(3 / (156 - s^2)), since sum y^2 = 39.
 * Writing w = +-1 +- 2 + 5 in {8, 6, 4, 2} (the complement flips give all signs reversed), the chain has s = w + 3 and
 * e has w - 3 or the other way round. So over the 16 flips max(|s|) is 11, 9, 7, 5, four times each.
 *
 *     s    11        9     7         5         3
 *     t    3.220470  1.8   1.172106  0.756650  0.428571
 *
 * The chain was observed at s = 11, e at s = 5; e's s = 5 is reached by {1, 2} and by {3} flipped: a tie that is exact
 * in arithmetic, so that |s| >= 5 in 10 of 16 flips and s >= 5 in 5. */
static const double t11 = 3.2204702407301595, t9 = 1.8, t7 = 1.1721057015904899, t5 = 0.7566499084579773;
static const double flip_chain[4] = {1, 2, 3, 5}, flip_apart[4] = {1, 2, -3, 5};

static void flips_voxel(void **state)
{
    (void)state;
    vx_matrix *matrix = make_matrix(4, flip_chain, flip_apart);
    vx_model *model = fixture_model(4, NULL, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    for (int d = 0; d < devices; d++) {
        options.tails = VX_TWO_TAILS;
        vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
        assert_true(result->plan.exhaustive);
        assert_int_equal(result->plan.possible, 16);
        assert_int_equal(result->null.count, 16);
        compare_distribution(result->null.voxel, 16, (double[][2]){{t5, 4}, {t7, 4}, {t9, 4}, {t11, 4}}, 4, bound,
                             "two");
        fixture_near(result->null.voxel[0], t11, bound, "observed maximum", 0);
        expect_p(result, "p-uncorrected", (double[]){2 / 16., 2 / 16., 2 / 16., 2 / 16., 10 / 16.});
        expect_p(result, "p-fwe-voxel", (double[]){4 / 16., 4 / 16., 4 / 16., 4 / 16., 1});
        /* BH: four p of 2/16 and one of 10/16: (2/16) 5/4 and (10/16) 5/5 */
        expect_p(result, "p-fdr", (double[]){5 / 32., 5 / 32., 5 / 32., 5 / 32., 10 / 16.});
        fixture_near(result->plan.p_smallest, 2 / 16., 0, "smallest p", 0);
        vx_result_free(result);

        /* Positive: max of w + 3 with the last sign plus, of 3 - w with minus: 5, 7, 9, 11, and 1, -1, -3, -5. */
        options.tails = VX_POSITIVE;
        result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
        compare_distribution(result->null.voxel, 16,
                             (double[][2]){{-t5, 2}, {-0.42857142857142855, 2}, {-0.13912166872805048, 2},
                                           {0.13912166872805048, 2}, {t5, 2}, {t7, 2}, {t9, 2}, {t11, 2}},
                             8, bound, "positive");
        expect_p(result, "p-uncorrected", (double[]){1 / 16., 1 / 16., 1 / 16., 1 / 16., 5 / 16.});
        expect_p(result, "p-fwe-voxel", (double[]){2 / 16., 2 / 16., 2 / 16., 2 / 16., 8 / 16.});
        fixture_near(result->plan.p_smallest, 1 / 16., 0, "smallest p", 1);
        vx_result_free(result);

        /* Negative: -s reaches -11 always, -5 in all but the four flips with s of 11, 9, 7: 13 of 16; the maximum of -s
         * over the mask is distributed as that of s. */
        options.tails = VX_NEGATIVE;
        result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
        expect_p(result, "p-uncorrected", (double[]){1, 1, 1, 1, 13 / 16.});
        expect_p(result, "p-fwe-voxel", (double[]){1, 1, 1, 1, 1});
        fixture_near(result->null.voxel[0], -t5, bound, "observed negative maximum", 0);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Forming threshold t = 1.5: supra-threshold where |s| is 11 or 9. The chain is so in 4 of 16 flips (11 twice, 9
 * twice), e in another 4, and nothing in 8, which count as 0. Masses: the chain's largest cluster of J voxels has J
 * (t - 1.5). */
static void flips_clusters(void **state)
{
    const double m11 = t11 - 1.5, m9 = t9 - 1.5;
    (void)state;
    vx_matrix *matrix = make_matrix(4, flip_chain, flip_apart);
    vx_model *model = fixture_model(4, NULL, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    options.cluster_t = 1.5;
    for (int d = 0; d < devices; d++)
        for (int c = 0; c < 3; c++) {
            double J = joined[c];
            options.connectivity = connectivity[c];
            options.tails = VX_TWO_TAILS;
            vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
            compare_distribution(result->null.extent, 16, (double[][2]){{0, 8}, {1, 4}, {J, 4}}, 3, 0, "extent");
            const double mass[3][5][2] = {{{0, 8}, {m9, 2}, {2 * m9, 2}, {m11, 2}, {2 * m11, 2}},
                                          {{0, 8}, {m9, 2}, {3 * m9, 2}, {m11, 2}, {3 * m11, 2}},
                                          {{0, 8}, {m9, 2}, {4 * m9, 2}, {m11, 2}, {4 * m11, 2}}};
            compare_distribution(result->null.mass, 16, mass[c], 5, bound, "mass");
            /* A voxel of the largest cluster: 4 flips reach its extent, 2 its mass. One left alone: 8 reach its 1
             * voxel, 4 its mass (the chain at 11, and e at 11). e belongs to no cluster. */
            double extent_p[VOXELS], mass_p[VOXELS];
            for (int v = 0; v < VOXELS; v++) {
                bool in = v < joined[c], alone = !in && v != E;
                extent_p[v] = in ? 4 / 16. : alone ? 8 / 16. : 1;
                mass_p[v] = in ? 2 / 16. : alone ? 4 / 16. : 1;
            }
            expect_p(result, "p-fwe-extent", extent_p);
            expect_p(result, "p-fwe-mass", mass_p);
            assert_int_equal(result->clusters, 1 + CHAIN - joined[c]);
            assert_int_equal(result->cluster[0].voxels, joined[c]);
            assert_int_equal(result->cluster[0].sign, 1);
            fixture_near(result->cluster[0].mm3, joined[c] * 8.0, 1e-9, "mm3 of 2 mm voxels", 0);
            fixture_near(result->cluster[0].mass, J * m11, J * bound, "cluster mass", 0);
            fixture_near(result->cluster[0].peak_t, t11, bound, "peak", 0);
            fixture_near(result->cluster[0].p[VX_P_FWE_EXTENT], 4 / 16., 0, "p extent", 0);
            fixture_near(result->cluster[0].p[VX_P_FWE_MASS], 2 / 16., 0, "p mass", 0);
            vx_result_free(result);

            /* Positive alone: half as many relabellings reach each, 12 are empty. */
            options.tails = VX_POSITIVE;
            result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
            compare_distribution(result->null.extent, 16, (double[][2]){{0, 12}, {1, 2}, {J, 2}}, 3, 0, "extent +");
            vx_result_free(result);
            options.tails = VX_NEGATIVE;
            result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
            compare_distribution(result->null.extent, 16, (double[][2]){{0, 12}, {1, 2}, {J, 2}}, 3, 0, "extent -");
            assert_int_equal(result->clusters, 0);
            vx_result_free(result);
        }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* A positive and a negative cluster that touch never join, and each counts with its own size: chain as it is, but c
 * and d with the sign reversed. With 26 neighbours both tails hold 2 voxels (a, b and c, d). */
static void tails_never_join(void **state)
{
    (void)state;
    float data[4 * VOXELS];
    for (int i = 0; i < 4; i++)
        for (int v = 0; v < VOXELS; v++)
            data[i * VOXELS + v] = (float)((v == 2 || v == 3 ? -1 : 1) * (v == E ? flip_apart[i] : flip_chain[i]));
    vx_matrix *matrix = fixture_matrix(dim, 4, VOXELS, data, place);
    vx_model *model = fixture_model(4, NULL, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    options.cluster_t = 1.5;
    for (int d = 0; d < devices; d++) {
        vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
        compare_distribution(result->null.extent, 16, (double[][2]){{0, 8}, {1, 4}, {2, 4}}, 3, 0, "extent");
        assert_int_equal(result->clusters, 2);
        assert_int_equal(result->cluster[0].sign + result->cluster[1].sign, 0);
        assert_int_equal(result->cluster[0].voxels, 2);
        assert_int_equal(result->cluster[1].voxels, 2);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* n = 5, covariate 1..5 and data that are ranks: r = 1 - S / 20, S = sum of squared rank differences, whose number of
 * permutations is the published null table of Spearman's S (Kendall & Gibbons 1990, table 2; it sums to 120). e holds
 * constant multiples of the same ranks, so the maximum is the chain's. Observed (2, 1, 3, 5, 4): S = 4, r = 0.8,
 * t = sqrt(3) 0.8 / 0.6. At S = 0 and 40 |r| is 1 and t has no bound: it must be huge and a number. */
static void permutations(void **state)
{
    static const double chain[5] = {2, 1, 3, 5, 4}, apart[5] = {-4, -2, -6, -10, -8}, x[5] = {1, 2, 3, 4, 5};
    static const int table[21] = {1, 4, 3, 6, 7, 6, 4, 10, 6, 10, 6, 10, 6, 10, 4, 6, 7, 6, 3, 4, 1};
    double expected[21][2], extreme;
    (void)state;
    vx_matrix *matrix = make_matrix(5, chain, apart);
    vx_model *model = fixture_model(5, x, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    options.permutations = VX_PERMUTATIONS_ALL;
    options.cluster_t = 2.0; /* |r| >= 0.8: S <= 4 or S >= 36, 8 + 8 of 120 */
    for (int k = 0; k < 21; k++) {
        double r = 1.0 - 2 * k / 20.0;
        expected[20 - k][0] = sqrt(3.0) * r / sqrt(1.0 - r * r);
        expected[20 - k][1] = table[k];
    }
    for (int d = 0; d < devices; d++)
        for (int c = 0; c < 3; c++) {
            options.connectivity = connectivity[c];
            options.tails = VX_TWO_TAILS;
            vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[1], &options);
            assert_int_equal(result->null.count, 120);
            fixture_near(result->null.voxel[0], sqrt(3.0) * 0.8 / 0.6, bound, "observed", 0);
            double sorted[120], two[10][2];
            memcpy(sorted, result->null.voxel, sizeof sorted);
            qsort(sorted, 120, sizeof *sorted, fixture_ascending);
            /* |r|: S and 40 - S together; r = 0 apart */
            for (int k = 0; k < 10; k++) {
                two[k][0] = expected[10 + k][0];
                two[k][1] = k == 0 ? table[10] : 2 * table[10 - k];
            }
            compare_distribution(sorted, 118, (const double(*)[2])two, 10, bound, "|t|");
            extreme = sorted[118];
            assert_true(extreme > 1000.0 && isfinite(sorted[119]));
            expect_p(result, "p-uncorrected", (double[]){16 / 120., 16 / 120., 16 / 120., 16 / 120., 16 / 120.});
            expect_p(result, "p-fwe-voxel", (double[]){16 / 120., 16 / 120., 16 / 120., 16 / 120., 16 / 120.});
            compare_distribution(result->null.extent, 120, (double[][2]){{0, 104}, {joined[c], 16}}, 2, 0, "extent");
            double p_extent[VOXELS], p_mass[VOXELS];
            for (int v = 0; v < VOXELS; v++)
                p_extent[v] = p_mass[v] = 16 / 120.; /* single voxels too: every other relabelling is empty */
            expect_p(result, "p-fwe-extent", p_extent);
            expect_p(result, "p-fwe-mass", p_mass);
            vx_result_free(result);
        }
    /* One tail, the chain alone: the complete table. */
    vx_matrix *positive = fixture_matrix(dim, 5, 1, (float[]){2, 1, 3, 5, 4}, place);
    for (int d = 0; d < devices; d++) {
        options.tails = VX_POSITIVE;
        vx_result *result = fixture_run(device[d], 1, positive, &model->effect[1], &options);
        double sorted[120];
        memcpy(sorted, result->null.voxel, sizeof sorted);
        qsort(sorted, 120, sizeof *sorted, fixture_ascending);
        assert_true(sorted[0] < -1000.0 && sorted[119] > 1000.0 && isfinite(sorted[0]) && isfinite(sorted[119]));
        compare_distribution(sorted + 1, 118, (const double(*)[2])expected + 1, 19, bound, "t");
        fixture_near(fixture_map(result, "p-uncorrected")[0], 8 / 120., 1e-7, "one-sided p", 0);
        fixture_near(fixture_map(result, "p-fwe-voxel")[0], 8 / 120., 1e-7, "one-sided p-fwe", 0);
        vx_result_free(result);
    }
    vx_matrix_free(positive);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Two of five against three: only the 10 choices of two rows differ. The two have the lowest data, so r is the largest
 * of all: p = 1/10, and 2/10 two-sided as the two highest mirror it (data 1..5). With covariate (1, 1, 2, 3, 4), 60. */
static void tied_covariate(void **state)
{
    static const double groups[5] = {1, 0, 1, 0, 1}, ties[5] = {1, 1, 2, 3, 4};
    (void)state;
    vx_matrix *matrix = fixture_matrix(dim, 5, 1, (float[]){3, 1, 5, 2, 4}, place);
    vx_inference_options options = vx_inference_defaults();
    options.permutations = VX_PERMUTATIONS_ALL;
    for (int d = 0; d < devices; d++) {
        vx_model *model = fixture_model(5, groups, 0, NULL, VX_PEARSON);
        for (int tails = 0; tails < 2; tails++) {
            options.tails = tails ? VX_POSITIVE : VX_TWO_TAILS;
            vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[1], &options);
            assert_int_equal(result->plan.possible, 10);
            assert_int_equal(result->null.count, 10);
            fixture_near(fixture_map(result, "p-uncorrected")[0], tails ? 0.1 : 0.2, 1e-7, "p of groups", tails);
            fixture_near(fixture_map(result, "p-fwe-voxel")[0], tails ? 0.1 : 0.2, 1e-7, "p-fwe of groups", tails);
            vx_result_free(result);
        }
        vx_model_free(model);
        model = fixture_model(5, ties, 0, NULL, VX_PEARSON);
        vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[1], &options);
        assert_int_equal(result->null.count, 60);
        vx_result_free(result);
        vx_model_free(model);
    }
    vx_matrix_free(matrix);
}

/* Sums of integers tie exactly, but sums of their rounded multiples may not: other flips of a + b - (a + b) + c have
 * the same sum. Every p of 588 such data is compared with a count in integers. Where c is 0 every flip reaches |s| = 0,
 * and p is 1. */
static void ties_of_whole_numbers(void **state)
{
    enum { V = 7 * 7 * 12 };
    static const int row[3] = {V, 1, 1};
    static float data[4 * V];
    int reached[2][V] = {{0}}, v = 0;
    (void)state;
    for (int a = 1; a <= 7; a++)
        for (int b = 1; b <= 7; b++)
            for (int c = 0; c <= 11; c++, v++) {
                const int y[4] = {a, b, -a - b, c};
                for (int i = 0; i < 4; i++)
                    data[i * V + v] = (float)y[i];
                for (int flip = 0; flip < 16; flip++) {
                    int s = 0;
                    for (int i = 0; i < 4; i++)
                        s += flip >> i & 1 ? -y[i] : y[i];
                    reached[0][v] += abs(s) >= c;
                    reached[1][v] += s >= c;
                }
            }
    vx_matrix *matrix = fixture_matrix(row, 4, V, data, NULL);
    vx_model *model = fixture_model(4, NULL, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    for (int run = 0; run < 2 * devices; run++) {
        options.tails = run % 2 ? VX_POSITIVE : VX_TWO_TAILS;
        vx_result *result = fixture_run(device[run / 2], 1, matrix, &model->effect[0], &options);
        for (v = 0; v < V; v++)
            fixture_near(fixture_map(result, "p-uncorrected")[v], reached[run % 2][v] / 16., 1e-7, "p with ties", v);
        vx_result_free(result);
    }
    vx_matrix_free(matrix);

    /* The familywise p of a lone voxel is its uncorrected one: (1, 3, -4, 5) ties at 5 with
     * (-1, -3, 4, 5). */
    matrix = fixture_matrix((int[]){1, 1, 1}, 4, 1, (float[]){1, 3, -4, 5}, NULL);
    options.tails = VX_POSITIVE;
    for (int d = 0; d < devices; d++) {
        vx_result *result = fixture_run(device[d], 1, matrix, &model->effect[0], &options);
        fixture_near(fixture_map(result, "p-fwe-voxel")[0], 5 / 16., 1e-7, "p-fwe-voxel with a tie", 0);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Random data on a full 4 x 3 x 3 grid, both effects, every connectivity and tail, against the reference's own loop
 * over all relabellings: sorted distributions of maximum, extent and mass, and every p-map. The data are continuous, so
 * no value is near the threshold, and two values are near each other only where they tie. The test checks the distance
 * to the threshold. */
static void against_reference(void **state)
{
    enum { N = 6, V = 36, MOST = 720 };
    static const int small[3] = {4, 3, 3};
    static const double x[N] = {2, 7, 1, 8, 2.5, 4};
    static const double ones[N] = {1, 1, 1, 1, 1, 1};
    const double threshold = 1.3;
    (void)state;
    float *noise = fixture_noise(2024, N, V);
    vx_matrix *matrix = fixture_matrix(small, N, V, noise, NULL);
    vx_model *model = fixture_model(N, x, 0, NULL, VX_PEARSON);
    for (int kind = 0; kind < 2; kind++) { /* 64 flips, 720 orders */
        static double t[MOST][V];
        double y[V][N];
        int count = 0;
        int32_t order[N] = {0, 1, 2, 3, 4, 5};
        for (int v = 0; v < V; v++)
            for (int i = 0; i < N; i++)
                y[v][i] = noise[i * V + v];
        do {
            int8_t sign[N];
            for (int i = 0; i < N; i++)
                sign[i] = count >> i & 1 ? -1 : 1;
            for (int v = 0; v < V; v++) {
                t[count][v] = kind ? reference_freedman_lane(N, x, 1, ones, y[v], order, NULL)
                                   : reference_freedman_lane(N, ones, 0, NULL, y[v], NULL, sign);
                assert_true(fabs(fabs(t[count][v]) - threshold) > bound);
            }
            count++;
        } while (kind ? reference_next(order, N) : count < 64);
        for (int run = 0; run < 9 * devices; run++) {
            vx_inference_options options = vx_inference_defaults();
            options.permutations = VX_PERMUTATIONS_ALL;
            options.cluster_t = threshold;
            options.connectivity = connectivity[run % 3];
            options.tails = (vx_tails)(run / 3 % 3);
            bool tail[2] = {options.tails != VX_NEGATIVE, options.tails != VX_POSITIVE};
            vx_result *result = fixture_run(device[run / 9], 1, matrix, &model->effect[kind], &options);
            static double maximum[MOST], extent[MOST], mass[MOST], own[MOST];
            double extent_of[V] = {0}, mass_of[V] = {0};
            for (int p = 0; p < count; p++) {
                maximum[p] = -INFINITY;
                extent[p] = mass[p] = 0;
                for (int side = 0; side < 2; side++) {
                    if (!tail[side])
                        continue;
                    int sign = side ? -1 : 1;
                    for (int v = 0; v < V; v++)
                        maximum[p] = fmax(maximum[p], sign * t[p][v]);
                    reference_cluster largest = reference_clusters(small, t[p], sign, threshold, options.connectivity,
                                                                   p ? NULL : extent_of, p ? NULL : mass_of);
                    extent[p] = fmax(extent[p], largest.extent);
                    mass[p] = fmax(mass[p], largest.mass);
                }
            }
            for (int v = 0; v < V; v++) {
                double seen = options.tails == VX_TWO_TAILS ? fabs(t[0][v]) : (tail[0] ? 1 : -1) * t[0][v];
                for (int p = 0; p < count; p++)
                    own[p] = options.tails == VX_TWO_TAILS ? fabs(t[p][v]) : (tail[0] ? 1 : -1) * t[p][v];
                fixture_near(fixture_map(result, "p-uncorrected")[v], reference_p(own, count, seen, 1e-9), 1e-7,
                             "p-uncorrected", v);
                fixture_near(fixture_map(result, "p-fwe-voxel")[v], reference_p(maximum, count, seen, 1e-9), 1e-7,
                             "p-fwe-voxel", v);
                fixture_near(fixture_map(result, "p-fwe-extent")[v], reference_p(extent, count, extent_of[v], 0), 1e-7,
                             "p-fwe-extent", v);
                fixture_near(fixture_map(result, "p-fwe-mass")[v], reference_p(mass, count, mass_of[v], 1e-9), 1e-7,
                             "p-fwe-mass", v);
            }
            assert_int_equal(result->null.count, count);
            fixture_near(result->null.voxel[0], maximum[0], bound * fmax(1, maximum[0]), "first is as observed", 0);
            fixture_near(result->null.extent[0], extent[0], 0, "first extent is as observed", 0);
            const struct {
                const double *got;
                double *expected, within;
                const char *what;
            } null[3] = {{result->null.voxel, maximum, 1e-4, "maximum"},
                         {result->null.extent, extent, 0, "extent"},
                         {result->null.mass, mass, 1e-4, "mass"}};
            for (int k = 0; k < 3; k++) {
                static double got[MOST];
                memcpy(got, null[k].got, (size_t)count * sizeof *got);
                qsort(got, (size_t)count, sizeof *got, fixture_ascending);
                qsort(null[k].expected, (size_t)count, sizeof(double), fixture_ascending);
                for (int p = 0; p < count; p++)
                    fixture_near(got[p], null[k].expected[p],
                                 null[k].within * fmax(1, pow(fabs(null[k].expected[p]), 3)), null[k].what, p);
            }
            vx_result_free(result);
        }
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
    free(noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flips_voxel),  cmocka_unit_test(flips_clusters), cmocka_unit_test(tails_never_join),
        cmocka_unit_test(permutations), cmocka_unit_test(tied_covariate), cmocka_unit_test(ties_of_whole_numbers),
        cmocka_unit_test(against_reference),
    };
    return cmocka_run_group_tests(tests, find_devices, NULL);
}
