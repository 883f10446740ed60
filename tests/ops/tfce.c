/* The op tfce on every backend: shapes whose enhancement is worked by hand, then random maps against a sum over every
 * threshold. Every run checks that the grid part of the work buffer is left zero. */
#include "base/random.h"
#include "backends.h"
#include "tfce_reference.h"

enum { VOXELS_MAX = 9600, MAPS_MAX = 7, GUARD = 0x77 };

/* Maps on a full grid, x fastest; only voxels of the mask are given to the op. */
typedef struct tfce_maps {
    vx_reference_grid grid;
    int maps, parallel;
    double E;
    bool mask[VOXELS_MAX];
    float height[MAPS_MAX][VOXELS_MAX];
} tfce_maps;

static const vx_tfce_args by_hand = {.tails = 3, .power = 3};

/* Heights by hand are exact, and so are their cubes. The other roundings are in double: that of tolerance() below, for
 * at most 72 voxels, and that of the expected value. */
#define BY_HAND 2400 * 0x1p-53

static int voxels_of(const tfce_maps *m)
{
    return m->grid.nx * m->grid.ny * m->grid.nz;
}

/* The mask's voxels in the padded grid; returns how many. */
static int pad(const tfce_maps *m, vx_tfce_args *args, int32_t *position)
{
    const vx_reference_grid *g = &m->grid;
    int count = 0;
    args->stride_y = g->nx + 1;
    args->stride_z = args->stride_y * (g->ny + 1);
    args->grid_size = args->stride_z * (g->nz + 1);
    for (int v = 0; v < voxels_of(m); v++)
        if (m->mask[v])
            position[count++] =
                (v / g->nx / g->ny + 1) * args->stride_z + (v / g->nx % g->ny + 1) * args->stride_y + v % g->nx + 1;
    return count;
}

static vx_status run(vx_backend *backend, const vx_tfce_args *settings, const tfce_maps *m, double best[MAPS_MAX][2],
                     vx_error *error)
{
    vx_tfce_args args = *settings;
    int32_t position[VOXELS_MAX];
    int voxels = pad(m, &args, position), padded = (voxels + VX_TILE - 1) / VX_TILE * VX_TILE;
    args.relabellings = m->maps;
    args.voxels = voxels;
    args.padded = padded;
    args.parallel = m->parallel;
    args.connectivity = m->grid.connectivity;
    float *height = vx_array_zero((size_t)(m->maps * padded), sizeof *height);
    for (int p = 0; p < m->maps; p++) {
        float *to = height + p * padded;
        for (int v = 0; v < voxels_of(m); v++)
            if (m->mask[v])
                *to++ = m->height[p][v];
        for (; to < height + (p + 1) * padded; to++)
            *to = to[-1];
    }
    double *power = vx_array_zero((size_t)voxels + 1, sizeof *power); /* nothing has no extent, with E = 0 too */
    for (int s = 1; s <= voxels; s++)
        power[s] = pow(s, m->E);
    size_t grid = (VX_TFCE_GRID_WORDS * (size_t)args.grid_size + 1) / 2 * 2;
    size_t words = grid + VX_TFCE_VOXEL_WORDS * (size_t)padded;
    int32_t *work = vx_array_zero((size_t)m->parallel * words, sizeof *work);
    memset(best, GUARD, (size_t)m->maps * sizeof *best);
    op_data host = {.data = {[VX_B_HEIGHT] = height,
                             [VX_B_POSITION] = position,
                             [VX_B_POWER] = power,
                             [VX_B_BEST] = best,
                             [VX_B_WORK] = work},
                    .bytes = {[VX_B_HEIGHT] = (size_t)(m->maps * padded) * sizeof *height,
                              [VX_B_POSITION] = (size_t)voxels * sizeof *position,
                              [VX_B_POWER] = ((size_t)voxels + 1) * sizeof *power,
                              [VX_B_BEST] = (size_t)m->maps * sizeof *best,
                              [VX_B_WORK] = (size_t)m->parallel * words * sizeof *work}};
    vx_status status = run_op(backend, VX_OP_TFCE, &args, &host, error);
    for (int i = 0; args.step == 0 && i < 2 * m->maps; i++)
        best[i / 2][i % 2] /= (double)args.power; /* the 1 / (H + 1) that the op leaves out */
    for (size_t s = 0; s < (size_t)m->parallel && !status; s++)
        for (size_t w = 0; w < grid; w++)
            assert_int_equal(work[s * words + w], 0);
    free(height);
    free(power);
    free(work);
    return status;
}

