/* The op correlation on every backend: against a refit by least squares within the bound of its roundings, and against
 * the first backend bit for bit where the device rounds division and square root correctly. */
#include "base/random.h"
#include "dense.h"

/* Kinds of data. TIES: few different vectors. NEAR_FITS, NEAR_NUISANCE: almost a regressor of one relabelling, of
 * either sign, or almost its nuisance; the later the voxel, the closer. */
typedef enum correlation_data { RANDOM, TIES, NEAR_FITS, NEAR_NUISANCE } correlation_data;

/* y[n][voxels], unit vectors, given w. */
static float *make_data(const dense_case *shape, correlation_data kind, const float *w)
{
    size_t step = (1 + (size_t)shape->nuisance) * (size_t)shape->n;
    float *y = vx_array((size_t)shape->n * (size_t)shape->voxels, sizeof *y);
    for (int v = 0; v < shape->voxels; v++) {
        double row[64], length = 0;
        for (int i = 0; i < shape->n; i++) {
            row[i] = vx_normal(3, (uint64_t)(kind == TIES ? v % 4 : v), (uint32_t)i, VX_STREAM_TEST);
            if (kind >= NEAR_FITS) {
                const float *like = w + (size_t)(v % shape->relabellings) * step +
                                    (kind == NEAR_NUISANCE && shape->nuisance > 0 ? shape->n : 0);
                row[i] = (v % 2 ? 1 : -1) * (double)like[i] + pow(10, -1 - v % 6) * row[i];
            }
            length += row[i] * row[i];
        }
        for (int i = 0; i < shape->n; i++)
            y[i * shape->voxels + v] = (float)(row[i] / sqrt(length));
    }
    return y;
}

/* w[P][1 + k][n], the rows of a relabelling orthonormal (Gram-Schmidt), as the model makes them. */
static float *make_weights(const dense_case *shape)
{
    int n = shape->n, rows = 1 + shape->nuisance;
    float *w = vx_array((size_t)shape->relabellings * (size_t)rows * (size_t)n, sizeof *w);
    for (int p = 0; p < shape->relabellings; p++) {
        double basis[4][64];
        for (int j = 0; j < rows; j++) {
            double length = 0;
            for (int i = 0; i < n; i++)
                basis[j][i] = vx_normal(4, (uint64_t)p, (uint32_t)(j * n + i), VX_STREAM_TEST);
            for (int before = 0; before < j; before++) {
                double dot = 0;
                for (int i = 0; i < n; i++)
                    dot += basis[j][i] * basis[before][i];
                for (int i = 0; i < n; i++)
                    basis[j][i] -= dot * basis[before][i];
            }
            for (int i = 0; i < n; i++)
                length += basis[j][i] * basis[j][i];
            for (int i = 0; i < n; i++) {
                basis[j][i] /= sqrt(length);
                w[(p * rows + j) * n + i] = (float)basis[j][i];
            }
        }
    }
    return w;
}

/* sqrt(VX_NEAR). */
static const float NEAR = 0.96824584f;

static vx_dense_args arguments(const dense_case *shape)
{
    return (vx_dense_args){.n = shape->n,
                                 .nuisance = shape->nuisance,
                                 .voxels = shape->voxels,
                                 .tiles = (int)tiled(shape->voxels) / VX_TILE,
                                 .voxel0 = shape->voxel0,
                                 .relabellings = shape->relabellings,
                                 .capacity = shape->capacity,
                           .map = (int)tiled(shape->voxels),
                           .near_high = vx_reference_ordered(NEAR),
                           .near_low = vx_reference_ordered(-NEAR),
                           .root_df = 3.5f};
}

/* The backend's own map, [P][voxels]. */
static int32_t *store(vx_backend *backend, const dense_case *shape, op_data *host)
{
    vx_dense_args args = arguments(shape);
    size_t count = (size_t)shape->relabellings * (size_t)shape->voxels, lanes = tiled(shape->voxels);
    int32_t *score = words(count, 0);
    dense_results(shape, score, host);
    args.flags = VX_STORE;
    must_run(backend, VX_OP_CORRELATION, &args, host);
    for (int p = 0; p < shape->relabellings; p++)
        memcpy(score + p * shape->voxels, (int32_t *)host->data[VX_B_SCORE] + (size_t)p * lanes,
               (size_t)shape->voxels * sizeof *score);
    free_results(host);
    return score;
}

