#include "cli/summary.h"

#include "base/memory.h"
#include "cli/columns.h"
#include "cli/terminal.h"

#include <math.h>

static const vx_expected_column figure[] = {VX_EXPECTED_N,      VX_EXPECTED_OBSERVED, VX_EXPECTED_EXPECTED,
                                            VX_EXPECTED_DIFFERENCE, VX_EXPECTED_CI_LOW, VX_EXPECTED_CI_HIGH,
                                            VX_EXPECTED_P,      VX_EXPECTED_P_EQUIVALENCE};
enum { FIGURES = sizeof figure / sizeof *figure };

vx_status vx_summary_print_expected(const vx_results *results, FILE *out, vx_error *error)
{
    enum { TEXTS = 3 };
    if (!results->expecteds)
        return VX_OK;
    vx_columns *table = vx_columns_new(TEXTS + FIGURES);
    if (!table)
        return vx_fail_memory(error);
    vx_columns_put(table, "change");
    vx_columns_put(table, VX_KEY_MODALITY);
    vx_columns_put(table, VX_KEY_UNIT);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_put(table, "%s", vx_expected_about(figure[k])->label);
    for (size_t i = 0; i < results->expecteds; i++) {
        const vx_results_expected *one = &results->expected[i];
        vx_columns_put(table, "%s", one->name);
        vx_columns_put(table, "%s", one->modality ? one->modality : "");
        vx_columns_put(table, "%s", vx_expected_unit_names[one->unit]);
        for (int k = 0; k < FIGURES; k++)
            vx_columns_number(table, one->value[figure[k]]);
    }
    fputc('\n', out);
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    if (!status)
        vx_print(out, "p: one-sided, less of the expected change than expected in %.4g weeks. The rates are of other "
                 "populations, and one arm cannot tell a drug from time.\n", results->expected_weeks);
    return status;
}