static void best_of(vx_backend *backend, const vx_tfce_args *args, const tfce_maps *m, double best[MAPS_MAX][2])
{
    vx_error error;
    must(run(backend, args, m, best, &error), &error);
}

/* Draws a picture: blanks separate rows and strokes slices; '+' is the height 3, 'P' 5.25, '-' and 'N' are -3 and
 * -5.25, 'o' 0, '.' outside the mask. */
static void draw(tfce_maps *m, int connectivity, int nx, int ny, int nz, const char *picture)
{
    memset(m, 0, sizeof *m);
    m->grid = (vx_reference_grid){nx, ny, nz, connectivity};
    m->maps = 1;
    m->parallel = 1;
    m->E = 0.5;
    int v = 0;
    for (const char *c = picture; *c; c++)
        if (!strchr(" /", *c)) {
            m->mask[v] = *c != '.';
            m->height[0][v++] = *c == '+' ? 3 : *c == 'P' ? 5.25f : *c == '-' ? -3 : *c == 'N' ? -5.25f : 0;
        }
    assert_int_equal(v, nx * ny * nz);
}

/* A device without double cannot run the op. It is left out with a message. */
static int open_able_backends(void **state)
{
    static tfce_maps m;
    double best[MAPS_MAX][2];
    int able = 0;
    open_backends(state);
    draw(&m, 26, 1, 1, 1, "+");
    for (int b = 0; b < backend_count; b++) {
        vx_error error;
        vx_status status = run(backends[b], &by_hand, &m, best, &error);
        if (status == VX_DEVICE && strncmp(backend_names[b], "cpu", 3) != 0) {
            print_message("[  SKIPPED ] %s: %s\n", backend_names[b], error.message);
            backends[b]->free(backends[b]);
            continue;
        }
        must(status, &error);
        backends[able] = backends[b];
        memmove(backend_names[able++], backend_names[b], sizeof backend_names[0]);
    }
    backend_count = able;
    return 0;
}

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g instead of %.17g, to %g", value, expected, relative);
}

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

/* The largest of both tails. `dh` above 0: by steps of dh, or dh times the largest height of the tail, or of both. */
static void reference_maxima(const vx_tfce_args *args, const tfce_maps *m, int p, double H, double dh, double best[2])
{
    static double t[VOXELS_MAX], tfce[VOXELS_MAX];
    double most = 0;
    for (int v = 0; v < voxels_of(m); v++)
        most = m->mask[v] ? fmax(most, fabs((double)m->height[p][v])) : most;
    for (int tail = 0; tail < 2; tail++) {
        double top = 0;
        best[tail] = 0;
        for (int v = 0; v < voxels_of(m); v++) {
            t[v] = m->mask[v] ? (double)m->height[p][v] * (tail ? -1 : 1) : 0;
            top = fmax(top, t[v]);
        }
        double step = args->step_relative == 2 ? dh * most : args->step_relative ? dh * top : dh;
        if (top == 0)
            continue;
        if (dh > 0)
            vx_reference_tfce_steps(&m->grid, m->E, H, step, t, tfce);
        else
            vx_reference_tfce(&m->grid, m->E, H, t, tfce);
        for (int v = 0; v < voxels_of(m); v++)
            best[tail] = fmax(best[tail], tfce[v] * (args->step_times ? step : 1));
    }
}

/* Rounding in double: every voxel adds a few roundings, of numbers that are at most the result (where e(h) >= s below
 * h, the integral is at least s^E h^(H + 1) / (H + 1)), in the op and in the reference: 32 units of 2^-53 a voxel. */
static double tolerance(int voxels)
{
    return 32 * 0x1p-53 * voxels;
}

/* Compares every map of `m` on every backend with the reference. All backends agree bit for bit, but for the pow of
 * other powers than 3, which is the device's own. */
