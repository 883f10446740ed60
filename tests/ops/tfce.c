/* The op tfce on every backend: shapes whose enhancement is worked by hand, then random maps against a sum over every
 * threshold. */
#include "base/random.h"
#include "tfce_maps.h"

/* On every backend: the largest enhancement of the picture, one tail and the other. */
static void expect_maxima(const tfce_maps *m, const vx_tfce_args *args, double positive, double negative)
{
    double best[MAPS_MAX][2];
    for (int b = 0; b < backend_count; b++) {
        best_of(backends[b], args, m, best);
        assert_near(best[0][0], positive, BY_HAND);
        assert_near(best[0][1], negative, BY_HAND);
    }
}

static void expect(int nx, int ny, int nz, const char *picture, const double expected[3][2])
{
    static const int connectivity[] = {6, 18, 26};
    static tfce_maps m;
    for (int c = 0; c < 3; c++) {
        draw(&m, connectivity[c], nx, ny, nz, picture);
        expect_maxima(&m, &by_hand, expected[c][0], expected[c][1]);
    }
}

/* One voxel: h^3 / 3; s voxels as high as each other: sqrt(s) h^3 / 3. */
static const double PLUS = 9, HIGH = 5.25 * 5.25 * 5.25 / 3;

static void test_shapes(void **state)
{
    (void)state;
    expect(1, 1, 1, "+", (const double[3][2]){{PLUS, 0}, {PLUS, 0}, {PLUS, 0}});
    expect(2, 2, 1, "oo oo", (const double[3][2]){{0}, {0}, {0}});
    expect(3, 1, 1, "+++", (const double[3][2]){{sqrt(3) * PLUS, 0}, {sqrt(3) * PLUS, 0}, {sqrt(3) * PLUS, 0}});
    /* A block of ties, more than a vector wide. */
    double block = sqrt(54) * PLUS;
    expect(18, 3, 1, "++++++++++++++++++ ++++++++++++++++++ ++++++++++++++++++",
           (const double[3][2]){{block, 0}, {block, 0}, {block, 0}});
    /* Two peaks and a saddle: each peak alone above t = 3, the three together below. */
    double peaks = HIGH - PLUS + sqrt(3) * PLUS;
    expect(3, 1, 1, "P+P", (const double[3][2]){{peaks, 0}, {peaks, 0}, {peaks, 0}});
    /* The peaks touch across a face diagonal, the pairs beside them too; with 6 neighbours over the saddles only. */
    double pair = sqrt(2) * (HIGH - PLUS) + 2 * PLUS;
    expect(2, 2, 1, "P+ +P", (const double[3][2]){{HIGH - PLUS + 2 * PLUS, 0}, {pair, 0}, {pair, 0}});
    /* A ring: its last voxel touches both ends of one component. */
    double ring = sqrt(8) * PLUS;
    expect(3, 3, 1, "+++ +o+ +++", (const double[3][2]){{ring, 0}, {ring, 0}, {ring, 0}});
    expect(3, 3, 1, "+++ +.+ +++", (const double[3][2]){{ring, 0}, {ring, 0}, {ring, 0}});
    /* Across the body diagonal of a cube. */
    expect(2, 2, 2, "+. .. / .. .+", (const double[3][2]){{PLUS, 0}, {PLUS, 0}, {sqrt(2) * PLUS, 0}});
    expect(2, 2, 2, "-. .. / .- ..", (const double[3][2]){{0, PLUS}, {0, sqrt(2) * PLUS}, {0, sqrt(2) * PLUS}});
    /* A wide plateau outdoes a lone peak: sqrt(36) * 9 = 54 > 48.2. */
    expect(18, 3, 1, "P................. .................. ++++++++++++++++++",
           (const double[3][2]){{HIGH, 0}, {HIGH, 0}, {HIGH, 0}});
    expect(18, 4, 1, "P................. .................. ++++++++++++++++++ ++++++++++++++++++",
           (const double[3][2]){{6 * PLUS, 0}, {6 * PLUS, 0}, {6 * PLUS, 0}});
}

