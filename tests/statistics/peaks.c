/* The fields of a cluster against the maps and null distributions of its result: each p of the peak against the map of
 * that p, extent and mass against a count in their null distributions. The grid's axes are not at right angles, and the
 * mask has holes. */
#include "fixture.h"

enum { N = 8, NX = 9, NY = 8, NZ = 7, GRID = NX * NY * NZ };

/* det = 2 (2 3 - 1 1) - 0 + 1 (-1 1 - 2 0) = 9. */
static const double affine[3][4] = {{2, 0, 1, -90}, {-1, 2, 1, -126}, {0, 1, 3, -72}};

/* Smooth noise and a signal in two corners, of opposite signs; every seventh voxel is not in the mask. */
static vx_matrix *make_matrix(void)
{
    vx_grid grid = vx_grid_new(NX, NY, NZ, 2, (double[]){0, 0, 0});
    float *noise = fixture_noise(51, N, GRID), *data = malloc((size_t)N * GRID * sizeof *data);
    int64_t index[GRID], voxels = 0;
    vx_space space;
    vx_matrix *matrix = NULL;
    vx_error error = {0};
    for (int a = 0; a < 3; a++)
        for (int k = 0; k < 4; k++)
            grid.affine[a][k] = affine[a][k];
    for (int v = 0; v < GRID; v++)
        if (v % 7)
            index[voxels++] = v;
    for (int i = 0; i < N; i++)
        for (int64_t v = 0; v < voxels; v++) {
            int x = (int)index[v] % NX, y = (int)index[v] / NX % NY, z = (int)index[v] / NX / NY;
            double signal = (x < 4 && y < 4 && z < 4) - (x > 6 && y > 5 && z > 3), near = 0;
            for (int step = -1; step <= 1; step++)
                near += noise[i * GRID + (index[v] + step + GRID) % GRID];
            data[i * voxels + v] = (float)(0.8 * signal + near / 2);
        }
    check(vx_space_on_grid(&grid, voxels, index, &space, &error), error);
    check(vx_matrix_new(&space, N, data, &matrix, &error), error);
    vx_space_destroy(&space);
    free(noise);
    free(data);
    return matrix;
}

static int64_t voxel_of(const vx_matrix *matrix, const int64_t at[3])
{
    for (int64_t v = 0; v < matrix->space.elements; v++)
        if (matrix->space.index[v] == at[0] + NX * (at[1] + NY * at[2]))
            return v;
    fail_msg("the peak is outside the mask");
    return -1;
}

static void check_place(const vx_matrix *matrix, const vx_result *result, const vx_cluster *cluster)
{
    const float *label = fixture_map(result, "clusters"), *t = fixture_map(result, "t");
    int64_t peak = voxel_of(matrix, cluster->peak_voxel), voxels = 0;
    for (int64_t v = 0; v < matrix->space.elements; v++)
        if (label[v] == (float)cluster->label) {
            voxels++;
            assert_true(fabsf(t[v]) <= fabsf(t[peak]));
        }
    assert_true(label[peak] == (float)cluster->label);
    assert_true(cluster->peak_t == t[peak] && cluster->sign == (t[peak] > 0 ? 1 : -1));
    assert_int_equal(cluster->voxels, voxels);
    fixture_near(cluster->mm3, 9.0 * (double)voxels, 1e-9, "mm3", cluster->label);
    for (int a = 0; a < 3; a++) {
        double mm = affine[a][3];
        for (int k = 0; k < 3; k++)
            mm += affine[a][k] * (double)cluster->peak_voxel[k];
        fixture_near(cluster->peak_mm[a], mm, 1e-9, "mm", a);
    }
}

