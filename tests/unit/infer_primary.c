/* Which corrections may be primary, and which one is where none is chosen: docs/results.md says both. */
#include "infer/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void family_wise_ones_may_be_primary(void **state)
{
    (void)state;
    for (int kind = 0; kind < VX_QUANTITIES; kind++) {
        const bool expected = kind == VX_P_FWE_VOXEL || kind == VX_P_FWE_EXTENT || kind == VX_P_FWE_MASS ||
                              kind == VX_P_FWE_TFCE;
        assert_int_equal(vx_quantity_may_be_primary(kind), expected);
    }
}

static void the_first_is_the_default(void **state)
{
    static const struct {
        unsigned correct;
        vx_quantity expected;
    } of[] = {
        {VX_CORRECT_VOXEL | VX_CORRECT_EXTENT | VX_CORRECT_MASS | VX_CORRECT_TFCE | VX_CORRECT_FDR, VX_P_FWE_VOXEL},
        {VX_CORRECT_TFCE | VX_CORRECT_MASS | VX_CORRECT_FDR | VX_CORRECT_BONFERRONI, VX_P_FWE_MASS},
        {VX_CORRECT_EXTENT | VX_CORRECT_BONFERRONI, VX_P_FWE_EXTENT},
        {VX_CORRECT_TFCE | VX_CORRECT_FDR, VX_P_FWE_TFCE},
        {VX_CORRECT_FDR, VX_P_FDR},
        {0, VX_P_UNCORRECTED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        assert_int_equal(vx_primary_default(of[i].correct), of[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(family_wise_ones_may_be_primary),
        cmocka_unit_test(the_first_is_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
