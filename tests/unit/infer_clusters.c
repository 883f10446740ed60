/* The clusters of a map drawn by hand, on a grid whose axes are neither at right angles nor parallel to those of the
 * world, and of random maps against a flood by coordinates.
 *
 * 5 x 4 x 3 voxels, all in the mask; a score s stands for r = s / 1000, and with 16 degrees of freedom t = 4 r /
 * sqrt(1 - r^2): 600 is t = 3, 800 is 16 / 3. The forming threshold t = 2, r = 2 / sqrt(20), is cut at 447. */
#include "base/random.h"
#include "infer/clusters.h"
#include "statistics/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NX = 5, NY = 4, NZ = 3, V = NX * NY * NZ };
#define AT(x, y, z) ((x) + NX * ((y) + NY * (z)))

/* det = -2 (3 4 - 1 2) - 1 (-1 4 + 1 1) + 1 (-1 2 + 3 1) = -20 + 3 + 1 = -16: a voxel has 16 mm^3. */
static const double affine[4][4] = {{-2, 1, 1, 90}, {-1, 3, 1, -126}, {-1, 2, 4, -72}, {0, 0, 0, 1}};

/* A chain joined by a face, an edge and a corner, with two equal peaks, of which the first counts. Two negative voxels,
 * neighbours in memory but at opposite ends of two rows, one of them a neighbour of the chain. And two voxels exactly
 * at the threshold. */
static const struct {
    int place;
    int32_t score;
    float t;
} drawn[] = {{AT(0, 0, 0), 600, 4},     {AT(1, 0, 0), 600, 5},    {AT(2, 1, 0), 600, 5},  {AT(3, 2, 1), 600, 4.5f},
             {AT(4, 2, 2), -600, -6},   {AT(0, 3, 2), -800, -5.5f}, {AT(4, 0, 0), 447, 2}, {AT(0, 3, 0), -447, -2}};
enum { DRAWN = sizeof drawn / sizeof *drawn };

typedef struct expected_cluster {
    int sign, voxels;
    double mass; /* 1 for t = 3, 10 / 3 for t = 16 / 3 */
    int peak[3];
    float peak_t;
    double mm[3]; /* affine (i, j, k, 1) */
} expected_cluster;

static const expected_cluster chain = {1, 4, 4, {1, 0, 0}, 5, {88, -127, -73}};
static const expected_cluster heavy = {-1, 1, 10 / 3., {0, 3, 2}, -5.5f, {95, -115, -58}};
static const expected_cluster light = {-1, 1, 1, {4, 2, 2}, -6, {86, -122, -64}};

/* The clusters of `score` at the grid places `index`, `voxels` of them. */
static vx_cluster *clusters_of(int connectivity, vx_tails tails, int voxels, int64_t *index, const int32_t *score,
                               const float *t, float *label, size_t *clusters)
{
    const vx_effect effect = {.kind = VX_MEAN, .scheme = VX_SIGN_FLIP, .n = 17, .df = 16};
    const vx_problem problem = {.effect = &effect, .op = VX_OP_SIGNFLIP, .voxels = voxels, .unit = 0.001,
                                .cut_high = 447, .cut_low = -447, .near_high = 968, .near_low = -968,
                                .options = {.threshold_t = 2, .connectivity = connectivity}};
    vx_space space = {.elements = voxels, .index = index, .grid = {.dim = {NX, NY, NZ}}};
    vx_cluster *cluster = NULL;
    vx_error error = {0};
    memcpy(space.grid.affine, affine, sizeof affine);
    if (vx_clusters_find(&problem, &space, tails, score, t, label, &cluster, clusters, &error))
        fail_msg("%s", error.message);
    return cluster;
}

/* Those of the map that is drawn above. */
static vx_cluster *find(int connectivity, vx_tails tails, float label[V], size_t *clusters)
{
    int64_t index[V];
    int32_t score[V] = {0};
    float t[V] = {0};
    for (int v = 0; v < V; v++)
        index[v] = v;
    for (int k = 0; k < DRAWN; k++) {
        score[drawn[k].place] = drawn[k].score;
        t[drawn[k].place] = drawn[k].t;
    }
    return clusters_of(connectivity, tails, V, index, score, t, label, clusters);
}

/* Mass to a unit of 2^-20 a voxel and the rounding of t to float. */
static void expect(const vx_cluster *got, int number, const expected_cluster *wanted)
{
    assert_int_equal(got->label, number);
    assert_int_equal(got->sign, wanted->sign);
    assert_int_equal(got->voxels, wanted->voxels);
    assert_true(got->mm3 == 16.0 * wanted->voxels);
    assert_true(fabs(got->mass - wanted->mass) < 1e-5);
    assert_true(got->peak_t == wanted->peak_t);
    for (int a = 0; a < 3; a++) {
        assert_int_equal(got->peak_voxel[a], wanted->peak[a]);
        if (got->peak_mm[a] != wanted->mm[a])
            fail_msg("cluster %d: %g mm along axis %d, not %g", number, got->peak_mm[a], a, wanted->mm[a]);
    }
}

