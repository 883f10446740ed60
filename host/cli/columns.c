#include "cli/columns.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "cli/terminal.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

struct vx_columns {
    int columns;
    size_t cells;
    struct cell {
        char *text;
        bool marked;
    } *cell; /* row by row */
    bool short_of_memory;
};

vx_columns *vx_columns_new(int columns)
{
    vx_columns *table = vx_array_zero(1, sizeof *table);
    if (table)
        table->columns = columns;
    return table;
}

void vx_columns_free(vx_columns *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->cells; i++)
        free(table->cell[i].text);
    free(table->cell);
    free(table);
}

void vx_columns_put(vx_columns *table, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    struct cell *grown = vx_array_grow(table->cell, table->cells, 1, sizeof *grown);
    if (!grown) {
        table->short_of_memory = true;
        return;
    }
    table->cell = grown;
    va_start(arguments, format);
    text = vx_text_of(format, arguments);
    va_end(arguments);
    char *plain = text ? vx_printable(text) : NULL; /* names are other people's text */
    free(text);
    if (plain)
        table->cell[table->cells++] = (struct cell){.text = plain};
    else
        table->short_of_memory = true;
}

void vx_columns_mark(vx_columns *table)
{
    if (table->cells)
        table->cell[table->cells - 1].marked = true;
}

void vx_columns_number(vx_columns *table, double value)
{
    if (isnan(value))
        vx_columns_put(table, "%s", "");
    else
        vx_columns_put(table, "%.4g", value);
}

/* The number of characters in UTF-8 text: all bytes but continuation bytes. */
static int length(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* 0 for a column that is empty below its title. */
static int width_of(const vx_columns *table, int column)
{
    bool filled = false;
    int width = 0;
    for (size_t i = (size_t)column; i < table->cells; i += (size_t)table->columns) {
        int own = length(table->cell[i].text);
        filled |= own && i >= (size_t)table->columns;
        width = own > width ? own : width;
    }
    return filled ? width : 0;
}

vx_status vx_columns_print(const vx_columns *table, FILE *out, vx_error *error)
{
    int *width = vx_array((size_t)table->columns, sizeof *width);
    bool colours = vx_colours(out);
    if (!width || table->short_of_memory) {
        free(width);
        return vx_fail_memory(error);
    }
    for (int c = 0; c < table->columns; c++)
        width[c] = width_of(table, c);
    for (size_t i = 0; i < table->cells; i++) {
        const struct cell *cell = &table->cell[i];
        int c = (int)(i % (size_t)table->columns), blanks = width[c] - length(cell->text);
        bool title = colours && i < (size_t)table->columns, marked = colours && cell->marked;
        if (title && c == 0)
            fputs("\033[1m", out);
        if (width[c] && c == 0)
            fprintf(out, "%s%*s", cell->text, blanks, "");
        else if (width[c])
            fprintf(out, "  %s%*s%s%s", marked ? "\033[1;32m" : "", blanks, "", cell->text, marked ? "\033[0m" : "");
        if (c == table->columns - 1)
            fprintf(out, "%s\n", title ? "\033[0m" : "");
    }
    free(width);
    return VX_OK;
}
