/* Relabellings addressed by index: the identity once, every one once where all are used, uniform where they are
 * drawn. */
#include "model/relabelling.h"
#include "voxstat/result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 140 };

/* A model with one covariate: effect 0 flips signs, effect 1 permutes. */
static vx_model *model_of(int64_t n, const double *covariate)
{
    vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean");
    vx_regressor regressor = {"score", covariate};
    vx_model *model = NULL;
    vx_error error = {0};
    if (vx_model_new(&options, n, &regressor, 1, NULL, 0, &model, &error) != VX_OK)
        fail_msg("%s", error.message);
    return model;
}

static vx_relabellings *relabellings_of(const vx_effect *effect, int64_t requested, uint64_t seed)
{
    vx_relabellings *set = NULL;
    vx_error error = {0};
    if (vx_relabellings_new(effect, requested, seed, &set, &error) != VX_OK)
        fail_msg("%s", error.message);
    return set;
}

static void signs_at(const vx_relabellings *set, uint64_t index, int8_t *sign)
{
    vx_relabellings_get(set, index, &(vx_relabelling){.sign = sign});
}

static void order_at(const vx_relabellings *set, uint64_t index, int32_t *order)
{
    vx_sort_key scratch[MOST];
    vx_relabellings_get(set, index, &(vx_relabelling){.order = order, .scratch = scratch});
}

static bool is_identity(const int32_t *order, int n)
{
    for (int i = 0; i < n; i++)
        if (order[i] != i)
            return false;
    return true;
}

/* The number of possible relabellings and the number used, for "auto" and for requested numbers, as the header defines
 * them. */
static void counts(void **state)
{
    double distinct[16], tied[5] = {1, 1, 2, 3, 4}, groups[6] = {0, 0, 0, 1, 1, 1};
    (void)state;
    for (int i = 0; i < 16; i++)
        distinct[i] = (i * 7) % 16;
    const struct {
        int n;
        const double *covariate;
        int effect;
        int64_t requested;
        uint64_t possible, count;
        bool exhaustive;
    } c[] = {
        {14, distinct, 0, VX_PERMUTATIONS_AUTO, 16384, 16384, true}, /* 2^14 <= 20,000 */
        {15, distinct, 0, VX_PERMUTATIONS_AUTO, 32768, 10001, false},
        {15, distinct, 0, VX_PERMUTATIONS_ALL, 32768, 32768, true},
        {7, distinct, 1, VX_PERMUTATIONS_AUTO, 5040, 5040, true},
        {8, distinct, 1, VX_PERMUTATIONS_AUTO, 40320, 10001, false},
        {5, distinct, 1, 119, 120, 120, true}, /* 119 beside the observed one are all there are */
        {5, distinct, 1, 118, 120, 119, false},
        {5, distinct, 1, 1000, 120, 120, true},
        {5, tied, 1, VX_PERMUTATIONS_ALL, 60, 60, true},   /* 5!/2! */
        {6, groups, 1, VX_PERMUTATIONS_ALL, 20, 20, true}, /* 6!/(3! 3!) */
    };
    for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
        vx_model *model = model_of(c[k].n, c[k].covariate);
        vx_relabellings *p = relabellings_of(&model->effect[c[k].effect], c[k].requested, 0);
        if (p->possible != c[k].possible || p->count != c[k].count || p->exhaustive != c[k].exhaustive)
            fail_msg("case %zu: %llu of %llu", k, (unsigned long long)p->count, (unsigned long long)p->possible);
        vx_relabellings_free(p);
        vx_model_free(model);
    }
}

/* Every sign pattern once, the identity first. */
static void all_flips(void **state)
{
    vx_model *model = model_of(6, (double[]){3, 1, 4, 2, 5, 9});
    vx_relabellings *p = relabellings_of(&model->effect[0], VX_PERMUTATIONS_ALL, 0);
    bool seen[64] = {false};
    (void)state;
    for (uint64_t index = 0; index < p->count; index++) {
        int8_t sign[6];
        int pattern = 0;
        signs_at(p, index, sign);
        for (int i = 0; i < 6; i++) {
            assert_true(sign[i] == 1 || sign[i] == -1);
            pattern |= (sign[i] < 0) << i;
        }
        assert_true(index != 0 || pattern == 0);
        assert_false(seen[pattern]);
        seen[pattern] = true;
    }
    assert_int_equal(p->count, 64);
    vx_relabellings_free(p);
    vx_model_free(model);
}