static void described_in_mm(void **state)
{
    float label[V];
    size_t clusters;
    (void)state;
    vx_cluster *found = find(26, VX_TWO_TAILS, label, &clusters);
    assert_int_equal(clusters, 3);
    expect(&found[0], 1, &chain);
    expect(&found[1], 2, &heavy);
    expect(&found[2], 3, &light);
    for (int v = 0; v < V; v++) {
        float number = 0;
        for (int k = 0; k < DRAWN; k++)
            if (drawn[k].place == v)
                number = k < 4 ? 1 : k == 4 ? 3 : k == 5 ? 2 : 0;
        assert_true(label[v] == number);
    }
    free(found);
}

/* The chain in pieces: 3 and 1 with 18 neighbours, 2, 1 and 1 with 6. Of equal size the greater mass comes first, of
 * equal mass the lower index. */
static void fewer_neighbours(void **state)
{
    static const int64_t eighteen[4] = {3, 1, 1, 1}, six[5] = {2, 1, 1, 1, 1};
    float label[V];
    size_t clusters;
    (void)state;
    vx_cluster *found = find(18, VX_TWO_TAILS, label, &clusters);
    assert_int_equal(clusters, 4);
    for (size_t c = 0; c < clusters; c++)
        assert_int_equal(found[c].voxels, eighteen[c]);
    expect(&found[1], 2, &heavy);
    expect(&found[3], 4, &light);
    assert_true(label[AT(2, 1, 0)] == 1 && label[AT(3, 2, 1)] == 3);
    free(found);
    found = find(6, VX_TWO_TAILS, label, &clusters);
    assert_int_equal(clusters, 5);
    for (size_t c = 0; c < clusters; c++)
        assert_int_equal(found[c].voxels, six[c]);
    expect(&found[1], 2, &heavy);
    expect(&found[4], 5, &light);
    assert_true(label[AT(1, 0, 0)] == 1 && label[AT(2, 1, 0)] == 3 && label[AT(3, 2, 1)] == 4);
    free(found);
}

static void one_tail(void **state)
{
    float label[V];
    size_t clusters;
    (void)state;
    vx_cluster *found = find(26, VX_POSITIVE, label, &clusters);
    assert_int_equal(clusters, 1);
    expect(&found[0], 1, &chain);
    assert_true(label[AT(0, 3, 2)] == 0);
    free(found);
    found = find(26, VX_NEGATIVE, label, &clusters);
    assert_int_equal(clusters, 2);
    expect(&found[0], 1, &heavy);
    expect(&found[1], 2, &light);
    assert_true(label[AT(0, 0, 0)] == 0);
    free(found);
}

/* Maps of 600, -600 and 0 in equal parts, some voxels not in the mask: every voxel's own cluster is as large as the
 * flood's, and there are as many. Small grids are all border. */
static void random_maps(void **state)
{
    static const int dim[3] = {NX, NY, NZ}, connectivity[3] = {6, 18, 26};
    (void)state;
    for (int k = 0; k < 9 * 20; k++) {
        vx_tails tails = (vx_tails)(k % 3);
        int64_t index[V];
        int32_t score[V];
        float t[V], label[V];
        double map[V] = {0}, extent[V] = {0};
        int voxels = 0, number = 0;
        size_t clusters;
        for (int v = 0; v < V; v++) {
            uint32_t drawn_number = vx_philox(71, (uint64_t)k, (uint32_t)v, VX_STREAM_TEST).word[0];
            if (drawn_number % 10 == 0)
                continue;
            score[voxels] = 600 * ((int32_t)(drawn_number / 10 % 3) - 1);
            t[voxels] = (float)score[voxels] / 200;
            map[v] = (double)t[voxels];
            index[voxels++] = v;
        }
        for (int sign = -1; sign <= 1; sign += 2)
            if (tails == VX_TWO_TAILS || (tails == VX_POSITIVE) == (sign > 0))
                number += reference_clusters(dim, map, sign, 2, connectivity[k / 3 % 3], extent, NULL).number;
        vx_cluster *found = clusters_of(connectivity[k / 3 % 3], tails, voxels, index, score, t, label, &clusters);
        assert_int_equal(clusters, number);
        for (int v = 0; v < voxels; v++)
            assert_int_equal(label[v] > 0 ? found[(size_t)label[v] - 1].voxels : 0, extent[index[v]]);
        free(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(described_in_mm), cmocka_unit_test(fewer_neighbours),
                                       cmocka_unit_test(one_tail), cmocka_unit_test(random_maps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
