/* From maxima and counts to p, in numbers small enough to count on fingers. */
#include "infer/pvalue.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Four participants whose flips are all evaluated, half of them by themselves: relabelling i and 15 - i mirror each
 * other. A score is r in units of 1/1024, and scores within 4 units are equal (problem.h). */
static const vx_effect mean_effect = {.kind = VX_MEAN, .scheme = VX_SIGN_FLIP, .n = 4, .df = 3};
static const vx_relabellings all_flips = {.scheme = VX_SIGN_FLIP, .n = 4, .distinct = 16, .count = 16,
                                          .exhaustive = true, .mirrored = true, .evaluations = 8};
static const vx_relabellings some_flips = {.scheme = VX_SIGN_FLIP, .n = 4, .count = 16, .evaluations = 16};
static const vx_relabellings all_orders = {.scheme = VX_PERMUTE, .n = 4, .distinct = 24, .count = 24,
                                           .exhaustive = true, .evaluations = 24};

static vx_problem problem_of(const vx_relabellings *relabellings)
{
    return (vx_problem){.effect = &mean_effect, .relabellings = relabellings, .op = VX_OP_SIGNFLIP, .voxels = 3,
                        .tiles = 1, .unit = 0x1p-10, .near_high = 991, .near_low = -991};
}

/* Among (1, 2, 2, 3) the numbers that reach 3, 2, 2.5 and 0 are 1, 3, 1 and 4; within a half 2.5 is reached by 3. */
static void p_counts_what_reaches(void **state)
{
    static const double maxima[4] = {1, 2, 2, 3};
    (void)state;
    assert_true(vx_p_from_maxima(maxima, 4, 3, 0) == 0.25);
    assert_true(vx_p_from_maxima(maxima, 4, 2, 0) == 0.75);
    assert_true(vx_p_from_maxima(maxima, 4, 2.5, 0) == 0.25);
    assert_true(vx_p_from_maxima(maxima, 4, 0, 0) == 1);
    assert_true(vx_p_from_maxima(maxima, 4, 2.5, 0.5) == 0.75);
}

/* The maxima are multiples of 1/16 in the positive tail, and such multiples plus 1/64 in the negative one. No two are
 * equal, so a wrong tail or index is noticed. */
static void maxima_of_tails_and_mirrors(void **state)
{
    double high[8], low[8], mass[8][2], tfce[8][2];
    int32_t extent[8][2];
    (void)state;
    for (int i = 0; i < 8; i++) {
        high[i] = (i + 1) / 16.0;
        low[i] = -(9 - i) / 16.0 - 1 / 64.0;
        for (int tail = 0; tail < 2; tail++) {
            extent[i][tail] = 10 + 2 * (tail ? 9 - i : i) + tail;
            mass[i][tail] = extent[i][tail] * 0.25;
            tfce[i][tail] = extent[i][tail] * 3.0;
        }
    }
    const vx_tally tally = {.evaluations = 8, .high = high, .low = low, .extent = extent, .mass = mass, .tfce = tfce};
    const vx_problem problem = problem_of(&all_flips);
    for (vx_tails tails = VX_TWO_TAILS; tails <= VX_NEGATIVE; tails++) {
        vx_max_statistics maxima;
        vx_error error = {0};
        assert_int_equal(vx_max_statistics_new(&problem, &tally, tails, &maxima, &error), VX_OK);
        assert_int_equal(maxima.count, 16);
        for (int i = 0; i < 16; i++) {
            int own = i < 8 ? i : 15 - i;               /* the evaluation */
            bool turned = (tails == VX_NEGATIVE) != (i >= 8); /* one tail: whether its negative one is meant */
            double positive = high[own], negative = -low[own];
            double r = tails == VX_TWO_TAILS ? fmax(positive, negative) : turned ? negative : positive;
            int larger = extent[own][0] > extent[own][1] ? extent[own][0] : extent[own][1];
            int size = tails == VX_TWO_TAILS ? larger : extent[own][turned];
            assert_true(maxima.r[i] == r);
            assert_true(maxima.extent[i] == size);
            assert_true(maxima.mass[i] == size * 0.25);
            assert_true(maxima.tfce[i] == size * 3.0);
        }
        vx_max_statistics_destroy(&maxima);
    }
}

/* Scores 100, -100 and 0: a relabelling is as extreme within 4 units. */
static void bounds_lie_a_tolerance_below(void **state)
{
    static const int32_t score[3] = {100, -100, 0}, none_high = INT32_MAX, none_low = INT32_MIN;
    const vx_problem mirrored = problem_of(&all_flips), drawn = problem_of(&some_flips);
    int32_t high[3], low[3];
    (void)state;
    vx_exceedance_bounds(&drawn, VX_TWO_TAILS, score, high, low);
    assert_true(high[0] == 96 && high[1] == 96 && high[2] == -4);
    assert_true(low[0] == -96 && low[1] == -96 && low[2] == 4);
    vx_exceedance_bounds(&drawn, VX_POSITIVE, score, high, low);
    assert_true(high[0] == 96 && high[1] == -104 && high[2] == -4);
    assert_true(low[0] == none_low && low[1] == none_low && low[2] == none_low);
    vx_exceedance_bounds(&drawn, VX_NEGATIVE, score, high, low);
    assert_true(high[0] == none_high && high[1] == none_high && high[2] == none_high);
    assert_true(low[0] == 104 && low[1] == -96 && low[2] == 4);
    /* A relabelling that is not evaluated is counted in the other tail of its mirror. */
    vx_exceedance_bounds(&mirrored, VX_POSITIVE, score, high, low);
    assert_true(high[0] == 96 && low[0] == -96 && high[1] == -104 && low[1] == 104);
}

