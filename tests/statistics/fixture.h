/* Shared by the tests of statistics: small data in memory, the devices, and one run. */
#ifndef VX_TESTS_STATISTICS_FIXTURE_H
#define VX_TESTS_STATISTICS_FIXTURE_H

#include "base/random.h"
#include "reference.h"
#include "voxstat/voxstat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define check(call, error) \
    do { \
        if ((call) != VX_OK) \
            fail_msg("%s: %s", (error).where, (error).message); \
    } while (0)

/* The ids of the usable devices, the cpu first, at most `max`. */
static inline int fixture_devices(char id[][32], int max)
{
    vx_device_info *list = NULL;
    size_t count = 0;
    vx_error error = {0};
    int devices = 0;
    check(vx_device_list(&list, &count, NULL, 0, &error), error);
    for (size_t d = 0; d < count && devices < max; d++)
        if (!*list[d].unusable)
            snprintf(id[devices++], 32, "%s", list[d].id);
    free(list);
    assert_true(devices > 0);
    assert_string_equal(id[0], "cpu");
    return devices;
}

/* A matrix on an nx x ny x nz grid whose mask is `index` (null: every voxel of the grid). */
static inline vx_matrix *fixture_matrix(const int dim[3], int64_t n, int64_t voxels, const float *data,
                                        const int64_t *index)
{
    vx_grid grid = vx_grid_new(dim[0], dim[1], dim[2], 2.0, (double[3]){0, 0, 0});
    int64_t *element = malloc((size_t)voxels * sizeof *element);
    vx_space space;
    vx_matrix *matrix = NULL;
    vx_error error = {0};
    for (int64_t v = 0; v < voxels; v++)
        element[v] = index ? index[v] : v;
    check(vx_space_on_grid(&grid, voxels, element, &space, &error), error);
    check(vx_matrix_new(&space, n, data, &matrix, &error), error);
    vx_space_destroy(&space);
    free(element);
    return matrix;
}

/* The model of a one-sample test with at most one covariate and some nuisance (each n values). */
static inline vx_model *fixture_model(int64_t n, const double *covariate, int nuisances, const double *const *nuisance,
                                      vx_correlation correlation)
{
    static const char *const name[] = {"age", "sex", "site"};
    vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .correlation = correlation);
    vx_regressor interest = {"score", covariate}, regressor[3] = {{0}};
    vx_model *model = NULL;
    vx_error error = {0};
    for (int j = 0; j < nuisances; j++)
        regressor[j] = (vx_regressor){name[j], nuisance[j]};
    check(vx_model_new(&options, n, &interest, covariate ? 1 : 0, regressor, nuisances, &model, &error), error);
    assert_int_equal(model->effects, covariate ? 2 : 1);
    return model;
}

static inline vx_result *fixture_run(const char *device_id, int threads, const vx_matrix *matrix,
                                     const vx_effect *effect, const vx_inference_options *options)
{
    vx_device *device = NULL;
    vx_result *result = NULL;
    vx_error error = {0};
    const vx_device_options opening = VX_OPTIONS(vx_device_options, .threads = threads);
    check(vx_device_open(device_id, &opening, &device, NULL, 0, &error), error);
    check(vx_infer(device, matrix, effect, options, NULL, NULL, &result, &error), error);
    vx_device_free(device);
    return result;
}

static inline const float *fixture_map(const vx_result *result, const char *name)
{
    for (size_t m = 0; m < result->maps; m++)
        if (!strcmp(vx_quantity_name(result->map[m].quantity), name))
            return result->map[m].value;
    fail_msg("no map %s", name);
    return NULL;
}

/* Fails unless |got - expected| <= bound; `what` and `i` say where. NaN fails. */
static inline void fixture_near(double got, double expected, double bound, const char *what, long i)
{
    if (!(fabs(got - expected) <= bound))
        fail_msg("%s[%ld]: %.17g, expected %.17g within %.3g", what, i, got, expected, bound);
}

static inline int fixture_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Normal noise, n x voxels, number `seed` of the tests. */
static inline float *fixture_noise(uint64_t seed, int64_t n, int64_t voxels)
{
    float *data = malloc((size_t)n * (size_t)voxels * sizeof *data);
    for (int64_t i = 0; i < n; i++)
        for (int64_t v = 0; v < voxels; v++)
            data[i * voxels + v] = (float)vx_normal(seed, (uint64_t)i, (uint32_t)v, VX_STREAM_TEST);
    return data;
}

#endif