static void compare(const vx_tfce_args *args, const tfce_maps *m, double H, double dh)
{
    double first[MAPS_MAX][2] = {0}, best[MAPS_MAX][2], expected[MAPS_MAX][2];
    for (int p = 0; p < m->maps; p++)
        reference_maxima(args, m, p, H, dh, expected[p]);
    for (int b = 0; b < backend_count; b++) {
        best_of(backends[b], args, m, best);
        for (int p = 0; p < m->maps; p++)
            for (int tail = 0; tail < 2; tail++) {
                assert_near(best[p][tail], expected[p][tail], tolerance(voxels_of(m)));
            }
        if (b == 0)
            memcpy(first, best, sizeof first);
        else if (args->power == 3 || !strncmp(backend_names[b], "cpu", 3))
            assert_memory_equal(best, first, (size_t)m->maps * sizeof *best);
    }
}

static vx_tfce_args random_settings(double H)
{
    return (vx_tfce_args){.tails = 3, .power = (float)(H + 1)};
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

/* Normal noise in the complete grid, smoothed `times` times along each axis with weights 1/4, 1/2, 1/4 (which wrap
 * round; FWHM about 1.67 sqrt(times) voxels), and rounded to `levels` heights a standard deviation, so that the
 * reference has few thresholds. */
static void smooth_maps(tfce_maps *m, int times, double levels)
{
    static double from[VOXELS_MAX], to[VOXELS_MAX];
    int voxels = voxels_of(m);
    const int stride[] = {1, m->grid.nx, m->grid.nx * m->grid.ny};
    for (int p = 0; p < m->maps; p++) {
        double squares = 0;
        for (int v = 0; v < voxels; v++)
            from[v] = vx_normal(4, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST);
        for (int pass = 0; pass < 3 * times; pass++) {
            int step = stride[pass % 3];
            for (int v = 0; v < voxels; v++)
                to[v] = from[v] / 2 + (from[(v + step) % voxels] + from[(v + voxels - step) % voxels]) / 4;
            memcpy(from, to, sizeof from);
        }
        for (int v = 0; v < voxels; v++)
            squares += from[v] * from[v];
        for (int v = 0; v < voxels; v++) {
            m->mask[v] = true;
            m->height[p][v] = (float)(rint(from[v] / sqrt(squares / voxels) * levels) / levels);
        }
    }
}

/* Maps of several sort tiles, with components of many blocks: white noise, whose arcs have more numbers than a digit of
 * the sort, and smooth ones; both with plateaus. */
static void test_large(void **state)
{
    (void)state;
    static const int connectivity[] = {6, 18, 26};
    static tfce_maps m;
    for (int kind = 0; kind < 6; kind++) {
        m = (tfce_maps){.grid = {30, 20, 16, connectivity[kind % 3]}, .maps = 2, .parallel = 2, .E = kind ? 0.5 : 1};
        vx_tfce_args args = random_settings(2);
        smooth_maps(&m, kind < 3 ? 0 : 1 << (2 * (kind - 3)), 10);
        compare(&args, &m, 2, 0);
    }
}

/* A path that winds through the grid and falls all along, so that the last voxel follows every other one to its maximum:
 * one component of s voxels at the s-th height. */
static void test_path(void **state)
{
    (void)state;
    static tfce_maps m;
    enum { LENGTH = 20, ROWS = 20 };
    m = (tfce_maps){.grid = {LENGTH, 2 * ROWS - 1, 1, 6}, .maps = 1, .parallel = 1, .E = 0.5};
    double expected = 0;
    int length = 0, count = ROWS * LENGTH + ROWS - 1;
    for (int row = 0; row < 2 * ROWS - 1; row++)
        for (int i = 0; i < (row % 2 ? 1 : LENGTH); i++, length++) {
            int x = row % 4 == 1 ? LENGTH - 1 : row % 4 == 3 ? 0 : row % 4 == 2 ? LENGTH - 1 - i : i;
            m.mask[row * LENGTH + x] = true;
            m.height[0][row * LENGTH + x] = (float)(count - length) / 64;
        }
    for (int s = 1; s <= count; s++)
        expected += sqrt(s) * (pow((count - s + 1) / 64.0, 3) - pow((count - s) / 64.0, 3)) / 3;
    for (int b = 0; b < backend_count; b++) {
        double best[MAPS_MAX][2];
        best_of(backends[b], &by_hand, &m, best);
        assert_near(best[0][0], expected, tolerance(count));
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
        cmocka_unit_test(test_large),         cmocka_unit_test(test_path),           cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_parallel),      cmocka_unit_test(test_steps),
        cmocka_unit_test(test_steps_by_hand), cmocka_unit_test(test_steps_converge)};
    return cmocka_run_group_tests(tests, open_able_backends, free_backends);
}
