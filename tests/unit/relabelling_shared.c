/* Relabellings that effects share: index i moves the same people the same way, whoever is missing in an effect. */
#include "model/relabelling.h"
#include "voxstat/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 9 };

/* A participant's index in the study is 2 i + 1, so that a place in the list is not taken for it. */
static int64_t number_of(int i)
{
    return 2 * i + 1;
}

/* Effects of those of `n` participants who are not in `missing` (a set of bits): 0 flips signs, 1 permutes. Every third
 * value of the covariate ties with another. */
static vx_model *model_of(int n, unsigned missing, bool shared)
{
    int64_t all[MOST], participant[MOST], rows = 0;
    double value[MOST];
    for (int i = 0; i < n; i++) {
        all[i] = number_of(i);
        if (missing >> i & 1)
            continue;
        value[rows] = (i % 3 == 2 ? i - 2 : i) * 1.5;
        participant[rows++] = all[i];
    }
    const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .participant = participant,
                                                .shared = shared ? all : NULL, .shared_count = shared ? n : 0);
    const vx_regressor regressor = {"score", value};
    vx_model *model = NULL;
    vx_error error = {0};
    if (vx_model_new(&options, rows, &regressor, 1, NULL, 0, &model, &error))
        fail_msg("%s", error.message);
    return model;
}

static vx_relabellings *set_of(const vx_effect *effect, int64_t requested)
{
    vx_relabellings *set = NULL;
    vx_error error = {0};
    if (vx_relabellings_new(effect, requested, 11, &set, &error))
        fail_msg("%s", error.message);
    return set;
}

/* Relabelling `index` by participant: pair[i] is whose data the design row of participant i gets, -1 for a missing one;
 * sign[i] is 0 for a missing one. */
static void by_participant(const vx_relabellings *set, const vx_effect *effect, uint64_t index, int pair[MOST],
                           int sign[MOST])
{
    vx_relabelling r;
    vx_error error = {0};
    assert_int_equal(vx_relabelling_init(&r, set, &error), VX_OK);
    vx_relabellings_get(set, index, &r);
    for (int i = 0; i < MOST; i++) {
        pair[i] = -1;
        sign[i] = 0;
    }
    for (int64_t row = 0; row < effect->n; row++) {
        const int64_t i = (effect->participant[row] - 1) / 2;
        pair[i] = (int)(effect->participant[r.order[row]] - 1) / 2;
        sign[i] = r.sign[row];
    }
    vx_relabelling_destroy(&r);
}

/* The permutation written as cycles, with the missing people struck out, read back. */
static void strike_out(int n, const int pair[MOST], unsigned missing, int left[MOST])
{
    bool done[MOST] = {false};
    for (int i = 0; i < MOST; i++)
        left[i] = -1;
    for (int i = 0; i < n; i++) {
        int cycle[MOST], length = 0;
        for (int at = i; !done[at]; at = pair[at]) {
            done[at] = true;
            if (!(missing >> at & 1))
                cycle[length++] = at;
        }
        for (int k = 0; k < length; k++)
            left[cycle[k]] = cycle[(k + 1) % length];
    }
}

static const struct {
    int n;
    unsigned missing[2];
    int64_t requested;
} cases[] = {
    {5, {1 << 1, 1 << 4}, VX_PERMUTATIONS_ALL},
    {6, {1 << 0 | 1 << 3, 1 << 3 | 1 << 5}, VX_PERMUTATIONS_ALL},
    {9, {1 << 2, 1 << 0 | 1 << 7 | 1 << 8}, 300},
};

/* Both effects have the signs, and the cycles without their missing people, of the effect of everybody. */
static void the_same_people_move_the_same_way(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int e = 0; e < 2; e++) {
            const int n = cases[c].n;
            vx_model *model[3] = {model_of(n, 0, true), model_of(n, cases[c].missing[0], true),
                                  model_of(n, cases[c].missing[1], true)};
            vx_relabellings *set[3];
            for (int k = 0; k < 3; k++)
                set[k] = set_of(&model[k]->effect[e], cases[c].requested);
            int moved = 0;
            for (uint64_t index = 0; index < set[0]->count; index++) {
                int pair[3][MOST], sign[3][MOST], expected[MOST];
                for (int k = 0; k < 3; k++)
                    by_participant(set[k], &model[k]->effect[e], index, pair[k], sign[k]);
                for (int k = 1; k < 3; k++) {
                    strike_out(n, pair[0], cases[c].missing[k - 1], expected);
                    assert_memory_equal(pair[k], expected, sizeof expected);
                    for (int i = 0; i < n; i++)
                        assert_int_equal(sign[k][i], cases[c].missing[k - 1] >> i & 1 ? 0 : sign[0][i]);
                }
                for (int i = 0; i < n; i++)
                    moved += pair[0][i] != i || sign[0][i] < 0;
            }
            assert_true(moved > 0);
            for (int k = 1; k < 3; k++) {
                assert_int_equal(set[k]->count, set[0]->count);
                assert_int_equal(set[k]->exhaustive, set[0]->exhaustive);
                assert_int_equal(set[k]->mirrored, set[0]->mirrored);
                assert_int_equal(set[k]->evaluations, set[0]->evaluations);
            }
            for (int k = 0; k < 3; k++) {
                vx_relabellings_free(set[k]);
                vx_model_free(model[k]);
            }
        }
}

