#include "cli/summary.h"

#include "base/memory.h"
#include "cli/columns.h"
#include "cli/terminal.h"

#include <string.h>

/* What is shown of a result, and what a narrow terminal leaves out first. */
static const struct {
    vx_sensitivity_column column;
    int gives;
} figure[] = {
    {VX_SENSITIVITY_N, VX_SPARE + 3},       {VX_SENSITIVITY_VOXELS, VX_SPARE + 3},
    {VX_SENSITIVITY_ESTIMATE, VX_SPARE},    {VX_SENSITIVITY_CI_LOW, VX_SPARE + 1},
    {VX_SENSITIVITY_CI_HIGH, VX_SPARE + 1}, {VX_SENSITIVITY_T, VX_KEPT},
    {VX_SENSITIVITY_P, VX_KEPT},            {VX_SENSITIVITY_X, VX_SPARE + 4},
    {VX_SENSITIVITY_Y, VX_SPARE + 4},       {VX_SENSITIVITY_Z, VX_SPARE + 4},
    {VX_SENSITIVITY_CLUSTERS, VX_SPARE + 5}, {VX_SENSITIVITY_CLUSTERS_BELOW, VX_SPARE + 5},
    {VX_SENSITIVITY_LARGEST, VX_SPARE + 5}};
enum { FIGURES = sizeof figure / sizeof *figure };

static void put_figure(vx_columns *table, vx_sensitivity_column column, double value)
{
    if (column == VX_SENSITIVITY_P)
        vx_columns_p(table, value);
    else if (vx_sensitivity_about(column)->is_count)
        vx_columns_count(table, value);
    else
        vx_columns_number(table, value);
}

static void put_row(vx_columns *table, const vx_results *results, const vx_results_sensitivity *row)
{
    vx_columns_put(table, "%s %s", row->modality, row->effect);
    vx_columns_put(table, "%s", row->name ? row->name : "");
    vx_columns_put(table, "%s", vx_sensitivity_what_names[row->what]);
    vx_columns_put(table, "%s", results->choice[row->choice]);
    for (int k = 0; k < FIGURES; k++) {
        put_figure(table, figure[k].column, row->value[figure[k].column]);
        if (figure[k].column == VX_SENSITIVITY_P && row->conclusion)
            vx_columns_mark(table);
    }
    vx_columns_put(table, "%s", row->units ? row->units : "");
    vx_columns_put(table, "%s", row->place ? row->place : "");
    vx_columns_put(table, "%s", vx_conclusion_names[row->conclusion]);
    vx_columns_put(table, "%s", row->changes ? "changes" : "");
    if (row->changes)
        vx_columns_mark(table);
}

vx_status vx_summary_print_sensitivity(const vx_results *results, bool all, FILE *out, vx_error *error)
{
    bool shown = false;
    size_t rows = 0, end = 0;
    if (!results->sensitivities)
        return VX_OK;
    vx_columns *table = vx_columns_new();
    if (!table)
        return vx_fail_memory(error);
    vx_columns_title(table, "effect", VX_CUT);
    vx_columns_title(table, VX_KEY_NAME, VX_CUT);
    vx_columns_title(table, VX_KEY_WHAT, VX_SPARE);
    vx_columns_title(table, VX_KEY_CHOICE, VX_CUT);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_title(table, vx_sensitivity_about(figure[k].column)->label, figure[k].gives);
    vx_columns_title(table, VX_KEY_UNITS, VX_SPARE + 2);
    vx_columns_title(table, VX_KEY_REGION, VX_SPARE + 4);
    vx_columns_title(table, VX_KEY_CONCLUSION, VX_KEPT);
    vx_columns_title(table, "", VX_KEPT);
    for (size_t i = 0; i < results->sensitivities; i++) {
        if (i == end) {
            end = vx_results_sensitivity_end(results, i);
            shown = all || vx_results_sensitivity_changes(results, i);
        }
        if (shown)
            put_row(table, results, &results->sensitivity[i]);
        rows += shown;
    }
    if (rows)
        fputc('\n', out);
    const vx_status status = rows ? vx_columns_print(table, out, error) : VX_OK;
    vx_columns_free(table);
    return status;
}

/* ---- the sentence ---- */

/* Prints " (pet change: mask, striatum and 3 more)", of what changes under a choice. Returns whether anything does. */
static bool say_choice(const vx_results *results, size_t choice, const char *join, FILE *out)
{
    enum { NAMED = 6 };
    size_t count = 0;
    const vx_results_sensitivity *before = NULL;
    for (size_t i = 0; i < results->sensitivities; i++) {
        const vx_results_sensitivity *row = &results->sensitivity[i];
        if (row->choice != choice || !row->changes || ++count > NAMED)
            continue;
        const bool same = before && !strcmp(before->modality, row->modality) && !strcmp(before->effect, row->effect);
        if (!before)
            vx_tell(out, "%s%s (", join, results->choice[choice]);
        if (!same)
            vx_tell(out, "%s%s %s: ", before ? "; " : "", row->modality, row->effect);
        vx_tell(out, "%s%s%s", same ? ", " : "",
                 row->what == VX_OF_MASK ? "mask" : row->what == VX_OF_VOLUME ? "volume " : "",
                 row->name ? row->name : "");
        before = row;
    }
    if (count > NAMED)
        vx_tell(out, " and %zu more", count - NAMED);
    if (count)
        vx_tell(out, ")");
    return count;
}

void vx_summary_say_sensitivity(const vx_results *results, FILE *out)
{
    const size_t alternatives = results->choices ? results->choices - 1 : 0;
    size_t changing = 0;
    if (!alternatives)
        return;
    vx_tell(out, "sensitivity: ");
    for (size_t k = 1; k <= alternatives; k++)
        changing += say_choice(results, k, changing ? "; " : "the conclusion changes under ", out);
    if (!changing)
        vx_tell(out, "no conclusion changes under %zu choice%s\n", alternatives, alternatives == 1 ? "" : "s");
    else
        vx_tell(out, "; %zu of %zu choices\n", changing, alternatives);
}
