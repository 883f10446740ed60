/* The op clusters on every backend: shapes drawn by hand with extents counted by eye, then random maps against a flood
 * fill. Every run uses lists in a scrambled order and checks that the grids of labels are left zero. */
#include "base/random.h"
#include "backends.h"

enum { VOXELS_MAX = 1000, RELABELLINGS = 40, PARALLEL = 3, GUARD = 0x77777777 };

/* Maps on a full grid, x fastest, 0 below threshold, and the results of the op. */
typedef struct cluster_maps {
    int nx, ny, nz, relabellings;
    int missing; /* how many entries the lists are said to have lost */
    float height[RELABELLINGS][VOXELS_MAX];
    int32_t extent[RELABELLINGS][2];
    int64_t mass[RELABELLINGS][2];
} cluster_maps;

static const vx_clusters_args by_hand = {.threshold = 2};

/* The grid point of voxel v of the mask: a scrambled order, as the mask need not follow the grid. */
static int scramble(int v, int voxels)
{
    return (int)((int64_t)v * 7919 % voxels); /* 7919 is a prime that divides no grid here */
}

static void pad(const cluster_maps *m, vx_clusters_args *args, int32_t *position)
{
    int voxels = m->nx * m->ny * m->nz;
    args->stride_y = m->nx + 1;
    args->stride_z = args->stride_y * (m->ny + 1);
    args->grid_size = args->stride_z * (m->nz + 1);
    for (int v = 0; v < voxels; v++) {
        int x = v % m->nx, y = v / m->nx % m->ny, z = v / m->nx / m->ny;
        position[scramble(v, voxels)] = (z + 1) * args->stride_z + (y + 1) * args->stride_y + x + 1;
    }
}

/* The lists, in scrambled order too; the capacity is that of the longest. */
static void list(const cluster_maps *m, vx_clusters_args *args, int32_t *size, int32_t **voxel, float **height)
{
    int voxels = m->nx * m->ny * m->nz;
    args->capacity = 1;
    for (int p = 0; p < m->relabellings; p++) {
        size[p] = 0;
        for (int v = 0; v < voxels; v++)
            size[p] += m->height[p][v] != 0;
        args->capacity = size[p] > args->capacity ? size[p] : args->capacity;
    }
    *voxel = vx_array_zero((size_t)m->relabellings * (size_t)args->capacity, sizeof **voxel);
    *height = vx_array_zero((size_t)m->relabellings * (size_t)args->capacity, sizeof **height);
    for (int p = 0; p < m->relabellings; p++) {
        size[p] += m->missing;
        for (int i = 0, e = p * args->capacity; i < voxels; i++) {
            int v = scramble(i, voxels);
            if (!m->height[p][v])
                continue;
            (*voxel)[e] = scramble(v, voxels);
            (*height)[e++] = m->height[p][v];
        }
    }
}

static void run(vx_backend *backend, const vx_clusters_args *settings, cluster_maps *m)
{
    vx_clusters_args args = *settings;
    int32_t position[VOXELS_MAX], size[RELABELLINGS], *voxel;
    float *height;
    args.relabellings = m->relabellings;
    args.parallel = PARALLEL;
    pad(m, &args, position);
    list(m, &args, size, &voxel, &height);
    size_t entries = (size_t)args.capacity, batch = (size_t)m->relabellings, work = PARALLEL * entries;
    size_t grid_words = PARALLEL * (size_t)args.grid_size;
    int32_t *label = vx_array_zero(grid_words, sizeof *label), *zero = vx_array_zero(grid_words, sizeof *zero);
    memset(m->extent, GUARD & 0xff, sizeof m->extent);
    memset(m->mass, GUARD & 0xff, sizeof m->mass);
    int32_t *parent = vx_array(work, sizeof *parent), *trees = vx_array(work, sizeof *trees);
    int64_t *sum = vx_array(work, sizeof *sum);
    memset(parent, GUARD & 0xff, work * sizeof *parent);
    memset(trees, GUARD & 0xff, work * sizeof *trees);
    memset(sum, GUARD & 0xff, work * sizeof *sum);
    op_data host = {.data = {[VX_B_POSITION] = position,
                             [VX_B_LIST_VOXEL] = voxel,
                             [VX_B_LIST_HEIGHT] = height,
                             [VX_B_LIST_SIZE] = size,
                             [VX_B_EXTENT] = m->extent,
                             [VX_B_MASS] = m->mass,
                             [VX_B_LABEL] = label,
                             [VX_B_PARENT] = parent,
                             [VX_B_SIZE] = trees,
                             [VX_B_SUM] = sum},
                    .bytes = {[VX_B_POSITION] = sizeof position,
                              [VX_B_LIST_VOXEL] = batch * entries * sizeof *voxel,
                              [VX_B_LIST_HEIGHT] = batch * entries * sizeof *height,
                              [VX_B_LIST_SIZE] = batch * sizeof *size,
                              [VX_B_EXTENT] = batch * sizeof *m->extent,
                              [VX_B_MASS] = batch * sizeof *m->mass,
                              [VX_B_LABEL] = grid_words * sizeof *label,
                              [VX_B_PARENT] = work * sizeof *parent,
                              [VX_B_SIZE] = work * sizeof *trees,
                              [VX_B_SUM] = work * sizeof *sum}};
    must_run(backend, VX_OP_CLUSTERS, &args, &host);
    assert_memory_equal(label, zero, host.bytes[VX_B_LABEL]);
    free(parent);
    free(trees);
    free(sum);
    free(voxel);
    free(height);
    free(label);
    free(zero);
}

