#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "results/level.h"

#include <math.h>

static const vx_outcome_column figure[] = {VX_OUTCOME_N,       VX_OUTCOME_CHANGE,  VX_OUTCOME_CI_LOW,
                                           VX_OUTCOME_CI_HIGH, VX_OUTCOME_PERCENT, VX_OUTCOME_R,
                                           VX_OUTCOME_P_EXACT, VX_OUTCOME_P_FWE};
enum { FIGURES = sizeof figure / sizeof *figure };

static void put_titles(vx_columns *table, int kind)
{
    vx_columns_put(table, "%s", vx_outcome_kind_names[kind]);
    vx_columns_put(table, VX_KEY_MODALITY);
    vx_columns_put(table, VX_KEY_FAMILY);
    vx_columns_put(table, VX_KEY_EFFECT);
    vx_columns_put(table, VX_KEY_SCALE);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_put(table, "%s", vx_outcome_about(figure[k])->label);
}

/* The corrected p is marked where it is significant. The scale is empty where it is the usual one. */
static void put_outcome(vx_columns *table, const vx_results_outcome *outcome)
{
    vx_columns_put(table, "%s", outcome->name);
    vx_columns_put(table, "%s", outcome->modality ? outcome->modality : "");
    vx_columns_put(table, "%s", outcome->family ? outcome->family : "");
    vx_columns_put(table, "%s", outcome->effect);
    vx_columns_put(table, "%s", outcome->log_scale ? vx_scale_names[true] : "");
    for (int k = 0; k < FIGURES; k++)
        vx_columns_number(table, outcome->value[figure[k]]);
    if (vx_significant(outcome->value[VX_OUTCOME_P_FWE]))
        vx_columns_mark(table);
}

static vx_status print_kind(const vx_results *results, int kind, size_t rows_max, FILE *out, vx_error *error)
{
    enum { TEXTS = 5 };
    char count[32];
    size_t rows = 0;
    vx_columns *table = vx_columns_new(TEXTS + FIGURES);
    if (!table)
        return vx_fail_memory(error);
    put_titles(table, kind);
    for (size_t i = 0; i < results->outcomes; i++)
        if (results->outcome[i].kind == (vx_outcome_kind)kind && rows++ < rows_max)
            put_outcome(table, &results->outcome[i]);
    vx_status status = VX_OK;
    if (rows) {
        fputc('\n', out);
        status = vx_columns_print(table, out, error);
    }
    if (!status && rows > rows_max)
        vx_print(out, "and %s more in %s%s\n", vx_count_text(rows - rows_max, count), vx_outcome_groups[kind],
                 vx_outcome_endings[VX_OUTCOME_TABLE]);
    vx_columns_free(table);
    return status;
}

vx_status vx_summary_print_outcomes(const vx_results *results, size_t rows_max, FILE *out, vx_error *error)
{
    vx_status status = VX_OK;
    for (int kind = 0; !status && kind < VX_OUTCOME_KINDS; kind++)
        status = print_kind(results, kind, rows_max, out, error);
    return status;
}
