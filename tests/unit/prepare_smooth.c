/* Smoothing against its equation, summed plainly over all pairs of voxels, and against the Gaussian itself. */
#include "unit/volume_fixture.h"
#include "unit/worker_fixture.h"

#include "prepare/smooth.h"

static const double fwhm_per_sigma = 2.3548200450309493; /* sqrt(8 ln 2) */

static void smooth(vx_loaded *volume, double x, double y, double z)
{
    if (vx_smooth_volume(&worker, volume, (const double[]){x, y, z}, &error))
        fail_msg("%s", error.message);
}

/* A voxel of 1e6 among voxels of 1e-3 becomes 1e6 times the density of the Gaussian at each voxel times the voxel's
 * volume. Samples of a Gaussian of 1.1 voxels or more have a sum within 2 exp(-2 pi^2 1.1^2) = 1e-10 of its integral.
 * The share cut off is below 1.8e-6 and moves no weight by more, and rounding to float adds 6e-8. */
static void test_point(void **state)
{
    enum { N = 41, MIDDLE = N / 2 };
    const double step[3] = {1.5, 2, 3}, fwhm[3] = {8, 8, 8};
    const vx_grid grid = turned_grid(N, N, N, step);
    vx_loaded volume = new_volume(&grid);
    (void)state;
    for (int v = 0; v < N * N * N; v++)
        volume.data[v] = 1e-3f;
    volume.data[vx_grid_place(&grid, (const int64_t[]){MIDDLE, MIDDLE, MIDDLE})] = 1e6f;
    smooth(&volume, fwhm[0], fwhm[1], fwhm[2]);
    const double sigma = 8 / fwhm_per_sigma;
    for (int v = 0; v < N * N * N; v++) {
        int64_t at[3];
        double square = 0;
        vx_grid_voxel(&grid, v, at);
        for (int k = 0; k < 3; k++)
            square += pow((double)(at[k] - MIDDLE) * step[k], 2);
        if (square > 16 * sigma * sigma) /* here nothing is cut */
            continue;
        const double density = exp(-square / (2 * sigma * sigma)) / pow(2 * M_PI * sigma * sigma, 1.5);
        const double expected = 1e6 * density * step[0] * step[1] * step[2] + 1e-3;
        assert_true(fabs(volume.data[v] - expected) < 2e-6 * expected);
    }
    vx_loaded_destroy(&volume);
}

/* Zero in a corner, NaN and infinity here and there; elsewhere values between 1 and 3. */
static void scatter(vx_loaded *volume)
{
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    for (int64_t v = 0; v < voxels; v++) {
        int64_t at[3];
        vx_grid_voxel(&volume->grid, v, at);
        volume->data[v] = (float)(1 + 2 * scattered((uint64_t)v));
        if (at[0] + at[1] < 3 || v % 11 == 5)
            volume->data[v] = 0;
        if (v % 17 == 3)
            volume->data[v] = v % 2 ? NAN : INFINITY;
    }
}

static double distance_square(const vx_grid *grid, const double sigma[3], int64_t v, int64_t u)
{
    int64_t a[3], b[3];
    double square = 0;
    vx_grid_voxel(grid, v, a);
    vx_grid_voxel(grid, u, b);
    for (int k = 0; k < 3; k++)
        square += pow((double)(a[k] - b[k]) * vx_grid_step_mm(grid, k) / sigma[k], 2);
    return square;
}

/* The equation of prepare/smooth.h over all voxels. Values span 2, so that the kernel's end changes a result by less
 * than 1.8e-6 x 2, and rounding to float by 3 x 6e-8. */
static void test_equation(void **state)
{
    const double step[3] = {2, 1.5, 2.5}, fwhm[3] = {5, 6, 4};
    const vx_grid grid = turned_grid(19, 14, 11, step);
    const int64_t voxels = (int64_t)vx_grid_elements(&grid);
    double sigma[3], largest = 0;
    vx_loaded volume = new_volume(&grid), before = new_volume(&grid);
    (void)state;
    scatter(&volume);
    memcpy(before.data, volume.data, (size_t)voxels * sizeof(float));
    for (int k = 0; k < 3; k++)
        sigma[k] = fwhm[k] / fwhm_per_sigma;
    smooth(&volume, fwhm[0], fwhm[1], fwhm[2]);
    for (int64_t v = 0; v < voxels; v++) {
        double sum = 0, weights = 0;
        if (!isfinite(before.data[v]) || before.data[v] == 0) {
            assert_memory_equal(&volume.data[v], &before.data[v], sizeof(float));
            continue;
        }
        for (int64_t u = 0; u < voxels; u++)
            if (isfinite(before.data[u]) && before.data[u] != 0) {
                const double weight = exp(-distance_square(&grid, sigma, v, u) / 2);
                sum += weight * before.data[u];
                weights += weight;
            }
        largest = fmax(largest, fabs(volume.data[v] - sum / weights));
    }
    assert_true(largest < 3.8e-6);
    vx_loaded_destroy(&before);
    vx_loaded_destroy(&volume);
}

