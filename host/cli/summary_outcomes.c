#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "results/change.h"
#include "results/level.h"

#include <math.h>

/* What is shown of an outcome, and what a narrow terminal leaves out first. */
static const struct {
    vx_outcome_column column;
    int gives;
} figure[] = {
    {VX_OUTCOME_N, VX_SPARE},           {VX_OUTCOME_CHANGE, VX_KEPT},      {VX_OUTCOME_CI_LOW, VX_KEPT},
    {VX_OUTCOME_CI_HIGH, VX_KEPT},      {VX_OUTCOME_PERCENT, VX_SPARE + 1}, {VX_OUTCOME_R, VX_SPARE + 3},
    {VX_OUTCOME_P_EXACT, VX_SPARE + 2}, {VX_OUTCOME_P_FWE, VX_KEPT},
};
enum { FIGURES = sizeof figure / sizeof *figure };
enum { ALL_MAX = 12, FOUND_MAX = 40 }; /* outcomes of a run's summary: whatever was found, and significant ones */

static void put_titles(vx_columns *table, int kind)
{
    vx_columns_title(table, vx_outcome_kind_names[kind], VX_CUT);
    vx_columns_title(table, VX_KEY_FAMILY, VX_SPARE + 4);
    vx_columns_title(table, VX_KEY_EFFECT, VX_CUT);
    vx_columns_title(table, VX_KEY_SCALE, VX_SPARE + 5);
    vx_columns_title(table, VX_KEY_UNITS, VX_SPARE);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_title(table, vx_outcome_about(figure[k].column)->label, figure[k].gives);
}

/* The corrected p is marked where it is significant. The scale is empty where it is the usual one, the units
 * where they are not known. */
static void put_outcome(vx_columns *table, const vx_results_outcome *outcome)
{
    vx_columns_put(table, "%s", outcome->name);
    vx_columns_put(table, "%s", outcome->family ? outcome->family : "");
    vx_columns_put(table, "%s%s%s", outcome->modality ? outcome->modality : "", outcome->modality ? " " : "",
                   outcome->effect);
    vx_columns_put(table, "%s", outcome->scale == VX_ON_LINEAR ? "" : vx_scale_names[outcome->scale]);
    const char *units = vx_scale_units(outcome->scale, outcome->units);
    vx_columns_put(table, "%s", units ? units : "");
    for (int k = 0; k < FIGURES; k++) {
        const double value = outcome->value[figure[k].column];
        if (figure[k].column == VX_OUTCOME_P_EXACT || figure[k].column == VX_OUTCOME_P_FWE)
            vx_columns_p(table, value);
        else if (figure[k].column == VX_OUTCOME_PERCENT)
            vx_columns_put(table, isnan(value) ? "" : "%.1f", value);
        else
            vx_columns_number(table, value);
    }
    if (vx_significant(outcome->value[VX_OUTCOME_P_FWE]))
        vx_columns_mark(table);
}

static vx_status print_kind(const vx_results *results, int kind, bool all, FILE *out, vx_error *error)
{
    size_t rows = 0, shown = 0, others = 0;
    double smallest = INFINITY; /* p of those that are not shown */
    char count[32], p[32];
    vx_columns *table = vx_columns_new();
    if (!table)
        return vx_fail_memory(error);
    put_titles(table, kind);
    for (size_t i = 0; i < results->outcomes; i++)
        rows += results->outcome[i].kind == (vx_outcome_kind)kind;
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        const double own = outcome->value[VX_OUTCOME_P_FWE];
        if (outcome->kind != (vx_outcome_kind)kind)
            continue;
        if (all || rows <= ALL_MAX || (vx_significant(own) && shown < FOUND_MAX)) {
            put_outcome(table, outcome);
            shown++;
        } else {
            others++;
            smallest = fmin(smallest, own);
        }
    }
    if (rows)
        fputc('\n', out);
    vx_status status = shown ? vx_columns_print(table, out, error) : VX_OK;
    if (!status && others)
        vx_print(out, "%s %s of %s%s: p FWE %s or more\n", vx_count_text(others, count),
                 shown ? "other lines" : "lines", vx_outcome_groups[kind], vx_outcome_endings[VX_OUTCOME_TABLE],
                 vx_p_ascii(smallest, p));
    vx_columns_free(table);
    return status;
}

vx_status vx_summary_print_outcomes(const vx_results *results, bool all, FILE *out, vx_error *error)
{
    vx_status status = VX_OK;
    for (int kind = 0; !status && kind < VX_OUTCOME_KINDS; kind++)
        status = print_kind(results, kind, all, out, error);
    return status;
}
