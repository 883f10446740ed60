/* Mid-ranks, and the residual of one voxel: its value, and whether it is 0. */
#include "model/residual.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N = 8 };
static const double score[N] = {1, 4, 2, 8, 5, 7, 3, 9};

/* Effect 1 of the model: the score, permuted, given the intercept and some nuisance. */
static vx_model *model_of(const double *const *nuisance, int nuisances, vx_correlation correlation)
{
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .correlation = correlation);
    const vx_regressor covariate = {"score", score};
    vx_regressor regressor[2] = {{0}};
    vx_model *model = NULL;
    vx_error error = {0};
    for (int j = 0; j < nuisances; j++)
        regressor[j] = (vx_regressor){j ? "second" : "first", nuisance[j]};
    if (vx_model_new(&options, N, &covariate, 1, regressor, nuisances, &model, &error))
        fail_msg("%s", error.message);
    return model;
}

/* scipy.stats.rankdata([10, 20, 10, 5, 20, 20]) */
static void ties_share_a_rank(void **state)
{
    static const double expected[6] = {2.5, 5, 2.5, 1, 5, 5};
    double value[6] = {10, 20, 10, 5, 20, 20};
    vx_ranked scratch[6];
    (void)state;
    vx_midranks(value, 6, 0.0, scratch);
    for (int i = 0; i < 6; i++)
        assert_true(value[i] == expected[i]);
}

/* Within a width of 0.5, 1.3 is tied with 1, and 1.6 with neither: it exceeds 1, the smallest of the group, by more. */
static void near_values_share_a_rank(void **state)
{
    static const double expected[4] = {3, 1.5, 4, 1.5};
    double value[4] = {1.6, 1.3, 2.5, 1};
    vx_ranked scratch[4];
    (void)state;
    vx_midranks(value, 4, 0.5, scratch);
    for (int i = 0; i < 4; i++)
        assert_true(value[i] == expected[i]);
}

/* The data are ranked before the mean is taken out: ranks 1, 2.5, 2.5, 4 ... 8 less 4.5. */
static void ranks_of_data(void **state)
{
    static const float data[N] = {-3, 0, 0, 1, 10, 100, 1000, 10000};
    static const double expected[N] = {-3.5, -2, -2, -0.5, 0.5, 1.5, 2.5, 3.5};
    double y[N];
    vx_ranked scratch[N];
    vx_model *model = model_of(NULL, 0, VX_SPEARMAN);
    (void)state;
    vx_residual(&model->effect[1], data, 1, 0, y, scratch);
    for (int i = 0; i < N; i++) /* sums of halves: exact except for the unit vector of the intercept */
        assert_true(fabs(y[i] - expected[i]) < 1e-14);
    vx_model_free(model);
}

/* Two nearly equal nuisances that explain all of the data but a part in 10^9. The residual is orthogonal to the
 * nuisance within the rounding of the residual, N products of 2^-53 each; the rounding of the data is 10^9 times that.
 */
static void residual_is_orthogonal(void **state)
{
    static const double first[N] = {-1, 1, 0, 0, 0, 0, 0, 0}, second[N] = {-1, 1, 1e-5, -1e-5, 0, 0, 0, 0};
    static const float data[N] = {-3e9f, 3e9f, 0.5f, -0.25f, 0.75f, -1.5f, 1.25f, -0.5f};
    const double *const nuisance[2] = {first, second};
    double y[N];
    vx_ranked scratch[N];
    vx_model *model = model_of(nuisance, 2, VX_PEARSON);
    const vx_effect *effect = &model->effect[1];
    (void)state;
    double square = vx_residual(effect, data, 1, 0, y, scratch);
    assert_true(square > 1 && square < 10);
    assert_int_equal(effect->z_columns, 3);
    for (int64_t j = 0; j < effect->z_columns; j++) {
        double along = 0;
        for (int i = 0; i < N; i++)
            along += effect->z[j * N + i] * y[i];
        if (!(fabs(along) <= N * 0x1p-53 * sqrt(square)))
            fail_msg("%g of the residual's %g lie along column %d", along, sqrt(square), (int)j);
    }
    vx_model_free(model);
}

/* The nuisance explains integers a + b age completely: the residual is 0, and rounding errors must not be taken for
 * data. */
static void nothing_is_left(void **state)
{
    static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70};
    const double *const nuisance[1] = {age};
    float data[N];
    double y[N];
    vx_ranked scratch[N];
    vx_model *model = model_of(nuisance, 1, VX_PEARSON);
    (void)state;
    for (int i = 0; i < N; i++)
        data[i] = (float)(1000 + 3 * age[i]);
    assert_true(vx_residual(&model->effect[1], data, 1, 0, y, scratch) == 0);
    vx_model_free(model);
}

/* The smallest difference of floats is data: for 2^24 and one 2^24 - 1 the sum of squares about the mean is 1 - 1 / N.
 */
static void the_last_bit_is_left(void **state)
{
    float data[N];
    double y[N];
    vx_ranked scratch[N];
    vx_model *model = model_of(NULL, 0, VX_PEARSON);
    (void)state;
    for (int i = 0; i < N; i++)
        data[i] = i == 3 ? 0x1p24f - 1 : 0x1p24f;
    assert_true(fabs(vx_residual(&model->effect[1], data, 1, 0, y, scratch) - (1 - 1.0 / N)) < 1e-7);
    vx_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_share_a_rank),
        cmocka_unit_test(near_values_share_a_rank), cmocka_unit_test(ranks_of_data),
        cmocka_unit_test(residual_is_orthogonal), cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(the_last_bit_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
