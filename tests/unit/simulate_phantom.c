/* The phantom and its smoothing. */
#include "base/random.h"
#include "simulate/phantom.h"
#include "simulate/smooth.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static int label_at(const vx_phantom *phantom, int x, int y, int z)
{
    int mm = (int)phantom->space.grid.pixdim[0];
    int64_t i = (x + 90) / mm, j = (y + 126) / mm, k = (z + 72) / mm;
    return phantom->label[(k * phantom->space.grid.dim[1] + j) * phantom->space.grid.dim[0] + i];
}

/* The MNI152 grid of 2 mm is 91 x 109 x 91 with the anterior commissure, 0 0 0 mm, in voxel 45 63 36. A brain of the
 * template's mask has 228,483 voxels; the drawn one may differ by 5 %. */
static void has_the_size_of_a_brain(void **state)
{
    (void)state;
    vx_phantom *phantom = NULL;
    assert_int_equal(vx_phantom_new(2, &phantom, NULL), VX_OK);
    assert_int_equal(phantom->space.grid.dim[0], 91);
    assert_int_equal(phantom->space.grid.dim[1], 109);
    assert_int_equal(phantom->space.grid.dim[2], 91);
    assert_true(phantom->space.grid.affine[0][0] * 45 + phantom->space.grid.affine[0][3] == 0);
    assert_true(phantom->space.grid.affine[1][1] * 63 + phantom->space.grid.affine[1][3] == 0);
    assert_true(phantom->space.grid.affine[2][2] * 36 + phantom->space.grid.affine[2][3] == 0);
    assert_in_range(phantom->space.elements, 217000, 240000);
    vx_phantom_free(phantom);
}

/* Places from any atlas in MNI space. */
static void regions_lie_where_anatomy_has_them(void **state)
{
    (void)state;
    static const struct { const char *name; int at[3]; } known[] = {
        {"hippocampus_right", {28, -22, -14}}, {"hippocampus_left", {-28, -22, -14}}, {"putamen_left", {-28, 2, 2}},
        {"thalamus_right", {12, -18, 8}},      {"pons", {0, -26, -34}},               {"amygdala_left", {-24, -4, -20}},
        {"cerebellum_right", {32, -66, -42}},  {"insula_left", {-38, 4, 2}}};
    vx_phantom *phantom = NULL;
    assert_int_equal(vx_phantom_new(2, &phantom, NULL), VX_OK);
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        assert_int_equal(label_at(phantom, known[k].at[0], known[k].at[1], known[k].at[2]),
                         vx_phantom_label(phantom, known[k].name));
    assert_int_equal(label_at(phantom, 0, 0, 106), 0);
    assert_int_equal(vx_phantom_label(phantom, "no such region"), 0);
    vx_phantom_free(phantom);
}

static void every_region_is_there_on_the_coarse_grid(void **state)
{
    (void)state;
    vx_phantom *phantom = NULL;
    assert_int_equal(vx_phantom_new(4, &phantom, NULL), VX_OK);
    for (int l = 1; l <= phantom->labels; l++) {
        int64_t found = 0;
        for (int64_t v = 0; v < phantom->space.elements; v++)
            found += phantom->label[phantom->space.index[v]] == l;
        assert_true(found >= 10);
    }
    vx_phantom_free(phantom);
}

static void refuses_other_voxel_sizes(void **state)
{
    (void)state;
    vx_phantom *phantom = NULL;
    assert_int_equal(vx_phantom_new(3, &phantom, NULL), VX_USAGE);
}

/* A point spreads into a Gaussian: sum 1, variance sigma^2 along each axis. Cut at 4 sigma and sampled at sigma = 2
 * voxels the variance is below 4 by 2 * 4 * phi(4) = 0.1 %; floats add 1e-5. The point is in a corner: the volume
 * wraps. */
static void smooths_with_the_width_asked_for(void **state)
{
    (void)state;
    enum { N = 32 };
    const int64_t dim[3] = {N, N, N};
    float *data = calloc(N * N * N, sizeof *data), *scratch = calloc(N * N * N, sizeof *scratch);
    data[0] = 1;
    vx_smooth(dim, 2.0, data, scratch);
    double sum = 0, square[3] = {0};
    for (int k = 0; k < N; k++)
        for (int j = 0; j < N; j++)
            for (int i = 0; i < N; i++) {
                double value = data[(k * N + j) * N + i];
                int at[3] = {i < N / 2 ? i : i - N, j < N / 2 ? j : j - N, k < N / 2 ? k : k - N};
                sum += value;
                for (int d = 0; d < 3; d++)
                    square[d] += value * at[d] * at[d];
            }
    assert_true(fabs(sum - 1) < 1e-5);
    for (int d = 0; d < 3; d++)
        assert_true(fabs(square[d] - 4) < 0.01);
    free(data);
    free(scratch);
}

/* Sum over the kernel's squares for sigma = 2: a Gaussian's is 1 / (2 sqrt(pi) sigma) an axis to far below 1e-3, so the
 * SD is (2 sqrt(pi) 2)^(-3/2) = 0.05297. */
static void knows_what_it_leaves_of_noise(void **state)
{
    (void)state;
    assert_true(fabs(vx_smooth_noise_sd(2.0) / 0.05297 - 1) < 2e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_size_of_a_brain), cmocka_unit_test(regions_lie_where_anatomy_has_them),
        cmocka_unit_test(every_region_is_there_on_the_coarse_grid), cmocka_unit_test(refuses_other_voxel_sizes),
        cmocka_unit_test(smooths_with_the_width_asked_for), cmocka_unit_test(knows_what_it_leaves_of_noise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
