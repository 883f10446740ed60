#include "cli/summary.h"

#include "base/memory.h"
#include "base/number.h"
#include "cli/columns.h"
#include "cli/terminal.h"
#include "results/change.h"
#include "results/level.h"

#include <math.h>
#include <string.h>

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
    vx_columns_put(table, VX_KEY_UNITS);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_put(table, "%s", vx_outcome_about(figure[k])->label);
}

/* The corrected p is marked where it is significant. The scale is empty where it is the usual one, the units
 * where they are not known. */
static void put_outcome(vx_columns *table, const vx_results_outcome *outcome)
{
    vx_columns_put(table, "%s", outcome->name);
    vx_columns_put(table, "%s", outcome->modality ? outcome->modality : "");
    vx_columns_put(table, "%s", outcome->family ? outcome->family : "");
    vx_columns_put(table, "%s", outcome->effect);
    vx_columns_put(table, "%s", outcome->scale == VX_ON_LINEAR ? "" : vx_scale_names[outcome->scale]);
    const char *units = vx_scale_units(outcome->scale, outcome->units);
    vx_columns_put(table, "%s", units ? units : "");
    for (int k = 0; k < FIGURES; k++)
        vx_columns_number(table, outcome->value[figure[k]]);
    if (vx_significant(outcome->value[VX_OUTCOME_P_FWE]))
        vx_columns_mark(table);
}

static vx_status print_kind(const vx_results *results, int kind, size_t rows_max, FILE *out, vx_error *error)
{
    enum { TEXTS = 6 };
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

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* True where the p of both were corrected together. */
static bool same_correction(const vx_results_outcome *a, const vx_results_outcome *b)
{
    return a->kind == b->kind && same_text(a->modality, b->modality) && same_text(a->family, b->family) &&
           !strcmp(a->effect, b->effect);
}

static bool opens_correction(const vx_results *results, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_correction(&results->outcome[k], &results->outcome[i]))
            return false;
    return true;
}

/* Prints "pet primary change: striatum, insula significant (p < 0.05, corrected over 3)". */
static void say_correction(const vx_results *results, size_t i, FILE *out)
{
    const vx_results_outcome *first = &results->outcome[i];
    size_t tests = 0, found = 0;
    double smallest = INFINITY;
    vx_print(out, "%s%s%s %s: ", first->modality ? first->modality : "", first->modality ? " " : "",
             first->family ? first->family : vx_outcome_groups[first->kind], first->effect);
    for (size_t k = i; k < results->outcomes; k++) {
        const vx_results_outcome *outcome = &results->outcome[k];
        const double p = outcome->value[VX_OUTCOME_P_FWE];
        if (!same_correction(first, outcome) || isnan(p))
            continue;
        tests++;
        smallest = fmin(smallest, p);
        if (vx_significant(p))
            vx_print(out, "%s%s", found++ ? ", " : "", outcome->name);
    }
    if (!tests)
        fprintf(out, "no p was corrected\n");
    else
        fprintf(out, "%ssignificant (p < " VX_LEVEL_TEXT ", corrected over %zu); smallest p %.3g\n",
                found ? " " : "none ", tests, smallest);
}

void vx_summary_say_outcomes(const vx_results *results, FILE *out)
{
    for (size_t i = 0; i < results->outcomes; i++)
        if (opens_correction(results, i))
            say_correction(results, i, out);
}
