#include "cli/summary.h"

#include "base/memory.h"
#include "cli/columns.h"
#include "cli/terminal.h"

#include <string.h>

static const vx_sensitivity_column figure[] = {
    VX_SENSITIVITY_N, VX_SENSITIVITY_VOXELS,   VX_SENSITIVITY_ESTIMATE,       VX_SENSITIVITY_CI_LOW,
    VX_SENSITIVITY_CI_HIGH, VX_SENSITIVITY_T,  VX_SENSITIVITY_P,              VX_SENSITIVITY_X,
    VX_SENSITIVITY_Y, VX_SENSITIVITY_Z,        VX_SENSITIVITY_CLUSTERS,       VX_SENSITIVITY_CLUSTERS_BELOW,
    VX_SENSITIVITY_LARGEST};
enum { FIGURES = sizeof figure / sizeof *figure };

static void put_row(vx_columns *table, const vx_results *results, const vx_results_sensitivity *row)
{
    vx_columns_put(table, "%s %s", row->modality, row->effect);
    vx_columns_put(table, "%s", row->name ? row->name : "");
    vx_columns_put(table, "%s", vx_sensitivity_what_names[row->what]);
    vx_columns_put(table, "%s", results->choice[row->choice]);
    for (int k = 0; k < FIGURES; k++) {
        if (vx_sensitivity_about(figure[k])->is_count && row->value[figure[k]] >= 0)
            vx_columns_put(table, "%.0f", row->value[figure[k]]);
        else
            vx_columns_number(table, row->value[figure[k]]);
        if (figure[k] == VX_SENSITIVITY_P && row->conclusion)
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
    static const char *const before[] = {"effect", VX_KEY_NAME, VX_KEY_WHAT, VX_KEY_CHOICE};
    static const char *const after[] = {VX_KEY_UNITS, VX_KEY_REGION, VX_KEY_CONCLUSION, ""};
    const int befores = sizeof before / sizeof *before, afters = sizeof after / sizeof *after;
    bool shown = false;
    size_t rows = 0, end = 0;
    if (!results->sensitivities)
        return VX_OK;
    vx_columns *table = vx_columns_new(befores + FIGURES + afters);
    if (!table)
        return vx_fail_memory(error);
    for (int k = 0; k < befores; k++)
        vx_columns_put(table, "%s", before[k]);
    for (int k = 0; k < FIGURES; k++)
        vx_columns_put(table, "%s", vx_sensitivity_about(figure[k])->label);
    for (int k = 0; k < afters; k++)
        vx_columns_put(table, "%s", after[k]);
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
            vx_print(out, "%s%s (", join, results->choice[choice]);
        if (!same)
            vx_print(out, "%s%s %s: ", before ? "; " : "", row->modality, row->effect);
        vx_print(out, "%s%s%s", same ? ", " : "",
                 row->what == VX_OF_MASK ? "mask" : row->what == VX_OF_VOLUME ? "volume " : "",
                 row->name ? row->name : "");
        before = row;
    }
    if (count > NAMED)
        fprintf(out, " and %zu more", count - NAMED);
    if (count)
        fputc(')', out);
    return count;
}

void vx_summary_say_sensitivity(const vx_results *results, FILE *out)
{
    const size_t alternatives = results->choices ? results->choices - 1 : 0;
    size_t changing = 0;
    if (!alternatives)
        return;
    fputs("sensitivity: ", out);
    for (size_t k = 1; k <= alternatives; k++)
        changing += say_choice(results, k, changing ? "; " : "the conclusion changes under ", out);
    if (!changing)
        fprintf(out, "no conclusion changes under %zu choice%s\n", alternatives, alternatives == 1 ? "" : "s");
    else
        fprintf(out, "; %zu of %zu choices\n", changing, alternatives);
}
