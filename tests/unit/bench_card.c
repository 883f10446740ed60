/* The model of the cards: their peaks against the vendors' data sheets, limits worked by hand, and the roofs. */
#include "bench/card.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const vx_card *card_of(const char *name)
{
    for (int i = 0; i < VX_CARDS; i++)
        if (!strcmp(vx_card_table[i].name, name))
            return &vx_card_table[i];
    fail_msg("%s is not in the table", name);
    return NULL;
}

/* Peaks for floats as the vendors publish them, in TFLOP/s: units, lanes and clock multiply to them. */
static void cards_have_the_peaks_of_their_data_sheets(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double teraflops;
    } sheet[VX_CARDS] = {{"H100 80GB", 66.9},      {"H200 141GB", 67},      {"A100 40GB", 19.5},
                         {"RTX 4090 24GB", 82.58}, {"RTX 3060 12GB", 12.74}, {"MI250X GCD 64GB", 23.95},
                         {"RX 6800 16GB", 16.17}};
    for (int i = 0; i < VX_CARDS; i++) {
        const vx_card *c = card_of(sheet[i].name);
        const double peak = 2e-3 * c->units * c->lanes * c->clock;
        assert_true(fabs(peak - sheet[i].teraflops) < 0.005 * sheet[i].teraflops);
        assert_true(c->buffer_size <= c->memory_size && strlen(c->source) > 10);
    }
}

static void every_card_has_code_for_every_op(void **state)
{
    (void)state;
    vx_gpu_code code;
    for (int i = 0; i < VX_CARDS; i++)
        for (vx_op op = 0; op < VX_OPS; op++) {
            assert_true(vx_gpu_code_find(vx_op_table[op].stem, vx_card_table[i].target, &code));
            assert_true(code.registers >= 16 && code.registers <= 256 && code.groups >= 1);
        }
    assert_true(vx_gpu_code_find("correlation", "sm_90", &code));
    assert_true(code.step >= 1 && code.step < 8);
    assert_false(vx_gpu_code_find("correlation", "sm_9", &code));
    assert_false(vx_gpu_code_find("correl", "sm_90", &code));
}

/* 14 multiply-adds of 228,010 voxels on 16,896 lanes at 1.98 GHz: 95.4 ns. Two reads of 4 bytes a voxel at 132 times
 * 128 bytes a clock: 54.5 ns. 4 bytes a voxel at 360 GB/s: 2.5334 us. Seven blocks of Philox of 80 instructions on
 * those lanes take 16.74 ps, one takes 2.391 ps. */
static void limits_are_those_worked_by_hand(void **state)
{
    (void)state;
    vx_estimate e[VX_ESTIMATES];
    vx_error error = {0};
    assert_int_equal(vx_card_estimate(card_of("H100 80GB"), 228010, 14, e, &error), VX_OK);
    assert_true(fabs(e[VX_ESTIMATE_CORRELATION].limit - 95.42e-9) < 0.02e-9);
    assert_true(fabs(e[VX_ESTIMATE_SIGNFLIP].limit - 54.53e-9) < 0.02e-9);
    assert_true(fabs(e[VX_ESTIMATE_ORDERS].limit - 16.73e-12) < 0.02e-12);
    assert_true(fabs(e[VX_ESTIMATE_FLIPS].limit - 2.391e-12) < 0.002e-12);
    assert_int_equal(vx_card_estimate(card_of("RTX 3060 12GB"), 228010, 14, e, &error), VX_OK);
    assert_true(fabs(e[VX_ESTIMATE_HEIGHTS].limit - 2.53344e-6) < 1e-11);
    /* The floats of 902,629 voxels, read and written. */
    assert_true(fabs(e[VX_ESTIMATE_SMOOTH].limit - 20.0584e-6) < 1e-10);
}

