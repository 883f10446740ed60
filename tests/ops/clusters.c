/* The op clusters on every backend: shapes drawn by hand with extents counted by eye, then random maps against a flood
 * fill. Every run uses lists in a scrambled order and checks that the grids of labels are left zero. */
#include "base/random.h"
#include "backends.h"

enum { VOXELS_MAX = 1000, RELABELLINGS = 40, PARALLEL = 3, GUARD = 0x77777777 };

/* Maps on a full grid, x fastest, 0 below threshold, and the results of the op. */
typedef struct cluster_maps {
    int nx, ny, nz, relabellings;
    int missing; /* how many entries the lists are said to have lost */
    int32_t score[RELABELLINGS][VOXELS_MAX];
    int32_t extent[RELABELLINGS][2];
    int64_t mass[RELABELLINGS][2];
} cluster_maps;

/* r = 0.6, root_df = 4: t = 4 * 0.6 / 0.8 = 3; r = 0.8: t = 16 / 3. The threshold is 2. */
static const vx_clusters_args by_hand = {.fixed_point = 1, .scale = 0.1f, .root_df = 4, .threshold = 2};

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
static void list(const cluster_maps *m, vx_clusters_args *args, int32_t *size, int32_t **voxel, int32_t **score)
{
    int voxels = m->nx * m->ny * m->nz;
    args->capacity = 1;
    for (int p = 0; p < m->relabellings; p++) {
        size[p] = 0;
        for (int v = 0; v < voxels; v++)
            size[p] += m->score[p][v] != 0;
        args->capacity = size[p] > args->capacity ? size[p] : args->capacity;
    }
    *voxel = vx_array_zero((size_t)m->relabellings * (size_t)args->capacity, sizeof **voxel);
    *score = vx_array_zero((size_t)m->relabellings * (size_t)args->capacity, sizeof **score);
    for (int p = 0; p < m->relabellings; p++) {
        size[p] += m->missing;
        for (int i = 0, e = p * args->capacity; i < voxels; i++) {
            int v = scramble(i, voxels);
            if (!m->score[p][v])
                continue;
            (*voxel)[e] = scramble(v, voxels);
            (*score)[e++] = m->score[p][v];
        }
    }
}

static void run(vx_backend *backend, const vx_clusters_args *settings, cluster_maps *m)
{
    vx_clusters_args args = *settings;
    int32_t position[VOXELS_MAX], size[RELABELLINGS], *voxel, *score;
    args.relabellings = m->relabellings;
    args.parallel = PARALLEL;
    pad(m, &args, position);
    list(m, &args, size, &voxel, &score);
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
                             [VX_B_LIST_SCORE] = score,
                             [VX_B_LIST_SIZE] = size,
                             [VX_B_EXTENT] = m->extent,
                             [VX_B_MASS] = m->mass,
                             [VX_B_LABEL] = label,
                             [VX_B_PARENT] = parent,
                             [VX_B_SIZE] = trees,
                             [VX_B_SUM] = sum},
                    .bytes = {[VX_B_POSITION] = sizeof position,
                              [VX_B_LIST_VOXEL] = batch * entries * sizeof *voxel,
                              [VX_B_LIST_SCORE] = batch * entries * sizeof *score,
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
    free(score);
    free(label);
    free(zero);
}

/* Draws a picture: blanks separate rows and strokes slices; '+' is r = 0.6, 'P' 0.8, '-' and 'N' are -0.6 and -0.8. */
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
            m->score[0][v++] = *c == '+' ? 6 : *c == 'P' ? 8 : *c == '-' ? -6 : *c == 'N' ? -8 : 0;
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

/* The heaviest cluster need not be the largest. "PP" weighs 2 (16/3 - 2) = 20/3, "+++++" 5 (3 - 2) = 5; "N" 10/3. Three
 * roundings make r of u and four t of r, which near r = 0.8 multiply to under 16 of 2^-24 |t|: 6 units a voxel. */
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
        assert_true(llabs(m.mass[0][0] - llrint(20.0 / 3 * 1048576)) <= 12);
        assert_true(llabs(m.mass[0][1] - llrint(10.0 / 3 * 1048576)) <= 6);
    }
}

/* r = 1 has no finite t: it counts as VX_MASS_T_MAX. A score whose t is not above the threshold weighs nothing. */
static void test_mass_limits(void **state)
{
    (void)state;
    static cluster_maps m;
    draw(&m, 3, 1, 1, "+.-");
    m.score[0][0] = 10;
    m.score[0][2] = -1;
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

/* Roundings in units of 2^-24 t: half each for 1 - r, 1 + r and their product, which are under the root, and one each
 * for root, product and quotient: 4.5. The excess adds one at most. The rounding to fixed point adds half a unit of the
 * fixed point. */
static double mass_bound(const vx_clusters_args *args, const int32_t *map, int voxels)
{
    double bound = 1;
    for (int v = 0; v < voxels; v++)
        if (map[v])
            bound += 1 + 6 * 0x1p-24 * vx_reference_t(args, map[v]) * (double)VX_MASS_ONE;
    return bound;
}

static void random_maps(cluster_maps *m, bool fixed_point)
{
    for (int p = 0; p < m->relabellings; p++)
        for (int v = 0; v < m->nx * m->ny * m->nz; v++) {
            double z = vx_uniform(5, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST);
            double density = (p + 1.0) / (m->relabellings + 1); /* from almost empty to almost full */
            double r = z < density ? 0.5 + 0.4999 * z / density : 0;
            r = vx_philox(6, (uint64_t)p, (uint32_t)v, VX_STREAM_TEST).word[0] % 4 ? r : -r;
            m->score[p][v] = vx_reference_score(r, fixed_point);
        }
}

static void test_random(void **state)
{
    (void)state;
    static const int connectivity[] = {6, 18, 26};
    static cluster_maps m;
    for (int kind = 0; kind < 6; kind++) {
        vx_clusters_args args = {.connectivity = connectivity[kind / 2],
                                 .fixed_point = kind % 2,
                                 .scale = 0x1p-28f,
                                 .root_df = 3.5f,
                                 .threshold = 1.9f};
        m = (cluster_maps){.nx = 9, .ny = 8, .nz = 11, .relabellings = RELABELLINGS};
        random_maps(&m, args.fixed_point);
        for (int b = 0; b < backend_count; b++) {
            run(backends[b], &args, &m);
            for (int p = 0; p < m.relabellings; p++) {
                int32_t extent[2];
                double mass[2], bound = mass_bound(&args, m.score[p], m.nx * m.ny * m.nz);
                vx_reference_clusters(&args, m.nx, m.ny, m.nz, m.score[p], extent, mass);
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