/* Every distinct arrangement of the covariate once, the observed one first: with and without ties, and with a covariate
 * that is not sorted, so that the observed arrangement is not the first in lexicographic order. */
static void all_orders(void **state)
{
    static const double covariate[3][5] = {{3, 1, 5, 2, 4}, {2, 1, 4, 1, 3}, {1, 0, 1, 0, 0}};
    static const uint64_t distinct[3] = {120, 60, 10};
    (void)state;
    for (int k = 0; k < 3; k++) {
        vx_model *model = model_of(5, covariate[k]);
        vx_relabellings *p = relabellings_of(&model->effect[1], VX_PERMUTATIONS_ALL, 0);
        int code[120];
        assert_int_equal(p->count, distinct[k]);
        for (uint64_t index = 0; index < p->count; index++) {
            int32_t order[5];
            double moved[5]; /* data row order[i] is paired with design row i */
            int met = 0;
            order_at(p, index, order);
            for (int i = 0; i < 5; i++) {
                assert_in_range(order[i], 0, 4);
                met |= 1 << order[i];
                moved[order[i]] = covariate[k][i];
            }
            assert_int_equal(met, 31);
            assert_true(index != 0 || is_identity(order, 5));
            code[index] = 0;
            for (int i = 0; i < 5; i++)
                code[index] = 10 * code[index] + (int)moved[i];
            for (uint64_t other = 0; other < index; other++)
                assert_int_not_equal(code[other], code[index]);
        }
        vx_relabellings_free(p);
        vx_model_free(model);
    }
}

/* Drawn: index 0 is the data as observed and no other index is. With n = 3 a quarter of the flips, and a sixth of the
 * orders, would come out as the identity were they not drawn again; with two equal values, a third of the orders leave
 * the covariate as it is. `exhaustive` is cleared so that a tiny n may be drawn at all. */
static void identity_once(void **state)
{
    static const double covariate[2][3] = {{2, 1, 3}, {1, 1, 2}};
    (void)state;
    for (int k = 0; k < 2; k++) {
        vx_model *model = model_of(3, covariate[k]);
        vx_relabellings *flips = relabellings_of(&model->effect[0], 3, 5);
        vx_relabellings *orders = relabellings_of(&model->effect[1], 1, 5);
        flips->exhaustive = orders->exhaustive = false;
        flips->count = orders->count = 500;
        for (uint64_t index = 0; index < 500; index++) {
            int8_t sign[3];
            int32_t order[3];
            bool same = true;
            signs_at(flips, index, sign);
            order_at(orders, index, order);
            for (int i = 0; i < 3; i++)
                same = same && covariate[k][order[i]] == covariate[k][i];
            assert_int_equal(sign[0] > 0 && sign[1] > 0 && sign[2] > 0, index == 0);
            assert_int_equal(same, index == 0);
            assert_true(index != 0 || is_identity(order, 3));
        }
        vx_relabellings_free(flips);
        vx_relabellings_free(orders);
        vx_model_free(model);
    }
}

/* 20,000 draws at n = 10. The position and the sign of each row are uniform: a chi-square of 9 degrees of freedom
 * passes 44.8, one of 1 degree 23.9, with probability 1e-6 (scipy.stats.chi2.isf(1e-6, [9, 1])); there are 10 + 10 of
 * them and 45 of pairs of signs. At n = 5 the 119 orders other than the identity are equally frequent: 118 degrees,
 * 205.8. The seed is fixed. */
