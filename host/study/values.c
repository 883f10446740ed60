#include "study/values.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"
#include "study/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LISTED_MAX = 10 }; /* of the levels in a message */

static const char *cell(const vx_table *table, const vx_participants *participants, int64_t i, int64_t column)
{
    return vx_table_cell(table, participants->row[i], column);
}

/* Replaces the single comma of `text` by a point. False if the result is not a number. */
static bool decimal_comma(const char *text, char *point, size_t size)
{
    double value;
    char *comma;
    snprintf(point, size, "%s", text);
    if (strlen(text) >= size || strchr(text, '.') || !(comma = strchr(point, ',')) || strchr(comma + 1, ','))
        return false;
    *comma = '.';
    return vx_number_read(point, &value);
}

static vx_status fail_not_number(const vx_table *table, const vx_participants *participants, int64_t i, int64_t column,
                                 vx_error *error)
{
    char point[64];
    double value;
    const char *text = cell(table, participants, i, column);
    vx_status status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; --missing names other codes of "
                               "missing values", text);
    if (decimal_comma(text, point, sizeof point))
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; it looks like a decimal comma: "
                         "write %s", text, point);
    else if (vx_cell_undecorated(text, point, sizeof point))
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; write it in plain digits: %s", text,
                         point);
    else if (vx_cell_read(text, &value) == VX_CELL_DECORATED && strchr(text, ','))
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; write it without commas, with a "
                         "decimal point", text);
    else if (*text == '<' || *text == '>')
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; a value below a limit of "
                         "quantification is written '<LIMIT', and the limit is a number above 0", text);
    return vx_error_prefix(error, status, "%s, line %lld: participant %s, column %s", table->path,
                           (long long)table->line[participants->row[i]], participants->id[i], table->name[column]);
}

/* Lists the distinct texts of a column, sorted. The caller frees *level. */
static vx_status list_levels(const vx_table *table, const vx_participants *participants, int64_t column,
                             const char ***level, size_t *levels, vx_error *error)
{
    const char **found = vx_array((size_t)participants->count, sizeof *found);
    size_t count = 0;
    *level = found;
    *levels = 0;
    if (!found)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < participants->count; i++) {
        if (cell(table, participants, i, column))
            found[count++] = cell(table, participants, i, column);
    }
    *levels = vx_sort_distinct(found, count);
    return VX_OK;
}

static vx_status not_two_levels(const vx_table *table, int64_t column, const char *const *level, size_t levels,
                                vx_error *error)
{
    char list[1000] = "";
    size_t used = 0;
    for (size_t i = 0; i < levels && i < LISTED_MAX && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", level[i]);
    return vx_fail(error, VX_INPUT, "%s: column %s holds text of %zu level%s (%s%s); expected numbers, or two levels; "
                   "--missing names codes of missing values", table->path, table->name[column], levels,
                   levels == 1 ? "" : "s", list, levels > LISTED_MAX ? ", ..." : "");
}

static vx_status read_factor(const vx_table *table, const vx_participants *participants, int64_t at, vx_column *column,
                             vx_error *error)
{
    const char **level;
    size_t levels;
    vx_status status = list_levels(table, participants, at, &level, &levels, error);
    if (!status && levels != 2)
        status = not_two_levels(table, at, level, levels, error);
    for (int64_t i = 0; !status && i < participants->count; i++) {
        const char *text = cell(table, participants, i, at);
        column->value[i] = text ? !strcmp(text, level[1]) : NAN;
    }
    for (int k = 0; !status && k < 2; k++)
        column->level[k] = level[k];
    free(level);
    return status;
}

/* The value that replaces one below a limit of quantification. */
static double below_limit(vx_below_rule rule, double limit)
{
    return rule == VX_BELOW_LIMIT ? limit : rule == VX_BELOW_SQRT2 ? limit / sqrt(2) : limit / 2;
}

/* Replaces the values below quantification, which hold their limits, by `rule`. Compares the limits with one another
 * and with the other values. */
static void replace_below(vx_column *column, vx_below_rule rule, int64_t count)
{
    double smallest = INFINITY, low = INFINITY, high = -INFINITY; /* the values; their limits */
    for (int64_t i = 0; i < count; i++) {
        if (!column->replaced[i]) {
            smallest = fmin(smallest, column->value[i]); /* fmin ignores NaN */
            continue;
        }
        low = fmin(low, column->value[i]);
        high = fmax(high, column->value[i]);
        column->value[i] = below_limit(rule, column->value[i]);
        column->below++;
    }
    column->limit[0] = column->below ? low : NAN;
    column->limit[1] = column->below ? high : NAN;
    column->tied = !column->below || (low == high && high <= smallest);
}

vx_status vx_values_read(const vx_table *table, const vx_participants *participants, const char *name,
                         vx_below_rule rule, vx_column *column, vx_error *error)
{
    int64_t at, word = -1, cells[VX_CELL_TEXT + 1] = {0};
    const size_t count = (size_t)participants->count;
    *column = (vx_column){0};
    vx_status status = vx_table_column(table, name, &at, error);
    if (status)
        return status;
    *column = (vx_column){.name = vx_copy_text(name), .value = vx_array(count, sizeof *column->value),
                          .replaced = vx_array_zero(count, sizeof *column->replaced)};
    if (!column->name || !column->value || !column->replaced)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < participants->count; i++) {
        const vx_cell_kind kind = vx_cell_read(cell(table, participants, i, at), column->value + i);
        if (kind == VX_CELL_DECORATED)
            return fail_not_number(table, participants, i, at, error);
        cells[kind]++;
        column->replaced[i] = kind == VX_CELL_BELOW;
        word = word < 0 && (kind == VX_CELL_TEXT || kind == VX_CELL_IMAGE) ? i : word;
    }
    if (word >= 0 && cells[VX_CELL_NUMBER])
        return fail_not_number(table, participants, word, at, error);
    if (word >= 0) {
        memset(column->replaced, 0, count * sizeof *column->replaced);
        if ((status = read_factor(table, participants, at, column, error)))
            return status;
    }
    replace_below(column, rule, participants->count);
    return VX_OK;
}

void vx_column_destroy(vx_column *column)
{
    if (!column)
        return;
    free(column->name);
    free(column->value);
    free(column->replaced);
    free(column->formula);
    *column = (vx_column){0};
}
