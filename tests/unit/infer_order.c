/* Order statistics of scores against qsort: of scores and of sizes, in both forms of scores, where many are equal,
 * where all lie in one bin, and where some are beyond every bin. */
#include "infer/order.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 20011, PLACES = 12 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double noise(unsigned *state)
{
    double sum = -6; /* of 12 uniform numbers: nearly normal */
    for (int i = 0; i < 12; i++) {
        *state = *state * 1664525u + 1013904223u;
        sum += *state / 4294967296.0;
    }
    return sum;
}

/* Every place in question, of `voxels` values of r, as qsort finds it. Scores are what r rounds to. */
static void check_places(vx_op op, const double *r, int64_t voxels)
{
    static int32_t score[MOST];
    static double sorted[2][MOST];
    vx_effect effect = {.n = 14, .df = 13};
    const vx_problem problem = {.effect = &effect, .op = op, .voxels = voxels, .unit = 1e-8,
                                .near_high = 0x7f000000, .near_low = -0x7f000000};
    vx_order_place place[2 * PLACES];
    int32_t found[2 * PLACES];
    for (int64_t v = 0; v < voxels; v++) {
        score[v] = vx_r_score(&problem, r[v]);
        sorted[0][v] = vx_score_r(&problem, score[v]);
        sorted[1][v] = fabs(sorted[0][v]);
    }
    for (int size = 0; size < 2; size++) {
        qsort(sorted[size], (size_t)voxels, sizeof(double), compare);
        for (int i = 0; i < PLACES; i++)
            place[size * PLACES + i] = (vx_order_place){size, (voxels - 1) * i / (PLACES - 1)};
    }
    vx_order *order = vx_order_new(&problem);
    assert_non_null(order);
    for (int again = 0; again < 2; again++) { /* its memory serves many relabellings */
        vx_order_find(order, score, place, 2 * PLACES, found);
        for (int i = 0; i < 2 * PLACES; i++)
            assert_true(vx_score_r(&problem, found[i]) == sorted[place[i].size][place[i].place]);
    }
    vx_order_free(order);
}

static void check_both(const double *r, int64_t voxels)
{
    check_places(VX_OP_SIGNFLIP, r, voxels);
    check_places(VX_OP_CORRELATION, r, voxels);
}

static void places_are_those_of_a_sort(void **unused)
{
    static double r[MOST];
    unsigned state = 1;
    (void)unused;
    for (int64_t voxels = 1; voxels <= MOST; voxels = voxels * 5 + 1) {
        for (int64_t v = 0; v < voxels; v++)
            r[v] = fmax(fmin(0.27 * noise(&state), 1), -1);
        check_both(r, voxels);
    }
    for (int64_t v = 0; v < MOST; v++)
        r[v] = v % 7 / 10.0 - 0.3; /* seven values, 0 among them */
    check_both(r, MOST);
    for (int64_t v = 0; v < MOST; v++)
        r[v] = 1e-7 * noise(&state); /* the innermost bins, where the sign is all that tells them apart */
    check_both(r, MOST);
    for (int64_t v = 0; v < MOST; v++)
        r[v] = v % 2 ? 1 : -1;
    check_both(r, MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places_are_those_of_a_sort)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