static void uniform_draws(void **state)
{
    enum { N = 10, DRAWS = 20000 };
    static const double covariate[N] = {3, 1, 4, 15, 9, 2, 6, 5, 35, 8};
    static int at[N][N], minus[N], differ[N][N];
    vx_model *model = model_of(N, covariate);
    vx_relabellings *flips = relabellings_of(&model->effect[0], 500, 42);
    vx_relabellings *orders = relabellings_of(&model->effect[1], DRAWS, 42);
    (void)state;
    flips->count = DRAWS + 1;
    for (uint64_t index = 1; index <= DRAWS; index++) {
        int8_t sign[N];
        int32_t order[N];
        signs_at(flips, index, sign);
        order_at(orders, index, order);
        for (int i = 0; i < N; i++) {
            at[i][order[i]]++;
            minus[i] += sign[i] < 0;
            for (int j = 0; j < i; j++)
                differ[i][j] += sign[i] != sign[j];
        }
    }
    for (int i = 0; i < N; i++) {
        double chi = 0.0, expected = DRAWS / (double)N;
        for (int j = 0; j < N; j++)
            chi += (at[i][j] - expected) * (at[i][j] - expected) / expected;
        assert_true(chi < 44.8);
        /* a sign is minus with 512/1023, the identity being left out; pairs differ with the same */
        double half = DRAWS * 512.0 / 1023.0, variance = half * 511.0 / 1023.0;
        assert_true((minus[i] - half) * (minus[i] - half) / variance < 23.9);
        for (int j = 0; j < i; j++)
            assert_true((differ[i][j] - half) * (differ[i][j] - half) / variance < 23.9);
    }
    vx_relabellings_free(flips);
    vx_relabellings_free(orders);
    vx_model_free(model);

    int found[5 * 5 * 5 * 5 * 5] = {0}, kinds = 0;
    double chi = 0.0, expected = 11900 / 119.0;
    model = model_of(5, covariate);
    orders = relabellings_of(&model->effect[1], 100, 1);
    orders->count = 11901;
    for (uint64_t index = 1; index < orders->count; index++) {
        int32_t order[5];
        order_at(orders, index, order);
        found[(((order[0] * 5 + order[1]) * 5 + order[2]) * 5 + order[3]) * 5 + order[4]]++;
    }
    for (size_t k = 0; k < sizeof found / sizeof *found; k++) {
        kinds += found[k] > 0;
        chi += found[k] > 0 ? (found[k] - expected) * (found[k] - expected) / expected : 0.0;
    }
    assert_int_equal(kinds, 119);
    assert_true(chi < 205.8);
    vx_relabellings_free(orders);
    vx_model_free(model);
}

/* Relabelling i does not depend on the calls before it, the number of relabellings or the order of the calls. Another
 * seed gives others. */
static void addressed_by_index(void **state)
{
    enum { N = 9 };
    static const double covariate[N] = {3, 1, 4, 15, 9, 2, 6, 5, 35};
    vx_model *model = model_of(N, covariate);
    vx_relabellings *few = relabellings_of(&model->effect[1], 50, 3);
    vx_relabellings *many = relabellings_of(&model->effect[1], 5000, 3);
    vx_relabellings *other = relabellings_of(&model->effect[1], 50, 4);
    int differences = 0;
    (void)state;
    for (int k = 50; k >= 0; k--) {
        int32_t a[N], b[N], c[N];
        order_at(few, (uint64_t)(50 - k), a);
        order_at(many, (uint64_t)k, b);
        order_at(few, (uint64_t)k, a);
        assert_memory_equal(a, b, sizeof a);
        order_at(other, (uint64_t)k, c);
        differences += memcmp(a, c, sizeof a) != 0;
    }
    assert_int_equal(differences, 50); /* all but index 0; an equal pair has probability 50/9! */
    vx_relabellings_free(few);
    vx_relabellings_free(many);
    vx_relabellings_free(other);
    vx_model_free(model);
}

/* Relabellings are part of the record of a run: the same seed gives them again, in any version. From Philox4x32-10 in
 * Python, written from the paper: the words of counters (7, 0, 0, 0) and (7, 0, 1, 0) under the key 42, a bit a row;
 * rows 0 to 8 sorted by the halves of the blocks (index, 0, 0 to 4, 1) as 64-bit keys, the first word above; and with
 * three rows flip 9, whose first draw leaves every sign and whose second, (9, 0, 0, 256), turns all. */
static void known_relabellings(void **state)
{
    enum { MANY = MOST, FEW = 9 };
    static const uint32_t word[5] = {0x5bbd83b1, 0x68784c85, 0x172067aa, 0x2e6b75b7, 0x4c78c45f};
    static const int32_t expected[2][FEW] = {{4, 1, 6, 3, 5, 2, 8, 7, 0}, {2, 7, 8, 6, 3, 4, 1, 5, 0}};
    double distinct[MANY];
    int8_t sign[MANY];
    (void)state;
    for (int i = 0; i < MANY; i++)
        distinct[i] = i;
    vx_model *model = model_of(MANY, distinct);
    vx_relabellings *p = relabellings_of(&model->effect[0], 100, 42);
    signs_at(p, 7, sign);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(sign[i], word[i / 32] >> i % 32 & 1 ? -1 : 1);
    vx_relabellings_free(p);
    vx_model_free(model);

    model = model_of(FEW, distinct);
    p = relabellings_of(&model->effect[1], 100, 42);
    for (uint64_t index = 7; index <= 8; index++) {
        int32_t order[FEW];
        order_at(p, index, order);
        assert_memory_equal(order, expected[index - 7], sizeof order);
    }
    vx_relabellings_free(p);
    vx_model_free(model);

    model = model_of(3, distinct);
    p = relabellings_of(&model->effect[0], 3, 42);
    p->exhaustive = false; /* as in identity_once */
    signs_at(p, 9, sign);
    assert_true(sign[0] < 0 && sign[1] < 0 && sign[2] < 0);
    vx_relabellings_free(p);
    vx_model_free(model);
}