/* Of 8 evaluated flips 3 scores beyond the bounds of both tails give p = 3 / 8 two-sided, and 3 / 16 for one tail. A
 * voxel whose score is 0 is within the bounds of both, and counts 16 times in 8: p is 1. */
static void uncorrected_p_is_at_most_1(void **state)
{
    const vx_problem mirrored = problem_of(&all_flips), drawn = problem_of(&some_flips);
    (void)state;
    assert_true(vx_p_uncorrected(&mirrored, VX_TWO_TAILS, 3) == 3 / 8.0);
    assert_true(vx_p_uncorrected(&mirrored, VX_POSITIVE, 3) == 3 / 16.0);
    assert_true(vx_p_uncorrected(&drawn, VX_TWO_TAILS, 3) == 3 / 16.0);
    assert_true(vx_p_uncorrected(&drawn, VX_NEGATIVE, 3) == 3 / 16.0);
    assert_true(vx_p_uncorrected(&mirrored, VX_TWO_TAILS, 16) == 1);
    assert_true(vx_p_uncorrected(&drawn, VX_TWO_TAILS, 31) == 1);
    assert_true(vx_p_uncorrected(&mirrored, VX_POSITIVE, 16) == 1);
}

static void smallest_p(void **state)
{
    (void)state;
    assert_true(vx_p_smallest(&all_flips, VX_TWO_TAILS) == 2 / 16.0);
    assert_true(vx_p_smallest(&all_flips, VX_POSITIVE) == 1 / 16.0);
    assert_true(vx_p_smallest(&some_flips, VX_TWO_TAILS) == 1 / 16.0);
    assert_true(vx_p_smallest(&all_orders, VX_TWO_TAILS) == 1 / 24.0);
    /* Four of six who share their flips: each of their 16 occurs four times. */
    vx_relabellings shared = all_flips;
    shared.count = 64;
    assert_true(vx_p_smallest(&shared, VX_TWO_TAILS) == 2 / 16.0);
}

/* m p_(j) / j of (0.01, 0.02, 0.03, 0.5) are 0.04, 0.04, 0.04, 0.5; of (0.02, 0.021, 0.9, 0.03) 0.08, 0.042, 0.04 and
 * 0.9, so that the smallest takes the third's. */
static void step_up(void **state)
{
    static const double p[2][4] = {{0.5, 0.01, 0.03, 0.02}, {0.02, 0.021, 0.9, 0.03}};
    static const double expected[2][4] = {{0.5, 0.04, 0.04, 0.04}, {0.04, 0.04, 0.9, 0.04}};
    (void)state;
    for (int k = 0; k < 2; k++) {
        double q[4];
        vx_error error = {0};
        assert_int_equal(vx_fdr(p[k], 4, q, &error), VX_OK);
        for (int i = 0; i < 4; i++)
            assert_true(fabs(q[i] - expected[k][i]) < 1e-15);
    }
}

/* Counts of 1000 relabellings, with ties, out of order. From R:
 *
 *   p <- c(4, 19, 2, 60, 19, 150, 7, 340) / 1000; p.adjust(p, "holm"); p.adjust(p, "BH") */
static void holm_and_step_up_are_those_of_r(void **state)
{
    static const double count[8] = {4, 19, 2, 60, 19, 150, 7, 340};
    static const double holm[8] = {0.028, 0.095, 0.016, 0.18, 0.095, 0.3, 0.042, 0.34};
    static const double step_up[8] = {0.016, 0.0304, 0.016, 0.08, 0.0304, 0.171428571428571402, 0.018666666666666665,
                                      0.34};
    double p[8], adjusted[8];
    vx_error error = {0};
    (void)state;
    for (int i = 0; i < 8; i++)
        p[i] = count[i] / 1000;
    assert_int_equal(vx_holm(p, 8, 1000, adjusted, &error), VX_OK);
    for (int i = 0; i < 8; i++)
        assert_true(fabs(adjusted[i] - holm[i]) < 1e-15);
    assert_int_equal(vx_fdr(p, 8, p, &error), VX_OK);
    for (int i = 0; i < 8; i++)
        assert_true(fabs(p[i] - step_up[i]) < 1e-15);
}

/* Seven times 36 of 5040 is a twentieth and not below it. */
static void products_are_not_rounded_below_the_level(void **state)
{
    double p[7] = {36 / 5040., 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, adjusted[7];
    vx_error error = {0};
    (void)state;
    assert_true(7 * p[0] < 0.05);
    assert_int_equal(vx_holm(p, 7, 5040, adjusted, &error), VX_OK);
    assert_true(adjusted[0] == 0.05);
    assert_true(vx_p_times(0.5, 3, 60) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_counts_what_reaches),      cmocka_unit_test(maxima_of_tails_and_mirrors),
        cmocka_unit_test(bounds_lie_a_tolerance_below), cmocka_unit_test(uncorrected_p_is_at_most_1),
        cmocka_unit_test(smallest_p),                 cmocka_unit_test(step_up),
        cmocka_unit_test(holm_and_step_up_are_those_of_r),
        cmocka_unit_test(products_are_not_rounded_below_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