/* Draws a picture: blanks separate rows and strokes slices; '+' is the height 3, 'P' 5.25, '-' and 'N' are -3 and
 * -5.25. */
static void draw(cluster_maps *m, int nx, int ny, int nz, const char *picture)
{
    memset(m, 0, sizeof *m);
    m->nx = nx;
    m->ny = ny;
    m->nz = nz;
    m->relabellings = 1;
    int v = 0;
    for (const char *c = picture; *c; c++)
        if (!strchr(" /", *c))
            m->height[0][v++] = *c == '+' ? 3 : *c == 'P' ? 5.25f : *c == '-' ? -3 : *c == 'N' ? -5.25f : 0;
    assert_int_equal(v, nx * ny * nz);
}

/* Extents of the picture for 6, 18 and 26 neighbours, one tail and the other. */
static void expect_extents(int nx, int ny, int nz, const char *picture, const int32_t expected[3][2])
{
    static const int connectivity[] = {6, 18, 26};
    static cluster_maps m;
    draw(&m, nx, ny, nz, picture);
    for (int b = 0; b < backend_count; b++)
        for (int c = 0; c < 3; c++) {
            vx_clusters_args args = by_hand;
            args.connectivity = connectivity[c];
            run(backends[b], &args, &m);
            assert_int_equal(m.extent[0][0], expected[c][0]);
            assert_int_equal(m.extent[0][1], expected[c][1]);
        }
}

static void test_shapes(void **state)
{
    (void)state;
    /* Nothing at all: a maximum of 0. */
    expect_extents(3, 2, 1, "... ...", (const int32_t[3][2]){{0, 0}, {0, 0}, {0, 0}});
    /* A bar of three, and one voxel that touches its end by a corner of the slice. */
    expect_extents(4, 2, 1, "+++. ...+", (const int32_t[3][2]){{3, 0}, {4, 0}, {4, 0}});
    /* Two voxels across the body diagonal of a cube, both ways. */
    expect_extents(2, 2, 2, "+. .. / .. .+", (const int32_t[3][2]){{1, 0}, {1, 0}, {2, 0}});
    expect_extents(2, 2, 2, ".+ .. / .. +.", (const int32_t[3][2]){{1, 0}, {1, 0}, {2, 0}});
    /* Across a face diagonal between slices. */
    expect_extents(2, 2, 2, "-. .. / .- ..", (const int32_t[3][2]){{0, 1}, {0, 2}, {0, 2}});
    /* A U whose arms meet only at the far end: union-find must join two sets that it began separately. */
    expect_extents(3, 3, 1, "+.+ +.+ +++", (const int32_t[3][2]){{7, 0}, {7, 0}, {7, 0}});
    /* A comb: four teeth, joined by the last row. */
    expect_extents(7, 3, 1, "+.+.+.+ +.+.+.+ +++++++", (const int32_t[3][2]){{15, 0}, {15, 0}, {15, 0}});
    /* Two clusters: the larger one counts. */
    expect_extents(5, 3, 1, "++... ..... ..+++", (const int32_t[3][2]){{3, 0}, {3, 0}, {3, 0}});
}

/* Touching tails stay separate, and neither connects parts of the other. */
static void test_tails(void **state)
{
    (void)state;
    expect_extents(5, 1, 1, "++---", (const int32_t[3][2]){{2, 3}, {2, 3}, {2, 3}});
    expect_extents(3, 3, 1, "+-+ --- +-+", (const int32_t[3][2]){{1, 5}, {1, 5}, {1, 5}});
    expect_extents(2, 2, 1, "+- -+", (const int32_t[3][2]){{1, 1}, {2, 2}, {2, 2}});
}

