/* Cubic B-splines against SciPy, and their continuation beyond the data. */
#include "unit/volume_fixture.h"
#include "unit/worker_fixture.h"

#include "prepare/spline.h"
#include "sample.h"

/* SciPy 1.10: v = arange(nx * ny * nz); x = (3 + sin(1.7 * v) + 0.01 * v).reshape(nz, ny, nx).transpose(2, 1, 0) */
static void fill(int64_t voxels, double *value)
{
    for (int64_t v = 0; v < voxels; v++)
        value[v] = 3 + sin(1.7 * (double)v) + 0.01 * (double)v;
}

static void find_coefficients(const int64_t dim[3], double *value)
{
    const size_t bytes = (size_t)(dim[0] * dim[1] * dim[2]) * sizeof *value;
    vx_backend *backend = worker.host;
    vx_buffer *buffer;
    assert_int_equal(vx_buffer_lend(backend, value, bytes, true, &buffer, &error), VX_OK);
    assert_int_equal(vx_spline_filter(backend, dim, buffer, &error), VX_OK);
    assert_int_equal(vx_buffer_return(backend, buffer, value, bytes, &error), VX_OK);
    backend->buffer_free(backend, buffer);
}

static double value_at(const int64_t dim[3], const double *coefficient, const double point[3])
{
    const vx_sample_args args = {.dim = {(int)dim[0], (int)dim[1], (int)dim[2]}};
    vx_crossing at[3];
    for (int k = 0; k < 3; k++)
        vx_cross_cubic(point[k], args.dim[k], &at[k]);
    return vx_sample_cubic(&args, coefficient, &at[0], &at[1], &at[2]);
}

/* The coefficients are sums of a few dozen terms below 30, each rounded by 1e-16 of its size. */
static const double tolerance = 1e-13;

/* spline_filter(x, 3, mode="mirror").transpose(2, 1, 0).ravel()[[0, 1, 7, 19, 23, 42, 59]] */
static void test_coefficients(void **state)
{
    static const int place[] = {0, 1, 7, 19, 23, 42, 59};
    static const double scipy[] = {-8.796618557610039, 12.987462093123769, -6.538721108836827, 15.48899892402913,
                                   13.54132206571807,  12.916114318408138, 14.13659651242438};
    double value[60];
    (void)state;
    fill(60, value);
    find_coefficients((const int64_t[]){5, 4, 3}, value);
    for (int i = 0; i < 7; i++)
        assert_true(fabs(value[place[i]] - scipy[i]) < tolerance);
}

/* map_coordinates(x, points, order=3, mode="mirror"), in and just outside the volume. */
static void test_values(void **state)
{
    static const double point[][3] = {{0, 0, 0},         {4, 3, 2},          {1.3, 2.6, 0.9},
                                      {-0.5, 1.2, 2.4},  {4.49, 3.4, -0.3},  {2.5, 0.5, 1.5}};
    static const double scipy[] = {2.9999999999999996, 3.3610830775547935, 2.685908541212329,
                                   3.767711812854685,  3.188816097329719,  3.433091595355855};
    static const double thin_point[][3] = {{0, 0.3, 4.2}, {0, 1.4, 6.3}, {0, 0.5, 2.5}};
    static const double thin_scipy[] = {3.6628190114849795, 3.2330645374487887, 3.041866192146391};
    const int64_t dim[3] = {5, 4, 3}, thin[3] = {1, 2, 7};
    double value[60];
    (void)state;
    fill(60, value);
    find_coefficients(dim, value);
    for (int i = 0; i < 6; i++)
        assert_true(fabs(value_at(dim, value, point[i]) - scipy[i]) < tolerance);
    fill(14, value);
    find_coefficients(thin, value);
    for (int i = 0; i < 3; i++)
        assert_true(fabs(value_at(thin, value, thin_point[i]) - thin_scipy[i]) < tolerance);
}

/* A line longer than the 280 voxels after which the powers of the pole are 0 in double. */
static void test_long(void **state)
{
    enum { N = 1000 };
    double value[N], data[N];
    (void)state;
    for (int v = 0; v < N; v++)
        value[v] = data[v] = scattered((uint64_t)v);
    find_coefficients((const int64_t[]){1, N, 1}, value);
    for (int v = 0; v < N; v++)
        assert_true(fabs(value_at((const int64_t[]){1, N, 1}, value, (const double[]){0, v, 0}) - data[v]) <
                    tolerance);
}

/* 12 voxels in a line have values in the middle only: the nearest value is continued for 8 voxels, then the mean. */
static void test_continued(void **state)
{
    enum { N = 24, FIRST = 10, LAST = 12 };
    double value[N];
    (void)state;
    for (int v = 0; v < N; v++)
        value[v] = v >= FIRST && v <= LAST ? v : NAN;
    value[FIRST + 1] = NAN;
    assert_int_equal(vx_spline_continue((const int64_t[]){1, 1, N}, value, &error), VX_OK);
    for (int v = 0; v < N; v++) {
        const double near = v < FIRST ? FIRST : v > LAST ? LAST : v;
        const double layer = v < FIRST ? FIRST - v : v > LAST ? v - LAST : 0;
        assert_true(value[v] == (layer > 8 ? 11 : near));
    }
}

/* A corner voxel of a square is missing: it gets the mean of its two neighbours, whatever the axes. */
static void test_corner(void **state)
{
    double value[4] = {1, 2, 5, NAN};
    (void)state;
    assert_int_equal(vx_spline_continue((const int64_t[]){2, 1, 2}, value, &error), VX_OK);
    assert_true(value[0] == 1 && value[1] == 2 && value[2] == 5 && value[3] == 3.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_coefficients), cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_long), cmocka_unit_test(test_continued),
                                       cmocka_unit_test(test_corner)};
    return cmocka_run_group_tests(tests, open_worker, close_worker);
}
