#include "study/values.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LISTED_MAX = 10 }; /* of the levels in a message */

static const char *cell(const vx_table *table, const vx_participants *participants, int64_t i, int64_t column)
{
    return vx_table_cell(table, participants->row[i], column);
}

/* Whether the user meant a number that voxstat does not accept: one that strtod reads, or digits with commas. */
static bool meant_as_number(const char *text)
{
    char *end;
    strtod(text, &end);
    return (end > text && !*end) || (strchr(text, ',') && strpbrk(text, "0123456789") &&
                                      !text[strspn(text, "+-0123456789.,eE")]);
}

/* Whether `text` is a number with thousands separators, a typographic minus or a percent sign. `plain` becomes the
 * number without them. */
static bool decorated_number(const char *text, char *plain, size_t size)
{
    static const struct { const char *mark, *plain; } marks[] = {
        {" ", ""}, {"\xc2\xa0", ""}, {"\xe2\x80\x89", ""}, {"\xe2\x80\xaf", ""}, {"'", ""}, {"\xe2\x80\x99", ""},
        {"%", ""}, {"\xe2\x88\x92", "-"},
    };
    size_t used = 0;
    double value;
    while (*text && used + 1 < size) {
        size_t i = 0, count = sizeof marks / sizeof *marks;
        while (i < count && strncmp(text, marks[i].mark, strlen(marks[i].mark)))
            i++;
        plain[used] = i < count ? *marks[i].plain : *text;
        used += plain[used] != '\0';
        text += i < count ? strlen(marks[i].mark) : 1;
    }
    plain[used] = '\0';
    return !*text && vx_number_read(plain, &value);
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
    const char *text = cell(table, participants, i, column);
    vx_status status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; --missing names other codes of "
                               "missing values", text);
    if (decimal_comma(text, point, sizeof point))
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; it looks like a decimal comma: "
                         "write %s", text, point);
    else if (decorated_number(text, point, sizeof point))
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; write it in plain digits: %s", text,
                         point);
    else if (meant_as_number(text) && strchr(text, ','))
        status = vx_fail(error, VX_INPUT, "found '%s', expected a number or n/a; write it without commas, with a "
                         "decimal point", text);
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

vx_status vx_values_read(const vx_table *table, const vx_participants *participants, const char *name,
                         vx_column *column, vx_error *error)
{
    int64_t at, words = 0, numbers = 0, word = 0;
    char plain[64];
    vx_status status = vx_table_column(table, name, &at, error);
    if (status)
        return status;
    *column = (vx_column){.name = (char *)table->name[at],
                          .value = vx_array((size_t)participants->count, sizeof *column->value)};
    if (!column->value)
        return vx_fail_memory(error);
    for (int64_t i = 0; i < participants->count; i++) {
        const char *text = cell(table, participants, i, at);
        column->value[i] = NAN;
        if (!text)
            continue;
        if (vx_number_read(text, column->value + i)) {
            numbers++;
            continue;
        }
        if (meant_as_number(text) || decorated_number(text, plain, sizeof plain))
            return fail_not_number(table, participants, i, at, error);
        word = words++ ? word : i;
    }
    if (words && numbers)
        return fail_not_number(table, participants, word, at, error);
    return words ? read_factor(table, participants, at, column, error) : VX_OK;
}