/* SciPy: v = arange(120); x = where(v % 7, 3 + sin(1.7 * v), 0).reshape(4, 5, 6); m = x != 0
 * g = lambda a: gaussian_filter(a, [0.9, 1.1, 1.3], mode="constant", truncate=5)
 * (g(x) / g(m.astype(float))).ravel()[[1, 34, 60, 85, 118]]; the axes of x are z, y, x. SciPy's kernels end at the same
 * voxels: 5, 6 and 7. */
static void test_scipy(void **state)
{
    static const int64_t place[] = {1, 34, 60, 85, 118};
    static const double scipy[] = {3.136769666338173, 3.054588089951017, 3.151923518168816, 3.0096757203143514,
                                   2.8072317794531374};
    const vx_grid grid = vx_grid_new(6, 5, 4, 2, (const double[]){0, 0, 0});
    vx_loaded volume = new_volume(&grid);
    (void)state;
    for (int v = 0; v < 120; v++)
        volume.data[v] = v % 7 ? (float)(3 + sin(1.7 * v)) : 0;
    smooth(&volume, 2.6 * fwhm_per_sigma, 2.2 * fwhm_per_sigma, 1.8 * fwhm_per_sigma);
    for (size_t i = 0; i < 5; i++) /* values up to 4, rounded to float before and after */
        assert_true(fabs(volume.data[place[i]] - scipy[i]) < 4 * 1.2e-7);
    vx_loaded_destroy(&volume);
}

/* Quotients of sums of the same terms in double differ from the constant by far less than a float's last digit. */
static void test_constant(void **state)
{
    const vx_grid grid = turned_grid(21, 17, 9, (const double[]){2, 2, 2});
    vx_loaded volume = new_volume(&grid);
    (void)state;
    scatter(&volume);
    for (int v = 0; v < 21 * 17 * 9; v++)
        if (isfinite(volume.data[v]) && volume.data[v] != 0)
            volume.data[v] = 0.7f;
    smooth(&volume, 9, 9, 9);
    for (int v = 0; v < 21 * 17 * 9; v++)
        assert_true(!isfinite(volume.data[v]) || volume.data[v] == 0 || volume.data[v] == 0.7f);
    vx_loaded_destroy(&volume);
}

/* Stored integers of -1 or less stand for values of 0 and 1 by slope and intercept: 0 is no data. */
static void test_stored(void **state)
{
    const vx_grid grid = vx_grid_new(3, 1, 1, 2, (const double[]){0, 0, 0});
    vx_loaded volume = {.grid = grid, .slope = -0.5, .inter = -0.5, .mm_per_unit = 1,
                        .wide = malloc(3 * sizeof(double))};
    (void)state;
    assert_non_null(volume.wide);
    memcpy(volume.wide, (const double[]){-3, -1, -7}, 3 * sizeof(double));
    smooth(&volume, 2 * fwhm_per_sigma, 0, 0);
    assert_true(volume.slope == 1 && volume.inter == 0 && !volume.wide);
    const double far = exp(-2); /* two voxels and sigmas away */
    assert_true(fabs(volume.data[0] - (1 + 3 * far) / (1 + far)) < 1e-6 && volume.data[1] == 0);
    assert_true(fabs(volume.data[2] - (3 + far) / (1 + far)) < 1e-6);
    vx_loaded_destroy(&volume);
}

static void test_sheared(void **state)
{
    vx_grid grid = vx_grid_new(4, 4, 4, 2, (const double[]){0, 0, 0});
    grid.affine[0][1] = 0.2;
    vx_loaded volume = new_volume(&grid);
    (void)state;
    assert_int_equal(vx_smooth_volume(&worker, &volume, (const double[]){4, 4, 4}, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "axes x and y of its grid meet at 84.29 degrees"));
    assert_non_null(strstr(error.message, "--regrid"));
    grid.affine[0][1] = 1e-4; /* as headers round */
    volume.grid = grid;
    smooth(&volume, 4, 4, 4);
    vx_loaded_destroy(&volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_point),    cmocka_unit_test(test_equation),
                                       cmocka_unit_test(test_scipy),    cmocka_unit_test(test_constant),
                                       cmocka_unit_test(test_stored),   cmocka_unit_test(test_sheared)};
    return cmocka_run_group_tests(tests, open_worker, close_worker);
}