static void test_tails(void **state)
{
    (void)state;
    static tfce_maps m;
    double pair = sqrt(2) * PLUS;
    expect(5, 1, 1, "++o--", (const double[3][2]){{pair, pair}, {pair, pair}, {pair, pair}});
    expect(4, 1, 1, "+-+-", (const double[3][2]){{PLUS, PLUS}, {PLUS, PLUS}, {PLUS, PLUS}}); /* tails never join */
    expect(3, 1, 1, "---", (const double[3][2]){{0, sqrt(3) * PLUS}, {0, sqrt(3) * PLUS}, {0, sqrt(3) * PLUS}});
    draw(&m, 26, 3, 1, 1, "P-N");
    double high = HIGH - PLUS + pair;
    vx_tfce_args args = by_hand;
    expect_maxima(&m, &args, HIGH, high);
    args.tails = 1;
    expect_maxima(&m, &args, HIGH, 0);
    args.tails = 2;
    expect_maxima(&m, &args, 0, high);
}

/* The ends of neighbouring rows and slices are no neighbours, and the last slice has none above it. */
static void test_borders(void **state)
{
    (void)state;
    const double apart[3][2] = {{PLUS, 0}, {PLUS, 0}, {PLUS, 0}};
    expect(3, 2, 1, "..+ +..", apart);
    expect(3, 2, 1, "+.. ..+", apart);
    expect(3, 3, 2, "... ... ..+ / +.. ... ...", apart);
    expect(3, 3, 2, "+.. ... ... / ... ... ..+", apart);
    expect(1, 3, 2, ". . + / + . .", apart);
    expect(3, 3, 3, "+.+ ... +.+ / ... ... ... / +.+ ... +.+", apart);
}

/* The largest height there is; -0.0 is in no tail; the smallest height is still the last. */
static void test_limits(void **state)
{
    (void)state;
    static tfce_maps m;
    draw(&m, 26, 3, 1, 1, "ooo");
    m.height[0][0] = VX_MASS_T_MAX;
    expect_maxima(&m, &by_hand, pow(65536, 3) / 3, 0);
    m.height[0][0] = -0.0f;
    expect_maxima(&m, &by_hand, 0, 0);
    m.height[0][2] = -3;
    expect_maxima(&m, &by_hand, 0, PLUS);
    m.height[0][0] = m.height[0][2] = 5.25f; /* peaks, and next to nothing between them */
    m.height[0][1] = 0x1p-120f;
    expect_maxima(&m, &by_hand, HIGH, 0);
}

/* E and H of a plateau of 4 at t = 3: 4^E 3^(H + 1) / (H + 1). */
static void test_powers(void **state)
{
    (void)state;
    static tfce_maps m;
    static const double E[] = {0, 0.5, 1, 1, 2}, H[] = {2, 0.5, 1, 0, 3};
    draw(&m, 6, 2, 2, 1, "++ ++");
    for (int i = 0; i < 5; i++) {
        vx_tfce_args args = by_hand;
        m.E = E[i];
        args.power = (float)(H[i] + 1);
        double best[MAPS_MAX][2], expected = pow(4, E[i]) * pow(3, H[i] + 1) / (H[i] + 1);
        for (int b = 0; b < backend_count; b++) {
            best_of(backends[b], &args, &m, best);
            assert_near(best[0][0], expected, BY_HAND);
        }
    }
}

/* Smooth noise with r between -0.999 and 0.999, in a mask with holes. `levels` limits the number of different heights,
 * so that most voxels tie. */
static void random_maps(tfce_maps *m, int levels)
{
    const vx_reference_grid *g = &m->grid;
    for (int v = 0; v < voxels_of(m); v++)
        m->mask[v] = vx_philox(1, 0, (uint32_t)v, VX_STREAM_TEST).word[0] % 8 != 0;
    m->mask[0] = true;
    for (int p = 0; p < m->maps; p++)
        for (int v = 0; v < voxels_of(m); v++) {
            double sum = 0;
            for (int step = 0; step < 27; step++) { /* wraps round: it is only noise */
                int other = v + step % 3 + g->nx * (step / 3 % 3 + g->ny * (step / 9));
                sum += vx_normal(2, (uint64_t)p, (uint32_t)(other % voxels_of(m)), VX_STREAM_TEST);
            }
            double r = 0.999 * tanh((p % 2 ? sum : vx_normal(3, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST)) / 4);
            r = levels ? rint(r * levels) / levels : r;
            m->height[p][v] = fmaxf(-VX_MASS_T_MAX, fminf(VX_MASS_T_MAX, (float)(3.5 * r / sqrt(1 - r * r))));
        }
}

static void test_random(void **state)
{
    (void)state;
    static const int connectivity[] = {6, 18, 26};
    static tfce_maps m;
    for (int kind = 0; kind < 6; kind++)
        for (int levels = 0; levels <= 12; levels += 6) {
            double H = kind < 4 ? 2 : 1.5;
            m = (tfce_maps){.grid = {19, 6, 5, connectivity[kind % 3]}, .maps = 4, .parallel = 2};
            m.E = kind < 3 ? 0.5 : 0.75;
            vx_tfce_args args = random_settings(H);
            random_maps(&m, levels);
            compare(&args, &m, H, 0);
        }
}

