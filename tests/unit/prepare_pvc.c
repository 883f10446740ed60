/* Partial-volume correction against SciPy, and of phantoms whose answer is known.
 *
 * The phantoms are made of shares and values, and seen through prepare/gaussian.h, which test_scipy compares with
 * scipy's. */
#include "unit/pvc_reference.h"
#include "unit/volume_fixture.h"

#include "prepare/pvc.h"

static const double fwhm_per_sigma = 2.3548200450309493; /* sqrt(8 ln 2) */

/* SciPy: v = arange(120); x = (3 + sin(1.7 * v)).reshape(4, 5, 6); the axes of x are z, y, x.
 * gaussian_filter(x, [0.9, 1.1, 1.3], mode="constant", truncate=5).ravel()[[1, 34, 60, 85, 118]] */
static void test_scipy(void **state)
{
    static const int64_t place[] = {1, 34, 60, 85, 118};
    static const double scipy[] = {1.3244945464296902, 1.7551110407248194, 1.3290464791881038, 1.7334770267589152,
                                   1.299302493272278};
    const vx_grid grid = vx_grid_new(6, 5, 4, 2, (const double[]){0, 0, 0});
    const double fwhm[3] = {2.6 * fwhm_per_sigma, 2.2 * fwhm_per_sigma, 1.8 * fwhm_per_sigma};
    vx_gaussian g[3];
    double x[120];
    (void)state;
    for (int v = 0; v < 120; v++)
        x[v] = 3 + sin(1.7 * v);
    assert_int_equal(vx_gaussian_init(&grid, fwhm, g, &error), VX_OK);
    assert_int_equal(vx_gaussian_convolve(g, grid.dim, x, &error), VX_OK);
    for (size_t i = 0; i < 5; i++) /* a few hundred roundings of values up to 4 */
        assert_true(fabs(x[place[i]] - scipy[i]) < 1e-13);
    vx_gaussian_destroy(g);
}

/* A head of N voxels: shells of cortex around white matter, a nucleus of grey matter off the middle, and partial shares
 * at their borders. */
enum { NX = 40, NY = 36, NZ = 32, VOXELS = NX * NY * NZ };
static const double STEP[3] = {2, 2, 2.5}, SPREAD[3] = {5, 6, 7};

static double grey[VOXELS], white[VOXELS];

static double ball(const double at[3], double x, double y, double z, double radius)
{
    const double distance = sqrt(pow(at[0] - x, 2) + pow(at[1] - y, 2) + pow(at[2] - z, 2));
    return fmax(0, fmin(1, (radius - distance) / 2 + 0.5)); /* a border of 2 mm */
}

static void draw_head(const vx_grid *grid)
{
    for (int64_t v = 0; v < VOXELS; v++) {
        int64_t place[3];
        double at[3];
        vx_grid_voxel(grid, v, place);
        for (int k = 0; k < 3; k++)
            at[k] = ((double)place[k] - 0.5 * (double)(grid->dim[k] - 1)) * STEP[k];
        const double nucleus = ball(at, 8, -3, 2, 8), inner = ball(at, 0, 0, 0, 24), head = ball(at, 0, 0, 0, 28);
        white[v] = fmax(0, inner - nucleus);
        grey[v] = fmin(head, 1) - white[v];
    }
}

/* x = P*(c_grey G + c_white W), seen through the program's Gaussian. */
static vx_loaded see_head(const vx_grid *grid, const vx_gaussian g[3], double c_grey, double c_white)
{
    vx_loaded volume = {.grid = *grid, .slope = 1, .mm_per_unit = 1, .wide = malloc(VOXELS * sizeof(double))};
    assert_non_null(volume.wide);
    for (int v = 0; v < VOXELS; v++)
        volume.wide[v] = c_grey * grey[v] + c_white * white[v];
    assert_int_equal(vx_gaussian_convolve(g, grid->dim, volume.wide, &error), VX_OK);
    return volume;
}

static vx_grid head_grid(vx_gaussian g[3])
{
    const vx_grid grid = turned_grid(NX, NY, NZ, STEP);
    assert_int_equal(vx_gaussian_init(&grid, SPREAD, g, &error), VX_OK);
    draw_head(&grid);
    return grid;
}

static const vx_tissue_maps maps = {{grey, white}};

/* One value for grey and one for white matter: x = c P*W + d P*G everywhere, so that y = d. Rounding of sums in double
 * is multiplied by at most 10; the float of y rounds by 6e-8 of 4. */
static void test_muller_gartner(void **state)
{
    vx_gaussian g[3];
    const vx_grid grid = head_grid(g);
    vx_loaded volume = see_head(&grid, g, 4, 1);
    vx_pvc_found found;
    int64_t values = 0, grey_voxels = 0;
    double before = 0;
    (void)state;
    for (int v = 0; v < VOXELS; v++) {
        grey_voxels += grey[v] > 0.3;
        before = fmax(before, grey[v] > 0.3 ? fabs(volume.wide[v] - 4) : 0);
    }
    assert_true(before > 2); /* what is corrected is not small */
    assert_int_equal(vx_pvc_volume(&volume, VX_PVC_MG, g, &maps, &found, &error), VX_OK);
    assert_true(fabs(found.white - 1) < 1e-9);
    assert_true(found.white_voxels > 100);
    for (int v = 0; v < VOXELS; v++) {
        if (volume.data[v] == 0) /* beyond the halo, where there was no data */
            continue;
        assert_true(isnan(volume.data[v]) || fabs(volume.data[v] - 4) < 4e-7);
        assert_true(grey[v] > 0.3 || isnan(volume.data[v]));
        values += isfinite(volume.data[v]);
    }
    assert_int_equal(values, found.voxels);
    assert_true((double)values > 0.95 * (double)grey_voxels);
    vx_loaded_destroy(&volume);
    vx_gaussian_destroy(g);
}

