/* Wager et al. 2008 (Neuron 59:1037): 30 contrast images and their t, p and beta maps by another package (the CANlab
 * RobustToolbox, MATLAB), ordinary least squares on [1, z-scored reappraisal success]. The images are read, modelled
 * and tested by the library; its maps must equal the published ones in all 31,079 complete voxels.
 *
 * The published intercept is tested with the covariate in the model: that is our mean given the covariate as
 * nuisance. */
#include "base/distribution.h"
#include "statistics/fixture.h"

enum { N = 30, COMPLETE = 31079 };
static char folder[1024];

static double *read_covariate(void)
{
    char path[1200];
    double first, *value = malloc(N * sizeof *value), mean = 0.0, square = 0.0;
    snprintf(path, sizeof path, "%s/X_Y_data.txt", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*s %*s"), 0);
    for (int i = 0; i < N; i++) {
        assert_int_equal(fscanf(file, "%lf %lf", &first, &value[i]), 2);
        mean += value[i] / N;
    }
    fclose(file);
    for (int i = 0; i < N; i++)
        square += (value[i] - mean) * (value[i] - mean);
    for (int i = 0; i < N; i++)
        value[i] = (value[i] - mean) / sqrt(square / (N - 1));
    return value;
}

static vx_matrix *read_images(void)
{
    static char path[N][1200], participant[N][8];
    vx_session_image session[N];
    vx_volume_row row[N];
    vx_mask_options mask = VX_OPTIONS(vx_mask_options, .analyze = VX_ANALYZE_RADIOLOGICAL);
    vx_matrix *matrix = NULL;
    vx_mask_report report;
    vx_error error = {0};
    for (int i = 0; i < N; i++) {
        snprintf(path[i], sizeof path[i], "%s/con/con_%08d.hdr", folder, 810001 + i);
        snprintf(participant[i], sizeof participant[i], "sub-%02d", i + 1);
        session[i] = (vx_session_image){path[i], "fmri", 1, {0}};
        row[i] = (vx_volume_row){participant[i], &session[i], 1};
    }
    check(vx_matrix_read(row, N, &mask, 2, &matrix, &report, &error), error);
    assert_int_equal(matrix->space.elements, 75919); /* finite and non-zero in all 30, counted by the data's README */
    return matrix;
}

static vx_image published(const char *name)
{
    char path[1200];
    vx_image image = {0};
    vx_error error = {0};
    snprintf(path, sizeof path, "%s/reference_robusttoolbox/%s.hdr", folder, name);
    check(vx_image_read(path, VX_ANALYZE_REFUSE, &image, &error), error);
    return image;
}

/* 1e-5 of max(1, |value|): the published maps are float32 of a double computation, and so are ours. */
static void compare(const vx_matrix *matrix, const vx_image *subjects, const float *ours, const char *name)
{
    vx_image theirs = published(name);
    int compared = 0;
    for (int axis = 0; axis < 3; axis++)
        assert_int_equal(theirs.grid.dim[axis], matrix->space.grid.dim[axis]);
    for (int64_t v = 0; v < matrix->space.elements; v++) {
        double expected = theirs.data[matrix->space.index[v]];
        if (subjects->data[matrix->space.index[v]] != N)
            continue;
        fixture_near(ours[v], expected, 1e-5 * fmax(1.0, fabs(expected)), name, (long)v);
        compared++;
    }
    assert_int_equal(compared, COMPLETE);
    vx_image_destroy(&theirs);
}

/* Two-sided p of a t map; the published ones are compared as they are, p in [0, 1]. */
static void compare_p(const vx_matrix *matrix, const vx_image *subjects, const float *t, const char *name)
{
    float *p = malloc((size_t)matrix->space.elements * sizeof *p);
    for (int64_t v = 0; v < matrix->space.elements; v++)
        p[v] = (float)(2.0 * vx_t_upper(fabs(t[v]), N - 2));
    compare(matrix, subjects, p, name);
    free(p);
}

static void maps_are_the_published_ones(void **state)
{
    (void)state;
    double *success = read_covariate();
    const double *const nuisance[1] = {success};
    vx_matrix *matrix = read_images();
    vx_image subjects = published("nsubjects");
    vx_model *slope = fixture_model(N, success, 0, NULL, VX_PEARSON);
    vx_model *intercept = fixture_model(N, NULL, 1, nuisance, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    options.permutations = 10;

    vx_result *result = fixture_run("cpu", 0, matrix, &intercept->effect[0], &options);
    compare(matrix, &subjects, fixture_map(result, "t"), "ols_tmap_0001");
    compare(matrix, &subjects, fixture_map(result, "mean"), "ols_beta_0001");
    compare_p(matrix, &subjects, fixture_map(result, "t"), "ols_p_0001");
    vx_result_free(result);

    result = fixture_run("cpu", 0, matrix, &slope->effect[1], &options);
    compare(matrix, &subjects, fixture_map(result, "t"), "ols_tmap_0002");
    compare(matrix, &subjects, fixture_map(result, "slope"), "ols_beta_0002");
    compare_p(matrix, &subjects, fixture_map(result, "t"), "ols_p_0002");
    const float *t = fixture_map(result, "t"), *r = fixture_map(result, "r");
    for (int64_t v = 0; v < matrix->space.elements; v++)
        fixture_near(r[v], t[v] / sqrt(28.0 + (double)t[v] * t[v]), 1e-6, "r", (long)v);
    vx_result_free(result);

    vx_model_free(slope);
    vx_model_free(intercept);
    vx_image_destroy(&subjects);
    vx_matrix_free(matrix);
    free(success);
}

int main(void)
{
    const char *root = getenv("VOXSTAT_REAL_DATA");
    const struct CMUnitTest tests[] = {cmocka_unit_test(maps_are_the_published_ones)};
    snprintf(folder, sizeof folder, "%s/wager2008_emoreg", root ? root : "");
    char probe[1200];
    snprintf(probe, sizeof probe, "%s/X_Y_data.txt", folder);
    FILE *file = fopen(probe, "r");
    if (!file) {
        puts("SKIP: no wager2008_emoreg in $VOXSTAT_REAL_DATA");
        return 77;
    }
    fclose(file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
