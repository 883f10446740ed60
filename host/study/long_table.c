#include "study/long_table.h"

#include "base/memory.h"
#include "base/sort.h"
#include "base/wide.h"

#include <string.h>

/* A long table, and the wide one that is made from it. */
typedef struct widening {
    const vx_table *from;
    const char *const *code; /* codes of missing values */
    size_t codes;
    int64_t id, session;     /* columns */
    const char **participant, **sessions;
    vx_wide wide;
    size_t places;           /* of a variable of `wide` */
    int64_t *line;           /* places: the line of the participant's session; 0 without one */
    int64_t *coded;          /* variables x (sessions + 1): cells that hold a code */
} widening;

/* Lists the distinct texts of a column, sorted. */
static vx_status list(const vx_table *from, int64_t column, const char ***text, size_t *count, vx_error *error)
{
    *text = vx_array((size_t)from->rows, sizeof **text);
    if (!*text)
        return vx_fail_memory(error);
    for (int64_t row = 0; row < from->rows; row++) {
        (*text)[row] = vx_table_cell(from, row, column);
        if (!(*text)[row])
            return vx_fail(error, VX_INPUT, "%s, line %lld: no %s", from->path, (long long)from->line[row],
                           from->name[column]);
    }
    *count = vx_sort_distinct(*text, (size_t)from->rows);
    return VX_OK;
}

static size_t place_of(const widening *w, int64_t row)
{
    return vx_wide_place(&w->wide, vx_table_cell(w->from, row, w->id), vx_table_cell(w->from, row, w->session));
}

/* Notes the lines, and refuses a second row of a participant and session. */
static vx_status find_lines(widening *w, vx_error *error)
{
    if (!vx_multiply(w->wide.participants, w->wide.sessions + 1, &w->places) ||
        !(w->line = vx_array_zero(w->places, sizeof *w->line)))
        return vx_fail_memory(error);
    for (int64_t row = 0; row < w->from->rows; row++) {
        int64_t *line = w->line + place_of(w, row);
        if (*line)
            return vx_fail(error, VX_INPUT, "%s: participant %s, session %s is there twice, in lines %lld and %lld",
                           w->from->path, vx_table_cell(w->from, row, w->id),
                           vx_table_cell(w->from, row, w->session), (long long)*line, (long long)w->from->line[row]);
        *line = w->from->line[row];
    }
    return VX_OK;
}

static vx_status add_variables(widening *w, vx_error *error)
{
    size_t counts;
    vx_status status = VX_OK;
    if (!vx_multiply((size_t)w->from->columns, w->wide.sessions + 1, &counts) ||
        !(w->coded = vx_array_zero(counts, sizeof *w->coded)))
        return vx_fail_memory(error);
    for (int64_t column = 0; !status && column < w->from->columns; column++) {
        vx_wide_variable *variable;
        int64_t *coded = w->coded + w->wide.variables * (w->wide.sessions + 1);
        if (column == w->id || column == w->session)
            continue;
        status = vx_wide_add(&w->wide, w->from->name[column], false, &variable, error);
        for (int64_t row = 0; !status && row < w->from->rows; row++) {
            const char *value = vx_table_cell(w->from, row, column);
            const size_t place = place_of(w, row);
            if (value && vx_table_is_code(value, w->code, w->codes))
                coded[place % (w->wide.sessions + 1)]++;
            else
                variable->value[place] = value;
        }
    }
    return status;
}

/* Sets the lines of the new table's rows, and the numbers of its coded cells. */
static vx_status annotate(const widening *w, vx_table *made, vx_error *error)
{
    const size_t width = w->wide.sessions + 1;
    vx_wide_column *column;
    size_t columns;
    vx_status status = vx_wide_columns(&w->wide, &column, &columns, error);
    if (status)
        return status;
    for (size_t p = 0; p < w->wide.participants; p++)
        for (size_t s = 0, first = 1; s < width; s++)
            if (w->line[p * width + s] && (first || w->line[p * width + s] < made->line[p])) {
                made->line[p] = w->line[p * width + s];
                first = 0;
            }
    for (size_t c = 0; c < columns; c++) {
        size_t v = 0;
        while (w->wide.variable[v] != column[c].variable)
            v++;
        for (size_t s = 0; s < w->wide.sessions; s++)
            if (column[c].constant || column[c].session == w->wide.session[s])
                made->coded[c + 1] += w->coded[v * width + s];
    }
    free(column);
    return VX_OK;
}

static vx_status widen(widening *w, vx_table *made, vx_error *error)
{
    char *text = NULL;
    vx_status status = list(w->from, w->id, &w->participant, &w->wide.participants, error);
    if (!status && w->wide.participants == (size_t)w->from->rows) /* a row a participant */
        return VX_OK;
    if (!status)
        status = list(w->from, w->session, &w->sessions, &w->wide.sessions, error);
    w->wide.participant = w->participant;
    w->wide.session = w->sessions;
    if (!status)
        status = find_lines(w, error);
    if (!status)
        status = add_variables(w, error);
    if (!status)
        status = vx_wide_text(&w->wide, &text, error);
    if (!status)
        status = vx_table_of_text(w->from->path, text, strlen(text), made, error);
    return status ? status : annotate(w, made, error);
}

vx_status vx_long_table_widen(vx_table *table, const char *const *code, size_t codes, vx_error *error)
{
    widening w = {.from = table, .code = code, .codes = codes, .id = vx_table_find(table, "participant_id"),
                  .session = vx_table_find(table, "session_id")};
    vx_table made = {0};
    vx_status status = w.id < 0 || w.session < 0 ? VX_OK : widen(&w, &made, error);
    vx_wide_destroy(&w.wide);
    free(w.participant);
    free(w.sessions);
    free(w.line);
    free(w.coded);
    if (status || !made.text) {
        vx_table_destroy(&made);
        return status;
    }
    memcpy(made.sha256, table->sha256, sizeof made.sha256); /* of the file */
    vx_table_destroy(table);
    *table = made;
    return VX_OK;
}