/* The bound of the form that computes residuals, used near |r| = 1, with u = sqrt(rest):
 *
 *   1. r and sqrt(1 - r^2) are off by at most VX_R_ROUNDING / u, from the roundings of y, w and k fma.
 *   2. With nuisance the op raises |r| by VX_R_ROUNDING (1 - rest) / u, at most to VX_RAISED_MOST.
 *   3. So below VX_RAISED_MOST |r| is too small by at most the difference, VX_R_ROUNDING u. */
static void check_from_residuals(const dense_case *shape, double s, double r, double rest, double unexplained)
{
    double rounding = (double)VX_R_ROUNDING(shape->n, shape->nuisance), bound = rounding / sqrt(rest);
    double across = sqrt(unexplained);
    double short_of = shape->nuisance > 0 ? rounding * sqrt(rest) : bound, raised_max = (double)VX_RAISED_MOST;
    double across_min = sqrt(1 - raised_max * raised_max);
    double raised = shape->nuisance > 0 ? bound * (1 - rest) : 0, found = fabs(s) > 1 ? 1 / fabs(s) : sqrt(1 - s * s);
    if (fabs(s) <= 1) {
        if (fabs(s) < fmin(fabs(r), raised_max) - short_of ||
            fabs(s) > fmax(fabs(r), fmin(fabs(r) + raised, 1)) + bound)
            fail_msg("r = %.9g, found %.9g, off by more than %.3g with %.3g left", r, s, bound, rest);
    } else if (found > fmin(across, 0.25) + (across > 2 * across_min ? short_of : bound) + 1e-6 * across ||
               found < fmin(across, fmax(across - raised, 0x1p-10)) - bound - 1e-6 * across) {
        fail_msg("sqrt(1 - r^2) = %.9g, found %.9g, off by more than %.3g with %.3g left", across, found, bound, rest);
    }
    if (fabs(r) > bound && s * r < 0)
        fail_msg("r = %.9g, found %.9g", r, s);
}

/* The bound of the form that computes 1 - sum q_j^2, to first order, for unit vectors and e = 2^-24:
 *
 *   1. A dot product is off by n e (Higham 2002, (3.5)), the sum of squares by ds = (2 sqrt(k) n + k + 1) e.
 *   2. So r, |r| <= 1, is off by n e / sqrt(rest) + ds / (2 rest), and by 2 e for root and division.
 *   3. The rows w are rounded to float and not quite orthonormal: d is off by (1 + 2 sqrt(k)) e more, the sum of
 *      squares by 2 k e.
 *   4. With nuisance the op raises |r| by VX_R_ROUNDING (1 - rest) / rest; |r| is too small by at most VX_R_ROUNDING.
 *
 * A factor 1.1 covers the higher orders. The rounding of the data is common to both sides. */
static void check_plain(const dense_case *shape, double found, double r, double rest)
{
    double n = shape->n, k = shape->nuisance, rounding = (double)VX_R_ROUNDING(shape->n, shape->nuisance);
    double squares = k > 0 ? (2 * sqrt(k) * n + k + 1) / (2 * rest) + 2 : 0, off = fabs(found - r);
    double rows = (1 + 2 * sqrt(k)) / sqrt(rest) + k / rest;
    double bound = 1.1 * 0x1p-24 * (n / sqrt(rest) + squares + rows) + (k > 0 ? rounding * (1 - rest) / rest : 0);
    if (!(off <= bound))
        fail_msg("r = %.9g, off by %.3g, more than %.3g", r, off, bound);
    if (k > 0 && fabs(r) < (double)VX_RAISED_MOST && fabs(r) > bound && fabs(found) < fabs(r) - rounding)
        fail_msg("%.9g is less than |%.9g| by more than %.3g", found, r, rounding);
}

static void check_bound(const dense_case *shape, const int32_t *score, const double *r, const double *rest,
                        const double *unexplained)
{
    double rounding = (double)VX_R_ROUNDING(shape->n, shape->nuisance), little = fmax(64 * rounding, 1 / 256.);
    for (int i = 0; i < shape->relabellings * shape->voxels; i++) {
        double found = vx_reference_unordered(score[i]);
        if (rest[i] < 20 * rounding * rounding)
            continue; /* rounding alone */
        if (fabs(r[i]) > (double)NEAR + 1e-6 || fabs(found) > (double)NEAR ||
            (shape->nuisance > 0 && rest[i] <= little))
            check_from_residuals(shape, found, r[i], rest[i], unexplained[i]);
        else
            check_plain(shape, found, r[i], rest[i]);
    }
}