/* No op is expected to be faster than its limit, or than any one of its roofs, and it is as slow as the highest. */
static void expected_times_are_the_highest_roof(void **state)
{
    (void)state;
    vx_estimate e[VX_ESTIMATES];
    for (int i = 0; i < VX_CARDS; i++) {
        assert_int_equal(vx_card_estimate(&vx_card_table[i], 228010, 14, e, NULL), VX_OK);
        for (int row = 0; row < VX_ESTIMATES; row++) {
            double highest = 0;
            for (int roof = 0; roof < VX_ROOFS; roof++) {
                double sum = 0;
                for (int s = 0; s < e[row].stages; s++)
                    sum += e[row].seconds[s][roof];
                assert_true(fabs(sum - e[row].sum[roof]) <= 1e-12 * sum);
                highest = fmax(highest, sum);
            }
            assert_true(e[row].expected == highest && highest > 0);
            assert_true(e[row].limit > 0 && e[row].limit <= e[row].expected * 1.000001);
        }
    }
}

/* Twice the memory rate halves the memory's time and nothing else; maps in flight fit into the largest buffer. */
static void a_faster_memory_changes_one_roof(void **state)
{
    (void)state;
    vx_card card = *card_of("RTX 3060 12GB");
    vx_estimate before[VX_ESTIMATES], after[VX_ESTIMATES];
    assert_int_equal(vx_card_estimate(&card, 228010, 14, before, NULL), VX_OK);
    card.memory_rate *= 2;
    assert_int_equal(vx_card_estimate(&card, 228010, 14, after, NULL), VX_OK);
    const vx_estimate *b = &before[VX_ESTIMATE_TFCE], *a = &after[VX_ESTIMATE_TFCE];
    for (int roof = 0; roof < VX_ROOFS; roof++)
        assert_true(fabs(a->sum[roof] * (roof == 4 ? 2 : 1) - b->sum[roof]) <= 1e-12 * b->sum[roof]);
    const double scratch = 4.0 * 228010 * VX_TFCE_VOXEL_WORDS;
    assert_true(b->in_flight >= 1 && b->in_flight * scratch <= card.buffer_size * 1e9);
}

/* 2^13 flips, of which the other half are negatives, and 10,000 permutations, both tails: 36,384 maxima. */
static void the_default_job_counts_its_relabellings(void **state)
{
    (void)state;
    vx_estimate e[VX_ESTIMATES] = {[VX_ESTIMATE_SIGNFLIP] = {.expected = 1}};
    assert_true(vx_card_flips(14) == 8192 && vx_card_flips(15) == 10000 && vx_card_flips(6) == 32);
    assert_true(vx_card_job(e, 14) == 8192);
    e[VX_ESTIMATE_ORDERS].expected = 2;
    assert_true(vx_card_job(e, 14) == 8192 + 20000);
    e[VX_ESTIMATE_ORDERS].expected = 0;
    e[VX_ESTIMATE_FLIPS].expected = 2;
    assert_true(vx_card_job(e, 14) == 3 * 8192);
    e[VX_ESTIMATE_FLIPS].expected = 0;
    e[VX_ESTIMATE_TFCE].expected = 1;
    assert_true(vx_card_job(e, 14) == 8192 + 36384);
}

static vx_status print(const char *name, char **text, vx_error *error)
{
    size_t size = 0;
    FILE *to = open_memstream(text, &size);
    const vx_bench_options options = vx_bench_defaults();
    vx_status status = vx_card_expect(name, &options, to, error);
    fclose(to);
    return status;
}

static void cards_are_found_by_the_beginning_of_their_name(void **state)
{
    (void)state;
    static const char *const known[] = {"rtx3060", "RTX 3060 12GB", "h100", "list"};
    static const char *const unknown[] = {"RTX", "H", "", "RTX 3060 12GB Ti", "abacus"};
    vx_error error = {0};
    char *text = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_int_equal(print(known[i], &text, &error), VX_OK);
        assert_non_null(strstr(text, i == 2 ? "H100 80GB" : "RTX 3060 12GB"));
        free(text);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_int_equal(print(unknown[i], &text, &error), VX_USAGE);
        assert_string_equal(text, "");
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cards_have_the_peaks_of_their_data_sheets),
                                       cmocka_unit_test(every_card_has_code_for_every_op),
                                       cmocka_unit_test(limits_are_those_worked_by_hand),
                                       cmocka_unit_test(expected_times_are_the_highest_roof),
                                       cmocka_unit_test(a_faster_memory_changes_one_roof),
                                       cmocka_unit_test(the_default_job_counts_its_relabellings),
                                       cmocka_unit_test(cards_are_found_by_the_beginning_of_their_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
