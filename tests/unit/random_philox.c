/* Philox4x32-10 against its authors' known answers, and the uniform and normal numbers made from it. */
#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Random123 1.14.0, tests/kat_vectors, lines "philox4x32 10": counter, key, answer. */
static void known_answers(void **state)
{
    static const uint32_t vector[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6,
         0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
         0x24126ea1},
    };
    (void)state;
    for (int k = 0; k < 3; k++) {
        const uint32_t *v = vector[k];
        vx_random4 drawn = vx_philox((uint64_t)v[5] << 32 | v[4], (uint64_t)v[1] << 32 | v[0], v[2], v[3]);
        for (int w = 0; w < 4; w++)
            assert_int_equal(drawn.word[w], v[6 + w]);
    }
}

/* 4096 numbers in 16 bins: chi-square with 15 degrees of freedom passes 59.5 with probability 3e-7
 * (scipy.stats.chi2.isf(3e-7, 15)); the seed is fixed, so a failure is a fault and not bad luck. */
static void uniform_numbers(void **state)
{
    int bin[16] = {0};
    double chi = 0.0;
    (void)state;
    for (uint32_t k = 0; k < 4096; k++) {
        double u = vx_uniform(7, 3, k, VX_STREAM_TEST);
        assert_true(u > 0.0 && u < 1.0);
        bin[(int)(u * 16)]++;
    }
    for (int b = 0; b < 16; b++)
        chi += (bin[b] - 256.0) * (bin[b] - 256.0) / 256.0;
    assert_true(chi < 59.5);
    assert_true(vx_uniform(7, 3, 0, VX_STREAM_TEST) != vx_uniform(8, 3, 0, VX_STREAM_TEST));
    assert_true(vx_uniform(7, 3, 0, VX_STREAM_TEST) != vx_uniform(7, 4, 0, VX_STREAM_TEST));
    assert_true(vx_uniform(7, 3, 0, VX_STREAM_TEST) != vx_uniform(7, 3, 1, VX_STREAM_TEST));
    assert_true(vx_uniform(7, 3, 0, VX_STREAM_TEST) != vx_uniform(7, 3, 0, VX_STREAM_FLIP));
}

/* Moments of 20,000 normal numbers within five standard errors: mean 5/sqrt(N), variance 5 sqrt(2/N), third moment
 * 5 sqrt(15/N), fourth 5 sqrt(96/N); and the two of one block do not go together, 5/sqrt(N/2). */
static void normal_numbers(void **state)
{
    enum { N = 20000 };
    double moment[5] = {0}, together = 0.0, last = 0.0;
    (void)state;
    for (uint32_t k = 0; k < N; k++) {
        double z = vx_normal(11, 0, k, VX_STREAM_TEST);
        for (int m = 1; m <= 4; m++)
            moment[m] += pow(z, m) / N;
        together += k % 2 ? z * last / (N / 2) : 0.0;
        last = z;
    }
    assert_true(fabs(moment[1]) < 5 / sqrt(N));
    assert_true(fabs(moment[2] - 1) < 5 * sqrt(2.0 / N));
    assert_true(fabs(moment[3]) < 5 * sqrt(15.0 / N));
    assert_true(fabs(moment[4] - 3) < 5 * sqrt(96.0 / N));
    assert_true(fabs(together) < 5 / sqrt(N / 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(uniform_numbers),
        cmocka_unit_test(normal_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
