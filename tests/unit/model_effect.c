/* The promises of vx_model_new: unit vectors, orthogonality, rows, and the messages of errors. */
#include "voxstat/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 9 };
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4, 6.5, 3}, age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58};
static const double sex[N] = {0, 1, 1, 0, 1, 0, 0, 1, 0}, same[N] = {3, 3, 3, 3, 3, 3, 3, 3, 3};

static double dot(const double *u, const double *v, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

static void near(double got, double expected)
{
    if (!(fabs(got - expected) <= 1e-12 * fmax(1.0, fabs(expected))))
        fail_msg("%.17g, expected %.17g", got, expected);
}

/* 1e-12: Householder reflections of 9 rows lose a few units of 1e-16. */
static void effects_are_orthonormal(void **state)
{
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "change");
    const vx_regressor covariate = {"score", score}, nuisance[2] = {{"age", age}, {"sex", sex}};
    vx_model *model = NULL;
    vx_error error = {0};
    (void)state;
    assert_int_equal(vx_model_new(&options, N, &covariate, 1, nuisance, 2, &model, &error), VX_OK);
    assert_int_equal(model->effects, 2);
    assert_string_equal(model->effect[0].name, "change");
    assert_string_equal(model->effect[1].name, "score");
    assert_int_equal(model->effect[0].kind, VX_MEAN);
    assert_int_equal(model->effect[0].scheme, VX_SIGN_FLIP);
    assert_int_equal(model->effect[1].kind, VX_SLOPE);
    assert_int_equal(model->effect[1].scheme, VX_PERMUTE);
    near(model->effect[0].df, 9 - 3);
    near(model->effect[1].df, 9 - 4);
    for (int64_t e = 0; e < 2; e++) {
        const vx_effect *f = &model->effect[e];
        assert_int_equal(f->n, N);
        assert_int_equal(f->nuisance, 2);
        assert_int_equal(f->z_columns, 2 + e); /* permuting has the intercept among the nuisance too */
        near(dot(f->x, f->x, N), 1.0);
        for (int64_t j = 0; j < f->z_columns; j++) {
            near(dot(f->z + j * N, f->x, N), 0.0);
            for (int64_t k = 0; k < f->z_columns; k++)
                near(dot(f->z + j * N, f->z + k * N, N), j == k);
        }
        for (int64_t j = 0; j < 2; j++) {
            near(dot(f->q + j * N, f->x, N), 0.0);
            for (int64_t k = 0; k < 2; k++)
                near(dot(f->q + j * N, f->q + k * N, N), j == k);
        }
    }
    /* x~ points where the regressor does, and norm is ||R_Z x||: x'x~ is it. */
    double centred[N], mean = 0.0;
    for (int i = 0; i < N; i++)
        mean += score[i] / N;
    for (int i = 0; i < N; i++)
        centred[i] = score[i] - mean;
    near(dot(centred, model->effect[1].x, N), model->effect[1].norm);
    assert_true(model->effect[1].norm > 0.0 && model->effect[0].x[0] > 0.0);
    near(model->effect[0].norm, 3.0); /* centred nuisance is orthogonal to the intercept: ||1|| = sqrt(9) */
    vx_model_free(model);
}

/* A missing covariate leaves its own effect alone, which is centred over the rows that are left. */
static void missing_values(void **state)
{
    double gap[N];
    memcpy(gap, score, sizeof gap);
    gap[2] = NAN;
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "change");
    const vx_regressor covariate[2] = {{"gap", gap}, {"age", age}};
    static const int64_t left[N - 1] = {0, 1, 3, 4, 5, 6, 7, 8};
    vx_model *model = NULL;
    vx_error error = {0};
    (void)state;
    assert_int_equal(vx_model_new(&options, N, covariate, 2, NULL, 0, &model, &error), VX_OK);
    assert_int_equal(model->effects, 3);
    assert_int_equal(model->effect[0].n, N);
    assert_int_equal(model->effect[1].n, N - 1);
    assert_int_equal(model->effect[2].n, N);
    assert_memory_equal(model->effect[1].row, left, sizeof left);
    double sum = 0.0;
    for (int i = 0; i < N - 1; i++)
        sum += model->effect[1].x[i];
    near(sum, 0.0);
    near(model->effect[1].df, N - 3);
    vx_model_free(model);
}

static void refuse(const vx_regressor *covariate, int64_t covariates, const vx_regressor *nuisance, int64_t nuisances,
                   int64_t n, bool joint, const char *word)
{
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "change", .joint = joint);
    vx_model *model = NULL;
    vx_error error = {0};
    assert_int_equal(vx_model_new(&options, n, covariate, covariates, nuisance, nuisances, &model, &error), VX_INPUT);
    assert_null(model);
    if (!strstr(error.message, word))
        fail_msg("\"%s\" does not name %s", error.message, word);
}

static void bad_designs(void **state)
{
    double twice[N], sum[N], gap[N];
    (void)state;
    for (int i = 0; i < N; i++) {
        twice[i] = 2 * age[i] + 1;
        sum[i] = age[i] - 3 * sex[i];
    }
    memcpy(gap, age, sizeof gap);
    gap[4] = NAN;
    const vx_regressor good = {"score", score}, constant = {"dose", same}, years = {"age", age}, male = {"sex", sex};
    const vx_regressor doubled = {"months", twice}, both[2] = {years, male}, combined = {"mixture", sum};
    const vx_regressor missing = {"weight", gap}, three[3] = {years, male, combined}, pair[2] = {good, years};
    refuse(&constant, 1, NULL, 0, N, false, "dose");
    refuse(&good, 1, &constant, 1, N, false, "dose");
    refuse(&doubled, 1, &years, 1, N, false, "months");
    refuse(&combined, 1, both, 2, N, false, "mixture");
    refuse(&good, 1, three, 3, N, false, "mixture");
    refuse(&good, 1, &missing, 1, N, false, "weight");
    refuse(&good, 1, NULL, 0, 2, false, "");         /* 2 rows, 2 parameters */
    refuse(pair, 2, &male, 1, 4, true, "");          /* 4 rows, 4 parameters */
    refuse(&good, 1, both, 2, 4, false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_orthonormal),
        cmocka_unit_test(missing_values),
        cmocka_unit_test(bad_designs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