static void check_case(const dense_case *shape, correlation_data kind)
{
    size_t count = (size_t)shape->relabellings * (size_t)shape->voxels, rows = 1 + (size_t)shape->nuisance;
    float *w = make_weights(shape), *y = make_data(shape, kind, w);
    double *rest = vx_array(count, sizeof *rest), *unexplained = vx_array(count, sizeof *unexplained);
    double *r = vx_reference_correlation(shape->n, shape->nuisance, shape->voxels, shape->relabellings, y, w, rest,
                                         unexplained);
    int32_t *first = NULL; /* of the cpu */
    op_data host = {.data = {[VX_B_Y] = tiles_of(y, shape->n, shape->voxels)},
                    .bytes = {[VX_B_Y] = tiled(shape->voxels) * (size_t)shape->n * sizeof *y}};
    host.data[VX_B_W] =
        interleaved(w, shape->relabellings, rows * (size_t)shape->n, sizeof *w, &host.bytes[VX_B_W]);
    for (int b = 0; b < backend_count; b++) {
        vx_dense_args args = arguments(shape);
        int32_t *score = store(backends[b], shape, &host);
        check_bound(shape, score, r, rest, unexplained);
        if (shape->nuisance == 0 || backends[b]->info.exact_division)
            assert_memory_equal(score, first ? first : score, count * sizeof *score);
        cuts(score, count, &args.cut_high, &args.cut_low);
        check_flags(backends[b], VX_OP_CORRELATION, shape, score, &args, &host);
        if (first)
            free(score);
        else
            first = score;
    }
    free(host.data[VX_B_Y]);
    free(host.data[VX_B_W]);
    free(y);
    free(w);
    free(rest);
    free(unexplained);
    free(r);
    free(first);
}

static void test_random(void **state)
{
    (void)state;
    for (int c = 0; c < DENSE_CASES; c++)
        check_case(&dense_cases[c], RANDOM);
}

static void test_ties(void **state)
{
    (void)state;
    for (int c = 2; c < 6; c++)
        check_case(&dense_cases[c], TIES);
}

static void test_near_fits(void **state)
{
    (void)state;
    for (int c = 2; c < DENSE_CASES; c++)
        for (correlation_data kind = NEAR_FITS; kind <= NEAR_NUISANCE; kind++)
            check_case(&dense_cases[c], kind);
}

/* One voxel, one relabelling, n = 3. */
static int32_t one_score(vx_backend *backend, int nuisance, const float y[3], const float *w)
{
    const dense_case shape = {3, nuisance, 1, 1, 0, 1};
    op_data host = {.data = {[VX_B_Y] = tiles_of(y, 3, 1)}, .bytes = {[VX_B_Y] = 3 * VX_TILE * sizeof *y}};
    host.data[VX_B_W] = interleaved(w, 1, (1 + (size_t)nuisance) * 3, sizeof *w, &host.bytes[VX_B_W]);
    int32_t *stored = store(backend, &shape, &host), score = *stored;
    free(stored);
    free(host.data[VX_B_Y]);
    free(host.data[VX_B_W]);
    return score;
}

static void test_by_hand(void **state)
{
    (void)state;
    static const float y[] = {0.6f, -0.8f, 0}, x[] = {0, 1, 0, 1, 0, 0}; /* x, then one nuisance row */
    static const float all_nuisance[] = {1, 0, 0};
    static const float tiny[] = {0, 0, -1e-30f}, tiny_x[] = {0, 0, 1e-30f};
    for (int b = 0; b < backend_count; b++) {
        assert_int_equal(one_score(backends[b], 0, y, x), vx_reference_ordered(-0.8f));
        /* -0.8 / sqrt(1 - 0.36) = -1, a perfect fit: 1 / sqrt(1 - r^2) is infinite, or the value after 3 roundings. */
        assert_true(vx_reference_unordered(one_score(backends[b], 1, y, x)) < -1 / (4 * 0x1p-24f));
        /* The nuisance row explains all of the voxel's variance: 1 - 1 = 0, r = 0. */
        assert_int_equal(one_score(backends[b], 1, all_nuisance, x), 0);
        /* -1e-60, added last, rounds to -0, which counts as +0. */
        assert_int_equal(one_score(backends[b], 0, tiny, tiny_x), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_random),
                                       cmocka_unit_test(test_ties), cmocka_unit_test(test_near_fits)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