/* When participants are missing, relabelling i moves the others as it does without missing ones: the same signs, and
 * the same order among them. Participants 0, 2 and 130 are missing of 140, the last behind a block of 128 signs. */
static void missing_people_move_nobody(void **state)
{
    enum { ALL = MOST, LEFT = ALL - 3, DRAWS = 50 };
    double covariate[ALL], left[LEFT];
    int64_t participant[LEFT], n = 0;
    (void)state;
    for (int64_t i = 0; i < ALL; i++) {
        covariate[i] = (double)(i * 37 % ALL);
        if (i == 0 || i == 2 || i == 130)
            continue;
        left[n] = covariate[i];
        participant[n++] = i;
    }
    const vx_regressor regressor = {"score", left};
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .participant = participant);
    vx_model *full = model_of(ALL, covariate), *model = NULL;
    vx_error error = {0};
    assert_int_equal(vx_model_new(&options, LEFT, &regressor, 1, NULL, 0, &model, &error), VX_OK);
    vx_relabellings *flips[2] = {relabellings_of(&full->effect[0], DRAWS, 8),
                                 relabellings_of(&model->effect[0], DRAWS, 8)};
    vx_relabellings *orders[2] = {relabellings_of(&full->effect[1], DRAWS, 8),
                                  relabellings_of(&model->effect[1], DRAWS, 8)};
    for (uint64_t index = 0; index <= DRAWS; index++) {
        int8_t sign[2][ALL];
        int32_t order[2][ALL];
        for (int k = 0; k < 2; k++) {
            signs_at(flips[k], index, sign[k]);
            order_at(orders[k], index, order[k]);
        }
        for (int64_t i = 0; i < LEFT; i++)
            assert_int_equal(sign[1][i], sign[0][participant[i]]);
        for (int64_t i = 0, at = 0; i < ALL; i++)
            if (order[0][i] != 0 && order[0][i] != 2 && order[0][i] != 130)
                assert_int_equal(participant[order[1][at++]], order[0][i]);
    }
    for (int k = 0; k < 2; k++) {
        vx_relabellings_free(flips[k]);
        vx_relabellings_free(orders[k]);
    }
    vx_model_free(full);
    vx_model_free(model);
}

/* Where half of all flips are evaluated, each of the others is an evaluated one with all signs inverted. */
static void mirrors_turn_every_sign(void **state)
{
    vx_model *model = model_of(6, (double[]){3, 1, 4, 2, 5, 9});
    vx_relabellings *all = relabellings_of(&model->effect[0], VX_PERMUTATIONS_ALL, 0);
    vx_relabellings *drawn = relabellings_of(&model->effect[0], 20, 0);
    bool mirrored;
    (void)state;
    assert_true(all->mirrored && all->evaluations == 32 && !drawn->mirrored && drawn->evaluations == 21);
    for (uint64_t index = 0; index < all->count; index++) {
        int8_t sign[6], evaluated[6];
        uint64_t at = vx_relabellings_evaluated(all, index, &mirrored);
        assert_true(at < all->evaluations && mirrored == (index >= 32));
        signs_at(all, index, sign);
        signs_at(all, at, evaluated);
        for (int i = 0; i < 6; i++)
            assert_int_equal(sign[i], mirrored ? -evaluated[i] : evaluated[i]);
    }
    assert_int_equal(vx_relabellings_evaluated(drawn, 20, &mirrored), 20);
    assert_false(mirrored);
    vx_relabellings_free(all);
    vx_relabellings_free(drawn);
    vx_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),        cmocka_unit_test(all_flips),     cmocka_unit_test(all_orders),
        cmocka_unit_test(identity_once), cmocka_unit_test(uniform_draws), cmocka_unit_test(addressed_by_index),
        cmocka_unit_test(known_relabellings), cmocka_unit_test(missing_people_move_nobody),
        cmocka_unit_test(mirrors_turn_every_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
