#include "cli/summary.h"

#include "base/memory.h"
#include "cli/columns.h"
#include "cli/terminal.h"

#include <math.h>

/* What is shown of a comparison, and what a narrow terminal leaves out first. */
static const struct {
    vx_expected_column column;
    int gives;
} figure[] = {
    {VX_EXPECTED_N, VX_SPARE + 2},       {VX_EXPECTED_OBSERVED, VX_KEPT},    {VX_EXPECTED_EXPECTED, VX_KEPT},
    {VX_EXPECTED_DIFFERENCE, VX_KEPT},   {VX_EXPECTED_CI_LOW, VX_SPARE},     {VX_EXPECTED_CI_HIGH, VX_SPARE},
    {VX_EXPECTED_P, VX_KEPT},            {VX_EXPECTED_P_EQUIVALENCE, VX_SPARE + 1},
};
enum { FIGURES = sizeof figure / sizeof *figure };

vx_status vx_summary_print_expected(const vx_results *results, FILE *out, vx_error *error)
{
    if (!results->expecteds)
        return VX_OK;
    vx_columns *table = vx_columns_new();
    if (!table)
        return vx_fail_memory(error);
    vx_columns_title(table, "change", VX_CUT);
    vx_columns_title(table, VX_KEY_MODALITY, VX_KEPT);
    vx_columns_title(table, VX_KEY_UNIT, VX_KEPT);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_title(table, vx_expected_about(figure[k].column)->label, figure[k].gives);
    for (size_t i = 0; i < results->expecteds; i++) {
        const vx_results_expected *one = &results->expected[i];
        vx_columns_put(table, "%s", one->name);
        vx_columns_put(table, "%s", one->modality ? one->modality : "");
        vx_columns_put(table, "%s", vx_expected_unit_names[one->unit]);
        for (int k = 0; k < FIGURES; k++) {
            const double value = one->value[figure[k].column];
            if (figure[k].column == VX_EXPECTED_P || figure[k].column == VX_EXPECTED_P_EQUIVALENCE)
                vx_columns_p(table, value);
            else
                vx_columns_number(table, value);
        }
    }
    fputc('\n', out);
    vx_status status = vx_columns_print(table, out, error);
    vx_columns_free(table);
    if (!status)
        vx_print(out, "p: one-sided, less of the expected change than expected in %.4g weeks. The rates\n"
                 "are of other populations, and one arm cannot tell a drug from time.\n", results->expected_weeks);
    return status;
}