/* The same value in all tissue: y = c wherever there is a value. Outside, x has data (the halo) but y has not. */
static void test_meltzer(void **state)
{
    vx_gaussian g[3];
    const vx_grid grid = head_grid(g);
    vx_loaded volume = see_head(&grid, g, 3, 3);
    vx_pvc_found found;
    (void)state;
    volume.wide[NX * NY * NZ / 2 + NX / 2] = 0; /* no data stays no data */
    assert_int_equal(vx_pvc_volume(&volume, VX_PVC_MELTZER, g, &maps, &found, &error), VX_OK);
    assert_true(volume.data[NX * NY * NZ / 2 + NX / 2] == 0);
    volume.data[NX * NY * NZ / 2 + NX / 2] = 3;
    for (int v = 0; v < VOXELS; v++)
        assert_true(vx_has_data(volume.data[v]) ? fabs(volume.data[v] - 3) < 3e-7 : grey[v] + white[v] < 0.5);
    assert_true(volume.data[0] == 0 && isfinite(volume.data[VOXELS / 2]));
    vx_loaded_destroy(&volume);
    vx_gaussian_destroy(g);
}

/* Literals of SciPy, which tests/unit/pvc_reference.h has with their commands: a block of white matter beside shares
 * without order. */
static void test_literals(void **state)
{
    const vx_grid grid = vx_grid_new(PVC_NX, PVC_NY, PVC_NZ, 2, (const double[]){0, 0, 0});
    const double fwhm[3] = {1.3 * 2 * fwhm_per_sigma, 1.1 * 2 * fwhm_per_sigma, 0.9 * 2 * fwhm_per_sigma};
    enum { ALL = PVC_NX * PVC_NY * PVC_NZ };
    double g_share[ALL], w_share[ALL];
    vx_gaussian g[3];
    (void)state;
    assert_int_equal(vx_gaussian_init(&grid, fwhm, g, &error), VX_OK);
    for (vx_pvc_method method = VX_PVC_MELTZER; method <= VX_PVC_MG; method++) {
        vx_loaded volume = new_volume(&grid);
        vx_pvc_found found;
        for (int v = 0; v < ALL; v++) {
            const int z = v / (PVC_NX * PVC_NY);
            w_share[v] = z < PVC_CORE ? 1 : 0.5 + 0.5 * sin(0.9 * v);
            g_share[v] = z < PVC_CORE ? 0 : (1 - w_share[v]) * (0.5 + 0.5 * cos(0.7 * v));
            volume.data[v] = (float)(2 + sin(0.37 * v));
        }
        const vx_tissue_maps small = {{g_share, w_share}};
        assert_int_equal(vx_pvc_volume(&volume, method, g, &small, &found, &error), VX_OK);
        const double *expected = method == VX_PVC_MG ? scipy_mg : scipy_meltzer;
        for (size_t i = 0; i < sizeof pvc_place / sizeof *pvc_place; i++) {
            const double y = volume.data[pvc_place[i]]; /* floats before (6e-8 of 3, times up to 10) and after */
            assert_true(isnan(expected[i]) ? isnan(y) : fabs(y - expected[i]) < 2e-6 + 1.2e-7 * fabs(expected[i]));
        }
        assert_int_equal(found.voxels, method == VX_PVC_MG ? SCIPY_MG_VOXELS : SCIPY_MELTZER_VOXELS);
        if (method == VX_PVC_MG) {
            assert_int_equal(found.white_voxels, SCIPY_WHITE_VOXELS);
            assert_true(fabs(found.white - SCIPY_WHITE) < 1e-6);
        }
        vx_loaded_destroy(&volume);
    }
    vx_gaussian_destroy(g);
}

static void test_no_white(void **state)
{
    vx_gaussian g[3];
    const vx_grid grid = head_grid(g);
    vx_loaded volume = see_head(&grid, g, 4, 1);
    vx_pvc_found found;
    static double little[VOXELS];
    const vx_tissue_maps no_core = {{grey, little}};
    (void)state;
    little[VOXELS / 2] = 1;
    assert_int_equal(vx_pvc_volume(&volume, VX_PVC_MG, g, &no_core, &found, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "deep in white matter"));
    vx_loaded_destroy(&volume);
    vx_gaussian_destroy(g);
}

static void test_narrow(void **state)
{
    const vx_grid grid = turned_grid(NX, NY, NZ, STEP);
    const vx_image_tissue tissue = {.fwhm = {2, 2, 2.4}};
    vx_gaussian g[3];
    (void)state;
    assert_int_equal(vx_tissue_spread(&tissue, &grid, g, &error), VX_INPUT);
    assert_non_null(strstr(error.message, "2.4 mm along axis z"));
    vx_gaussian_destroy(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scipy),    cmocka_unit_test(test_muller_gartner),
                                       cmocka_unit_test(test_meltzer),  cmocka_unit_test(test_literals),
                                       cmocka_unit_test(test_no_white), cmocka_unit_test(test_narrow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