/* The end of one row, slice or volume is not beside the start of the next. */
static void test_borders(void **state)
{
    (void)state;
    expect_extents(3, 2, 1, "..+ +..", (const int32_t[3][2]){{1, 0}, {1, 0}, {1, 0}});
    expect_extents(3, 3, 1, "..+ ... +..", (const int32_t[3][2]){{1, 0}, {1, 0}, {1, 0}});
    expect_extents(2, 3, 2, ".. .. ++ / ++ .. ..", (const int32_t[3][2]){{2, 0}, {2, 0}, {2, 0}});
    expect_extents(3, 1, 3, "..+ / +.. / ..+", (const int32_t[3][2]){{1, 0}, {1, 0}, {1, 0}});
    expect_extents(3, 3, 3, "+.+ ... +.+ / ... ... ... / +.+ ... +.+", (const int32_t[3][2]){{1, 0}, {1, 0}, {1, 0}});
    expect_extents(1, 1, 1, "-", (const int32_t[3][2]){{0, 1}, {0, 1}, {0, 1}});
}

/* The heaviest cluster need not be the largest. "PP" weighs 2 (5.25 - 2) = 6.5, "+++++" 5 (3 - 2) = 5; "N" 3.25. */
static void test_mass(void **state)
{
    (void)state;
    static cluster_maps m;
    draw(&m, 8, 2, 1, "PP.N.... ...+++++");
    for (int b = 0; b < backend_count; b++) {
        vx_clusters_args args = by_hand;
        args.connectivity = 6;
        run(backends[b], &args, &m);
        assert_int_equal(m.extent[0][0], 5);
        assert_int_equal(m.extent[0][1], 1);
        assert_int_equal(m.mass[0][0], 13 * 1048576 / 2);
        assert_int_equal(m.mass[0][1], 13 * 1048576 / 4);
    }
}

/* The largest height there is, and one that is not above the threshold, which weighs nothing. */
static void test_mass_limits(void **state)
{
    (void)state;
    static cluster_maps m;
    draw(&m, 3, 1, 1, "+.-");
    m.height[0][0] = VX_MASS_T_MAX;
    m.height[0][2] = -1;
    for (int b = 0; b < backend_count; b++) {
        vx_clusters_args args = by_hand;
        args.connectivity = 6;
        run(backends[b], &args, &m);
        assert_int_equal(m.mass[0][0], (65536 - 2) * 1048576LL);
        assert_int_equal(m.mass[0][1], 0);
        assert_int_equal(m.extent[0][1], 1);
    }
}

/* A list that was cut at its capacity: its entries are all that is read. */
static void test_cut_list(void **state)
{
    (void)state;
    static cluster_maps m;
    draw(&m, 5, 1, 1, "+++.-");
    m.missing = 7;
    for (int b = 0; b < backend_count; b++) {
        vx_clusters_args args = by_hand;
        args.connectivity = 26;
        run(backends[b], &args, &m);
        assert_int_equal(m.extent[0][0], 3);
        assert_int_equal(m.extent[0][1], 1);
    }
}

/* The excess of a voxel is rounded to float, by 2^-24 of itself, and then to fixed point, by half a unit. */
static double mass_bound(const float *map, int voxels)
{
    double bound = 0;
    for (int v = 0; v < voxels; v++)
        if (map[v] != 0)
            bound += 0.5 + 0x1p-24 * fabs((double)map[v]) * (double)VX_MASS_ONE;
    return bound;
}

static void random_maps(cluster_maps *m)
{
    for (int p = 0; p < m->relabellings; p++)
        for (int v = 0; v < m->nx * m->ny * m->nz; v++) {
            double z = vx_uniform(5, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST);
            double density = (p + 1.0) / (m->relabellings + 1); /* from almost empty to almost full */
            double r = z < density ? 0.5 + 0.4999 * z / density : 0;
            r = vx_philox(6, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST).word[0] % 4 ? r : -r;
            m->height[p][v] = (float)(3.5 * r / sqrt(1 - r * r));
        }
}

static void test_random(void **state)
{
    (void)state;
    static const int connectivity[] = {6, 18, 26};
    static cluster_maps m;
    for (int kind = 0; kind < 3; kind++) {
        vx_clusters_args args = {.connectivity = connectivity[kind], .threshold = 1.9f};
        m = (cluster_maps){.nx = 9, .ny = 8, .nz = 11, .relabellings = RELABELLINGS};
        random_maps(&m);
        for (int b = 0; b < backend_count; b++) {
            run(backends[b], &args, &m);
            for (int p = 0; p < m.relabellings; p++) {
                int32_t extent[2];
                double mass[2], bound = mass_bound(m.height[p], m.nx * m.ny * m.nz);
                vx_reference_clusters(&args, m.nx, m.ny, m.nz, m.height[p], extent, mass);
                for (int tail = 0; tail < 2; tail++) {
                    assert_int_equal(m.extent[p][tail], extent[tail]);
                    assert_true(fabs((double)m.mass[p][tail] - mass[tail]) <= bound);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes),      cmocka_unit_test(test_tails),
                                       cmocka_unit_test(test_borders),     cmocka_unit_test(test_mass),
                                       cmocka_unit_test(test_mass_limits), cmocka_unit_test(test_cut_list),
                                       cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, open_backends, free_backends);
}
