#include "base/wide.h"

#include "base/memory.h"
#include "base/stream.h"
#include "base/table.h"

#include <stdio.h>
#include <string.h>

static int compare_texts(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

vx_status vx_wide_add(vx_wide *wide, const char *name, bool by_session, vx_wide_variable **variable, vx_error *error)
{
    size_t cells;
    vx_wide_variable **grown = vx_array_grow(wide->variable, wide->variables, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    wide->variable = grown;
    vx_wide_variable *made = *variable = vx_array_zero(1, sizeof *made);
    if (!made)
        return vx_fail_memory(error);
    wide->variable[wide->variables++] = made;
    *made = (vx_wide_variable){.name = name, .by_session = by_session};
    if (vx_multiply(wide->participants, wide->sessions + 1, &cells))
        made->value = vx_array_zero(cells, sizeof *made->value);
    return made->value ? VX_OK : vx_fail_memory(error);
}

size_t vx_wide_place(const vx_wide *wide, const char *participant, const char *session)
{
    size_t s = session ? 0 : wide->sessions;
    while (s < wide->sessions && strcmp(session, wide->session[s]))
        s++;
    const char *const *found = bsearch(participant, wide->participant, wide->participants, sizeof *wide->participant,
                                       compare_texts);
    return (size_t)(found - wide->participant) * (wide->sessions + 1) + s;
}

const char *vx_wide_constant_value(const vx_wide *wide, const vx_wide_variable *variable, size_t p)
{
    for (size_t s = 0; s <= wide->sessions; s++) {
        const char *value = variable->value[p * (wide->sessions + 1) + s];
        if (value)
            return value;
    }
    return NULL;
}

bool vx_wide_constant(const vx_wide *wide, const vx_wide_variable *variable)
{
    for (size_t p = 0; p < wide->participants; p++) {
        const char *first = vx_wide_constant_value(wide, variable, p);
        for (size_t s = 0; s <= wide->sessions; s++) {
            const char *value = variable->value[p * (wide->sessions + 1) + s];
            if (value && (variable->by_session ? s < wide->sessions : strcmp(value, first)))
                return false;
        }
    }
    return true;
}

void vx_wide_merge(const vx_wide *wide, vx_wide_variable *into, vx_wide_variable *from)
{
    for (size_t p = 0; p < wide->participants; p++)
        if (!vx_wide_constant_value(wide, into, p))
            into->value[p * (wide->sessions + 1) + wide->sessions] = vx_wide_constant_value(wide, from, p);
    from->merged = true;
}

static bool has_session(const vx_wide *wide, const vx_wide_variable *variable, size_t s)
{
    for (size_t p = 0; p < wide->participants; p++)
        if (variable->value[p * (wide->sessions + 1) + s])
            return true;
    return false;
}

vx_status vx_wide_columns(const vx_wide *wide, vx_wide_column **column, size_t *columns, vx_error *error)
{
    size_t cells;
    *columns = 0;
    *column = vx_multiply(wide->variables, wide->sessions + 1, &cells) ? vx_array(cells, sizeof **column) : NULL;
    if (!*column)
        return vx_fail_memory(error);
    for (size_t v = 0; v < wide->variables; v++) {
        const vx_wide_variable *variable = wide->variable[v];
        if (variable->merged)
            continue;
        if (vx_wide_constant(wide, variable)) {
            (*column)[(*columns)++] = (vx_wide_column){variable, NULL, true};
            continue;
        }
        for (size_t s = 0; s <= wide->sessions; s++)
            if (has_session(wide, variable, s))
                (*column)[(*columns)++] = (vx_wide_column){variable, s < wide->sessions ? wide->session[s] : NULL,
                                                           false};
    }
    return VX_OK;
}

static void put_cell(const vx_wide *wide, const vx_wide_column *column, size_t p, FILE *stream)
{
    size_t s = column->session ? 0 : wide->sessions;
    while (s < wide->sessions && wide->session[s] != column->session)
        s++;
    fputc('\t', stream);
    vx_cell_put_text(stream, column->constant ? vx_wide_constant_value(wide, column->variable, p)
                                               : column->variable->value[p * (wide->sessions + 1) + s]);
}

vx_status vx_wide_text(const vx_wide *wide, char **text, vx_error *error)
{
    vx_wide_column *column;
    size_t columns;
    *text = NULL;
    vx_status status = vx_wide_columns(wide, &column, &columns, error);
    FILE *stream = status ? NULL : vx_text_stream(text, NULL);
    if (stream)
        fputs("participant_id", stream);
    for (size_t c = 0; stream && c < columns; c++) {
        const char *session = column[c].session;
        fprintf(stream, "\t%s%s%s", column[c].variable->name, session ? "_" : "", session ? session : "");
    }
    for (size_t p = 0; stream && p < wide->participants; p++) {
        fputc('\n', stream);
        vx_cell_put_text(stream, wide->participant[p]);
        for (size_t c = 0; c < columns; c++)
            put_cell(wide, column + c, p, stream);
    }
    if (stream)
        fputc('\n', stream);
    free(column);
    return status || vx_stream_close(stream) ? status : vx_fail_memory(error);
}

void vx_wide_destroy(vx_wide *wide)
{
    if (!wide)
        return;
    for (size_t v = 0; v < wide->variables; v++) {
        free(wide->variable[v]->value);
        free(wide->variable[v]);
    }
    free(wide->variable);
    *wide = (vx_wide){0};
}