/* Every number of voxels from one to more than a tile, in a row and in a slice. */
static void test_sizes(void **state)
{
    (void)state;
    static tfce_maps m;
    for (int n = 1; n <= 70; n++)
        for (int flat = 0; flat < 2; flat++) {
            m = (tfce_maps){.grid = {flat ? n : 1, flat ? 2 : n, 1, 26}, .maps = 2, .parallel = 1, .E = 0.5};
            vx_tfce_args args = random_settings(2);
            random_maps(&m, 0);
            compare(&args, &m, 2, 0);
        }
}

/* The same bits however many maps are worked on at a time. */
static void test_parallel(void **state)
{
    (void)state;
    static tfce_maps m;
    double one[MAPS_MAX][2], many[MAPS_MAX][2];
    m = (tfce_maps){.grid = {17, 5, 6, 26}, .maps = MAPS_MAX, .E = 0.5};
    vx_tfce_args args = random_settings(2);
    random_maps(&m, 0);
    for (int b = 0; b < backend_count; b++) {
        m.parallel = 1;
        best_of(backends[b], &args, &m, one);
        for (m.parallel = 2; m.parallel <= MAPS_MAX + 1; m.parallel++) {
            best_of(backends[b], &args, &m, many);
            assert_memory_equal(many, one, sizeof one);
        }
    }
}

/* Fixed and relative steps, times dh and not. */
static void test_steps(void **state)
{
    (void)state;
    static tfce_maps m;
    m = (tfce_maps){.grid = {18, 4, 4, 26}, .maps = 3, .parallel = 2, .E = 0.5};
    for (int kind = 0; kind < 6; kind++) {
        vx_tfce_args args = random_settings(2);
        args.step = kind % 3 ? 0.02f : 0.1f;
        args.step_relative = kind % 3;
        args.step_times = kind / 3;
        random_maps(&m, 0);
        compare(&args, &m, 2, (double)args.step);
    }
}

/* One voxel of height h in n steps: h^3 / 3 (1 + 1 / n) (1 + 1 / 2n), the sum of squares. n is a power of 2 so that the
 * float 1 / n is exact. */
static void test_steps_by_hand(void **state)
{
    (void)state;
    static tfce_maps m;
    draw(&m, 26, 1, 1, 1, "+");
    for (int n = 2; n <= 4096; n *= 2) {
        vx_tfce_args args = by_hand;
        args.step = 1 / (float)n;
        args.step_relative = args.step_times = 1;
        expect_maxima(&m, &args, PLUS * (1 + 1.0 / n) * (1 + 0.5 / n), 0);
    }
}

/* Times dh, the sum is a Riemann sum of f = e^E h^H, and leaves the integral by at most dh times the variation of f: of
 * a falling and a rising factor, at most N^E and top^H, twice their product. */
static void test_steps_converge(void **state)
{
    (void)state;
    static tfce_maps m;
    double exact[MAPS_MAX][2], stepped[MAPS_MAX][2];
    m = (tfce_maps){.grid = {18, 4, 4, 26}, .maps = 2, .parallel = 1, .E = 0.5};
    vx_tfce_args args = random_settings(2);
    random_maps(&m, 0);
    for (int b = 0; b < backend_count; b++) {
        args.step = 0;
        best_of(backends[b], &args, &m, exact);
        args.step_times = 1;
        double top = 3.5 * 0.999 / sqrt(1 - 0.999 * 0.999);
        for (args.step = 0.5f; args.step > 1e-5f; args.step /= 4) {
            best_of(backends[b], &args, &m, stepped);
            for (int i = 0; i < 4; i++)
                assert_true(fabs(stepped[i / 2][i % 2] - exact[i / 2][i % 2]) <=
                            (double)args.step * 2 * sqrt(voxels_of(&m)) * top * top + 0x1p-24 * exact[i / 2][i % 2]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),        cmocka_unit_test(test_tails),         cmocka_unit_test(test_borders),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_powers),        cmocka_unit_test(test_random),
        cmocka_unit_test(test_sizes),         cmocka_unit_test(test_parallel),      cmocka_unit_test(test_steps),
        cmocka_unit_test(test_steps_by_hand), cmocka_unit_test(test_steps_converge)};
    return cmocka_run_group_tests(tests, open_able_backends, free_backends);
}