/* Masses are compared where they differ by more than rounding; ties of masses are in ties.c. */
static void check_p(const vx_matrix *matrix, const vx_result *result, const vx_cluster *cluster)
{
    int64_t peak = voxel_of(matrix, cluster->peak_voxel);
    int extent = 0, mass = 0;
    for (uint64_t i = 0; i < result->null.count; i++) {
        extent += result->null.extent[i] >= (double)cluster->voxels;
        mass += result->null.mass[i] >= cluster->mass * (1 - 1e-5);
    }
    double count = (double)result->null.count;
    fixture_near(cluster->p[VX_P_FWE_EXTENT], extent / count, 1e-12, "p of the extent", cluster->label);
    fixture_near(cluster->p[VX_P_FWE_MASS], mass / count, 1e-12, "p of the mass", cluster->label);
    assert_true(fixture_map(result, "p-fwe-extent")[peak] == (float)cluster->p[VX_P_FWE_EXTENT]);
    assert_true(fixture_map(result, "p-fwe-mass")[peak] == (float)cluster->p[VX_P_FWE_MASS]);
    assert_true(cluster->p[VX_P_FWE_VOXEL] == fixture_map(result, "p-fwe-voxel")[peak]);
    assert_true(cluster->p[VX_P_FWE_TFCE] == fixture_map(result, "p-fwe-tfce")[peak]);
    assert_true(cluster->p[VX_P_UNCORRECTED] == fixture_map(result, "p-uncorrected")[peak]);
    assert_true(cluster->p[VX_P_FDR] == fixture_map(result, "p-fdr")[peak]);
}

static bool all_differ(const vx_cluster *c)
{
    for (int i = 0; i < VX_P_KINDS; i++)
        for (int j = 0; j < i; j++)
            if (c->p[i] == c->p[j])
                return false;
    return true;
}

static void clusters_tell_of_themselves(void **state)
{
    vx_matrix *matrix = make_matrix();
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    vx_inference_options options = vx_inference_defaults();
    bool differ = false;
    (void)state;
    options.cluster_p = 0.01;
    vx_result *result = fixture_run("cpu", 1, matrix, model->effect, &options);
    fixture_near(result->plan.threshold_t, 2.997951566868528, 1e-9, "scipy.stats.t.isf(0.01, 7)", 0);
    assert_true(result->clusters > 4);
    for (size_t c = 0; c < result->clusters; c++) {
        assert_int_equal(result->cluster[c].label, c + 1);
        check_place(matrix, result, &result->cluster[c]);
        check_p(matrix, result, &result->cluster[c]);
        differ = differ || all_differ(&result->cluster[c]);
    }
    assert_true(differ); /* or an exchange of two would not show */
    for (int64_t v = 0; v < matrix->space.elements; v++)
        if (fixture_map(result, "clusters")[v] == 0) {
            assert_true(fixture_map(result, "p-fwe-extent")[v] == 1);
            assert_true(fixture_map(result, "p-fwe-mass")[v] == 1);
        }
    vx_result_free(result);
    vx_model_free(model);
    vx_matrix_free(matrix);
}

/* Every p that was not asked for is NaN, in each cluster. */
static void not_asked_for(void **state)
{
    vx_matrix *matrix = make_matrix();
    vx_model *model = fixture_model(N, NULL, 0, NULL, VX_PEARSON);
    (void)state;
    for (unsigned correct = 1; correct < 32; correct *= 2) {
        vx_inference_options options = vx_inference_defaults();
        options.cluster_p = 0.01;
        options.permutations = 20;
        options.correct = correct;
        vx_result *result = fixture_run("cpu", 1, matrix, model->effect, &options);
        assert_true(result->clusters > 0);
        const vx_cluster *c = result->cluster;
        assert_int_equal(!isnan(c->p[VX_P_FWE_VOXEL]), correct == VX_CORRECT_VOXEL);
        assert_int_equal(!isnan(c->p[VX_P_FWE_EXTENT]), correct == VX_CORRECT_EXTENT);
        assert_int_equal(!isnan(c->p[VX_P_FWE_MASS]), correct == VX_CORRECT_MASS);
        assert_int_equal(!isnan(c->p[VX_P_FDR]), correct == VX_CORRECT_FDR);
        assert_int_equal(!isnan(c->p[VX_P_FWE_TFCE]), correct == VX_CORRECT_TFCE);
        assert_true(c->p[VX_P_UNCORRECTED] > 0);
        vx_result_free(result);
    }
    vx_model_free(model);
    vx_matrix_free(matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(clusters_tell_of_themselves),
                                       cmocka_unit_test(not_asked_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