/* A number for what a relabelling does to an effect's rows. */
static int code_of(const int pair[MOST], const int sign[MOST])
{
    int code = 0;
    for (int i = 0; i < 6; i++)
        code = 9 * code + (sign[i] < 0 ? 8 : pair[i] + 1);
    return code;
}

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Of all relabellings of six people, four of them get each of their 16 flips 4 times and each of their 24 orders 30
 * times. Two and two of their covariate tie, which leaves 4! / (2! 2!) = 6 distinct orders. */
static void every_restriction_is_as_frequent(void **state)
{
    static const uint64_t distinct[2] = {16, 6}, orders[2] = {16, 24};
    vx_model *model = model_of(6, 1 << 1 | 1 << 4, true); /* participants 0, 2, 3, 5: 0 ties with 2, and 3 with 5 */
    (void)state;
    for (int e = 0; e < 2; e++) {
        vx_relabellings *set = set_of(&model->effect[e], VX_PERMUTATIONS_ALL);
        const uint64_t each = set->count / orders[e];
        int code[720], pair[MOST], sign[MOST];
        assert_int_equal(set->count, e ? 720 : 64);
        assert_int_equal(set->possible, set->count);
        for (uint64_t index = 0; index < set->count; index++) {
            by_participant(set, &model->effect[e], index, pair, sign);
            code[index] = code_of(pair, sign);
        }
        qsort(code, set->count, sizeof *code, ascending);
        for (uint64_t at = 0; at < set->count; at++) {
            assert_true(at % each == 0 || code[at] == code[at - 1]);
            assert_true(at == 0 || at % each || code[at] != code[at - 1]);
        }
        assert_int_equal(set->distinct, distinct[e]);
        vx_relabellings_free(set);
    }
    vx_model_free(model);
}

/* A set that is shared by everybody is the set of an effect that lacks nobody and has no ties. */
static void everybody_alone_or_shared(void **state)
{
    int64_t all[4] = {0, 3, 130, 131};
    const double value[4] = {3, 1, 2, 7};
    const vx_regressor regressor = {"score", value};
    vx_model *model[2] = {NULL, NULL};
    vx_error error = {0};
    (void)state;
    for (int k = 0; k < 2; k++) {
        const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .participant = all,
                                                    .shared = k ? all : NULL, .shared_count = k ? 4 : 0);
        assert_int_equal(vx_model_new(&options, 4, &regressor, 1, NULL, 0, &model[k], &error), VX_OK);
    }
    for (int e = 0; e < 2; e++)
        for (int random = 0; random < 2; random++) {
            vx_relabellings *own = set_of(&model[0]->effect[e], random ? 12 : VX_PERMUTATIONS_ALL);
            vx_relabellings *shared = set_of(&model[1]->effect[e], random ? 12 : VX_PERMUTATIONS_ALL);
            vx_relabelling a, b;
            assert_int_equal(vx_relabelling_init(&a, own, &error), VX_OK);
            assert_int_equal(vx_relabelling_init(&b, shared, &error), VX_OK);
            assert_int_equal(own->count, shared->count);
            for (uint64_t index = 0; index < own->count; index++) {
                vx_relabellings_get(own, index, &a);
                vx_relabellings_get(shared, index, &b);
                assert_memory_equal(a.sign, b.sign, 4);
                assert_memory_equal(a.order, b.order, 4 * sizeof *a.order);
            }
            vx_relabelling_destroy(&a);
            vx_relabelling_destroy(&b);
            vx_relabellings_free(own);
            vx_relabellings_free(shared);
        }
    vx_model_free(model[0]);
    vx_model_free(model[1]);
}

static void lists_without_a_row_are_refused(void **state)
{
    static const int64_t rows[3] = {2, 5, 9}, lacks[3] = {2, 6, 9}, back[4] = {2, 9, 5, 11}, twice[4] = {2, 5, 5, 9};
    static const int64_t short_one[2] = {2, 5};
    const struct {
        const int64_t *shared;
        int64_t count;
        const char *why;
    } c[] = {{lacks, 3, "participant 5 is not among"},
             {short_one, 2, "participant 9 is not among"},
             {back, 4, "5 after 9"},
             {twice, 4, "5 after 5"}};
    (void)state;
    for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
        const vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "mean", .participant = rows,
                                                    .shared = c[k].shared, .shared_count = c[k].count);
        vx_model *model = NULL;
        vx_error error = {0};
        assert_int_equal(vx_model_new(&options, 3, NULL, 0, NULL, 0, &model, &error), VX_USAGE);
        assert_null(model);
        if (!strstr(error.message, c[k].why))
            fail_msg("\"%s\" does not say \"%s\"", error.message, c[k].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_people_move_the_same_way),
        cmocka_unit_test(every_restriction_is_as_frequent),
        cmocka_unit_test(everybody_alone_or_shared),
        cmocka_unit_test(lists_without_a_row_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
