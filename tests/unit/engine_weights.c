/* The digests of weights: they depend on the weights alone, and not on how a schedule stores them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "engine/weights.h"

enum { COUNT = 11, ROWS_MAX = 70 };

/* The digests of what is put into a buffer of the C backend. */
static void digest(vx_op op, int64_t rows, int64_t nuisance, int groups, int width, const void *weights, size_t bytes,
                   uint64_t to[VX_INTERLEAVED(COUNT)])
{
    const vx_effect effect = {.n = rows, .nuisance = nuisance};
    const vx_problem problem = {.effect = &effect, .op = op};
    const vx_schedule schedule = {.groups = groups, .width = width};
    vx_backend *cpu = NULL;
    vx_buffer *buffer = NULL;
    vx_error error = {0};
    assert_int_equal(vx_cpu_open(1, &cpu, &error), VX_OK);
    assert_int_equal(cpu->buffer_new(cpu, bytes, &buffer, &error), VX_OK);
    assert_int_equal(cpu->upload(cpu, 0, buffer, 0, weights, bytes, &error), VX_OK);
    assert_int_equal(vx_weights_digest(&problem, &schedule, cpu, 0, buffer, COUNT, to, &error), VX_OK);
    cpu->buffer_free(cpu, buffer);
    cpu->free(cpu);
}

/* Random flips of so many rows, with one flip changed (-1: none), in groups of `width` rows. */
static void digest_flips(int rows, int width, int changed, uint64_t to[VX_INTERLEAVED(COUNT)])
{
    const int groups = (rows + width - 1) / width;
    uint8_t flip[VX_INTERLEAVED(COUNT) * ROWS_MAX] = {0};
    for (int p = 0; p < COUNT; p++)
        for (int i = 0; i < rows; i++) {
            const unsigned word = vx_philox(1, (uint64_t)p, (uint32_t)i, VX_STREAM_TEST).word[0];
            const unsigned bit = (word & 1) ^ (p == 5 && i == changed);
            flip[VX_WEIGHT_PLACE(p, groups, i / width)] |= (uint8_t)(bit << i % width);
        }
    digest(VX_OP_SIGNFLIP, rows, 0, groups, width, flip, sizeof flip, to);
}

/* Words of 32 rows end within groups, at their ends, and at the last row. */
static void flips_in_any_groups(void **state)
{
    static const int rows[] = {1, 7, 14, 31, 32, 33, 64, 65, ROWS_MAX};
    uint64_t one[VX_INTERLEAVED(COUNT)], other[VX_INTERLEAVED(COUNT)];
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        digest_flips(rows[r], 8, -1, one);
        for (int width = 1; width < 8; width++) {
            digest_flips(rows[r], width, -1, other);
            assert_memory_equal(one, other, COUNT * sizeof *one);
        }
        for (int i = 0; i < rows[r]; i++) { /* any flip tells, and of its own relabelling alone */
            digest_flips(rows[r], 7, i, other);
            for (int p = 0; p < COUNT; p++)
                assert_int_equal(one[p] != other[p], p == 5);
        }
    }
}

/* Two elements with the other sign, two that changed places, and one in the last bit. */
static void rows_in_any_order(void **state)
{
    enum { N = 9, ELEMENTS = 2 * N, BLOCKS = VX_INTERLEAVED(COUNT) };
    static const int changes = 3;
    float weights[BLOCKS * ELEMENTS];
    uint64_t one[BLOCKS], other[BLOCKS];
    (void)state;
    for (int p = 0; p < BLOCKS; p++)
        for (int e = 0; e < ELEMENTS; e++)
            weights[VX_WEIGHT_PLACE(p, ELEMENTS, e)] = (float)vx_normal(2, 0, (uint32_t)e, VX_STREAM_TEST);
    digest(VX_OP_CORRELATION, N, 1, 0, 0, weights, sizeof weights, one);
    for (int p = 1; p < COUNT; p++)
        assert_int_equal(one[p], one[0]);
    for (int change = 0; change < changes; change++) {
        float changed[BLOCKS * ELEMENTS];
        memcpy(changed, weights, sizeof weights);
        float *a = &changed[VX_WEIGHT_PLACE(10, ELEMENTS, 3)], *b = &changed[VX_WEIGHT_PLACE(10, ELEMENTS, 12)];
        const float before = *a;
        *a = change == 0 ? -*a : change == 1 ? *b : *a * (1 + 0x1p-23f);
        *b = change == 0 ? -*b : change == 1 ? before : *b;
        digest(VX_OP_CORRELATION, N, 1, 0, 0, changed, sizeof changed, other);
        for (int p = 0; p < COUNT; p++)
            assert_int_equal(one[p] != other[p], p == 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(flips_in_any_groups), cmocka_unit_test(rows_in_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
